// How entries and records become bytes; used by blocks and by the records family. The layout is
// described in entry_layout.h.
#pragma once

#include "base/arena.h"
#include "model/entry.h"
#include "store/dictionary.h"
#include "store/wire.h"

namespace statewire {

class EntryEncoder {
 public:
  // Texts that repeat go to `dictionary`; null: all are written in place.
  EntryEncoder(ByteWriter& out, Dictionary* dictionary) : out_(out), dictionary_(dictionary) {}

  // Times are relative to `recorded`, the block's.
  void entry(const Entry& entry, Time recorded);
  // What `base` (without its `after`) says as well is left out.
  void record(const Record& record, const Entry& base);

 private:
  void own(std::string_view text) { out_.text(text); }
  void shared(std::string_view text);
  void observation(const Observation& observation, Time recorded);
  void told(const Told& told, Time recorded);
  void sort_key(const SortKey& key, Time recorded);
  void identity(const Identity& identity, const Identity& base);
  void cause(const Cause& cause, std::string_view origin_id);
  void previous(const Previous& previous, const Previous& base, Time recorded);
  void tags(std::span<const Tag> tags);
  void owner(const Record& record);
  void course(const Record& record);

  ByteWriter& out_;
  Dictionary* const dictionary_;
  static constexpr size_t kCausesSeenMax = 8;
  const Cause* causes_seen_[kCausesSeenMax];
  size_t causes_count_ = 0;
};

// Reads any bytes safely; see ByteReader. What was decoded is right only if is_done() at the end.
class EntryDecoder {
 public:
  // `texts` null: all texts are in place. Texts of the result are views into the bytes and the
  // table; copied into `arena` where `copies` is set. Spans are always in `arena`.
  EntryDecoder(std::string_view bytes, const TextTable* texts, Arena& arena, bool copies)
      : in_(bytes), texts_(texts), arena_(arena), copies_(copies) {}

  Entry entry(uint64_t sequence, Time recorded);
  Record record(const Entry& base);
  // Of an entry: when what it tells happened. Nothing behind that is read.
  Time time_of_entry(Time recorded);
  // Everything could be read, and nothing is left over.
  bool is_done() const { return in_.ok() && in_.at_end(); }
  ByteReader& in() { return in_; }

 private:
  std::string_view kept(std::string_view text) { return copies_ ? arena_.copy(text) : text; }
  std::string_view own() { return kept(in_.text()); }
  std::string_view shared();
  PhaseSet phases();
  // What stands before the observation.
  uint64_t begin(Entry& entry, Time recorded);
  Observation observation(uint64_t head, Time recorded);
  Told told(Time recorded);
  Origin origin();
  SortKey sort_key(bool has_version, bool has_index, Time recorded);
  Identity identity(const Identity& base);
  Cause cause(std::string_view origin_id);
  Previous previous(const Previous& base, Time recorded);
  std::span<const Tag> tags();
  void owner(Record& record);
  void course(Record& record);
  std::span<const Change> changes();
  std::span<const std::string_view> aliases();
  std::span<const Hint> hints(Time recorded, std::string_view origin_id);
  template <typename Tag>
  Id<Tag> id();
  template <typename T>
  std::span<T> items();

  ByteReader in_;
  const TextTable* const texts_;
  Arena& arena_;
  const bool copies_;
  static constexpr size_t kCausesSeenMax = 8;
  Cause causes_seen_[kCausesSeenMax];
  size_t causes_count_ = 0;
};

}  // namespace statewire
