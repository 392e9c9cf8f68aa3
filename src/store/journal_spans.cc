// A row: format:1, then entries, the count of ranges, and of each its first time and how long it
// is, then the hash of the key and all that: 8 bytes. Numbers are varints; a time is relative to
// the one before it.
#include "store/journal_spans.h"

#include "base/ids.h"
#include "store/keys.h"
#include "store/wire.h"

namespace statewire {
namespace {

constexpr std::string_view kSpanPrefix = "span";
constexpr uint8_t kSpanFormat = 1;
constexpr size_t kHashBytes = sizeof(uint64_t);

uint64_t hash_of(std::string_view key, std::string_view content) {
  return hash64(std::string(key).append(content));
}

std::string encode_span(std::string_view key, const JournalSpan& span) {
  ByteWriter out;
  out.byte(kSpanFormat);
  out.varint(span.last - span.first + 1);
  out.varint(span.times.ranges().size());
  Time before;
  for (const TimeRange& range : span.times.ranges()) {
    out.time(range.first, before);
    out.time(range.last, range.first);
    before = range.last;
  }
  out.fixed<uint64_t>(hash_of(key, out.view()));
  return std::string(out.view());
}

// The row of the span that holds `sequence`; nothing where there is none.
Result<std::optional<JournalSpan>> span_holding(const Engine& engine, uint64_t sequence) {
  std::optional<JournalSpan> span;
  const auto read = engine.each(Family::meta, span_key(sequence), Direction::forward,
                                [&](std::string_view key, std::string_view value) {
                                  span = decode_span(key, value);
                                  return false;
                                });
  if (!read) return read.error();
  if (span && span->first > sequence) span.reset();
  return span;
}

}  // namespace

std::string span_key(uint64_t last_sequence) {
  return std::string(kSpanPrefix) + keys::journal_from(last_sequence);
}

bool is_span_key(std::string_view key) { return key.starts_with(kSpanPrefix); }

std::optional<JournalSpan> decode_span(std::string_view key, std::string_view value) {
  if (!is_span_key(key) || value.size() < kHashBytes) return std::nullopt;
  const auto last = keys::parse_journal_from(key.substr(kSpanPrefix.size()));
  const std::string_view content = value.substr(0, value.size() - kHashBytes);
  const auto hash = from_little_endian<uint64_t>(value.data() + content.size());
  ByteReader in(content);
  if (!last || hash != hash_of(key, content) || in.byte() != kSpanFormat) return std::nullopt;
  const uint64_t entries = in.varint();
  if (entries == 0 || entries > *last) return std::nullopt;
  JournalSpan span{.first = *last - entries + 1, .last = *last, .times = {}};
  Time before;
  for (size_t left = in.count(); left > 0; --left) {
    const Time first = in.time(before);
    before = in.time(first);
    if (before < first) return std::nullopt;
    span.times.add(TimeRange{first, before});
  }
  return in.ok() && in.at_end() ? std::optional(span) : std::nullopt;
}

// A row that is damaged is as one that is missing.
Result<JournalStretch> stretch_that_may_tell(const Engine& engine, uint64_t sequence,
                                             const TimeWindow& window) {
  const auto holding = span_holding(engine, sequence);
  if (!holding) return holding.error();
  if (const auto& span = *holding) {
    if (span->times.may_meet(window)) return JournalStretch{span->first, sequence};
    sequence = span->first - 1;
  }
  JournalStretch stretch{1, sequence};
  size_t count = 0;
  const auto look_at = [&](std::string_view key, std::string_view value) {
    if (stretch.last == 0 || !is_span_key(key)) return false;
    if (++count > kJournalSpansAtATime) return stretch.first = stretch.last, false;
    const auto span = decode_span(key, value);
    if (!span || span->first > stretch.last) return true;
    if (span->last < stretch.last) return stretch.first = span->last + 1, false;
    if (span->times.may_meet(window)) return stretch.first = span->first, false;
    stretch.last = span->first - 1;
    return true;
  };
  const auto read = engine.each(Family::meta, span_key(sequence), Direction::backward, look_at);
  if (!read) return read.error();
  return stretch;
}

void SpanWriter::begin(uint64_t next) { span_ = {.first = next, .last = next - 1, .times = {}}; }

void SpanWriter::add(uint64_t first, uint64_t last, const ToldTimes& times) {
  if (span_.last + 1 != first) begin(first);
  span_.last = last;
  span_.times.add(times);
}

void SpanWriter::finish_if_full(EngineBatch& batch) {
  if (span_.last - span_.first + 1 < kJournalSpanEntries) return;
  const std::string key = span_key(span_.last);
  batch.put(Family::meta, key, encode_span(key, span_));
  begin(span_.last + 1);
}

void remove_spans_before(uint64_t sequence, EngineBatch& batch) {
  batch.remove_range(Family::meta, span_key(0), span_key(sequence));
}

void remove_spans_after(uint64_t last, EngineBatch& batch) {
  batch.remove_range(Family::meta, span_key(last + 1), span_key(UINT64_MAX));
}

}  // namespace statewire
