// Appends each delivery as a line to a file.
//
// Delivered means on the disk: each batch is synced once, before its completion. A line that was
// cut, by a full disk or a crash, is taken back, so that readers see whole lines only.
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/descriptor.h"
#include "base/limits.h"
#include "sinks/kinds.h"
#include "sinks/line_file.h"
#include "sinks/writers.h"

namespace statewire {
namespace {

constexpr uint64_t kRotateBytesMin = 4096;

// A disk that is full or fails may get better; a folder that is missing or closed to us needs a
// person.
Verdict verdict_for_errno(int error) {
  switch (error) {
    case EACCES:
    case EINVAL:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case ENOENT:
    case ENOTDIR:
    case EPERM:
    case EROFS:
      return Verdict::unavailable;
    default:
      return Verdict::retry;
  }
}

// "Invalid argument" would not help: no system call gives it here.
std::string reason_for_errno(int error) {
  if (error == EINVAL) return "is not a regular file; `kind: stdout` writes to a pipe";
  return std::generic_category().message(error);
}

// 0, or why nothing more can be written in the folder: tried with a file that has no name.
int room_error(const std::string& folder) {
  constexpr size_t kTriedBytes = 4096;
  const OwnedFd fd(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  if (fd.get() >= 0) {
    const Written written = write_all(fd.get(), std::string(kTriedBytes, ' '));
    if (written.error != 0) return written.error;
    return ::fdatasync(fd.get()) == 0 ? 0 : errno;
  }
  if (errno == ENOSPC || errno == EDQUOT) return errno;
  // Not every file system has such files, and not everybody may make one beside their own.
  struct statvfs room{};
  return ::statvfs(folder.c_str(), &room) == 0 && room.f_bavail == 0 ? ENOSPC : 0;
}

// The file and its rotation. Used by the writer's thread, which may outlive the sink.
class RotatedFile {
 public:
  explicit RotatedFile(FileSinkOptions options)
      : options_(std::move(options)), file_(options_.path) {}

  PlaceReport report() const {
    const bool is_there = ::access(options_.path.c_str(), F_OK) == 0;
    std::string folder = std::filesystem::path(options_.path).parent_path().string();
    if (folder.empty()) folder = ".";
    const std::string& place = is_there ? options_.path : folder;
    const bool may_write = ::access(place.c_str(), is_there ? W_OK : W_OK | X_OK) == 0;
    const int error = may_write ? room_error(folder) : errno;
    if (error == 0) return {.state = PlaceState::well, .detail = options_.path + " can be written"};
    return {.state = PlaceState::wrong, .detail = place + ": " + reason_for_errno(error)};
  }

  std::vector<Attempt> write(std::span<const Delivery> batch, Time now) {
    std::vector<Attempt> attempts;
    attempts.reserve(batch.size());
    int error = 0;
    may_rotate_ = true;
    while (error == 0 && attempts.size() < batch.size()) {
      error = append_run(batch.subspan(attempts.size()), now, attempts);
    }
    if (const int sync_error = file_.sync(); sync_error != 0) {
      attempts.clear();
      error = sync_error;
    }
    Attempt otherwise;
    otherwise.verdict = verdict_for_errno(error);
    otherwise.detail = options_.path + ": " + reason_for_errno(error);
    attempts.resize(batch.size(), otherwise);
    return attempts;
  }

 private:
  // As many as go into the file before the next rotation; adds those that were written.
  int append_run(std::span<const Delivery> batch, Time now, std::vector<Attempt>& attempts) {
    if (const int error = file_.ready(); error != 0) return error;
    std::string lines;
    std::vector<size_t> line_ends;
    bool is_full = false;
    if (file_.size() == 0) append_header(lines, batch.front());
    for (const Delivery& delivery : batch) {
      append_line(lines, delivery);
      if (is_over(lines.size()) && file_.size() + end_of(line_ends) > 0) {
        lines.resize(end_of(line_ends));
        is_full = true;
        break;
      }
      line_ends.push_back(lines.size());
    }
    const Written written = file_.append(lines);
    for (const size_t end : line_ends) {
      if (end <= written.bytes) attempts.emplace_back();
    }
    if (written.error != 0 || !is_full) return written.error;
    if (const int error = file_.sync(); error != 0) return error;
    may_rotate_ = file_.rotate(now);
    return 0;
  }

  static size_t end_of(const std::vector<size_t>& line_ends) {
    return line_ends.empty() ? 0 : line_ends.back();
  }
  bool is_over(size_t more) const {
    return may_rotate_ && options_.rotate_bytes > 0 && file_.size() + more > options_.rotate_bytes;
  }

  const FileSinkOptions options_;
  LineFile file_;
  bool may_rotate_ = true;  // Not again in a batch in which it failed.
};

class FileSink final : public Sink {
 public:
  FileSink(FileSinkOptions options, SinkContext& context)
      : writer_(context.writers, options.path),
        clock_(context.clock),
        file_(std::make_shared<RotatedFile>(std::move(options))) {}

  void deliver(std::span<const Delivery> batch, Completion done) override {
    run_batch(writer_, batch, std::move(done),
              [file = file_, now = clock_.now()](std::span<const Delivery> lines) {
                return file->write(lines, now);
              });
  }

  void ask_place(PlaceDone done) override {
    writer_.run([file = file_, done = std::move(done)](bool is_wanted) {
      done(is_wanted ? file->report() : PlaceReport());
    });
  }

 private:
  Writer writer_;
  const Clock& clock_;
  const std::shared_ptr<RotatedFile> file_;
};

// What a person has to mend anyway is said before the first delivery fails. A warning: whoever may
// write there must not keep the daemon from starting.
void check_place(const Node& node, const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status found = std::filesystem::status(path, error);
  if (std::filesystem::exists(found) && !std::filesystem::is_regular_file(found)) {
    node.warn(path.native() + " is " +
              (std::filesystem::is_directory(found) ? "a directory" : "not a regular file") +
              "; name a file, or use `kind: stdout` to write to a pipe");
  }
  const std::filesystem::path folder = path.parent_path();
  if (folder.empty() || std::filesystem::is_directory(folder, error)) return;
  node.warn("there is no folder " + folder.native() + " yet; deliveries wait until there is");
}

std::unique_ptr<Sink> open_file(MapReader& keys, SinkContext& context) {
  const Node path = keys.required("path");
  FileSinkOptions options{.path = path.file_path()};
  if (!options.path.empty()) check_place(path, options.path);
  options.rotate_bytes = keys.optional("rotate_bytes").bytes(0, kRotateBytesMin);
  if (options.path.empty()) return nullptr;
  return make_file_sink(std::move(options), context);
}

}  // namespace

std::unique_ptr<Sink> make_file_sink(FileSinkOptions options, SinkContext& context) {
  return std::make_unique<FileSink>(std::move(options), context);
}

const SinkKind file_sink_kind{
    .name = "file",
    .summary = "each delivery as a line in a file",
    .limits = {.batch_deliveries_max = kLineBatchDeliveriesMax,
               .in_flight_max = 1,
               .is_in_order = true},
    .open = open_file,
};

}  // namespace statewire
