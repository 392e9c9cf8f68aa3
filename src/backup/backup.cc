#include "backup/backup.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <ranges>
#include <set>

#include "aws/sigv4.h"
#include "base/limits.h"
#include "store/marks.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBackups = "backups";
constexpr std::string_view kListEnding = ".json";
constexpr std::string_view kTableEnding = ".sst";

std::string list_path(const std::string& name) {
  return std::string(kBackups) + "/" + name + std::string(kListEnding);
}

Error backup_fault(const std::string& path) {
  return failed(path + ": " + std::generic_category().message(errno));
}

// Locks and the library's own log stay behind.
bool is_of_store(const std::string& name) {
  return name.ends_with(kTableEnding) || name.ends_with(".log") || name.starts_with("MANIFEST-") ||
         name.starts_with("OPTIONS-") || name == "CURRENT" || name == Acknowledged::kName;
}

struct FileAtHand {
  std::string name;
  KnownTables::Table state;
};

Result<std::vector<FileAtHand>> files_in(const std::string& folder) {
  std::vector<FileAtHand> files;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    FileAtHand file{.name = entry.path().filename(), .state = {}};
    struct stat status;
    if (!is_of_store(file.name) || ::stat(entry.path().c_str(), &status) != 0) continue;
    file.state.inode = status.st_ino;
    file.state.bytes = static_cast<uint64_t>(status.st_size);
    file.state.changed_ns = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
    files.push_back(std::move(file));
  }
  if (problem) return failed(folder + ": " + problem.message());
  std::ranges::sort(files, {}, &FileAtHand::name);
  return files;
}

// Sends the pieces of files that the place does not have.
class Sender {
 public:
  Sender(BackupPlace& place, std::string folder, const BackupProgress& progress)
      : place_(place), folder_(std::move(folder)), progress_(progress) {}

  Result<void> look_what_is_there() {
    Result<PiecesThere> there = PiecesThere::look(place_);
    if (!there) return there.error();
    there_ = *std::move(there);
    return {};
  }
  void expect(uint64_t bytes) { total_ += bytes; }
  bool has_all(const std::vector<std::string>& pieces, uint64_t file_bytes) const {
    return there_.has_all(pieces, file_bytes);
  }
  void pass(const FileAtHand& file) { done_ += file.state.bytes; }

  Result<std::vector<std::string>> send(const FileAtHand& file) {
    const std::string path = folder_ + "/" + file.name;
    const OwnedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) return backup_fault(path);
    std::vector<std::string> pieces;
    for (uint64_t at = 0; at < file.state.bytes; at += kBackupPieceBytes) {
      if (Result<void> read = read_piece(fd.get(), path, at, file.state.bytes); !read) {
        return read.error();
      }
      std::string name = sha256_hex(bytes_);
      if (Result<void> sent = send_piece(name); !sent) return sent.error();
      pieces.push_back(std::move(name));
    }
    return pieces;
  }

  uint64_t bytes_sent() const { return sent_; }

 private:
  Result<void> read_piece(int fd, const std::string& path, uint64_t at, uint64_t end) {
    bytes_.resize(PiecesThere::bytes_of(end, at));
    for (size_t have = 0; have < bytes_.size();) {
      const ssize_t count =
          ::pread(fd, bytes_.data() + have, bytes_.size() - have, static_cast<off_t>(at + have));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return backup_fault(path);
      if (count == 0) return failed(path + " became shorter while it was read");
      have += static_cast<size_t>(count);
    }
    return {};
  }

  Result<void> send_piece(const std::string& name) {
    if (!progress_(done_, total_)) return unavailable("it was stopped");
    if (!there_.has(name, bytes_.size())) {
      if (Result<void> put = place_.put(piece_path(name), bytes_); !put) return put;
      there_.add(name, bytes_.size());
      sent_ += bytes_.size();
    }
    done_ += bytes_.size();
    return {};
  }

  BackupPlace& place_;
  const std::string folder_;
  const BackupProgress& progress_;
  PiecesThere there_;
  std::string bytes_;  // Of one piece.
  uint64_t sent_ = 0;
  uint64_t done_ = 0;
  uint64_t total_ = 0;
};

// Later than all that are there, whatever the clock says: the newest is the last that was made.
std::string next_name(const std::vector<std::string>& names, Time now) {
  std::string name = backup_name(now);
  if (names.empty() || names.back() < name) return name;
  return backup_name(*time_of_backup(names.back()) + std::chrono::milliseconds(1));
}

