#include "sources/file_source.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"

namespace statewire {
namespace {

// One busy file does not keep the others waiting for longer than this.
constexpr int kPiecesInARow = 16;

std::vector<std::string> paths_of(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return paths;
}

uint64_t bytes_of(const std::vector<std::string>& paths) {
  uint64_t bytes = 0;
  for (const std::string& path : paths) {
    std::error_code error;
    const uintmax_t size = std::filesystem::file_size(path, error);
    if (!error) bytes += size;
  }
  return bytes;
}

}  // namespace

FileSource::FileSource(FileSourceOptions options) : options_(std::move(options)) {}

Result<void> FileSource::run(Intake& intake, std::stop_token stop) {
  Run run{.intake = intake, .stop = stop, .handover = Handover(intake)};
  if (!options_.follow) total_bytes_ = bytes_of(paths_of(options_.pattern));
  Result<void> found = options_.follow ? find_rotated(run) : Result<void>();
  while (found && !stop.stop_requested()) {
    found = find_files(run);
    if (!found) break;
    const bool has_read = read_all(run);
    if (read_again(run)) continue;
    if (!options_.follow) {
      if (!close_read()) break;
    } else if (!has_read) {
      close_quiet(run);
      wait_for(options_.poll_interval, stop);
    }
  }
  run.handover.drain();
  return found ? outcome() : found;
}

// What was renamed while nobody watched is found beside its old name, where a rotation puts it,
// and known by its cursor. It goes first, as it is older.
Result<void> FileSource::find_rotated(Run& run) {
  for (const char* suffix : {"-*", ".*"}) {
    for (const std::string& path : paths_of(options_.pattern + suffix)) {
      const Result<FileId> id = identify(path);
      if (!id || path.ends_with(".gz")) continue;
      const Result<std::string> cursor = run.intake.cursor(key_of(*id));
      if (!cursor) return cursor.error();
      if (cursor->empty()) continue;
      if (Result<void> opened = open_file(run, path, false); !opened) return opened;
      const WatchedFile* file = files_.empty() ? nullptr : files_.back().file.get();
      if (file != nullptr && file->id() == *id &&
          (file->position().offset == 0 || !file->has_unread())) {
        files_.pop_back();
      }
    }
  }
  return {};
}

Result<void> FileSource::find_files(Run& run) {
  for (Entry& entry : files_) entry.is_listed = false;
  const std::vector<std::string> paths = paths_of(options_.pattern);
  for (const std::string& path : paths) {
    if (!options_.follow && files_.size() >= kFilesReadAtATime) break;
    const Result<FileId> id = identify(path);
    if (!id) report(path, id.error().text);
    if (!id || read_files_.contains(*id)) continue;
    const auto known = std::find_if(files_.begin(), files_.end(),
                                    [&](const Entry& entry) { return entry.file->id() == *id; });
    if (known != files_.end()) {
      known->is_listed = true;
      known->file->set_path(path);
    } else if (Result<void> opened = open_file(run, path, true); !opened) {
      return opened;
    }
  }
  if (options_.follow && paths.empty() && files_.empty() && !has_told_that_nothing_matches_) {
    log_warn("no file yet", {{"source", options_.name}, {"path", options_.pattern}});
    has_told_that_nothing_matches_ = true;
  }
  return {};
}

// An error is one of the store; what is wrong with the file is reported.
Result<void> FileSource::open_file(Run& run, const std::string& path, bool is_listed) {
  Result<std::unique_ptr<WatchedFile>> file = WatchedFile::open(path, options_.follow);
  if (!file) {
    report(path, file.error().text);
    return {};
  }
  const Result<std::string> stored = run.intake.cursor(key_of((*file)->id()));
  if (!stored) return stored.error();
  Entry entry{.number = next_number_++, .file = std::move(*file), .is_listed = is_listed};
  if (const std::optional<FileCursor> cursor = FileCursor::decode(*stored)) {
    if (Result<void> resumed = entry.file->resume(*cursor); !resumed) {
      report(path, resumed.error().text);
      entry.is_broken = true;
    }
  }
  if (!entry.is_broken) faults_.erase(path);
  log_debug("file opened",
            {{"source", options_.name}, {"path", path}, {"offset", entry.file->position().offset}});
  files_.push_back(std::move(entry));
  return {};
}

// True where there was something to read.
bool FileSource::read_all(Run& run) {
  bool has_read = false;
  for (Entry& entry : files_) {
    if (run.stop.stop_requested() || run.handover.has_returned()) break;
    const bool has_read_this = read(run, entry);
    entry.quiet_polls = has_read_this ? 0 : entry.quiet_polls + 1;
    has_read |= has_read_this;
  }
  return has_read;
}

bool FileSource::read(Run& run, Entry& entry) {
  if (options_.follow && !prepare(run, entry)) return false;
  bool has_read = false;
  for (int count = 0; count < kPiecesInARow || !options_.follow || !entry.is_listed; ++count) {
    if (entry.is_broken) break;
    Result<std::optional<Piece>> piece = entry.file->next();
    if (!piece) {
      report(entry.file->path(), piece.error().text);
      entry.is_broken = piece.error().kind == ErrorKind::bad_input || !options_.follow;
      break;
    }
    if (!*piece) break;
    has_read = true;
    if (!hand_over(run, entry, std::move(**piece))) break;
    note_progress();
  }
  return has_read;
}

// Sees what happened to the file since the last poll. False where it cannot be read.
bool FileSource::prepare(Run& run, Entry& entry) {
  const Result<WatchedFile::Change> change = entry.file->look();
  if (!change) {
    report(entry.file->path(), change.error().text);
    return false;
  }
  if (*change == WatchedFile::Change::grown && entry.file->is_gzip()) {
    return rewind(entry, entry.file->position());
  }
  if (*change != WatchedFile::Change::rewritten) return !entry.is_broken;
  log_info("file was written anew", {{"source", options_.name}, {"path", entry.file->path()}});
  if (std::optional<Piece> rest = entry.file->rest()) {
    if (!hand_over(run, entry, std::move(*rest))) return false;
  }
  return rewind(entry, {});
}

bool FileSource::rewind(Entry& entry, TextPosition position) {
  const Result<void> rewound = entry.file->rewind(position);
  entry.is_broken = !rewound.ok();
  if (!rewound) report(entry.file->path(), rewound.error().text);
  return rewound.ok();
}

bool FileSource::hand_over(Run& run, Entry& entry, Piece piece) {
  Chunk chunk{.source = options_.name,
              .text = std::move(piece.text),
              .first_line = piece.begin.line,
              .place = entry.file->path(),
              .cursor = {.key = key_of(entry.file->id()), .value = entry.file->cursor().encode()},
              .done = {}};
  if (run.handover.submit(std::move(chunk), {entry.number, piece.begin}, run.stop)) return true;
  rewind(entry, piece.begin);
  return false;
}

// Chunks that came back are read again, and everything of their files that followed them: order
// within a file is kept, and what was stored already is recognised as a repeat.
bool FileSource::read_again(Run& run) {
  if (!options_.follow && !run.handover.has_returned()) run.handover.drain();
  if (!run.handover.has_returned()) return false;
  const Handover::Returned returned = run.handover.take_back();
  log_warn("events were not stored and are read again",
           {{"source", options_.name}, {"reason", returned.reason}});
  for (const Handover::Origin& origin : returned.origins) {
    for (Entry& entry : files_) {
      const bool is_before = entry.file->position().offset > origin.begin.offset;
      if (entry.number == origin.file && is_before) rewind(entry, origin.begin);
    }
  }
  wait_for(options_.poll_interval, run.stop);
  return true;
}

// Everything that is open was read and stored. False where there was nothing.
bool FileSource::close_read() {
  for (const Entry& entry : files_) {
    read_files_.insert(entry.file->id());
    closed_bytes_ += entry.file->bytes_read();
  }
  const bool has_closed = !files_.empty();
  files_.clear();
  note_progress();
  return has_closed;
}

void FileSource::note_progress() {
  if (options_.follow) return;
  uint64_t done = closed_bytes_;
  for (const Entry& entry : files_) done += entry.file->bytes_read();
  done_bytes_ = done;
}

// Files may appear while others are read: what is done is never more than there is.
std::optional<Progress> FileSource::progress() const {
  if (options_.follow) return std::nullopt;
  const uint64_t done = done_bytes_;
  return Progress{.done = done, .total = std::max<uint64_t>(done, total_bytes_)};
}

// A file that lost its name gets no line feed any more once its writer has let go of it.
void FileSource::close_quiet(Run& run) {
  const auto is_over = [&](const Entry& entry) {
    return !entry.is_listed && entry.quiet_polls >= options_.quiet_polls_max;
  };
  if (std::none_of(files_.begin(), files_.end(), is_over)) return;
  for (Entry& entry : files_) {
    if (!is_over(entry)) continue;
    std::optional<Piece> rest = entry.file->rest();
    if (rest && !hand_over(run, entry, std::move(*rest))) return;
  }
  run.handover.drain();
  if (!run.handover.has_returned()) std::erase_if(files_, is_over);
}

std::string FileSource::key_of(const FileId& id) const {
  return options_.name + "/" + id.to_text();
}

void FileSource::report(const std::string& path, const std::string& reason) {
  const auto [fault, is_new] = faults_.try_emplace(path, reason);
  if (!is_new && fault->second == reason) return;
  fault->second = reason;
  log_error("a file cannot be read",
            {{"source", options_.name}, {"path", path}, {"reason", reason}});
}

Result<void> FileSource::outcome() const {
  if (options_.follow) return {};
  if (files_.empty() && read_files_.empty() && faults_.empty()) {
    return not_found("no file matches " + options_.pattern);
  }
  if (faults_.empty()) return {};
  const auto& [path, reason] = *faults_.begin();
  std::string text = path + ": " + reason;
  if (faults_.size() > 1) text += "; and " + counted(faults_.size() - 1, "other file");
  return failed(std::move(text));
}

namespace {

std::unique_ptr<Source> open_file_source(std::string_view name, MapReader& keys, SourceContext&) {
  FileSourceOptions options{.name = std::string(name),
                            .pattern = keys.required("path").file_path()};
  options.follow = keys.optional("follow").boolean(false);
  if (options.pattern.empty()) return nullptr;
  return std::make_unique<FileSource>(std::move(options));
}

}  // namespace

const SourceKind file_source_kind{
    .name = "file",
    .summary = "files of events, named by a pattern; with `follow`, as they grow",
    .open = open_file_source,
};

}  // namespace statewire
