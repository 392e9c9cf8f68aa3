// A file's backing file is linked to the file's name when that becomes durable; the changes of
// names wait in a list for each directory and are made, in order, when it is synced.
#include "volatile_disk.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/check.h"
#include "disk_handles.h"
#include "volatile_file.h"

namespace statewire {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kPageBytes = 4096;
constexpr uint64_t kWriteBackOneIn = 8;

std::string tidy(const std::string& name) { return fs::path(name).lexically_normal().string(); }
std::string folder_of(const std::string& name) { return fs::path(name).parent_path().string(); }
rocksdb::IOStatus no_such(const std::string& name) {
  return rocksdb::IOStatus::PathNotFound("no such file", name);
}

}  // namespace

VolatileDisk::VolatileDisk(DiskOptions options)
    : FileSystemWrapper(rocksdb::FileSystem::Default()),
      options_(std::move(options)),
      random_(options_.seed) {
  fs::remove_all(options_.backing);
  fs::create_directories(options_.backing);
  fs::create_directories(options_.root);
  Lock lock(mutex_);
  for (const fs::directory_entry& entry : fs::directory_iterator(options_.root)) {
    if (!entry.is_regular_file() || entry.path().filename() == "LOCK") continue;
    const std::string backing = options_.backing + "/" + std::to_string(++files_made_);
    fs::create_hard_link(entry.path(), backing);
    files_[entry.path().string()] =
        std::make_shared<VolatileFile>(backing, entry.path().extension() == ".log");
  }
}

VolatileDisk::~VolatileDisk() = default;

// --- Bytes.

VolatileDisk::Status VolatileDisk::append(VolatileFile& file, std::string_view bytes) {
  Lock lock(mutex_);
  count_operation();
  file.append(bytes);
  if (draw(kWriteBackOneIn) == 0) write_back(file);
  return Status::OK();
}

VolatileDisk::Status VolatileDisk::sync(VolatileFile& file) {
  Lock lock(mutex_);
  count_operation();
  if (options_.lie != Lie::log_sync || !file.is_log()) file.keep(file.tail().size());
  return Status::OK();
}

// A run of whole pages goes first, which leaves a hole of zeros where they are not the next ones;
// then some of the next bytes. Both may end where the tail does, or in the middle of a page.
void VolatileDisk::write_back(VolatileFile& file) {
  const std::string_view tail = file.tail();
  if (tail.empty()) return;
  const uint64_t begin = (file.durable() + draw(tail.size())) / kPageBytes * kPageBytes;
  if (begin > file.durable()) {
    const std::string_view pages = tail.substr(begin - file.durable());
    file.write_at(begin, pages.substr(0, draw(pages.size()) + 1));
  }
  file.keep(draw(tail.size() + 1));
}

VolatileDisk::Status VolatileDisk::read(const VolatileFile& file, uint64_t offset, size_t size,
                                        rocksdb::Slice* result, char* scratch) {
  Lock lock(mutex_);
  *result = rocksdb::Slice(scratch, file.read(offset, size, scratch));
  return Status::OK();
}

uint64_t VolatileDisk::size(const VolatileFile& file) {
  Lock lock(mutex_);
  return file.size();
}

// --- Names.

void VolatileDisk::change_name(NameChange change) {
  count_operation();
  CHECK(change.from.empty() || change.to.empty() || folder_of(change.from) == folder_of(change.to));
  const std::string directory = folder_of(change.to.empty() ? change.from : change.to);
  File file = change.file;
  if (!change.from.empty()) {
    file = files_[change.from];
    files_.erase(change.from);
  }
  if (!change.to.empty()) files_[change.to] = file;
  std::vector<NameChange>& changes = unsynced_names_[directory];
  changes.push_back(std::move(change));
  if (draw(kWriteBackOneIn) == 0) apply_names(directory, draw(changes.size() + 1));
}

void VolatileDisk::apply_names(const std::string& directory, size_t count) {
  std::vector<NameChange>& changes = unsynced_names_[directory];
  for (size_t i = 0; i < count; ++i) {
    const NameChange& change = changes[i];
    if (change.file != nullptr) {
      ::unlink(change.to.c_str());
      CHECK(::link(change.file->backing().c_str(), change.to.c_str()) == 0);
    } else if (change.to.empty()) {
      CHECK(::unlink(change.from.c_str()) == 0);
    } else {
      CHECK(::rename(change.from.c_str(), change.to.c_str()) == 0);
    }
  }
  changes.erase(changes.begin(), changes.begin() + static_cast<ptrdiff_t>(count));
}

VolatileDisk::Status VolatileDisk::sync_directory(const std::string& directory) {
  Lock lock(mutex_);
  count_operation();
  if (options_.lie == Lie::directory_sync) return Status::OK();
  apply_names(directory, unsynced_names_[directory].size());
  return Status::OK();
}

