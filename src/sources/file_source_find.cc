// What there is to read: files that are new, have changed, or were rotated away; and which cursors
// are of none any more.
#include <algorithm>
#include <set>
#include <utility>

#include "base/ids.h"
#include "base/limits.h"
#include "base/log.h"
#include "sources/event_reader.h"
#include "sources/file_names.h"
#include "sources/file_source.h"

namespace statewire {
namespace {

constexpr Duration kExpiryInterval = std::chrono::hours(1);
// So long after its last change a file that is gone is forgotten.
constexpr Duration kCursorKept = std::chrono::hours(24 * 7);

}  // namespace

// What is to be opened: files that are new, or have changed since they were closed.
Result<void> FileSource::find_files(Run& run) {
  // Those that lost their names are found once.
  std::erase_if(waiting_, [](const Waiting& waiting) { return waiting.is_listed; });
  for (Entry& entry : files_) entry.is_listed = false;
  for (auto& [id, resting] : resting_) resting.is_listed = false;
  const std::vector<std::string> paths = paths_of(options_.pattern);
  lacks_something_ = false;
  std::map<std::string, FileId> listed;
  for (const std::string& path : paths) {
    if (const Result<FileSight> sight = identify(path)) {
      listed.emplace(path, sight->id);
      find_listed(path, *sight);
    } else {
      report(path, sight.error().text);
      lacks_something_ = true;
    }
  }
  note_place(paths.empty());
  forget_faults(paths);
  if (!options_.follow) return {};
  return find_rotated(run, listed);
}

// Whether the place can be read at all. Where files may come, none is there yet; where one is
// named, or none is waited for, one is missing.
void FileSource::note_place(bool is_empty) {
  // What was read once may go.
  const bool was_read = !options_.follow && !(files_.empty() && resting_.empty());
  std::string fault = was_read ? folder_fault(options_.pattern) : place_fault(options_.pattern);
  if (fault.empty() && is_empty && !options_.follow && !was_read) {
    fault = "no file matches " + options_.pattern;
  }
  lacks_something_ |= !fault.empty();
  matches_nothing_ = fault.empty() && is_empty && options_.follow;
  const std::string told = matches_nothing_ ? "no file matches yet" : fault;
  if (!told.empty() && told != place_told_) {
    log_warn("there is nothing to read",
             {{"source", options_.name}, {"path", options_.pattern}, {"reason", told}});
  }
  place_told_ = told;
  place_fault_ = std::move(fault);
  note_trouble();
}

void FileSource::find_listed(const std::string& path, const FileSight& sight) {
  for (Entry& entry : files_) {
    if (entry.file->id() != sight.id) continue;
    entry.is_listed = true;
    entry.file->set_path(path);
    return;
  }
  if (const auto found = resting_.find(sight.id); found != resting_.end()) {
    found->second.is_listed = true;
    const bool is_due = std::chrono::steady_clock::now() >= found->second.rest_at;
    const bool is_same = found->second.stamp == sight.stamp;
    if (!options_.follow || (is_same && !is_due)) return;
    waiting_.push_back({.path = path, .is_quiet = is_same});
    return;
  }
  waiting_.push_back({.path = path});
  // It may lose its name before its turn.
  if (options_.follow) resting_[sight.id] = {};
}

// What lost its name is found beside it, where a rotation puts it: what was renamed while nobody
// watched by its cursor, what was closed by its id, and what had the name in between by its place.
// They go first, the older ones before the others.
Result<void> FileSource::find_rotated(Run& run, const std::map<std::string, FileId>& listed) {
  const bool is_first = !std::exchange(has_begun_, true);
  std::vector<Rotation> rotations = rotations_since(listed);
  std::set<FileId> missing;
  for (const auto& [id, resting] : resting_) {
    if (!resting.is_listed) missing.insert(id);
  }
  std::erase_if(resting_, [](const auto& each) { return !each.second.is_listed; });
  if (missing.empty() && rotations.empty() && !is_first) return {};
  Result<std::vector<RotatedFile>> rotated = rotated_files(run, listed, missing);
  if (!rotated) return rotated.error();
  std::deque<Waiting> copies;
  if (is_first) {
    const auto read_before = names_read_before(run, listed);
    if (!read_before) return read_before.error();
    if (const auto found = find_gone(run, listed, *read_before, *rotated, copies); !found)
      return found;
    rotations = rotations_before(listed, *read_before, *rotated);
  }
  std::set<std::string> between;
  for (const Rotation& rotation : rotations) {
    for (std::string& path : told_between(rotation, *rotated)) between.insert(std::move(path));
  }
  sort_older_first(*rotated);
  std::deque<Waiting> found;
  for (const RotatedFile& file : *rotated) {
    const bool was_closed = missing.contains(file.sight.id);
    const bool is_rest = was_closed || (is_first && file.is_known);
    if (between.contains(file.path)) {
      found.push_back({.path = file.path, .is_listed = false});
    } else if (is_rest && !file.path.ends_with(".gz")) {
      found.push_back({.path = file.path, .is_listed = false, .is_only_for_rest = !was_closed});
    }
  }
  waiting_.insert(waiting_.begin(), found.begin(), found.end());
  waiting_.insert(waiting_.begin(), copies.begin(), copies.end());
  return {};
}

Result<std::vector<RotatedFile>> FileSource::rotated_files(
    Run& run, const std::map<std::string, FileId>& listed, const std::set<FileId>& missing) {
  std::set<FileId> known = missing;
  for (const auto& [path, id] : listed) known.insert(id);
  for (const Entry& entry : files_) known.insert(entry.file->id());
  std::set<std::string> waiting;
  for (const Waiting& each : waiting_) waiting.insert(each.path);
  std::vector<RotatedFile> rotated;
  for (std::string& path : paths_beside(options_.pattern)) {
    if (listed.contains(path)) continue;
    const Result<FileSight> sight = identify(path);
    if (!sight) continue;
    bool is_known = known.contains(sight->id) || waiting.contains(path);
    if (!is_known) {
      const Result<bool> was_read = was_read_before(run, path, sight->id);
      if (!was_read) return was_read.error();
      is_known = *was_read;
    }
    rotated.push_back({.path = std::move(path), .sight = *sight, .is_known = is_known});
  }
  return rotated;
}

// The names that are another file's than at the last look. One that is nobody's now may have been
// another's meanwhile, too.
std::vector<FileSource::Rotation> FileSource::rotations_since(
    const std::map<std::string, FileId>& listed) {
  std::vector<Rotation> rotations;
  for (auto& [name, id] : names_) {
    const auto now = listed.find(name);
    if (now != listed.end() && now->second == id) continue;
    if (const auto modified_ns = modified_ns_of(id)) {
      rotations.push_back({.name = name,
                           .predecessor = {.id = id, .modified_ns = *modified_ns},
                           .is_over = now != listed.end()});
    }
  }
  std::erase_if(names_, [&](const auto& name) {
    return !listed.contains(name.first) && !modified_ns_of(name.second);
  });
  for (const auto& [name, id] : listed) names_[name] = id;
  return rotations;
}

// Whether there is a cursor of this very file: inodes are given again.
Result<bool> FileSource::was_read_before(Run& run, const std::string& path,
                                         const FileId& id) const {
  const Result<std::optional<FileCursor>> cursor = stored_cursor(run, id);
  if (!cursor) return cursor.error();
  if (!*cursor) return false;
  const auto file = WatchedFile::open(path, options_.follow, run.stop, options_.pieces);
  return file && (*file)->id() == id && (*file)->is_file_of(**cursor);
}

// Of those that are listed, the files that were read by an earlier run.
Result<std::map<std::string, FileId>> FileSource::names_read_before(
    Run& run, const std::map<std::string, FileId>& listed) const {
  std::map<std::string, FileId> read_before;
  for (const auto& [name, id] : listed) {
    const Result<bool> was_read = was_read_before(run, name, id);
    if (!was_read) return was_read.error();
    if (*was_read) read_before.emplace(name, id);
  }
  return read_before;
}

// Those that happened while nobody watched: a name is that of a new file, or of none, and one that
// was read is beside it.
std::vector<FileSource::Rotation> FileSource::rotations_before(
    const std::map<std::string, FileId>& listed, const std::map<std::string, FileId>& read_before,
    std::span<const RotatedFile> rotated) const {
  std::set<std::string> names;
  for (const auto& [name, id] : listed) {
    if (!read_before.contains(name)) names.insert(name);
  }
  for (const RotatedFile& file : rotated) {
    if (!file.is_known) continue;
    for (std::string& name : names_before_rotation(file.path, options_.pattern)) {
      if (!listed.contains(name)) names.insert(std::move(name));
    }
  }
  std::vector<Rotation> rotations;
  for (const std::string& name : names) {
    const std::optional<Predecessor> predecessor = youngest_known(name, rotated);
    if (predecessor) rotations.push_back({.name = name, .predecessor = *predecessor});
  }
  return rotations;
}

std::vector<std::string> FileSource::told_between(const Rotation& rotation,
                                                  std::span<const RotatedFile> rotated) const {
  RotatedBetween between = files_between(rotation.name, rotation.predecessor, rotated);
  if (!rotation.is_over) return std::move(between.paths);
  if (between.gone > 0) {
    log_error("rotated files were removed before they were read",
              {{"source", options_.name}, {"path", rotation.name}, {"files", between.gone}});
  } else if (between.may_lack_others) {
    log_warn("the file that was read last was removed; others that were rotated may be, too",
             {{"source", options_.name}, {"path", rotation.name}});
  }
  return std::move(between.paths);
}

// What was read, and is in no file any more that anybody knows: it may have been packed, and what
// nobody has read of it is in the packed one.
Result<void> FileSource::find_gone(Run& run, const std::map<std::string, FileId>& listed,
                                   const std::map<std::string, FileId>& read_before,
                                   std::span<RotatedFile> rotated, std::deque<Waiting>& copies) {
  auto gone = gone_files(run, listed, read_before, rotated);
  if (!gone) return gone.error();
  find_copies(run, *gone, rotated);
  for (const GoneFile& each : *gone) {
    if (each.copy != nullptr && !each.copy->is_known) {
      each.copy->is_known = true;
      copies.push_back({.path = each.copy->path, .is_listed = false, .copied = each.cursor});
    } else if (each.copy == nullptr && each.may_lack_something) {
      tell_lost(options_.pattern, each.cursor, "is gone");
    }
  }
  return {};
}

// The files of cursors that are neither listed nor beside those that are. Where another file has
// the inode of one, it is told of when that is opened.
Result<std::vector<FileSource::GoneFile>> FileSource::gone_files(
    Run& run, const std::map<std::string, FileId>& listed,
    const std::map<std::string, FileId>& read_before, std::span<const RotatedFile> rotated) {
  const auto cursors = run.intake.cursors(options_.name + "/");
  if (!cursors) return cursors.error();
  std::set<std::string> present;
  for (const auto& [name, id] : read_before) present.insert(key_of(id));
  for (const RotatedFile& file : rotated) {
    if (file.is_known) present.insert(key_of(file.sight.id));
  }
  std::set<std::string> taken;
  for (const auto& [name, id] : listed) taken.insert(key_of(id));
  int64_t youngest_ns = 0;
  std::vector<GoneFile> gone;
  for (const auto& [key, value] : *cursors) {
    const std::optional<FileCursor> cursor = FileCursor::decode(value);
    if (!cursor) continue;
    youngest_ns = std::max(youngest_ns, cursor->modified_ns);
    if (present.contains(key) || cursor->is_finished || cursor->print_bytes == 0) continue;
    gone.push_back({.cursor = *cursor, .may_lack_something = !taken.contains(key)});
  }
  for (GoneFile& each : gone) {
    const bool is_youngest = each.cursor.modified_ns == youngest_ns;
    each.may_lack_something &=
        each.cursor.has_rest() || (is_youngest && is_one_name(options_.pattern));
  }
  return gone;
}

// Of each the file that begins with what was read of it: a copy of what it was before it was
// written anew, or removed. A file is asked by its head alone, and further only where that is
// alike.
void FileSource::find_copies(Run& run, std::span<GoneFile> gone,
                             std::span<RotatedFile> rotated) const {
  if (gone.empty()) return;
  std::set<uint64_t> head_sizes;
  for (const GoneFile& each : gone) head_sizes.insert(each.cursor.print_bytes);
  for (RotatedFile& file : rotated) {
    const auto copy = WatchedFile::open(file.path, options_.follow, run.stop, options_.pieces);
    const Result<std::string> head = copy ? (*copy)->head() : copy.error();
    if (!head) continue;
    std::set<std::pair<uint64_t, uint64_t>> prints;
    for (const uint64_t size : head_sizes) {
      if (size <= head->size()) prints.emplace(size, hash64(head->substr(0, size)));
    }
    for (GoneFile& each : gone) {
      const bool is_alike = prints.contains({each.cursor.print_bytes, each.cursor.print});
      if (each.copy != nullptr || !is_alike) continue;
      const Result<bool> is_copy = (*copy)->resume_copy(each.cursor);
      if (!is_copy || !*is_copy) continue;
      each.copy = &file;
      break;
    }
  }
}

// False where there is no copy; otherwise its rest is read next, or was.
Result<bool> FileSource::read_copy(Run& run, const FileCursor& cursor) {
  Result<std::vector<RotatedFile>> rotated = rotated_files(run, names_, {});
  if (!rotated) return rotated.error();
  GoneFile gone{.cursor = cursor};
  find_copies(run, {&gone, 1}, *rotated);
  if (gone.copy == nullptr) return false;
  if (!gone.copy->is_known) {
    waiting_.push_front({.path = gone.copy->path, .is_listed = false, .copied = cursor});
  }
  return true;
}

Result<void> FileSource::find_what_was_overwritten(Run& run, const std::string& path,
                                                   int64_t born_ns, const FileCursor& cursor) {
  const Result<bool> has_copy = read_copy(run, cursor);
  if (!has_copy) return has_copy.error();
  const bool is_other_file = cursor.born_ns != born_ns && cursor.born_ns != 0 && born_ns != 0;
  if (!*has_copy && (cursor.has_rest() || (!is_other_file && is_one_name(options_.pattern)))) {
    tell_lost(path, cursor, is_other_file ? "is gone" : "was written anew");
  }
  return {};
}

void FileSource::tell_lost(const std::string& path, const FileCursor& cursor,
                           std::string_view what) const {
  log_warn("a file that was being read " + std::string(what) +
               " while nobody watched, and no copy of it is there: what came behind the last line "
               "that was read is lost, if there was any",
           {{"source", options_.name},
            {"path", path},
            {"line", cursor.position.line},
            {"offset", cursor.position.offset}});
}

// When a file that is being read, or was read as far as it goes, was written last.
std::optional<int64_t> FileSource::modified_ns_of(const FileId& id) const {
  for (const Entry& entry : files_) {
    if (entry.file->id() == id) return entry.file->modified_ns_now();
  }
  if (const auto found = resting_.find(id); found != resting_.end()) {
    return found->second.stamp.modified_ns;
  }
  return std::nullopt;
}

// Cursors of files that are gone are kept for a while: what is not there may come back. Where there
// is no file at all, none was deleted: a folder is away. Nothing is known of what cannot be read.
Result<void> FileSource::expire_cursors(Run& run) {
  const Time now = clock_.now();
  if (now < expires_at_ && expires_at_ - now <= kExpiryInterval) return {};
  expires_at_ = now + kExpiryInterval;
  std::vector<std::string> paths = paths_of(options_.pattern);
  if (paths.empty() || !folder_fault(options_.pattern + "*").empty()) return {};
  for (std::string& path : paths_beside(options_.pattern)) paths.push_back(std::move(path));
  std::set<std::string> present;
  for (const std::string& path : paths) {
    const Result<FileSight> sight = identify(path);
    if (sight) {
      present.insert(key_of(sight->id));
    } else if (sight.error().kind == ErrorKind::failed) {
      return {};
    }
  }
  const auto cursors = run.intake.cursors(options_.name + "/");
  if (!cursors) return cursors.error();
  for (const auto& [key, value] : *cursors) {
    const std::optional<FileCursor> cursor = FileCursor::decode(value);
    if (present.contains(key) || !cursor) continue;
    if (from_ns(cursor->modified_ns) > now - kCursorKept) continue;
    Chunk chunk{.source = options_.name, .place = "cursors", .cursor = {.key = key, .value = {}}};
    chunk.text.reserve(kPaddingBytes);
    if (!run.handover.submit(std::move(chunk), {})) break;
  }
  return {};
}

}  // namespace statewire
