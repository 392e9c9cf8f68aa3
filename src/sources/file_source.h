// Events from files, named by a pattern as shells have it.
//
// Files are known by their inode, so that one that is renamed is read on, and one that takes its
// name is new. The cursor of each says how far its events were committed.
//
// A few files are open at a time. Where there are more, those that were read as far as they go are
// closed, and opened again, where their cursors say, once they have changed.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "sources/file_names.h"
#include "sources/handover.h"
#include "sources/source.h"
#include "sources/watched_file.h"

namespace statewire {

struct FileSourceOptions {
  std::string name;
  std::string pattern;  // As glob(3) has it.
  // Waits for more lines and more files, through rotation by rename or by copy and truncate.
  // Otherwise every file is read once, to its end.
  bool follow = false;
  // Without `follow`: a file that is not there, or closed to us, is looked for again after so long.
  // Nothing: the run ends.
  std::optional<std::chrono::milliseconds> looks_again_after;
  std::chrono::milliseconds poll_interval{200};
  // A file that lost its name is closed once it has not changed for so long; then a last line that
  // is a whole value is an event without its line feed, too.
  std::chrono::milliseconds quiet_after{10'000};
  size_t open_files_max = kFilesReadAtATime;
  PieceLimits pieces = {};
};

class FileSource final : public Source {
 public:
  // The clock outlives the source.
  FileSource(FileSourceOptions options, const Clock& clock);

  Result<void> run(Intake& intake, std::stop_token stop) override;
  std::optional<Progress> progress() const override;
  std::optional<SourceTrouble> trouble() const override { return trouble_.get(); }
  SourceNote note() const override;

 private:
  // An open file.
  struct Entry {
    uint64_t number = 0;  // What Handover::Origin calls it.
    std::unique_ptr<WatchedFile> file;
    bool is_listed = true;            // Some name of the pattern is its own.
    bool is_broken = false;           // Cannot be read on before it changes.
    bool is_read = false;             // As far as it goes.
    bool was_asked_for_rest = false;  // Since it was read last.
    std::chrono::steady_clock::time_point changed_at;
  };
  // A file that was read as far as it goes, and is not open.
  struct Resting {
    FileStamp stamp;  // When it was read.
    bool is_listed = true;
    // When a last line without a line feed is looked at again.
    std::chrono::steady_clock::time_point rest_at = std::chrono::steady_clock::time_point::max();
  };
  // To be opened.
  struct Waiting {
    std::string path;
    bool is_listed = true;
    bool is_only_for_rest = false;  // Only where a part of it was read already.
    bool is_quiet = false;          // It was open, and has not changed for long.
    // Of the file that it is a copy of: its rest is read.
    std::optional<FileCursor> copied;
  };
  // A name became another file's.
  struct Rotation {
    std::string name;
    Predecessor predecessor;
    bool is_over = true;  // Some file has the name again.
  };
  // A file that was read, and is not there any more.
  struct GoneFile {
    FileCursor cursor;
    bool may_lack_something = false;  // Something may have come behind what was read.
    RotatedFile* copy = nullptr;
  };
  // What one run() works with.
  struct Run {
    Intake& intake;
    std::stop_token stop;
    Handover handover;
  };

  bool read_round(Run& run, Result<void>& found);
  Result<void> find_files(Run& run);
  void note_place(bool is_empty);
  void find_listed(const std::string& path, const FileSight& sight);
  Result<void> find_rotated(Run& run, const std::map<std::string, FileId>& listed);
  Result<std::vector<RotatedFile>> rotated_files(Run& run,
                                                 const std::map<std::string, FileId>& listed,
                                                 const std::set<FileId>& missing);
  std::vector<Rotation> rotations_since(const std::map<std::string, FileId>& listed);
  std::vector<Rotation> rotations_before(const std::map<std::string, FileId>& listed,
                                         const std::map<std::string, FileId>& read_before,
                                         std::span<const RotatedFile> rotated) const;
  std::vector<std::string> told_between(const Rotation& rotation,
                                        std::span<const RotatedFile> rotated) const;
  Result<void> find_gone(Run& run, const std::map<std::string, FileId>& listed,
                         const std::map<std::string, FileId>& read_before,
                         std::span<RotatedFile> rotated, std::deque<Waiting>& copies);
  Result<std::vector<GoneFile>> gone_files(Run& run, const std::map<std::string, FileId>& listed,
                                           const std::map<std::string, FileId>& read_before,
                                           std::span<const RotatedFile> rotated);
  void find_copies(Run& run, std::span<GoneFile> gone, std::span<RotatedFile> rotated) const;
  Result<bool> read_copy(Run& run, const FileCursor& cursor);
  Result<void> find_what_was_overwritten(Run& run, const std::string& path, int64_t born_ns,
                                         const FileCursor& cursor);
  Result<bool> was_read_before(Run& run, const std::string& path, const FileId& id) const;
  Result<std::map<std::string, FileId>> names_read_before(
      Run& run, const std::map<std::string, FileId>& listed) const;
  void tell_lost(const std::string& path, const FileCursor& cursor, std::string_view what) const;
  std::optional<int64_t> modified_ns_of(const FileId& id) const;
  Result<void> expire_cursors(Run& run);
  Result<void> open_waiting(Run& run);
  Result<void> open_file(Run& run, const Waiting& waiting);
  Result<std::optional<FileCursor>> stored_cursor(Run& run, const FileId& id) const;
  bool read_all(Run& run);
  bool read(Run& run, Entry& entry);
  bool read_whole_rest(Run& run, Entry& entry);
  bool is_quiet(const Entry& entry) const;
  bool prepare(Run& run, Entry& entry);
  void bound_what_is_ahead(Entry& entry);
  bool rewind(Entry& entry, TextPosition position);
  bool hand_over(Run& run, Entry& entry, Piece piece);
  void pass_over(const Entry& entry, const Piece& piece);
  bool read_again(Run& run);
  void close_quiet(Run& run);
  bool make_place();
  void close(const Entry& entry);
  bool may_have_whole_rest(const Entry& entry) const;
  void note_progress();
  std::string key_of(const FileId& id) const;
  void report(const std::string& path, const std::string& reason);
  void forget_faults(const std::vector<std::string>& listed);
  void note_trouble();
  Result<void> outcome() const;

  const FileSourceOptions options_;
  const Clock& clock_;
  std::vector<Entry> files_;  // Older ones first: what was rotated away ends before its successor.
  std::map<FileId, Resting> resting_;
  std::deque<Waiting> waiting_;
  std::map<std::string, FileId> names_;  // Whose they were at the last look.
  bool has_begun_ = false;
  uint64_t next_number_ = 1;
  std::map<std::string, std::string> faults_;  // Reasons by path, told once.
  TroubleNote trouble_;
  bool lacks_something_ = false;  // At the last look a file was not there, or closed to us.
  std::string place_fault_ = {};  // Why nothing, or not all, can be there; empty: it can.
  std::string place_told_ = {};   // What the log said of it.
  std::atomic<bool> matches_nothing_ = false;  // And files may come.
  Time expires_at_ = Time::min();              // When cursors are looked through the next time.

  // Without `follow`.
  uint64_t closed_bytes_ = 0;  // Of files that were read to their end.
  std::atomic<uint64_t> done_bytes_ = 0;
  std::atomic<uint64_t> total_bytes_ = 0;
};

extern const SourceKind file_source_kind;

}  // namespace statewire