Result<void> write_file(BackupPlace& place, const BackupFile& file, const std::string& folder,
                        const std::function<bool(uint64_t bytes)>& progress) {
  const std::string path = folder + "/" + file.name;
  const OwnedFd out(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (out.get() < 0) return backup_fault(path);
  uint64_t bytes = 0;
  for (const std::string& piece : file.pieces) {
    const Result<std::string> got = place.get(piece_path(piece), kBackupPieceBytes);
    if (!got && got.error().kind == ErrorKind::not_found) {
      return damaged("a piece of " + file.name + " is gone: " + got.error().text);
    }
    if (!got) return got.error();
    if (sha256_hex(*got) != piece) {
      return damaged("piece " + piece + " of " + file.name + " is not what was written");
    }
    if (const Written written = write_all(out.get(), *got); written.error != 0) {
      return failed(path + ": " + std::generic_category().message(written.error));
    }
    bytes += got->size();
    if (!progress(got->size())) return unavailable("it was stopped");
  }
  if (bytes != file.bytes) return damaged(file.name + " has another size than the list says");
  return ::fsync(out.get()) == 0 ? Result<void>() : Result<void>(backup_fault(path));
}

Result<void> make_folder(const std::string& folder, uint64_t bytes) {
  std::error_code problem;
  fs::create_directories(fs::path(folder).parent_path(), problem);
  if (::mkdir(folder.c_str(), 0700) != 0) return backup_fault(folder);
  const fs::space_info space = fs::space(folder, problem);
  const uint64_t needed = bytes + kRestoreFreeBytesMin;
  if (problem || space.available >= needed) return {};
  return failed(folder + ": " + std::to_string(needed >> 20) + " MiB are needed, and " +
                std::to_string(space.available >> 20) + " MiB are free");
}

}  // namespace

const std::vector<std::string>* KnownTables::find(const std::string& name, const Table& now) const {
  const auto found = tables_.find(name);
  if (found == tables_.end()) return nullptr;
  const Table& table = found->second;
  const bool is_same =
      table.inode == now.inode && table.bytes == now.bytes && table.changed_ns == now.changed_ns;
  return is_same ? &table.pieces : nullptr;
}

Result<OwnedFd> lock_backups(const std::string& store_path) {
  const std::string path = store_path + "/backup.lock";
  OwnedFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.get() < 0) return backup_fault(path);
  give_to_owner_of(store_path, lock.get());
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return backup_fault(path);
  return unavailable("another backup of this store is being made: wait until it is");
}

Result<BackupReport> make_backup(BackupPlace& place, const BackupWish& wish, KnownTables& known,
                                 const BackupProgress& progress) {
  const Result<std::vector<FileAtHand>> files = files_in(wish.folder);
  if (!files) return files.error();
  const Result<std::optional<Acknowledged>> mark = read_mark<Acknowledged>(wish.folder);
  if (!mark) return mark.error();
  const Result<std::vector<std::string>> names = backups_in(place);
  if (!names) return names.error();
  if (const auto newest = newest_backup_of(wish.identity, wish.instance, place, *names); !newest) {
    return newest.error();
  }
  Sender sender(place, wish.folder, progress);
  if (Result<void> looked = sender.look_what_is_there(); !looked) return looked.error();
  for (const FileAtHand& file : *files) sender.expect(file.state.bytes);
  BackupReport report{.name = next_name(*names, wish.now),
                      .list = {.made = wish.now,
                               .instance = wish.instance,
                               .store = wish.identity.store,
                               .last_sequence = *mark ? (*mark)->last_sequence : 0,
                               .files = {}}};
  std::map<std::string, KnownTables::Table> tables;
  for (const FileAtHand& file : *files) {
    const bool is_table = file.name.ends_with(kTableEnding);
    const auto* const before = is_table ? known.find(file.name, file.state) : nullptr;
    Result<std::vector<std::string>> pieces = std::vector<std::string>();
    if (before != nullptr && sender.has_all(*before, file.state.bytes)) {
      pieces = *before;
      sender.pass(file);
    } else {
      pieces = sender.send(file);
    }
    if (!pieces) return pieces.error();
    if (is_table) {
      KnownTables::Table& table = tables[file.name] = file.state;
      table.pieces = *pieces;
    }
    report.list.files.push_back(
        {.name = file.name, .bytes = file.state.bytes, .pieces = *std::move(pieces)});
  }
  known.replace(std::move(tables));
  report.bytes_sent = sender.bytes_sent();
  const Result<void> listed = place.put(list_path(report.name), encode_backup_list(report.list));
  return listed ? Result<BackupReport>(std::move(report)) : Result<BackupReport>(listed.error());
}

