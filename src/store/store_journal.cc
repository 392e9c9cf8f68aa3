#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "store/block.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/store_state.h"

namespace statewire {
namespace {

// How much of the time between two processes is believed, as only the wall clock knows it.
constexpr Duration kTimeBetweenProcessesMax = std::chrono::hours(1);
// A wait is never longer, so that the deadline cannot overflow.
constexpr Duration kWaitMax = std::chrono::hours(24);

Error damaged_key() { return damaged("a journal key is damaged"); }

}  // namespace

// The end of the journal is in its last block.
Result<void> Store::load_journal() {
  uint64_t last_sequence = 0;
  keys::JournalPlace next;
  Result<void> outcome;
  const auto read =
      engine_->each(Family::journal, keys::journal_up_to(UINT64_MAX), Direction::backward,
                    [&](std::string_view key, std::string_view value) {
                      const auto place = keys::parse_journal(key);
                      const auto block = BlockReader::open(value);
                      if (!place || !block)
                        return outcome = place ? block.error() : damaged_key(), false;
                      last_sequence = block->first_sequence() + block->size() - 1;
                      next.ordinal = block->size() == 0 ? place->ordinal + 1 : 0;
                      next.bytes_before = place->bytes_before + key.size() + value.size();
                      const Duration apart = opened_at_ - block->recorded();
                      next.age_clock = place->age_clock + std::clamp(apart, Duration::zero(),
                                                                     kTimeBetweenProcessesMax);
                      return false;
                    });
  if (!read) return read;
  if (!outcome) return outcome;
  state_->next_ordinal = next.ordinal;
  state_->bytes_before_next = next.bytes_before;
  age_clock_at_open_ = next.age_clock;
  {
    Lock lock(tail_mutex_);
    last_sequence_ = last_sequence;
    bytes_before_next_ = next.bytes_before;
  }
  return load_first_block();
}

// What is said of the first sequence only says where to look: the block that is found there is
// the truth.
Result<void> Store::load_first_block() {
  uint64_t first_sequence = 1;
  const auto said = engine_->get(Family::meta, kFirstSequenceKey);
  if (!said) return said.error();
  if (said.value()) {
    const auto number = parse_meta_value(*said.value());
    if (!number) return number.error();
    first_sequence = *number;
  }
  std::optional<keys::JournalPlace> first;
  Result<void> outcome;
  const auto read = engine_->each(Family::journal, keys::journal_from(first_sequence),
                                  Direction::forward, [&](std::string_view key, std::string_view) {
                                    first = keys::parse_journal(key);
                                    if (!first) outcome = damaged_key();
                                    return false;
                                  });
  if (!read) return read;
  if (!outcome) return outcome;
  if (first && first->first_sequence > first_sequence) {
    log_error("the beginning of the journal is missing",
              {{"from", first_sequence}, {"to", first->first_sequence - 1}});
  }
  Lock lock(tail_mutex_);
  first_sequence_ = first ? first->first_sequence : first_sequence;
  bytes_before_first_ = first ? first->bytes_before : bytes_before_next_;
  return {};
}

uint64_t Store::first_sequence() const {
  Lock lock(tail_mutex_);
  return first_sequence_;
}

bool Store::is_trimmed() const {
  Lock lock(tail_mutex_);
  return bytes_before_first_ > 0;
}

uint64_t Store::last_sequence() const {
  Lock lock(tail_mutex_);
  return last_sequence_;
}

// From the block that holds `sequence`, which is one of those that begin at it, or the last one to
// begin before it; that one is passed over where it ends too early.
Result<void> Store::each_stored_block(
    uint64_t sequence, const std::function<bool(std::string_view key, uint64_t first, uint64_t last,
                                                std::string_view bytes)>& visit) const {
  std::string from;
  Result<void> read =
      engine_->each(Family::journal, keys::journal_from(sequence), Direction::backward,
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

Result<void> Store::each_block_back(uint64_t sequence,
                                    const std::function<bool(const BlockReader&)>& visit) const {
  const uint64_t first = first_sequence();
  Result<void> outcome;
  const auto read =
      engine_->each(Family::journal, keys::journal_up_to(sequence), Direction::backward,
                    [&](std::string_view, std::string_view value) {
                      const auto block = BlockReader::open(value);
                      if (!block) return outcome = block.error(), false;
                      if (block->size() == 0) return true;
                      const uint64_t last = block->first_sequence() + block->size() - 1;
                      return last >= first && visit(*block);
                    });
  return read ? outcome : read;
}

Result<StoredBlock> Store::block_at(uint64_t sequence) const {
  // What is trimmed may still be among the recent ones.
  sequence = std::max(sequence, first_sequence());
  if (auto recent = state_->recent.holding(sequence)) return *std::move(recent);
  return stored_block_holding(sequence);
}

// The last block that begins at or before `sequence` holds it; where it is just being trimmed, the
// first one after it does.
Result<StoredBlock> Store::stored_block_holding(uint64_t sequence) const {
  StoredBlock result;
  Result<void> outcome;
  const auto take = [&](std::string_view, std::string_view value) {
    const auto block = BlockReader::open(value);
    if (!block) return outcome = block.error(), false;
    const uint64_t first = block->first_sequence();
    const uint64_t last = first + block->size() - 1;
    if (block->size() == 0 || last < sequence) return true;
    result = {first, last, std::make_shared<const std::string>(value)};
    return false;
  };
  Result<void> read =
      engine_->each(Family::journal, keys::journal_up_to(sequence), Direction::backward,
                    [&](std::string_view key, std::string_view value) {
                      take(key, value);
                      return false;
                    });
  if (read.ok() && outcome.ok() && result.bytes == nullptr) {
    read = engine_->each(Family::journal, keys::journal_from(sequence), Direction::forward, take);
  }
  if (!read) return read.error();
  if (!outcome) return outcome.error();
  return result;
}

// In steps that double, and then back by halves, from the last place that is bad.
Result<uint64_t> Store::first_readable(uint64_t sequence) const {
  uint64_t bad = sequence;
  uint64_t good = last_sequence() + 1;
  uint64_t first = good;
  const auto look_at = [&](uint64_t at) -> Result<void> {
    const auto block = block_at(at);
    if (!block && block.error().kind != ErrorKind::damaged) return block.error();
    if (block && block->bytes != nullptr) {
      good = at;
      first = std::max(at, block->first_sequence);
    } else {
      bad = at;
    }
    return {};
  };
  if (auto looked = look_at(sequence); !looked) return looked.error();
  if (good == sequence) return first;
  for (uint64_t step = 1; bad + step < good; step *= 2) {
    if (auto looked = look_at(bad + step); !looked) return looked.error();
  }
  while (bad + 1 < good) {
    if (auto looked = look_at(bad + (good - bad) / 2); !looked) return looked.error();
  }
  return first;
}

Result<Entry> Store::entry(uint64_t sequence, Arena& arena) const {
  if (sequence >= first_sequence()) {
    if (const auto opened = state_->read.holding(sequence)) {
      return opened->reader.entry_copy(sequence - opened->block.first_sequence, arena);
    }
  }
  const auto block = block_at(sequence);
  if (!block) return block.error();
  if (block->bytes == nullptr || block->first_sequence > sequence) {
    return not_found("sequence " + std::to_string(sequence) + " is not in the journal");
  }
  const auto reader = BlockReader::open(*block->bytes);
  if (!reader) return reader.error();
  state_->read.add(std::make_shared<const OpenedBlock>(OpenedBlock{*block, *reader}));
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

}  // namespace statewire
