#include "sources/file_source.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <tuple>

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "sources/event_reader.h"
#include "sources/file_names.h"

namespace statewire {
namespace {

// One busy file does not keep the others waiting for longer than this.
constexpr int kPiecesInARow = 16;
constexpr Duration kNoGrace{};
constexpr std::chrono::milliseconds kLookAgainAfter{2000};

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

FileSource::FileSource(FileSourceOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), trouble_(clock) {}

Result<void> FileSource::run(Intake& intake, std::stop_token stop) {
  // What is not stored when it has to stop is read again.
  Run run{.intake = intake, .stop = stop, .handover = Handover(intake, stop, kNoGrace)};
  Result<void> found;
  while (found && !stop.stop_requested()) {
    if (!options_.follow && done_bytes_ == 0) total_bytes_ = bytes_of(paths_of(options_.pattern));
    found = find_files(run);
    if (found) found = expire_cursors(run);
    const bool has_read = found && read_round(run, found);
    note_trouble();
    if (found && options_.follow) close_quiet(run);
    if (!found || has_read) continue;
    if (options_.follow) {
      wait_for(options_.poll_interval, stop);
    } else if (lacks_something_ && options_.looks_again_after) {
      wait_for(*options_.looks_again_after, stop);
    } else {
      break;
    }
  }
  run.handover.drain();
  return found ? outcome() : found;
}

// Opens and reads all that waits, a few files at a time. False where there was nothing to read.
bool FileSource::read_round(Run& run, Result<void>& found) {
  bool has_read = false;
  while (!run.stop.stop_requested()) {
    if (found = open_waiting(run); !found) break;
    note_trouble();
    has_read |= !options_.follow && !files_.empty();
    has_read |= read_all(run);
    if (!options_.follow || !waiting_.empty()) run.handover.drain();
    if (read_again(run)) return true;
    if (run.stop.stop_requested() || !make_place()) break;
  }
  return has_read;
}

Result<void> FileSource::open_waiting(Run& run) {
  while (!waiting_.empty() && files_.size() < options_.open_files_max &&
         !run.stop.stop_requested()) {
    const Waiting waiting = std::move(waiting_.front());
    waiting_.pop_front();
    if (Result<void> opened = open_file(run, waiting); !opened) return opened;
  }
  return {};
}

// An error is one of the store; what is wrong with the file is reported.
Result<void> FileSource::open_file(Run& run, const Waiting& waiting) {
  Result<std::unique_ptr<WatchedFile>> file =
      WatchedFile::open(waiting.path, options_.follow, run.stop, options_.pieces);
  if (!file) {
    report(waiting.path, file.error().text);
    lacks_something_ = true;
    return {};
  }
  const FileId id = (*file)->id();
  // It may have several names.
  const auto open =
      std::ranges::find(files_, id, [](const Entry& each) { return each.file->id(); });
  if (open != files_.end()) {
    open->is_listed |= waiting.is_listed;
    return {};
  }
  const auto resting = resting_.find(id);
  const bool is_read = resting != resting_.end() && !waiting.is_quiet &&
                       (!options_.follow || resting->second.stamp == (*file)->stamp());
  if (is_read) return {};
  Result<std::optional<FileCursor>> cursor = stored_cursor(run, id);
  if (!cursor) return cursor.error();
  const auto now = std::chrono::steady_clock::now();
  Entry entry{.number = next_number_++,
              .file = std::move(*file),
              .is_listed = waiting.is_listed,
              .changed_at = waiting.is_quiet ? now - options_.quiet_after : now};
  if (*cursor || waiting.copied) {
    const Result<bool> resumed =
        *cursor ? entry.file->resume(**cursor) : entry.file->resume_copy(*waiting.copied);
    if (run.stop.stop_requested()) return {};
    entry.is_broken = !resumed.ok();
    if (!resumed) report(waiting.path, resumed.error().text);
    if (*cursor && resumed && !*resumed && waiting.is_listed && options_.follow) {
      if (Result<void> found =
              find_what_was_overwritten(run, waiting.path, entry.file->cursor().born_ns, **cursor);
          !found) {
        return found;
      }
    }
  }
  const bool has_rest = entry.file->position().offset > 0 && entry.file->has_unread();
  if ((waiting.is_only_for_rest || waiting.copied) && !has_rest) return {};
  if (resting != resting_.end()) resting_.erase(resting);
  if (!entry.is_broken) faults_.erase(waiting.path);
  log_debug("file opened", {{"source", options_.name},
                            {"path", waiting.path},
                            {"offset", entry.file->position().offset}});
  // A copy goes before what its original has become.
  files_.insert(waiting.copied ? files_.begin() : files_.end(), std::move(entry));
  return {};
}

Result<std::optional<FileCursor>> FileSource::stored_cursor(Run& run, const FileId& id) const {
  const Result<std::string> stored = run.intake.cursor(key_of(id));
  if (!stored) return stored.error();
  return FileCursor::decode(*stored);
}

// True where there was something to read.
bool FileSource::read_all(Run& run) {
  bool has_read = false;
  for (Entry& entry : files_) {
    if (run.stop.stop_requested() || run.handover.has_returned()) break;
    bool has_read_this = read(run, entry);
    if (has_read_this) {
      entry.was_asked_for_rest = false;
    } else {
      has_read_this = read_whole_rest(run, entry);
    }
    has_read |= has_read_this;
  }
  return has_read;
}

bool FileSource::read(Run& run, Entry& entry) {
  if (options_.follow && !prepare(run, entry)) return false;
  bool has_read = false;
  for (int count = 0; count < kPiecesInARow || !options_.follow || !entry.is_listed; ++count) {
    if (entry.is_broken || entry.is_read) break;
    Result<std::optional<Piece>> piece = entry.file->next();
    if (!piece) {
      report(entry.file->path(), piece.error().text);
      entry.is_broken = piece.error().kind == ErrorKind::bad_input || !options_.follow;
      break;
    }
    if (options_.follow && !faults_.empty()) faults_.erase(entry.file->path());
    entry.is_read = !piece->has_value();
    if (entry.is_read) break;
    has_read = true;
    if (!hand_over(run, entry, std::move(**piece))) break;
    note_progress();
  }
  // Where it was written over, prepare() looks for a copy before it begins anew.
  if (options_.follow && !entry.file->is_written_over()) bound_what_is_ahead(entry);
  return has_read;
}

bool FileSource::may_have_whole_rest(const Entry& entry) const {
  return options_.follow && entry.is_listed && entry.is_read && !entry.was_asked_for_rest &&
         !entry.file->is_gzip() && entry.file->has_unread();
}

bool FileSource::is_quiet(const Entry& entry) const {
  return std::chrono::steady_clock::now() - entry.changed_at >= options_.quiet_after;
}

// Writers of whole files leave the last line feed out.
bool FileSource::read_whole_rest(Run& run, Entry& entry) {
  if (!may_have_whole_rest(entry) || !is_quiet(entry)) return false;
  entry.was_asked_for_rest = true;
  std::optional<Piece> rest = entry.file->whole_rest();
  return rest && hand_over(run, entry, std::move(*rest));
}

void FileSource::bound_what_is_ahead(Entry& entry) {
  if (entry.file->is_gzip() || entry.file->bytes_ahead() <= 2 * kPieceBytesMax) return;
  size_t bytes = 0;
  for (const Entry& each : files_) bytes += each.file->bytes_ahead();
  if (bytes <= kFilesAheadBytesMax) return;
  const bool is_read = entry.is_read;
  const bool is_broken = entry.is_broken;
  rewind(entry, entry.file->position());
  entry.is_read = is_read;
  entry.is_broken |= is_broken;
}

// Sees what happened to the file since the last poll. False where it cannot be read.
bool FileSource::prepare(Run& run, Entry& entry) {
  const Result<WatchedFile::Change> change = entry.file->look();
  if (!change) {
    report(entry.file->path(), change.error().text);
    return false;
  }
  if (*change != WatchedFile::Change::none) {
    entry.is_read = false;
    entry.was_asked_for_rest = false;
    entry.changed_at = std::chrono::steady_clock::now();
  }
  if (*change == WatchedFile::Change::grown && entry.file->is_gzip()) {
    return rewind(entry, entry.file->position());
  }
  if (*change != WatchedFile::Change::rewritten) return !entry.is_broken;
  log_info("file was written anew", {{"source", options_.name}, {"path", entry.file->path()}});
  // What was not stored of it may be in a copy, which goes first.
  run.handover.drain();
  const Result<std::optional<FileCursor>> stored = stored_cursor(run, entry.file->id());
  const Result<bool> has_copy = stored && *stored ? read_copy(run, **stored) : false;
  if (has_copy && *has_copy) {
    rewind(entry, {});
    return false;
  }
  if (std::optional<Piece> rest = entry.file->rest()) {
    if (!hand_over(run, entry, std::move(*rest))) return false;
  }
  return rewind(entry, {});
}

bool FileSource::rewind(Entry& entry, TextPosition position) {
  const Result<void> rewound = entry.file->rewind(position);
  entry.is_read = false;
  entry.was_asked_for_rest = false;
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
              .unreadable = piece.unreadable,
              .done = {}};
  if (run.handover.submit(std::move(chunk), {entry.number, piece.begin})) {
    if (!piece.unreadable.empty()) pass_over(entry, piece);
    return true;
  }
  if (!run.stop.stop_requested()) rewind(entry, piece.begin);
  return false;
}

// The end of a run that is to read all tells of it; one that follows goes on, and is well.
void FileSource::pass_over(const Entry& entry, const Piece& piece) {
  const std::string reason =
      "line " + std::to_string(piece.begin.line) + ": " + piece.unreadable + " is passed over";
  if (!options_.follow) return report(entry.file->path(), reason);
  log_error("a file has what is too long",
            {{"source", options_.name}, {"path", entry.file->path()}, {"reason", reason}});
}

// Chunks that came back are read again, and everything of their files that followed them: order
// within a file is kept, and what was stored already is recognised as a repeat.
bool FileSource::read_again(Run& run) {
  if (!run.handover.has_returned() || run.stop.stop_requested()) return false;
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

void FileSource::close(const Entry& entry) {
  if (!options_.follow) closed_bytes_ += entry.file->bytes_read();
  if (!entry.is_listed) return;
  // What was not read as far as it goes is found to have changed.
  const bool is_at_rest = entry.is_read || entry.is_broken;
  Resting& resting = resting_[entry.file->id()];
  resting = {.stamp = is_at_rest ? entry.file->stamp() : FileStamp()};
  if (may_have_whole_rest(entry)) {
    resting.rest_at = std::chrono::steady_clock::now() + options_.quiet_after;
  }
}

// Closes files for those that wait; everything that was handed over is stored. Those that said
// nothing for longest go first, and those that have no name any more last, as their writers may add
// to them. Without `follow` all go, as all were read to their end. False where nothing waits, or
// nothing can be closed.
bool FileSource::make_place() {
  if (waiting_.empty() && options_.follow) return false;
  if (options_.follow && files_.size() < options_.open_files_max) return true;
  std::vector<Entry*> order;
  for (Entry& entry : files_) {
    // Nothing finds it again; it is closed when it is quiet.
    if (options_.follow && !entry.is_listed) continue;
    const bool is_half_unpacked =
        options_.follow && entry.file->is_gzip() && !entry.is_read && !entry.is_broken;
    if (!is_half_unpacked) order.push_back(&entry);
  }
  std::ranges::sort(order, std::greater(), [](const Entry* entry) {
    return std::tuple(entry->is_listed, entry->is_read || entry->is_broken,
                      -entry->changed_at.time_since_epoch(), ~entry->number);
  });
  if (options_.follow) order.resize(std::min(order.size(), waiting_.size()));
  for (Entry* entry : order) {
    close(*entry);
    entry->file = nullptr;
  }
  std::erase_if(files_, [](const Entry& entry) { return entry.file == nullptr; });
  note_progress();
  return !waiting_.empty() && !order.empty();
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
    return !entry.is_listed && is_quiet(entry) && (entry.is_read || entry.is_broken);
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

// Of files that are neither there nor open.
void FileSource::forget_faults(const std::vector<std::string>& listed) {
  if (faults_.empty()) return;
  std::set<std::string_view> present(listed.begin(), listed.end());
  for (const Entry& entry : files_) present.insert(entry.file->path());
  std::erase_if(faults_, [&](const auto& fault) { return !present.contains(fault.first); });
}

void FileSource::note_trouble() {
  std::string text = place_fault_;
  if (!faults_.empty()) {
    const auto& [path, reason] = *faults_.begin();
    text = path + ": " + reason;
    if (faults_.size() > 1) text += "; and " + counted(faults_.size() - 1, "other file");
  }
  trouble_.set(std::move(text));
}

SourceNote FileSource::note() const {
  return {.text = matches_nothing_ ? "no file matches " + options_.pattern : std::string()};
}

Result<void> FileSource::outcome() const {
  if (options_.follow) return {};
  if (files_.empty() && resting_.empty() && faults_.empty()) return not_found(place_fault_);
  if (std::optional<SourceTrouble> trouble = trouble_.get()) return failed(trouble->reason);
  return {};
}

namespace {

std::unique_ptr<Source> open_file_source(std::string_view name, MapReader& keys,
                                         SourceContext& context) {
  const Node path = keys.required("path");
  FileSourceOptions options{.name = std::string(name), .pattern = path.file_path()};
  options.follow = keys.optional("follow").boolean(false);
  options.looks_again_after = kLookAgainAfter;
  if (options.pattern.empty()) return nullptr;
  const Result<FileSight> sight = identify(options.pattern);
  // Whoever may write there must not keep the daemon from starting: the source fails, and says why.
  if (!sight && sight.error().kind == ErrorKind::bad_input) {
    path.warn(options.pattern + " " + sight.error().text +
              "; name a regular file, or files by a pattern such as \"*.jsonl\"");
  }
  return std::make_unique<FileSource>(std::move(options), context.clock);
}

}  // namespace

const SourceKind file_source_kind{
    .name = "file",
    .summary = "files of events, named by a pattern; with `follow`, as they grow",
    .open = open_file_source,
};

}  // namespace statewire
