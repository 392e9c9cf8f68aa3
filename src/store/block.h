// A journal block: the entries of one commit and what it adds to the ledger, packed. Compact binary
// with a dictionary of its texts; any entry can be read without the others. The layout is described
// in block.cc.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/result.h"
#include "model/entry.h"
#include "store/dictionary.h"
#include "store/ledger.h"
#include "store/told_times.h"

namespace statewire {

// Not thread-safe. Reused from batch to batch; keeps its memory.
class BlockWriter {
 public:
  BlockWriter();
  ~BlockWriter();

  void begin(uint64_t first_sequence, Time recorded);
  // Sequences follow one another: entry.sequence must be the next one.
  void add(const Entry& entry);
  // An entry of this block, as a reader would see it; not_found where it has not been added.
  // Texts are views into this writer or `arena`: valid until begin() or the arena's end.
  Result<Entry> entry(uint64_t sequence, Arena& arena) const;
  size_t entries() const;
  // Of all entries of this block.
  const ToldTimes& times() const;
  // The finished block; valid until begin().
  std::string_view finish(const LedgerDelta& ledger);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A view of a block. `bytes` must outlive it; texts of entries are views into them.
class BlockReader {
 public:
  // damaged where the bytes are not a whole block (format byte, sizes, checksum).
  static Result<BlockReader> open(std::string_view bytes);

  uint64_t first_sequence() const { return first_sequence_; }
  size_t size() const { return count_; }
  size_t bytes() const { return bytes_.size(); }
  Time recorded() const { return recorded_; }
  // `index` < size(). Spans are placed in `arena`.
  Result<Entry> entry(size_t index, Arena& arena) const;
  // The same with its texts in `arena` too: for callers that let go of `bytes` before the entry.
  Result<Entry> entry_copy(size_t index, Arena& arena) const;
  Result<LedgerDelta> ledger() const;

  // What tells quickly that no entry can be what somebody looks for, without decoding any.
  // Whether `text` stands anywhere in the entries or their texts, even across two of those.
  bool may_hold(std::string_view text) const;
  // Each text of the dictionary, until `visit` returns false: types, accounts, regions, actors and
  // tags are there. False where that was.
  template <typename Visit>
  bool each_shared_text(Visit visit) const;
  // When what the entry at `index` < size() tells happened: see told_time().
  Result<Time> time_of(size_t index) const;

 private:
  Result<Entry> decode(size_t index, Arena& arena, bool copies) const;
  Result<std::string_view> bytes_of(size_t index) const;
  TextTable texts() const;

  std::string_view bytes_;  // Without the checksum.
  uint64_t first_sequence_ = 0;
  Time recorded_;
  size_t count_ = 0;
  size_t text_count_ = 0;
  size_t texts_at_ = 0;
  size_t text_ends_at_ = 0;
  size_t entry_ends_at_ = 0;
  size_t ledger_at_ = 0;
};

template <typename Visit>
bool BlockReader::each_shared_text(Visit visit) const {
  const TextTable table = texts();
  for (uint64_t number = 1; number <= text_count_; ++number) {
    const std::optional<std::string_view> text = table.find(number);
    if (text && !visit(*text)) return false;
  }
  return true;
}

// Records as they are stored; format byte first. `out` is replaced. Texts of the result are views
// into `bytes`, spans in `arena`; damaged where the bytes are not exactly one record.
void encode_record(const Record& record, std::string& out);
Result<Record> decode_record(std::string_view bytes, Arena& arena);

}  // namespace statewire