VolatileDisk::File VolatileDisk::find(const std::string& name) {
  Lock lock(mutex_);
  const auto at = files_.find(tidy(name));
  return at == files_.end() ? nullptr : at->second;
}

// --- The power.

void VolatileDisk::count_operation() {
  if (++operations_ == options_.cut_at_operation) cut_power();
}

void VolatileDisk::cut_power() {
  for (const auto& [name, file] : files_) {
    if (draw(2) == 0) write_back(*file);
  }
  for (auto& [directory, changes] : unsynced_names_) {
    apply_names(directory, draw(changes.size() + 1));
  }
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

// --- What RocksDB calls.

VolatileDisk::Status VolatileDisk::NewWritableFile(const std::string& name, const FileOptions&,
                                                   std::unique_ptr<rocksdb::FSWritableFile>* result,
                                                   Context*) {
  Lock lock(mutex_);
  const std::string to = tidy(name);
  File file = std::make_shared<VolatileFile>(options_.backing + "/" + std::to_string(++files_made_),
                                             fs::path(to).extension() == ".log");
  change_name({.from = "", .to = to, .file = file});
  *result = std::make_unique<WritableFile>(*this, std::move(file));
  return Status::OK();
}

VolatileDisk::Status VolatileDisk::NewSequentialFile(
    const std::string& name, const FileOptions&, std::unique_ptr<rocksdb::FSSequentialFile>* result,
    Context*) {
  File file = find(name);
  if (file == nullptr) return no_such(name);
  *result = std::make_unique<SequentialFile>(*this, std::move(file));
  return Status::OK();
}

VolatileDisk::Status VolatileDisk::NewRandomAccessFile(
    const std::string& name, const FileOptions&,
    std::unique_ptr<rocksdb::FSRandomAccessFile>* result, Context*) {
  File file = find(name);
  if (file == nullptr) return no_such(name);
  *result = std::make_unique<RandomAccessFile>(*this, std::move(file));
  return Status::OK();
}

VolatileDisk::Status VolatileDisk::NewDirectory(const std::string& name, const Options&,
                                                std::unique_ptr<rocksdb::FSDirectory>* result,
                                                Context*) {
  // Without the slash that it may end in.
  *result = std::make_unique<Directory>(*this, folder_of(tidy(name + "/")));
  return Status::OK();
}

VolatileDisk::Status VolatileDisk::NewLogger(const std::string&, const Options&,
                                             std::shared_ptr<rocksdb::Logger>* result, Context*) {
  *result = std::make_shared<NoLogger>();
  return Status::OK();
}

VolatileDisk::Status VolatileDisk::FileExists(const std::string& name, const Options&, Context*) {
  if (find(name) != nullptr || fs::is_directory(name)) return Status::OK();
  return Status::NotFound(name);
}

VolatileDisk::Status VolatileDisk::GetChildren(const std::string& directory, const Options&,
                                               std::vector<std::string>* result, Context*) {
  Lock lock(mutex_);
  result->clear();
  const std::string folder = folder_of(tidy(directory + "/"));
  if (!fs::is_directory(folder)) return no_such(directory);
  for (const auto& [name, file] : files_) {
    if (folder_of(name) == folder) result->push_back(fs::path(name).filename().string());
  }
  return Status::OK();
}

VolatileDisk::Status VolatileDisk::GetChildrenFileAttributes(
    const std::string& directory, const Options& options,
    std::vector<rocksdb::FileAttributes>* result, Context* context) {
  return FileSystem::GetChildrenFileAttributes(directory, options, result, context);
}

VolatileDisk::Status VolatileDisk::GetFileSize(const std::string& name, const Options&,
                                               uint64_t* bytes, Context*) {
  const File file = find(name);
  if (file == nullptr) return no_such(name);
  *bytes = size(*file);
  return Status::OK();
}

VolatileDisk::Status VolatileDisk::GetFileModificationTime(const std::string& name, const Options&,
                                                           uint64_t* time, Context*) {
  *time = 0;
  return find(name) == nullptr ? no_such(name) : Status::OK();
}

VolatileDisk::Status VolatileDisk::DeleteFile(const std::string& name, const Options&, Context*) {
  if (find(name) == nullptr) return no_such(name);
  Lock lock(mutex_);
  change_name({.from = tidy(name), .to = "", .file = nullptr});
  return Status::OK();
}

VolatileDisk::Status VolatileDisk::RenameFile(const std::string& from, const std::string& to,
                                              const Options&, Context*) {
  if (find(from) == nullptr) return no_such(from);
  Lock lock(mutex_);
  change_name({.from = tidy(from), .to = tidy(to), .file = nullptr});
  return Status::OK();
}

}  // namespace statewire
