#include <algorithm>
#include <chrono>

#include "store/block.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/store_state.h"

namespace statewire {
namespace {

constexpr uint32_t kLastOrdinal = UINT32_MAX;
// A wait is never longer, so that the deadline cannot overflow.
constexpr Duration kWaitMax = std::chrono::hours(24);

Error damaged_key() { return damaged("a journal key is damaged"); }

}  // namespace

// The end of the journal is in its last block.
Result<void> Store::load_journal() {
  const auto first = engine_->get(Family::meta, kFirstSequenceKey);
  if (!first) return first.error();
  Lock lock(tail_mutex_);
  if (first.value()) {
    const auto number = parse_meta_value(*first.value());
    if (!number) return number.error();
    first_sequence_ = *number;
  }
  uint64_t last_sequence = 0;
  uint32_t next_ordinal = 0;
  Result<void> outcome;
  const auto read =
      engine_->each(Family::journal, keys::journal(UINT64_MAX, kLastOrdinal), Direction::backward,
                    [&](std::string_view key, std::string_view value) {
                      const auto place = keys::parse_journal(key);
                      const auto block = BlockReader::open(value);
                      if (!place || !block) {
                        outcome = place ? block.error() : damaged_key();
                        return false;
                      }
                      last_sequence = block->first_sequence() + block->size() - 1;
                      next_ordinal = block->size() == 0 ? place->second + 1 : 0;
                      return false;
                    });
  last_sequence_ = last_sequence;
  state_->next_ordinal = next_ordinal;
  return read ? outcome : read;
}

uint64_t Store::first_sequence() const {
  Lock lock(tail_mutex_);
  return first_sequence_;
}

uint64_t Store::last_sequence() const {
  Lock lock(tail_mutex_);
  return last_sequence_;
}

// From the block that holds `sequence`, which is one of those that begin at it, or the last one to
// begin before it; where that one ends too early, the next.
Result<void> Store::each_stored_block(
    uint64_t sequence, const std::function<bool(std::string_view key, uint64_t first, uint64_t last,
                                                std::string_view bytes)>& visit) const {
  std::string from;
  Result<void> read =
      engine_->each(Family::journal, keys::journal(sequence, 0), Direction::backward,
                    [&](std::string_view key, std::string_view) {
                      from = key;
                      return false;
                    });
  if (!read) return read;
  Result<void> outcome;
  read = engine_->each(Family::journal, from, Direction::forward,
                       [&](std::string_view key, std::string_view value) {
                         const auto block = BlockReader::open(value);
                         if (!block) return outcome = block.error(), false;
                         const uint64_t first = block->first_sequence();
                         const uint64_t last = first + block->size() - 1;
                         if (first < sequence && last < sequence) return true;
                         return visit(key, first, last, value);
                       });
  return read ? outcome : read;
}

Result<void> Store::each_block(uint64_t sequence,
                               const std::function<bool(const StoredBlock&)>& visit) const {
  return each_stored_block(
      sequence, [&](std::string_view, uint64_t first, uint64_t last, std::string_view bytes) {
        return visit({first, last, std::make_shared<const std::string>(bytes)});
      });
}

Result<StoredBlock> Store::block_at(uint64_t sequence) const {
  // What is trimmed may still be among the recent ones.
  sequence = std::max(sequence, first_sequence());
  if (sequence > last_sequence()) return StoredBlock{};
  if (auto recent = state_->recent.holding(sequence)) return *std::move(recent);
  StoredBlock result;
  const auto read = each_stored_block(
      sequence, [&](std::string_view, uint64_t first, uint64_t last, std::string_view bytes) {
        if (last < first) return true;
        result = {first, last, std::make_shared<const std::string>(bytes)};
        return false;
      });
  if (!read) return read.error();
  return result;
}

Result<Entry> Store::entry(uint64_t sequence, Arena& arena) const {
  const auto block = block_at(sequence);
  if (!block) return block.error();
  if (block->bytes == nullptr || block->first_sequence > sequence) {
    return not_found("sequence " + std::to_string(sequence) + " is not in the journal");
  }
  const auto reader = BlockReader::open(*block->bytes);
  if (!reader) return reader.error();
  return reader->entry_copy(sequence - block->first_sequence, arena);
}

bool Store::wait_for(uint64_t sequence, Duration timeout) const {
  const auto deadline = std::chrono::steady_clock::now() + std::min(timeout, kWaitMax);
  Lock lock(tail_mutex_);
  while (last_sequence_ < sequence) {
    if (tail_moved_.wait_until(lock.native(), deadline) == std::cv_status::timeout) {
      return last_sequence_ >= sequence;
    }
  }
  return true;
}

Result<void> Store::trim_journal(uint64_t sequence) {
  CHECK(!options_.read_only);
  std::string keep_from;
  uint64_t first_kept = 0;
  const auto read =
      each_stored_block(std::min(sequence, last_sequence()),
                        [&](std::string_view key, uint64_t first, uint64_t, std::string_view) {
                          keep_from = key;
                          first_kept = first;
                          return false;
                        });
  if (!read) return read;
  if (keep_from.empty() || first_kept <= first_sequence()) return {};
  EngineBatch batch;
  batch.remove_range(Family::journal, "", keep_from);
  batch.put(Family::meta, kFirstSequenceKey, meta_value(first_kept));
  {
    // Readers stop asking for what is about to go.
    Lock lock(tail_mutex_);
    first_sequence_ = first_kept;
  }
  return engine_->write(batch, Sync::no);
}

uint64_t Store::journal_bytes() const { return engine_->bytes(Family::journal); }

}  // namespace statewire
