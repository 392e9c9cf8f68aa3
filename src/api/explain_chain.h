// The store as the fold sees it while one event is explained: what is stored, and what the event's
// earlier observations would have added to it. Not thread-safe; borrows the store, and only reads.
#pragma once

#include <deque>
#include <map>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "track/tracker.h"

namespace statewire {

class ExplainChain final : public Chain {
 public:
  ExplainChain(const Store& store, Time now)
      : store_(store), now_(now), first_sequence_(store.last_sequence() + 1) {}

  Result<Entry> entry(uint64_t sequence) override;

  // An id of a form that may be an alias is replaced by the resource's own, as a commit does.
  Result<void> use_canonical_id(Observation& observation, Arena& arena) const;
  // Null where the resource has no record. Good as long as the chain and `arena`.
  Result<const Record*> record(std::string_view id, Arena& arena);
  // What the journal would hold.
  const Entry& add(const Observation& observation, const Tracked& tracked);

 private:
  const Store& store_;
  const Time now_;
  const uint64_t first_sequence_;
  Arena arena_;                // Of entries that are read.
  std::deque<Entry> entries_;  // From first_sequence_ on.
  std::map<std::string_view, std::optional<Record>> records_;
};

}  // namespace statewire
