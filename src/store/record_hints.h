// Where a record may be that is named so, or is as new as that, without looking at all of them.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string_view>

#include "model/record.h"

namespace statewire {

// Of each partition of the records: a Bloom filter of the last parts, behind `/` and `:`, of their
// ids, names, and tags "Name"; and the newest `since`. It forgets nothing, so it may say yes in
// vain, and says no only where no record is named so, or so new. Any thread; add() before the
// record can be read.
//
// 2 MiB. Of a million records a search for a name looks at some hundredths, and one for the newest
// twenty at less than a tenth; of ten million, the one for a name at most of them.
class RecordHints {
 public:
  static constexpr size_t kPartitions = 256;
  static constexpr size_t kBytes = size_t{2} << 20;

  RecordHints();

  void add(const Record& record);
  // What is there cannot be read: anything may be.
  void add_any(uint8_t partition);
  // All records that were stored before the first add() have been added too.
  void all_are_known() { are_all_known_.store(true, std::memory_order_release); }
  // Whether the last part of `name` is one of those.
  bool may_hold(uint8_t partition, std::string_view name) const;
  // No record there has a later `since`.
  Time newest_since(uint8_t partition) const;

 private:
  using Word = std::atomic<uint64_t>;
  static constexpr size_t kBits = kBytes * 8 / kPartitions;
  static std::array<size_t, 3> bits_of(std::string_view name);
  Word& word_of(uint8_t partition, size_t bit) const;
  void add(uint8_t partition, std::string_view name);

  const std::unique_ptr<Word[]> words_;
  std::array<std::atomic<Time>, kPartitions> newest_ = {};
  std::atomic<bool> are_all_known_ = false;
};

}  // namespace statewire
