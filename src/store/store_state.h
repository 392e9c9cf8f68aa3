// What a store keeps in memory beside its engine.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "model/reminder.h"
#include "store/delivery_row.h"
#include "store/engine.h"
#include "store/journal_spans.h"
#include "store/keys.h"
#include "store/learned_view.h"
#include "store/ledger_view.h"
#include "store/recent_blocks.h"
#include "store/record_cache.h"
#include "store/record_hints.h"
#include "store/wire.h"

namespace statewire {

// Which texts may be aliases. Few are, and every id that is looked up asks. Until all are known,
// and where there are more than kAliasesKnownMax, any text may be one. Any thread.
class AliasNames {
 public:
  void add(std::string_view alias) {
    Lock lock(mutex_);
    if (has_room_) hashes_.insert(hash64(alias));
    if (hashes_.size() <= kAliasesKnownMax) return;
    has_room_ = false;
    hashes_ = {};
  }
  bool has_room() const {
    Lock lock(mutex_);
    return has_room_;
  }
  // All aliases that were stored before the first add() have been added too.
  void all_are_known() {
    Lock lock(mutex_);
    are_all_known_ = true;
  }
  bool may_contain(std::string_view text) const {
    Lock lock(mutex_);
    return !has_room_ || !are_all_known_ || hashes_.contains(hash64(text));
  }

 private:
  mutable Mutex mutex_;
  boost::unordered_flat_set<uint64_t> hashes_ GUARDED_BY(mutex_);
  bool has_room_ GUARDED_BY(mutex_) = true;
  bool are_all_known_ GUARDED_BY(mutex_) = false;
};

// The rows that could not be read, each once; at most kUnreadableRowsKept. Any thread.
class DamagedRows {
 public:
  // False where the row is known, or there are too many.
  bool add(uint64_t hash) {
    Lock lock(mutex_);
    return hashes_.size() < kUnreadableRowsKept && hashes_.insert(hash).second;
  }
  size_t size() const {
    Lock lock(mutex_);
    return hashes_.size();
  }

 private:
  mutable Mutex mutex_;
  boost::unordered_flat_set<uint64_t> hashes_ GUARDED_BY(mutex_);
};

// When the first reminder may be due: at its time or before it. Any thread.
class NextReminder {
 public:
  struct Seen {
    Time due;
    uint64_t sets;
  };
  Seen seen() const {
    Lock lock(mutex_);
    return {due_, sets_};
  }
  // A reminder was written.
  void set(Time due) {
    Lock lock(mutex_);
    due_ = std::min(due_, due);
    ++sets_;
  }
  // Of all reminders that were there at `seen`, the first is due at `due`.
  void learn(const Seen& seen, Time due) {
    Lock lock(mutex_);
    if (seen.sets == sets_) due_ = due;
  }

 private:
  mutable Mutex mutex_;
  Time due_ GUARDED_BY(mutex_) = Time::min();
  uint64_t sets_ GUARDED_BY(mutex_) = 0;
};

// The numbers of parked rows, by subscription. They are read in the order of their keys, a piece at
// a time, while rows come and go: what changes before the place up to which all are known counts at
// once, and the rest once it is read. Any thread.
class ParkedNumbers {
 public:
  struct Piece {
    std::vector<DeliveryKey> rows;
    std::string next;  // The key from which on the next piece is; empty at the end.
  };
  // `read(from)` gives the piece of the rows from the key `from` on. False where all are known.
  template <typename Read>
  Result<bool> learn(Read read) {
    Lock lock(mutex_);
    if (are_all_known_) return false;
    Result<Piece> piece = read(known_before_);
    if (!piece) return piece.error();
    for (const DeliveryKey& row : piece->rows) of(row.subscription).insert(row.number);
    are_all_known_ = piece->next.empty();
    known_before_ = std::move(piece->next);
    return !are_all_known_;
  }
  // Once it is written.
  void change(const Settlement& settlement) {
    if (settlement.parked_removed.empty() && settlement.parked_put.empty()) return;
    Lock lock(mutex_);
    for (const DeliveryKey& row : settlement.parked_removed) {
      if (is_known(row.subscription, row.number)) of(row.subscription).erase(row.number);
    }
    for (const ParkedRow& row : settlement.parked_put) {
      const DeliveryRow& delivery = row.delivery;
      if (is_known(delivery.subscription, delivery.number)) {
        of(delivery.subscription).insert(delivery.number);
      }
    }
  }
  uint64_t count(std::string_view subscription) const {
    Lock lock(mutex_);
    const auto found = numbers_.find(subscription);
    return found == numbers_.end() ? 0 : found->second.size();
  }

 private:
  using Numbers = boost::unordered_flat_set<uint64_t>;
  bool is_known(const std::string& subscription, uint64_t number) const REQUIRES(mutex_) {
    return are_all_known_ || keys::delivery(subscription, number) < known_before_;
  }
  Numbers& of(std::string_view subscription) REQUIRES(mutex_) {
    const auto found = numbers_.find(subscription);
    return found != numbers_.end() ? found->second
                                   : numbers_.emplace(subscription, Numbers()).first->second;
  }

  mutable Mutex mutex_;
  std::map<std::string, Numbers, std::less<>> numbers_ GUARDED_BY(mutex_);
  std::string known_before_ GUARDED_BY(mutex_);
  bool are_all_known_ GUARDED_BY(mutex_) = false;
};

struct StoreState {
  StoreState(size_t recent_bytes_max, size_t read_bytes_max, size_t records_bytes_max)
      : recent(recent_bytes_max), read(read_bytes_max), records(records_bytes_max) {}

  LedgerView ledger;
  LearnedView learned;
  RecentBlocks recent;
  ReadBlocks read;
  RecordCache records;
  AliasNames aliases;
  RecordHints hints;
  NextReminder next_reminder;
  DamagedRows damaged_reminders;
  ParkedNumbers parked;

  // Used by the committing thread.
  EngineBatch commit_batch;
  SpanWriter spans;
  ByteWriter value;
  std::string key;
  struct Changed {
    std::string_view key;
    std::string_view value;
    uint64_t hash;
  };
  std::vector<Changed> changed;  // In `arena`.
  Arena arena;
  std::vector<RecordCache::Item> updates;
  uint32_t next_ordinal = 0;       // See keys::journal.
  uint64_t bytes_before_next = 0;  // Likewise.

  // Used by the thread that settles.
  EngineBatch settle_batch;
  ByteWriter settle_value;
};

// Grows when a program that knows only the older one would misread what is stored.
constexpr uint64_t kStoreFormat = 2;

// Keys of the meta family.
constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kFirstSequenceKey = "first_sequence";
// One for each range that was lost: its first sequence; the value is its last.
std::string lost_key(uint64_t first_sequence);
std::optional<uint64_t> parse_lost(std::string_view key);

// Numbers of the meta family: a format byte, then 8 bytes little-endian.
std::string meta_value(uint64_t number);
Result<uint64_t> parse_meta_value(std::string_view value);

// Of values that are one text.
constexpr char kTextValueFormat = 1;

// Nothing where it is no reminder as it was written. Its texts are in key and value.
std::optional<Reminder> decode_reminder(std::string_view key, std::string_view value);

}  // namespace statewire
