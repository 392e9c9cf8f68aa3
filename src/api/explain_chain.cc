#include "api/explain_chain.h"

namespace statewire {

Result<Entry> ExplainChain::entry(uint64_t sequence) {
  if (sequence < first_sequence_) return store_.entry(sequence, arena_);
  return entries_.at(sequence - first_sequence_);
}

Result<void> ExplainChain::use_canonical_id(Observation& observation, Arena& arena) const {
  const auto found = store_.resource_of_alias(observation.resource.id);
  if (!found) return found.error();
  if (*found) observation.resource.id = arena.copy(**found);
  return {};
}

Result<const Record*> ExplainChain::record(std::string_view id, Arena& arena) {
  auto place = records_.find(id);
  if (place == records_.end()) {
    std::vector<std::optional<Record>> found;
    if (Result<void> read = store_.records({&id, 1}, arena, found); !read) return read.error();
    place = records_.emplace(id, found[0]).first;
  }
  return place->second ? &*place->second : nullptr;
}

const Entry& ExplainChain::add(const Observation& observation, const Tracked& tracked) {
  std::optional<Record>& record = records_[observation.resource.id];
  Entry entry;
  entry.sequence = first_sequence_ + entries_.size();
  entry.previous_sequence = record ? record->last_sequence : 0;
  entry.source = "explain";
  entry.received = now_;
  entry.recorded = now_;
  entry.observation = observation;
  entry.after = tracked.after;
  entry.after.last_sequence = entry.sequence;
  entry.after.recorded = now_;
  entry.told = tracked.told;
  record = entry.after;
  return entries_.emplace_back(entry);
}

}  // namespace statewire
