#include "delivery/lanes.h"

#include "base/check.h"

namespace statewire {

void Lanes::add(Booked& booked) {
  if (is_for_some(booked.row)) name_own_lane(booked);
  enter(booked);
  if (booked.before == nullptr) make_ready(booked);
}

void Lanes::enter(Booked& booked) {
  booked.before = booked.behind = nullptr;
  ++size_;
  payload_bytes_ += booked.row.payload.size();
  entry_bytes_ += booked.row.entry.size();
  const auto [place, is_new] = lanes_.try_emplace(lane_key(booked), Lane{&booked, &booked});
  if (is_new) return;
  Lane& lane = place->second;
  booked.before = lane.last;
  lane.last->behind = &booked;
  lane.last = &booked;
}

// No resource has such a name.
void Lanes::name_own_lane(Booked& booked) {
  booked.lane = "\n" + std::to_string(booked.row.number);
}

void Lanes::make_ready(Booked& booked) {
  if (booked.row.due == Time{}) {
    ready_.push_back(&booked);
  } else {
    later_.emplace(booked.row.due, &booked);
  }
}

Booked* Lanes::next_ready(Time now) const {
  const bool has_waited = !later_.empty() && later_.begin()->first <= now;
  if (has_waited && (ready_.empty() || !is_ready_next_)) return later_.begin()->second;
  return ready_.empty() ? nullptr : ready_.front();
}

void Lanes::claim(Booked& booked) {
  booked.is_in_flight = true;
  ++in_flight_;
}

// The first of its lane, as next_ready() or ready_ has it.
void Lanes::claim_first(Booked& booked) {
  if (!later_.empty() && later_.begin()->second == &booked) {
    later_.erase(later_.begin());
    is_ready_next_ = true;
  } else {
    ready_.pop_front();
    is_ready_next_ = false;
  }
  claim(booked);
}

Booked* Lanes::claim_probe(Time now) {
  Booked* const next = ready_.empty() ? next_ready(now) : ready_.front();
  if (next != nullptr) claim_first(*next);
  return next;
}

std::vector<Booked*> Lanes::claim_due(size_t count, Time now) {
  std::vector<Booked*> claimed;
  while (claimed.size() < count) {
    Booked* const next = next_ready(now);
    if (next == nullptr || (next->is_alone && !claimed.empty())) break;
    claim_first(*next);
    claimed.push_back(next);
    if (next->is_alone) break;
    if (!is_one_lane_) continue;
    for (Booked* each = next->behind; each != nullptr && claimed.size() < count;
         each = each->behind) {
      if (each->is_alone) break;
      claim(*each);
      claimed.push_back(each);
    }
  }
  return claimed;
}

void Lanes::postpone(Booked& booked, Time due) {
  CHECK(booked.is_in_flight);
  booked.is_in_flight = false;
  --in_flight_;
  booked.row.due = due;
  if (booked.before == nullptr) make_ready(booked);
}

void Lanes::part(Booked& booked) {
  if (is_one_lane_ || !booked.lane.empty()) return;
  remove(booked);
  name_own_lane(booked);
  enter(booked);
  ++in_flight_;
}

void Lanes::remove(Booked& booked) {
  CHECK(booked.is_in_flight);
  --in_flight_;
  --size_;
  payload_bytes_ -= booked.row.payload.size();
  entry_bytes_ -= booked.row.entry.size();
  if (booked.behind != nullptr) booked.behind->before = booked.before;
  if (booked.before != nullptr) {
    booked.before->behind = booked.behind;
    if (booked.behind == nullptr) lanes_.find(lane_key(booked))->second.last = booked.before;
    return;
  }
  const auto place = lanes_.find(lane_key(booked));
  Booked* const next = booked.behind;
  Lane lane = place->second;
  lanes_.erase(place);
  if (next == nullptr) return;
  lane.first = next;
  lanes_.emplace(lane_key(*next), lane);
  if (!next->is_in_flight) make_ready(*next);
}

Booked* Lanes::front() const {
  CHECK(is_one_lane_);
  return lanes_.empty() ? nullptr : lanes_.begin()->second.first;
}

void Lanes::bring_forward(std::span<Booked* const> first) {
  CHECK(is_one_lane_ && in_flight_ == 0);
  if (first.empty() || lanes_.empty()) return;
  std::vector<Booked*> order(first.begin(), first.end());
  for (Booked* each : first) each->is_in_flight = true;  // A mark, taken away below.
  for (Booked* each = front(); each != nullptr; each = each->behind) {
    if (!each->is_in_flight) order.push_back(each);
  }
  for (Booked* each : first) each->is_in_flight = false;
  for (size_t i = 0; i < order.size(); ++i) {
    order[i]->before = i == 0 ? nullptr : order[i - 1];
    order[i]->behind = i + 1 == order.size() ? nullptr : order[i + 1];
  }
  lanes_.begin()->second = {order.front(), order.back()};
  ready_.clear();
  later_.clear();
  make_ready(*order.front());
}

std::optional<Time> Lanes::next_due() const {
  if (!ready_.empty()) return Time{};
  if (later_.empty()) return std::nullopt;
  return later_.begin()->first;
}

}  // namespace statewire
