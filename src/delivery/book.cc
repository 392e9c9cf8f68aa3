#include "delivery/book.h"

#include <algorithm>

#include "base/check.h"

namespace statewire {

void Book::load(const SubscriptionState& state, std::optional<SubscriptionState> stored) {
  state_ = state;
  saved_ = stored;
  position_ = state.cursor + 1;
  stored_to_ = store_up_to_ = state.next_number - 1;
  rows_ = state.rows;
}

void Book::take_over(const SubscriptionState& state) {
  state_.next_number = std::max(state_.next_number, state.next_number);
  stored_to_ = store_up_to_ = state_.next_number - 1;
  rows_ = state.rows;
  saved_ = state;
}

Booked& Book::add(DeliveryRow row, Time now) {
  row.number = state_.next_number++;
  const auto place = deliveries_.emplace_hint(deliveries_.end(), row.number, Booked());
  place->second.row = std::move(row);
  place->second.created = now;
  return place->second;
}

Booked* Book::restore(DeliveryRow row, Time now) {
  // It was made and settled here, while rows of others were still to come.
  if (removed_.contains(row.number)) return nullptr;
  const auto [place, is_new] = deliveries_.try_emplace(row.number);
  if (!is_new) return nullptr;
  Booked& booked = place->second;
  if (row.tried_for) booked.first_attempt = now - *row.tried_for;
  booked.created = now;
  booked.row = std::move(row);
  booked.row.subscription.clear();
  ++stored_here_;
  rows_ = std::max(rows_, stored_here_);
  if (booked.row.number >= state_.next_number) {
    state_.next_number = booked.row.number + 1;
    stored_to_ = store_up_to_ = booked.row.number;
  }
  return &booked;
}

Booked* Book::find(uint64_t number) {
  const auto place = deliveries_.find(number);
  return place == deliveries_.end() ? nullptr : &place->second;
}

const Booked* Book::next_in(Stage stage, uint64_t number) const {
  for (auto each = deliveries_.lower_bound(number); each != deliveries_.end(); ++each) {
    if (each->second.row.stage == stage) return &each->second;
  }
  return nullptr;
}

void Book::change(const Booked& booked) {
  store_up_to(booked.row.number);
  if (is_stored(booked.row.number)) changed_.insert(booked.row.number);
}

void Book::change_by_reading(const Booked& booked) {
  change(booked);
  store_up_to(state_.next_number - 1);
}

void Book::settle(uint64_t number) {
  if (deliveries_.erase(number) == 0) return;
  if (!is_stored(number)) return;
  changed_.erase(number);
  removed_.insert(number);
  --stored_here_;
  if (rows_ > 0) --rows_;
}

void Book::park(uint64_t number, ParkedRow parked) {
  parked.delivery.number = number;
  parked.delivery.subscription = subscription_;
  parked_.push_back(std::move(parked));
  is_urgent_ = true;
  store_up_to(number);
  settle(number);
}

void Book::park_new(ParkedRow parked) {
  const uint64_t number = state_.next_number++;
  park(number, std::move(parked));
}

void Book::park_damaged(uint64_t number, uint64_t place, std::string reason, Time now) {
  removed_.insert(number);
  if (rows_ > 0) --rows_;
  park(place, {.delivery = {}, .parked = now, .reason = std::move(reason), .is_gap = true});
}

void Book::set_batch(std::optional<BatchRow> batch) {
  if (batch) {
    batch->subscription = subscription_;
    for (const uint64_t number : batch->numbers) store_up_to(number);
    is_urgent_ = true;
  }
  batch_ = std::move(batch);
  is_batch_changed_ = true;
}

void Book::on_clock_jump(Duration jump) {
  for (auto& [number, booked] : deliveries_) {
    if (booked.first_attempt) *booked.first_attempt += jump;
  }
}

// What stands above has no row: the first of them is told again after a restart.
uint64_t Book::cursor_above(uint64_t number) const {
  const auto first = deliveries_.upper_bound(number);
  return (first == deliveries_.end() ? position_ : first->second.row.first_sequence) - 1;
}

uint64_t Book::next_stored_to(Time now, Extent extent) const {
  if (extent == Extent::everything) return state_.next_number - 1;
  uint64_t number = std::max(stored_to_, store_up_to_);
  for (auto next = deliveries_.upper_bound(number); next != deliveries_.end(); ++next) {
    if (now - next->second.created < kCheckpointAge) break;
    number = next->first;
  }
  return number;
}

DeliveryRow Book::row_of(const Booked& booked, Time now) const {
  DeliveryRow row = booked.row;
  row.subscription = subscription_;
  row.wait = std::max(Duration(), row.due - now);
  if (booked.first_attempt) {
    row.tried_for = std::max(Duration(), Duration(now - *booked.first_attempt));
  }
  return row;
}

bool Book::has_changes() const {
  if (!changed_.empty() || !removed_.empty() || !parked_.empty() || is_batch_changed_) return true;
  if (!saved_ || deliveries_.upper_bound(stored_to_) != deliveries_.end()) return true;
  SubscriptionState next = state_;
  next.cursor = cursor();
  next.rows = saved_->rows;  // They change with deliveries that were added or removed: see above.
  return *saved_ != next;
}

void Book::prepare(Time now, Extent extent, Settlement& settlement) {
  const uint64_t stored_to = next_stored_to(now, extent);
  uint64_t added = 0;
  for (auto each = deliveries_.upper_bound(stored_to_);
       each != deliveries_.end() && each->first <= stored_to; ++each) {
    settlement.put.push_back(row_of(each->second, now));
    ++added;
  }
  for (const uint64_t number : changed_) {
    settlement.put.push_back(row_of(deliveries_.at(number), now));
  }
  for (const uint64_t number : removed_) settlement.removed.push_back({subscription_, number});
  settlement.parked_put.insert(settlement.parked_put.end(), parked_.begin(), parked_.end());
  if (is_batch_changed_) {
    if (batch_) {
      settlement.batches_put.push_back(*batch_);
      settlement.is_synced = true;
    } else {
      settlement.batches_removed.push_back(subscription_);
    }
  }
  prepared_ = state_;
  prepared_.cursor = cursor_above(stored_to);
  prepared_.rows = rows_ + added;
  store_up_to_ = stored_to;
  if (saved_ != prepared_) {
    settlement.states.emplace_back(subscription_, prepared_);
  }
}

void Book::written() {
  stored_here_ += prepared_.rows - rows_;
  rows_ = prepared_.rows;
  stored_to_ = store_up_to_;
  saved_ = prepared_;
  changed_.clear();
  removed_.clear();
  parked_.clear();
  is_batch_changed_ = false;
  is_urgent_ = false;
}

}  // namespace statewire
