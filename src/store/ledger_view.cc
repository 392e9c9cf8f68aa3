#include "store/ledger_view.h"

#include <algorithm>
#include <tuple>

#include "base/limits.h"
#include "base/text.h"
#include "store/keys.h"
#include "store/ledger_codec.h"

namespace statewire {
namespace {

// Samples begin with a format byte, as every value does.
constexpr char kSampleFormat = 1;

std::string end_of_refusals() { return keys::refusal(UINT64_MAX); }

std::string sample_key(std::string row_key) {
  row_key[0] = keys::kLedgerSample;
  return row_key;
}

std::string key_of(const UnrecognisedRow& row) {
  return keys::ledger_row(keys::kLedgerUnrecognised, row.source, row.origin_source,
                          row.origin_type);
}

// The row as it is staged, begun from what readers see.
template <typename Rows>
typename Rows::mapped_type& staged(Rows& staged_rows, const Rows& rows, const std::string& key) {
  const auto at = staged_rows.find(key);
  if (at != staged_rows.end()) return at->second;
  const auto known = rows.find(key);
  if (known != rows.end()) return staged_rows.emplace(key, known->second).first->second;
  return staged_rows[key];
}

}  // namespace

Result<void> LedgerView::load(const Engine& engine) {
  Rows rows;
  Unrecognised unrecognised;
  Result<void> outcome;
  const auto read_row = [&](std::string_view key, std::string_view value) {
    const auto texts = keys::parse_ledger_row(key);
    if (!texts) return outcome = damaged("a ledger key is damaged"), false;
    if (key[0] == keys::kLedgerCounts) {
      LedgerRow& row = rows[std::string(key)];
      row.source = (*texts)[0], row.account = (*texts)[1], row.region = (*texts)[2];
      outcome = decode_counts(value, row);
    } else {
      UnrecognisedRow& row = unrecognised[std::string(key)];
      row.source = (*texts)[0], row.origin_source = (*texts)[1], row.origin_type = (*texts)[2];
      outcome = decode_unrecognised(value, row);
    }
    return outcome.ok();
  };
  for (const char kind : {keys::kLedgerCounts, keys::kLedgerUnrecognised}) {
    const std::string_view from(&kind, 1);
    const auto scanned = engine.each(Family::ledger, from, Direction::forward,
                                     [&](std::string_view key, std::string_view value) {
                                       return key.substr(0, 1) == from && read_row(key, value);
                                     });
    if (!scanned) return scanned.error();
    if (!outcome) return outcome.error();
  }
  Lock lock(mutex_);
  rows_ = std::move(rows);
  unrecognised_ = std::move(unrecognised);
  return engine.each(Family::ledger, end_of_refusals(), Direction::backward,
                     [&](std::string_view key, std::string_view) {
                       if (const auto number = keys::parse_refusal(key))
                         next_refusal_ = *number + 1;
                       return false;
                     });
}

void LedgerView::stage(const LedgerDelta& delta, EngineBatch& batch) {
  stage_counts(delta, batch);
  stage_unrecognised(delta, batch);
  stage_refusals(delta, batch);
}

void LedgerView::stage_counts(const LedgerDelta& delta, EngineBatch& batch) {
  {
    Lock lock(mutex_);
    for (const LedgerRow& change : delta.rows) {
      LedgerRow& row = staged(
          staged_rows_, rows_,
          keys::ledger_row(keys::kLedgerCounts, change.source, change.account, change.region));
      row.source = change.source, row.account = change.account, row.region = change.region;
      row.received += change.received;
      for (int fate = 0; fate < kFateCount; ++fate) row.fates[fate] += change.fates[fate];
    }
  }
  ByteWriter value;
  for (const auto& [key, row] : staged_rows_) {
    value.clear();
    encode_counts(row, value);
    batch.put(Family::ledger, key, value.view());
  }
}

void LedgerView::stage_unrecognised(const LedgerDelta& delta, EngineBatch& batch) {
  if (delta.unrecognised.empty()) return;
  {
    Lock lock(mutex_);
    for (UnrecognisedRow change : delta.unrecognised) {
      std::string key = key_of(change);
      const bool is_known = unrecognised_.contains(key) || staged_unrecognised_.contains(key);
      if (!is_known && unrecognised_.size() + staged_unrecognised_.size() >= kUnrecognisedRowsMax) {
        change.origin_source = change.origin_type = kOtherName;
        key = key_of(change);
      }
      UnrecognisedRow& row = staged(staged_unrecognised_, unrecognised_, key);
      // The first sample is kept: the same whenever the journal is folded again.
      if (row.count == 0) {
        std::string sample(1, kSampleFormat);
        sample += cut_utf8(change.sample, kLedgerSampleBytesMax);
        batch.put(Family::ledger, sample_key(key), sample);
      }
      row.source = change.source;
      row.origin_source = change.origin_source;
      row.origin_type = change.origin_type;
      row.count += change.count;
      row.last = std::max(row.last, change.last);
    }
  }
  ByteWriter value;
  for (const auto& [key, row] : staged_unrecognised_) {
    value.clear();
    encode_unrecognised(row, value);
    batch.put(Family::ledger, key, value.view());
  }
}

void LedgerView::stage_refusals(const LedgerDelta& delta, EngineBatch& batch) {
  ByteWriter value;
  for (const Refusal& refusal : delta.refusals) {
    value.clear();
    encode_refusal(refusal, value);
    batch.put(Family::ledger, keys::refusal(next_refusal_), value.view());
    if (next_refusal_ >= kRefusalsKept) {
      batch.remove(Family::ledger, keys::refusal(next_refusal_ - kRefusalsKept));
    }
    ++next_refusal_;
  }
}

void LedgerView::publish() {
  Lock lock(mutex_);
  for (auto& [key, row] : staged_rows_) rows_[key] = std::move(row);
  for (auto& [key, row] : staged_unrecognised_) unrecognised_[key] = std::move(row);
  staged_rows_.clear();
  staged_unrecognised_.clear();
}

size_t LedgerView::row_count() const {
  Lock lock(mutex_);
  return rows_.size();
}

bool LedgerView::has_row(std::string_view source, std::string_view account,
                         std::string_view region) const {
  const std::string key = keys::ledger_row(keys::kLedgerCounts, source, account, region);
  Lock lock(mutex_);
  return rows_.contains(key);
}

std::vector<LedgerRow> LedgerView::rows() const {
  std::vector<LedgerRow> result;
  {
    Lock lock(mutex_);
    result.reserve(rows_.size());
    for (const auto& [key, row] : rows_) result.push_back(row);
  }
  const auto is_before = [](const LedgerRow& a, const LedgerRow& b) {
    return std::tie(a.source, a.account, a.region) < std::tie(b.source, b.account, b.region);
  };
  if (!std::ranges::is_sorted(result, is_before)) std::ranges::sort(result, is_before);
  return result;
}

LedgerSums LedgerView::sums() const {
  LedgerSums sums;
  LedgerSum* sum = nullptr;
  std::string_view source;  // Of `sum`: most rows that follow one another have the same.
  Lock lock(mutex_);
  for (const auto& [key, row] : rows_) {
    if (sum == nullptr || source != row.source) {
      const auto of_source = sums.try_emplace(row.source).first;
      source = of_source->first;
      sum = &of_source->second;
    }
    sum->received += row.received;
    for (int i = 0; i < kFateCount; ++i) sum->fates[i] += row.fates[i];
    sum->do_rows_add_up = sum->do_rows_add_up && row.adds_up();
  }
  return sums;
}

Result<std::vector<UnrecognisedRow>> LedgerView::unrecognised(const Engine& engine) const {
  Unrecognised copied;
  {
    Lock lock(mutex_);
    copied = unrecognised_;
  }
  std::vector<UnrecognisedRow> result;
  for (auto& [key, row] : copied) {
    const auto sample = engine.get(Family::ledger, sample_key(key));
    if (!sample) return sample.error();
    if (sample.value() && !sample.value()->empty()) row.sample = sample.value()->substr(1);
    result.push_back(std::move(row));
  }
  // What is seen most is worth an entry first.
  std::sort(result.begin(), result.end(), [](const UnrecognisedRow& a, const UnrecognisedRow& b) {
    return std::tie(b.count, a.source, a.origin_source, a.origin_type) <
           std::tie(a.count, b.source, b.origin_source, b.origin_type);
  });
  return result;
}

Result<std::vector<Refusal>> stored_refusals(const Engine& engine) {
  std::vector<Refusal> result;
  Result<void> outcome;
  const auto scanned =
      engine.each(Family::ledger, end_of_refusals(), Direction::backward,
                  [&](std::string_view key, std::string_view value) {
                    if (!keys::parse_refusal(key) || result.size() == kRefusalsKept) return false;
                    auto refusal = decode_refusal(value);
                    if (!refusal) return outcome = refusal.error(), false;
                    result.push_back(std::move(*refusal));
                    return true;
                  });
  if (!scanned) return scanned.error();
  if (!outcome) return outcome.error();
  return result;
}

}  // namespace statewire
