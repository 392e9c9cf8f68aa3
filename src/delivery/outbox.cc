#include "delivery/outbox.h"

#include <unordered_set>

#include "base/check.h"

namespace statewire {

// The key of a lane is a view of its head's own text: when the head goes, so does the key.
// A lane is therefore taken out and put back under the next one's text.

std::string_view Outbox::lane_key(const Item& item) const {
  return is_one_lane_ ? std::string_view() : item.delivery.resource;
}

Outbox::Item& Outbox::add(Item item) {
  const uint64_t sequence = item.delivery.sequence;
  bytes_ += item.delivery.payload.size();
  stored_ += item.is_stored ? 1 : 0;
  const auto [place, is_new] = items_.emplace(sequence, std::move(item));
  CHECK(is_new);
  Item& added = place->second;
  const auto lane = lanes_.find(lane_key(added));
  if (lane == lanes_.end()) {
    lanes_.emplace(lane_key(added), std::deque<uint64_t>{sequence});
    make_due(added);
  } else {
    lane->second.push_back(sequence);
  }
  return added;
}

void Outbox::make_due(const Item& item) { due_.emplace(item.delivery.due, item.delivery.sequence); }

std::vector<Outbox::Item*> Outbox::take_due(size_t count, Time now) {
  std::vector<Item*> taken;
  while (taken.size() < count && !due_.empty() && due_.begin()->first <= now) {
    Item& head = items_.at(due_.begin()->second);
    due_.erase(due_.begin());
    take(head, taken);
    if (!is_one_lane_) continue;
    const std::deque<uint64_t>& lane = lanes_.at(lane_key(head));
    for (size_t i = 1; i < lane.size() && taken.size() < count; ++i) {
      take(items_.at(lane[i]), taken);
    }
  }
  return taken;
}

void Outbox::take(Item& item, std::vector<Item*>& taken) {
  item.is_in_flight = true;
  ++in_flight_;
  taken.push_back(&item);
}

void Outbox::postpone(uint64_t sequence, Time due) {
  Item& item = items_.at(sequence);
  CHECK(item.is_in_flight);
  item.is_in_flight = false;
  --in_flight_;
  item.delivery.due = due;
  if (lanes_.at(lane_key(item)).front() == sequence) make_due(item);
}

void Outbox::settle(uint64_t sequence) {
  const auto place = items_.find(sequence);
  CHECK(place != items_.end() && place->second.is_in_flight);
  --in_flight_;
  bytes_ -= place->second.delivery.payload.size();
  stored_ -= place->second.is_stored ? 1 : 0;
  auto lane = lanes_.extract(lane_key(place->second));
  CHECK(!lane.empty() && lane.mapped().front() == sequence);
  lane.mapped().pop_front();
  if (!lane.mapped().empty()) {
    const Item& next = items_.at(lane.mapped().front());
    lane.key() = lane_key(next);
    lanes_.insert(std::move(lane));
    if (!next.is_in_flight) make_due(next);
  }
  items_.erase(place);
}

Outbox::Item* Outbox::find(uint64_t sequence) {
  const auto place = items_.find(sequence);
  return place == items_.end() ? nullptr : &place->second;
}

const Outbox::Item* Outbox::front() const {
  CHECK(is_one_lane_);
  return lanes_.empty() ? nullptr : &items_.at(lanes_.begin()->second.front());
}

void Outbox::bring_forward(std::span<const uint64_t> sequences) {
  CHECK(is_one_lane_ && in_flight_ == 0);
  if (lanes_.empty()) return;
  std::deque<uint64_t>& lane = lanes_.begin()->second;
  std::unordered_set<uint64_t> before;
  std::deque<uint64_t> ordered;
  for (const uint64_t sequence : sequences) {
    if (has(sequence) && before.insert(sequence).second) ordered.push_back(sequence);
  }
  for (const uint64_t sequence : lane) {
    if (!before.contains(sequence)) ordered.push_back(sequence);
  }
  lane.swap(ordered);
  due_.clear();
  make_due(items_.at(lane.front()));
}

const Outbox::Item& Outbox::head_of_lane(const Item& item) const {
  return items_.at(lanes_.at(lane_key(item)).front());
}

std::vector<Outbox::Item*> Outbox::lane_of(const Item& item) {
  std::vector<Item*> result;
  const auto lane = lanes_.find(lane_key(item));
  if (lane == lanes_.end()) return result;
  for (const uint64_t sequence : lane->second) result.push_back(&items_.at(sequence));
  return result;
}

std::optional<uint64_t> Outbox::lowest_unstored() const {
  for (const auto& [sequence, item] : items_) {
    if (!item.is_stored) return sequence;
  }
  return std::nullopt;
}

std::optional<Time> Outbox::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

void Outbox::mark_stored(Item& item) {
  if (item.is_stored) return;
  item.is_stored = true;
  ++stored_;
}

}  // namespace statewire
