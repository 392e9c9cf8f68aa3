// What a store keeps in memory beside its engine.
#pragma once

#include "store/engine.h"
#include "store/ledger_view.h"
#include "store/recent_blocks.h"
#include "store/record_cache.h"
#include "store/wire.h"

namespace statewire {

struct StoreState {
  StoreState(size_t recent_bytes_max, size_t records_bytes_max)
      : recent(recent_bytes_max), records(records_bytes_max) {}

  LedgerView ledger;
  RecentBlocks recent;
  RecordCache records;

  // Of the committing thread.
  EngineBatch commit_batch;
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
  uint32_t next_ordinal = 0;  // See keys::journal.

  // Of the thread that settles.
  EngineBatch settle_batch;
  ByteWriter settle_value;
};

// Keys of the meta family.
constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kFirstSequenceKey = "first_sequence";

// Numbers of the meta family: a format byte, then 8 bytes little-endian.
std::string meta_value(uint64_t number);
Result<uint64_t> parse_meta_value(std::string_view value);

}  // namespace statewire
