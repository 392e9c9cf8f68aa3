// A value is format:1, the bits of newer fields, and for each phase that a resource passes through,
// in order, a count of buckets and their counts, all of them varints.
#include "store/learned_view.h"

#include <optional>

#include "base/limits.h"
#include "base/log.h"
#include "store/keys.h"
#include "store/wire.h"

namespace statewire {
namespace {

constexpr uint8_t kLearnedFormat = 1;
constexpr uint64_t kNoNewerLearned = 0;

void encode_sketches(const PhaseSketches& sketches, ByteWriter& out) {
  out.byte(kLearnedFormat);
  out.varint(kNoNewerLearned);
  out.varint(sketches.size());
  for (const DurationSketch& sketch : sketches) {
    out.varint(sketch.counts().size());
    for (const uint32_t count : sketch.counts()) out.varint(count);
  }
}

std::optional<PhaseSketches> decode_sketches(std::string_view value) {
  ByteReader in(value);
  if (in.byte() != kLearnedFormat) in.fail();
  const uint64_t newer = in.varint();
  PhaseSketches sketches;
  const size_t phases = in.count();
  for (size_t phase = 0; phase < phases && in.ok(); ++phase) {
    const size_t buckets = in.count();
    for (size_t bucket = 0; bucket < buckets && in.ok(); ++bucket) {
      const auto count = static_cast<int64_t>(in.varint());
      if (phase < sketches.size()) sketches[phase].add(bucket, count);
    }
  }
  in.skip_fields(newer);
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return sketches;
}

std::string learned_key(std::string_view type) {
  return keys::ledger_row(keys::kLedgerLearned, type, "", "");
}

}  // namespace

std::string fault_of_learned(std::string_view value) {
  return decode_sketches(value) ? std::string()
                                : "what was learned is damaged or of a newer format";
}

Result<void> LearnedView::load(const Engine& engine) {
  const std::string_view from(&keys::kLedgerLearned, 1);
  Rows rows;
  const Result<void> read = engine.each(
      Family::ledger, from, Direction::forward, [&](std::string_view key, std::string_view value) {
        if (key.substr(0, 1) != from) return false;
        const auto texts = keys::parse_ledger_row(key);
        const std::optional<PhaseSketches> sketches = decode_sketches(value);
        if (texts && sketches) {
          rows.emplace((*texts)[0], *sketches);
        } else {
          log_error("what was learned of a type is damaged; it is learned anew",
                    {{"type", texts ? std::string_view((*texts)[0]) : std::string_view("?")}});
        }
        return rows.size() < kLearnedTypesMax;
      });
  if (!read) return read;
  Lock lock(mutex_);
  rows_ = std::move(rows);
  return {};
}

void LearnedView::stage(std::span<const Passage> passages, EngineBatch& batch) {
  staged_.clear();
  if (passages.empty()) return;
  {
    Lock lock(mutex_);
    for (const Passage& passage : passages) {
      const auto place = place_of_passing(passage.phase);
      if (!place || passage.type.empty() || passage.type.size() > kLearnedTypeBytesMax) continue;
      auto row = staged_.find(passage.type);
      if (row == staged_.end()) {
        const auto known = rows_.find(passage.type);
        const bool is_new = known == rows_.end();
        if (is_new && rows_.size() + staged_.size() >= kLearnedTypesMax) continue;
        row = staged_.emplace(std::string(passage.type), is_new ? PhaseSketches{} : known->second)
                  .first;
      }
      row->second[*place].add(passage.bucket, passage.count);
    }
  }
  ByteWriter value;
  for (const auto& [type, sketches] : staged_) {
    value.clear();
    encode_sketches(sketches, value);
    batch.put(Family::ledger, learned_key(type), value.view());
  }
}

void LearnedView::publish() {
  if (staged_.empty()) return;
  Lock lock(mutex_);
  for (auto& [type, sketches] : staged_) rows_[type] = sketches;
  staged_.clear();
}

LearnedView::Rows LearnedView::rows() const {
  Lock lock(mutex_);
  return rows_;
}

DurationSketch LearnedView::sketch(std::string_view type, size_t place) const {
  Lock lock(mutex_);
  const auto row = rows_.find(type);
  return row == rows_.end() ? DurationSketch{} : row->second[place];
}

}  // namespace statewire
