// What retention takes from the journal. The keys of blocks say how many bytes and how much of the
// store's own time were before them, so that a search among sequences finds where to cut.
#include <algorithm>

#include "base/limits.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/store_state.h"

namespace statewire {

uint64_t Store::journal_bytes() const {
  Lock lock(tail_mutex_);
  return bytes_before_next_ - bytes_before_first_;
}

Duration Store::age_clock() const {
  return age_clock_at_open_ + std::max(clock_.now() - opened_at_, Duration::zero());
}

// Of the last block that begins at or before `sequence`.
Result<keys::JournalPlace> Store::place_holding(uint64_t sequence) const {
  std::optional<keys::JournalPlace> place;
  const auto read = engine_->each(Family::journal, keys::journal_up_to(sequence),
                                  Direction::backward, [&](std::string_view key, std::string_view) {
                                    place = keys::parse_journal(key);
                                    return false;
                                  });
  if (!read) return read.error();
  if (!place) return damaged("the journal has no block at " + std::to_string(sequence));
  return *place;
}

// No block is behind the one that holds `sequence`.
Result<bool> Store::is_last_block(uint64_t sequence) const {
  bool is_last = true;
  const auto read =
      engine_->each(Family::journal, keys::journal_from(sequence + 1), Direction::forward,
                    [&](std::string_view, std::string_view) { return is_last = false; });
  if (!read) return read.error();
  return is_last;
}

// Beyond the last sequence: that of the newest block, which has no entries.
Result<std::string> Store::key_to_keep(uint64_t sequence) const {
  std::string key;
  const auto take = [&](std::string_view found) {
    key = found;
    return false;
  };
  const auto read =
      sequence > last_sequence()
          ? engine_->each(Family::journal, keys::journal_up_to(UINT64_MAX), Direction::backward,
                          [&](std::string_view found, std::string_view) { return take(found); })
          : each_stored_block(sequence, [&](std::string_view found, uint64_t, uint64_t,
                                            std::string_view) { return take(found); });
  if (!read) return read.error();
  return key;
}

Result<uint64_t> Store::journal_cut(Duration age_max, uint64_t bytes_max) const {
  const Duration age_now = age_clock();
  uint64_t bytes_end = 0;
  uint64_t low = 0;
  uint64_t high = 0;
  {
    Lock lock(tail_mutex_);
    bytes_end = bytes_before_next_;
    low = first_sequence_;
    high = last_sequence_;
  }
  if (high < low) return low;
  const uint64_t last = high;
  const auto stays = [&](const keys::JournalPlace& place) {
    return age_now - place.age_clock <= age_max && bytes_end - place.bytes_before <= bytes_max;
  };
  const auto oldest = place_holding(low);
  const auto newest = place_holding(high);
  if (!oldest || !newest) return oldest ? newest.error() : oldest.error();
  if (stays(*oldest)) return low;
  if (!stays(*newest)) {
    // It goes where blocks without entries are behind it: one of them is the newest then.
    const auto is_last = is_last_block(last);
    if (!is_last) return is_last.error();
    return *is_last ? newest->first_sequence : last + 1;
  }
  // What begins before `low` goes; what begins at `high` or after it stays.
  high = newest->first_sequence;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    const auto place = place_holding(middle);
    if (!place) return place.error();
    if (stays(*place)) {
      high = std::max(low, place->first_sequence);
    } else {
      low = middle + 1;
    }
  }
  return low;
}

Result<void> Store::trim_journal(uint64_t sequence) {
  CHECK(!options_.read_only);
  const auto keep_from = key_to_keep(sequence);
  if (!keep_from) return keep_from.error();
  const auto kept = keys::parse_journal(*keep_from);
  {
    Lock lock(tail_mutex_);
    if (!kept || kept->bytes_before <= bytes_before_first_) return {};
  }
  if (auto room = ask_for_room(); !room) return room;
  EngineBatch batch;
  batch.remove_range(Family::journal, "", *keep_from);
  remove_spans_before(kept->first_sequence, batch);
  batch.put(Family::meta, kFirstSequenceKey, meta_value(kept->first_sequence));
  if (auto written = engine_->write(batch, Sync::yes); !written) return written;
  Lock lock(tail_mutex_);
  first_sequence_ = kept->first_sequence;
  bytes_before_first_ = kept->bytes_before;
  return {};
}

}  // namespace statewire
