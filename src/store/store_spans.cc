// What the store says of times in its journal, and how it goes on saying so after a start.
#include "store/block.h"
#include "store/journal_spans.h"
#include "store/store.h"
#include "store/store_state.h"

namespace statewire {
namespace {

// Of the newest row that is as it was written.
Result<uint64_t> last_that_is_covered(const Engine& engine) {
  uint64_t last = 0;
  const auto read = engine.each(Family::meta, span_key(UINT64_MAX), Direction::backward,
                                [&](std::string_view key, std::string_view value) {
                                  const auto span = decode_span(key, value);
                                  if (span) last = span->last;
                                  return is_span_key(key) && !span;
                                });
  if (!read) return read.error();
  return last;
}

Result<ToldTimes> times_of(const BlockReader& block) {
  ToldTimes times;
  for (size_t i = 0; i < block.size(); ++i) {
    const Result<Time> time = block.time_of(i);
    if (!time) return time.error();
    times.add(TimeRange{*time, *time});
  }
  return times;
}

}  // namespace

// A process that ended left the newest entries without a row: they are read again. What has none
// further back was written by an older program, and stays as it is.
Result<void> Store::load_spans() {
  const uint64_t last = last_sequence();
  if (auto removed = remove_spans_of_more(last); !removed) return removed;
  const auto covered = last_that_is_covered(*engine_);
  if (!covered) return covered.error();
  const uint64_t near = last - std::min(last, kJournalSpanEntries);
  const uint64_t from = std::max({*covered + 1, near + 1, first_sequence()});
  SpanWriter& spans = state_->spans;
  spans.begin(from);
  if (from > last) return {};
  Result<void> outcome;
  const auto read = each_stored_block(
      from, [&](std::string_view, uint64_t first, uint64_t end, std::string_view bytes) {
        const auto block = BlockReader::open(bytes);
        if (!block) return outcome = block.error(), false;
        if (block->size() == 0) return true;
        const auto times = times_of(*block);
        if (!times) return outcome = times.error(), false;
        spans.add(first, end, *times);
        return true;
      });
  // Damage is found and told where the journal is read: nothing is said of these entries.
  if (!read || !outcome) spans.begin(last + 1);
  return {};
}

// Rows of a journal that had more than this one would be wrong of what it takes next.
Result<void> Store::remove_spans_of_more(uint64_t last) {
  bool is_any = false;
  const auto read = engine_->each(Family::meta, span_key(last + 1), Direction::forward,
                                  [&](std::string_view key, std::string_view) {
                                    is_any = is_span_key(key);
                                    return false;
                                  });
  if (!read || !is_any) return read;
  EngineBatch batch;
  remove_spans_after(last, batch);
  return engine_->write(batch, Sync::no);
}

Result<JournalStretch> Store::stretch_that_may_tell(uint64_t sequence,
                                                    const TimeWindow& window) const {
  if (window.is_open()) return JournalStretch{1, sequence};
  return statewire::stretch_that_may_tell(*engine_, sequence, window);
}

}  // namespace statewire
