#include "delivery/hold.h"

#include <algorithm>

#include "base/check.h"

namespace statewire {

void HoldQueue::add(HeldNotification held) {
  const uint64_t sequence = held.sequence;
  std::deque<uint64_t>& lane = lanes_[held.resource];
  CHECK(lane.empty() || lane.back() < sequence);
  if (!lane.empty()) held.until = std::max(held.until, items_.at(lane.back()).until);
  lane.push_back(sequence);
  due_.emplace(held.until, sequence);
  items_.emplace(sequence, std::move(held));
}

void HoldQueue::give_up_tags(std::string_view resource) {
  const auto lane = lanes_.find(std::string(resource));
  if (lane == lanes_.end()) return;
  for (const uint64_t sequence : lane->second) items_.at(sequence).waits_for_tags = false;
}

std::optional<HeldNotification> HoldQueue::take_ready(std::string_view resource, Time now) {
  const auto lane = lanes_.find(std::string(resource));
  if (lane == lanes_.end()) return std::nullopt;
  const auto item = items_.find(lane->second.front());
  if (!item->second.is_ready(now)) return std::nullopt;
  HeldNotification taken = std::move(item->second);
  items_.erase(item);
  due_.erase({taken.until, taken.sequence});
  lane->second.pop_front();
  if (lane->second.empty()) lanes_.erase(lane);
  return taken;
}

std::optional<std::string> HoldQueue::due_resource(Time now) const {
  if (due_.empty() || due_.begin()->first > now) return std::nullopt;
  return items_.at(due_.begin()->second).resource;
}

std::optional<Time> HoldQueue::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

}  // namespace statewire