Result<std::vector<std::string>> backups_in(BackupPlace& place) {
  const Result<std::vector<PlacedObject>> objects = place.list(std::string(kBackups));
  if (!objects) return objects.error();
  std::vector<std::string> backups;
  for (const auto& [name, bytes] : *objects) {
    if (!name.ends_with(kListEnding)) continue;
    const std::string_view backup(name.data(), name.size() - kListEnding.size());
    if (time_of_backup(backup)) backups.emplace_back(backup);
  }
  return backups;
}

Result<BackupList> read_backup(BackupPlace& place, const std::string& name) {
  const Result<std::string> json = place.get(list_path(name), kBackupListBytesMax);
  if (!json) return json.error();
  Result<BackupList> list = parse_backup_list(*json);
  if (list) return list;
  return Error{list.error().kind, "backup " + name + ": " + list.error().text};
}

Result<std::optional<FoundBackup>> newest_backup(BackupPlace& place,
                                                 const std::vector<std::string>& names) {
  for (const std::string& name : std::views::reverse(names)) {
    Result<BackupList> list = read_backup(place, name);
    if (list) return std::optional(FoundBackup{.name = name, .list = *std::move(list)});
    if (list.error().kind != ErrorKind::damaged) return list.error();
  }
  return std::optional<FoundBackup>();
}

Result<std::optional<FoundBackup>> newest_backup_of(const BackupIdentity& identity,
                                                    const std::string& instance, BackupPlace& place,
                                                    const std::vector<std::string>& names) {
  Result<std::optional<FoundBackup>> newest = newest_backup(place, names);
  if (!newest || !*newest) return newest;
  const auto& [name, list] = **newest;
  if (identity.may_follow(name, list, instance)) return newest;
  return failed("the place is of another store: its newest backup, " + name +
                ", is of instance \"" + list.instance +
                "\". Name a place of its own for this store, or restore that backup and go on "
                "with it");
}

// Lists go first: a backup whose pieces are gone is none that anybody could find.
Result<size_t> remove_old_backups(BackupPlace& place, size_t keep) {
  Result<std::vector<std::string>> names = backups_in(place);
  if (!names) return names.error();
  const size_t old = names->size() - std::min(names->size(), keep);
  if (old == 0) return size_t{0};
  std::set<std::string> needed;
  for (size_t i = old; i < names->size(); ++i) {
    const Result<BackupList> list = read_backup(place, (*names)[i]);
    if (!list) return list.error();
    for (const BackupFile& file : list->files) {
      needed.insert(file.pieces.begin(), file.pieces.end());
    }
  }
  for (size_t i = 0; i < old; ++i) {
    if (Result<void> removed = place.remove(list_path((*names)[i])); !removed) {
      return removed.error();
    }
  }
  const Result<std::vector<PlacedObject>> pieces = place.list(std::string(kPieces));
  if (!pieces) return pieces.error();
  for (const auto& [piece, bytes] : *pieces) {
    if (needed.contains(piece)) continue;
    if (Result<void> removed = place.remove(piece_path(piece)); !removed) return removed.error();
  }
  return old;
}

Result<BackupList> restore_backup(BackupPlace& place, const std::string& name,
                                  const std::string& folder, const BackupProgress& progress) {
  Result<BackupList> list = read_backup(place, name);
  if (!list) return list;
  const Result<std::vector<std::string>> names = backups_in(place);
  if (!names) return names.error();
  const Result<std::optional<FoundBackup>> newest = newest_backup(place, *names);
  if (!newest) return newest.error();
  const uint64_t total = list->bytes();
  uint64_t done = 0;
  if (Result<void> made = make_folder(folder, total); !made) return made.error();
  for (const BackupFile& file : list->files) {
    const Result<void> written = write_file(place, file, folder, [&](uint64_t bytes) {
      done += bytes;
      return progress(done, total);
    });
    if (!written) return written.error();
  }
  const std::string from = *newest ? (*newest)->list.store : "";
  const Result<void> begun = begin_identity(folder, from, *newest ? (*newest)->name : "");
  if (!begun) return begun.error();
  return list;
}

}  // namespace statewire
