// A store with a long past, for tests and benchmarks.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "store/block.h"
#include "store/sample_entries.h"
#include "store/store.h"

namespace statewire {

// Commits of 100 entries each, in the last 90 days, about instances in turn: each entry names the
// one before of its resource, as the fold does. "mallory" did three of them: near the beginning, in
// the middle, and near the end. One resource, i-rare, is only seen near the beginning.
class LongHistory {
 public:
  static constexpr uint64_t kCommitEntries = 100;
  static constexpr Duration kPast = std::chrono::hours(90 * 24);
  static constexpr std::string_view kRareId = "arn:aws:ec2:eu-west-1:123456789012:instance/i-rare";

  LongHistory(Store& store, uint64_t entries, uint64_t resources, Time now)
      : store_(store), entries_(entries), last_of_(resources, 0), began_(now - kPast) {}

  Result<void> make() {
    for (uint64_t first = 1; first <= entries_; first += kCommitEntries) {
      Result<void> done = commit(first, std::min(entries_, first + kCommitEntries - 1));
      if (!done) return done;
    }
    return {};
  }

  // The sequences of what mallory did.
  std::array<uint64_t, 3> rare() const {
    return {entries_ / 100, entries_ / 2, entries_ - entries_ / 100};
  }
  // When the entry was recorded.
  Time recorded(uint64_t sequence) const {
    const uint64_t last =
        std::min(entries_, (sequence - 1) / kCommitEntries * kCommitEntries + kCommitEntries);
    return began_ + std::chrono::duration_cast<Duration>(
                        kPast * (static_cast<double>(last) / static_cast<double>(entries_)));
  }
  // Of the resource that it is about: neighbours in time are none in the order of keys.
  uint64_t resource_of(uint64_t sequence) const { return sequence * 7'919 % last_of_.size(); }

 private:
  Entry entry(uint64_t sequence) {
    const uint64_t resource = resource_of(sequence);
    Entry entry = typical_entry(sequence, resource, recorded(sequence), arena_);
    Record& after = entry.after;
    entry.previous_sequence = std::exchange(last_of_[resource], sequence);
    after.revision = sequence / last_of_.size() + 1;
    after.resource.account = entry.observation.resource.account =
        arena_.join("1234567890", std::to_string(10 + resource % 20));
    if (std::ranges::count(rare(), sequence) > 0) after.cause.actor = "mallory";
    if (sequence == rare()[0] + 1) {
      last_of_[resource] = entry.previous_sequence;
      entry.previous_sequence = 0;
      after.resource.id = entry.observation.resource.id = kRareId;
      after.resource.name = entry.observation.resource.name = "i-rare";
    }
    return entry;
  }

  Result<void> commit(uint64_t first, uint64_t last) {
    arena_.clear();
    writer_.begin(first, recorded(first));
    std::vector<Entry> made;
    for (uint64_t sequence = first; sequence <= last; ++sequence) {
      writer_.add(made.emplace_back(entry(sequence)));
    }
    std::vector<const Record*> records;
    for (const Entry& each : made) records.push_back(&each.after);
    const LedgerDelta ledger;
    return store_.commit({.first_sequence = first,
                          .last_sequence = last,
                          .recorded = recorded(first),
                          .block = writer_.finish(ledger),
                          .times = &writer_.times(),
                          .records = records,
                          .ledger = &ledger});
  }

  Store& store_;
  const uint64_t entries_;
  std::vector<uint64_t> last_of_;  // The sequence of each resource's newest entry.
  const Time began_;
  BlockWriter writer_;
  Arena arena_;
};

}  // namespace statewire
