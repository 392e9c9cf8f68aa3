// Which times the journal tells of, span by span, so that a question about a time need not read
// what lies between.
//
// A span is some thousands of entries that follow one another, and ends where a block does. The
// commit that fills it writes its row; nothing else is written for it. Of entries that no row
// covers (those of the newest span, of an older program, of a row that is damaged) nothing is
// known: whoever asks looks into them. So a row may be missing, and never says too little.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/engine.h"
#include "store/told_times.h"

namespace statewire {

struct JournalSpan {
  uint64_t first = 0;  // Sequences.
  uint64_t last = 0;
  ToldTimes times;
};

// Rows of the family meta, in the order of their last sequences.
std::string span_key(uint64_t last_sequence);
bool is_span_key(std::string_view key);
// Nothing where the row is none of a span, or not as it was written.
std::optional<JournalSpan> decode_span(std::string_view key, std::string_view value);

// At or before `sequence`. Reads some thousand rows at most: whoever goes on asks again.
Result<JournalStretch> stretch_that_may_tell(const Engine& engine, uint64_t sequence,
                                             const TimeWindow& window);

// Of the committing thread.
class SpanWriter {
 public:
  // The next entry is `next`; nothing is said of those before that have no row.
  void begin(uint64_t next);
  // Of a block that is stored.
  void add(uint64_t first, uint64_t last, const ToldTimes& times);
  // Puts the row of a span that is full, and begins the next one.
  void finish_if_full(EngineBatch& batch);

 private:
  JournalSpan span_;  // The one that is being filled; `last` is before `first` where it is empty.
};

// Removes the rows of spans that end before `sequence`, and of those that end after `last`.
void remove_spans_before(uint64_t sequence, EngineBatch& batch);
void remove_spans_after(uint64_t last, EngineBatch& batch);

}  // namespace statewire
