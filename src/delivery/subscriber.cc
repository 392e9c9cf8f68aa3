#include "delivery/subscriber.h"

#include "base/log.h"
#include "model/notification.h"

namespace statewire {
namespace {

std::string type_of(const Notification& notification) {
  if (notification.kind == NotificationKind::receipt) return "statewire.receipt.v1";
  return "statewire.resource." + std::string(name_of(notification.kind)) + ".v1";
}

std::string reason_of(const Attempt& attempt) {
  std::string reason;
  if (attempt.status != 0) reason = "http " + std::to_string(attempt.status);
  if (attempt.detail.starts_with(reason)) reason.clear();
  if (!attempt.detail.empty()) reason += (reason.empty() ? "" : ": ") + attempt.detail;
  return reason.empty() ? "no answer" : reason;
}

}  // namespace

Subscriber::Subscriber(Parts parts)
    : subscription_(parts.subscription),
      kind_(parts.kind),
      sink_(std::move(parts.sink)),
      store_(parts.store),
      teller_(parts.teller),
      ignored_(parts.ignored),
      tags_(parts.tags),
      limits_(parts.limits),
      outbox_(parts.kind.limits.is_in_order),
      digest_(parts.subscription.per_hour.value_or(parts.kind.limits.per_hour_max)) {
  counts_.name = subscription_.name;
}

Result<void> Subscriber::load(Time now) {
  const Result<std::optional<SubscriptionState>> state = store_.subscription(subscription_.name);
  if (!state) return state.error();
  if (*state) {
    saved_ = **state;
  } else {
    saved_.cursor =
        subscription_.from == StartFrom::now ? store_.last_sequence() : store_.first_sequence() - 1;
    changes_.cursors.push_back({subscription_.name, saved_});
  }
  position_ = saved_.cursor + 1;

  Result<void> read = store_.each_pending(subscription_.name, [&](const Pending& pending) {
    if (pending.sequence > saved_.cursor) known_.insert(pending.sequence);
    if (pending.is_held) {
      restore_held(pending);
    } else if (pending.is_in_digest) {
      restore_in_digest(pending);
    } else {
      add_stored(pending, now);
    }
    return true;
  });
  if (!read) return read;
  read = store_.each_parked(subscription_.name, [&](const Parked& parked) {
    if (parked.delivery.sequence > saved_.cursor) known_.insert(parked.delivery.sequence);
    return true;
  });
  if (!read) return read;
  if (read = restore_group(); !read) return read;
  return skip_what_was_trimmed(now);
}

// Retention took entries that this subscription had not read: it says exactly which.
Result<void> Subscriber::skip_what_was_trimmed(Time now) {
  const uint64_t first = store_.first_sequence();
  if (position_ >= first) return {};
  const std::string reason = "lag: sequences " + std::to_string(position_) + " to " +
                             std::to_string(first - 1) + " were beyond the journal's retention";
  log_error("a subscription lost its place",
            {{"subscription", subscription_.name}, {"reason", reason}});
  changes_.parked_put.push_back({.delivery = {.subscription = subscription_.name,
                                              .sequence = position_,
                                              .first_attempt = now},
                                 .parked = now,
                                 .reason = reason,
                                 .range_last_sequence = first - 1});
  ++counts_.parked;
  position_ = first;
  return {};
}

bool Subscriber::has_room(Time now) const {
  return has_outbox_room(now) && hold_.size() < limits_.held_max;
}

bool Subscriber::has_outbox_room(Time now) const {
  if (is_gone_ || now < read_after_ || circuit_.is_open()) return false;
  // A frozen batch had room once, and nothing goes before it is whole again.
  if (is_group_awaited_) return true;
  return outbox_.size() < limits_.outstanding_max &&
         outbox_.bytes() < limits_.outstanding_bytes_max && outbox_.stored() < limits_.stored_max;
}

Result<bool> Subscriber::read(Time now) {
  if (release_due(now)) return true;
  if (!has_room(now) || position_ > store_.last_sequence()) return false;
  if (Result<void> skipped = skip_what_was_trimmed(now); !skipped) return skipped.error();
  const Result<StoredBlock> block = store_.block_at(position_);
  const Result<void> done = block ? read_block(*block, now) : Result<void>(block.error());
  if (!done) {
    read_after_ = now + kStoreAgain;
    return done.error();
  }
  return true;
}

Result<void> Subscriber::read_block(const StoredBlock& block, Time now) {
  if (block.bytes == nullptr) return {};
  const Result<BlockReader> reader = BlockReader::open(*block.bytes);
  if (!reader) return reader.error();
  position_ = std::max(position_, block.first_sequence);
  arena_.clear();
  for (size_t i = position_ - block.first_sequence; i < reader->size(); ++i) {
    if (!has_room(now)) return {};
    const Result<Entry> entry = reader->entry(i, arena_);
    if (!entry) return entry.error();
    consider(*entry, now);
    ++position_;
  }
  position_ = std::max(position_, block.last_sequence + 1);
  return {};
}

void Subscriber::consider(const Entry& entry, Time now) {
  if (known_.erase(entry.sequence) > 0) return;
  const bool is_absorbed =
      can_wait() && hold_.learn(entry, [this](const auto& held) { store_held(held); });
  if (entry.told.kind != NotificationKind::none && !is_absorbed) {
    const Notification notification = notification_of(entry, teller_);
    HeldNotification held;
    if (can_wait() && must_hold(entry, notification, held)) {
      hold(std::move(held));
    } else {
      offer(notification, now);
      if (notification.kind == NotificationKind::amended && !is_met_) retract(entry, now);
    }
  }
  if (hold_.size() > 0) release(entry.observation.resource.id, now);
}

void Subscriber::offer(const Notification& notification, Time now) {
  is_met_ = true;
  if (!subscription_.when_json.empty() || !ignored_.empty()) {
    routable_.set(notification);
    is_met_ = !is_ignored() && routable_.meets(subscription_.when);
  }
  if (!is_met_) {
    ++counts_.not_matching;
    return;
  }
  add_delivery(notification, false, now);
}

// A stored one has waited in the store until now, and goes on waiting there.
void Subscriber::add_delivery(const Notification& notification, bool is_stored, Time now) {
  const bool is_receipt = notification.kind == NotificationKind::receipt;
  if (!is_receipt && !digest_.admits(now)) return put_in_digest(notification);
  Outbox::Item item{.is_stored = is_stored};
  Pending& delivery = item.delivery;
  delivery.subscription = subscription_.name;
  delivery.sequence = notification.sequence;
  delivery.id = to_hex(notification.id);
  delivery.resource = notification.resource.id;
  delivery.type = type_of(notification);
  delivery.content_type = subscription_.format->content_type();
  delivery.first_attempt = now;
  delivery.due = now;
  if (const Result<void> rendered = subscription_.format->render(notification, delivery.payload);
      !rendered) {
    if (is_stored) forget_stored(delivery.sequence);
    return park_unrendered(std::move(delivery), rendered.error().text, now);
  }
  if (is_stored) {
    forget_put(delivery.sequence);
    changes_.pending_put.push_back(delivery);
  }
  Outbox::Item& added = outbox_.add(std::move(item));
  // Behind one that waits for a retry it waits in the store too, so that the cursor can pass.
  if (outbox_.head_of_lane(added).is_stored && !added.is_stored) keep(added);
}

// What was put in the same turn must not come back.
void Subscriber::forget_put(uint64_t sequence) {
  std::erase_if(changes_.pending_put,
                [&](const Pending& pending) { return pending.sequence == sequence; });
}

void Subscriber::forget_stored(uint64_t sequence) {
  forget_put(sequence);
  changes_.pending_removed.emplace_back(subscription_.name, sequence);
}

// It is parked without a payload: nothing of it can be sent until it can be rendered.
void Subscriber::park_unrendered(Pending delivery, std::string_view reason, Time now) {
  ++counts_.parked;
  log_warn(
      "a message could not be rendered and was parked",
      {{"subscription", subscription_.name}, {"sequence", delivery.sequence}, {"reason", reason}});
  delivery.payload.clear();
  changes_.parked_put.push_back({.delivery = std::move(delivery),
                                 .parked = now,
                                 .reason = "not rendered: " + std::string(reason)});
}

// What was parked without a payload is rendered by the format as it is now.
Result<void> Subscriber::render_again(Pending& delivery) {
  const Result<StoredBlock> block = store_.block_at(delivery.sequence);
  if (!block) return block.error();
  if (block->bytes == nullptr || delivery.sequence < block->first_sequence) {
    return not_found("the journal no longer has it");
  }
  const Result<BlockReader> reader = BlockReader::open(*block->bytes);
  if (!reader) return reader.error();
  Arena arena;
  const Result<Entry> entry = reader->entry(delivery.sequence - block->first_sequence, arena);
  if (!entry) return entry.error();
  return subscription_.format->render(notification_of(*entry, teller_), delivery.payload);
}

void Subscriber::add_stored(Pending delivery, Time now) {
  if (delivery.payload.empty()) {
    if (const Result<void> rendered = render_again(delivery); !rendered) {
      forget_stored(delivery.sequence);
      return park_unrendered(std::move(delivery), rendered.error().text, now);
    }
  }
  outbox_.add({.delivery = std::move(delivery), .is_stored = true});
}

void Subscriber::take_answer(const Answer& answer, Time now) {
  CHECK(answer.attempts.size() == answer.sequences.size());
  --batches_in_flight_;
  for (size_t i = 0; i < answer.sequences.size(); ++i) {
    const uint64_t sequence = answer.sequences[i];
    const Attempt& attempt = answer.attempts[i];
    Outbox::Item& item = *outbox_.find(sequence);
    ++item.delivery.attempts;
    item.delivery.last_detail = reason_of(attempt);
    switch (attempt.verdict) {
      case Verdict::delivered:
        circuit_.succeeded();
        settle_delivered(sequence);
        break;
      case Verdict::retry:
        retry(item, attempt, now);
        break;
      case Verdict::unavailable:
        if (circuit_.refused(now, random_)) {
          log_error("a sink refuses everything until a person acts; its deliveries wait",
                    {{"subscription", subscription_.name}, {"answer", reason_of(attempt)}});
        }
        outbox_.postpone(sequence, now);
        break;
      case Verdict::reject:
        circuit_.succeeded();
        park(item, attempt, "rejected: " + reason_of(attempt), now);
        break;
      case Verdict::gone:
        stop_for_good(sequence, attempt);
        break;
    }
  }
  settle_group();
}

void Subscriber::settle_delivered(uint64_t sequence) {
  ++counts_.delivered;
  const Outbox::Item& item = *outbox_.find(sequence);
  if (item.is_stored) forget_stored(sequence);
  outbox_.settle(sequence);
}

void Subscriber::retry(Outbox::Item& item, const Attempt& attempt, Time now) {
  ++counts_.retried;
  if (circuit_.failed(now, random_)) {
    log_warn("a sink fails again and again; its deliveries wait",
             {{"subscription", subscription_.name}, {"answer", reason_of(attempt)}});
  }
  Pending& delivery = item.delivery;
  // Of a lane, only the first can be taken out; its turn comes.
  const bool is_first = !kind_.limits.is_in_order || outbox_.front() == &item;
  if (is_first && now - delivery.first_attempt >= subscription_.retry_for) {
    park(item, attempt,
         "retried for " + format_duration(subscription_.retry_for) + ": " + reason_of(attempt),
         now);
    return;
  }
  outbox_.postpone(delivery.sequence,
                   now + backoff(delivery.attempts, attempt.retry_after, random_));
  // All wait for the head of the only lane: the cursor may as well.
  if (kind_.limits.is_in_order) return;
  // What waits for a retry, and all behind it, waits in the store: the cursor passes it.
  keep(item);
  for (Outbox::Item* behind : outbox_.lane_of(item)) {
    if (!behind->is_stored) keep(*behind);
  }
}

void Subscriber::keep(Outbox::Item& item) {
  outbox_.mark_stored(item);
  changes_.pending_put.push_back(item.delivery);
}

void Subscriber::park(Outbox::Item& item, const Attempt& attempt, std::string reason, Time now) {
  ++counts_.parked;
  log_warn("a delivery was parked", {{"subscription", subscription_.name},
                                     {"sequence", item.delivery.sequence},
                                     {"reason", reason}});
  const uint64_t sequence = item.delivery.sequence;
  if (item.is_stored) forget_stored(sequence);
  changes_.parked_put.push_back({.delivery = item.delivery,
                                 .parked = now,
                                 .last_status = attempt.status,
                                 .reason = std::move(reason)});
  outbox_.settle(sequence);
}

void Subscriber::stop_for_good(uint64_t sequence, const Attempt& attempt) {
  outbox_.postpone(sequence, Time::max());
  if (is_gone_) return;
  is_gone_ = true;
  log_error("a sink is gone: its subscription stops, and keeps its place",
            {{"subscription", subscription_.name}, {"answer", reason_of(attempt)}});
}

uint64_t Subscriber::cursor() const {
  const std::optional<uint64_t> lowest = outbox_.lowest_unstored();
  return (lowest ? *lowest : position_) - 1;
}

void Subscriber::report(Settlement& settlement) {
  const SubscriptionState state{.cursor = std::max(cursor(), saved_.cursor), .is_gone = is_gone_};
  if (state.cursor != saved_.cursor || state.is_gone != saved_.is_gone) {
    saved_ = state;
    changes_.cursors.push_back({subscription_.name, saved_});
  }
  std::ranges::move(changes_.cursors, std::back_inserter(settlement.cursors));
  std::ranges::move(changes_.pending_put, std::back_inserter(settlement.pending_put));
  std::ranges::move(changes_.pending_removed, std::back_inserter(settlement.pending_removed));
  std::ranges::move(changes_.parked_put, std::back_inserter(settlement.parked_put));
  std::ranges::move(changes_.parked_removed, std::back_inserter(settlement.parked_removed));
  std::ranges::move(changes_.groups_removed, std::back_inserter(settlement.groups_removed));
  changes_ = {};
}

void Subscriber::take_redriven(Pending delivery, Time now) {
  if (outbox_.find(delivery.sequence) != nullptr) return;
  add_stored(std::move(delivery), now);
}

std::optional<Time> Subscriber::next_due(Time now) const {
  if (is_gone_ || batches_in_flight_ >= kind_.limits.in_flight_max) return std::nullopt;
  std::optional<Time> due = kind_.limits.is_frozen ? next_batch_due(now) : outbox_.next_due();
  if (has_outbox_room(now)) {
    const auto wait_for = [&](Time other) { due = std::min(due.value_or(other), other); };
    if (const std::optional<Time> held = hold_.next_due()) wait_for(*held);
    if (!digest_.is_empty()) wait_for(digest_.ends());
  }
  if (due) due = std::max(*due, send_after_);
  if (circuit_.is_open()) {
    if (!due || batches_in_flight_ > 0) return std::nullopt;
    return std::max(*due, circuit_.probe_at());
  }
  if (has_room(now) && position_ <= store_.last_sequence()) return now;
  return due;
}

SubscriberCounts Subscriber::counts() const {
  SubscriberCounts counts = counts_;
  counts.outstanding = outbox_.size();
  counts.held = hold_.size() + digest_.sequences().size();
  const uint64_t last = store_.last_sequence();
  counts.lag = last > cursor() ? last - cursor() : 0;
  counts.is_circuit_open = circuit_.is_open();
  counts.is_gone = is_gone_;
  return counts;
}

}  // namespace statewire
