// What goes to the sink together, and when.
//
// A kind that freezes its batches has one at a time. Its members are written down, synced, before
// it is tried for the first time, and struck out when all of them are settled, by the same write
// that moves the cursor. After a kill at any point the journal is read again from the cursor until
// all of them are back, and they go again: the same members, in the same order, under the same
// name. So a place that keeps a batch under its name holds each delivery once.
#include <algorithm>

#include "base/log.h"
#include "delivery/subscriber.h"

namespace statewire {
namespace {

// How many from the beginning of a lane are one batch: one at least.
size_t batch_size(std::span<Outbox::Item* const> lane, const SinkLimits& limits) {
  size_t count = 0;
  size_t bytes = 0;
  for (const Outbox::Item* item : lane) {
    bytes += item->delivery.payload.size();
    const bool is_alone = item->delivery.is_redriven || lane.front()->delivery.is_redriven;
    const bool fits = count < limits.batch_deliveries_max && bytes <= limits.batch_bytes_max;
    if (count > 0 && (is_alone || !fits)) break;
    ++count;
  }
  return count;
}

}  // namespace

void Subscriber::send(Time now, const std::function<void(Answer)>& answer, size_t place) {
  while (!is_gone_ && batches_in_flight_ < kind_.limits.in_flight_max && now >= send_after_) {
    if (circuit_.is_open() && (now < circuit_.probe_at() || batches_in_flight_ > 0)) return;
    const std::vector<Outbox::Item*> items = next_batch(now);
    if (items.empty()) return;
    std::vector<Delivery> batch;
    Answer head{.subscriber = place};
    for (const Outbox::Item* item : items) {
      const Pending& pending = item->delivery;
      batch.push_back({.id = pending.id,
                       .subscription = pending.subscription,
                       .resource = pending.resource,
                       .type = pending.type,
                       .content_type = pending.content_type,
                       .payload = pending.payload,
                       .header = subscription_.format->header(),
                       .sequence = pending.sequence,
                       .attempt = pending.attempts + 1,
                       .first_attempt = pending.first_attempt,
                       .is_redriven = pending.is_redriven,
                       .batch = group_ ? &batch_ : nullptr});
      head.sequences.push_back(pending.sequence);
    }
    ++batches_in_flight_;
    if (kind_.limits.pace > Duration()) send_after_ = now + kind_.limits.pace;
    sink_->deliver(batch, [answer, head = std::move(head)](std::vector<Attempt> attempts) mutable {
      head.attempts = std::move(attempts);
      answer(std::move(head));
    });
  }
}

// A circuit that is open lets one delivery through, or one frozen batch, which is never cut.
std::vector<Outbox::Item*> Subscriber::next_batch(Time now) {
  if (!kind_.limits.is_frozen) {
    return outbox_.take_due(circuit_.is_open() ? 1 : kind_.limits.batch_deliveries_max, now);
  }
  if (is_group_awaited_) recall_group();
  if (is_group_awaited_) return {};
  if (!group_ && !(is_gathered(now) && freeze_batch(now))) return {};
  batch_ = {.id = group_->id,
            .first_sequence = group_->members.front(),
            .last_sequence = group_->members.back(),
            .frozen = group_->frozen};
  return outbox_.take_due(group_left(), now);
}

// Full, or with nothing more to come, or waited long enough.
bool Subscriber::is_gathered(Time now) const {
  const Outbox::Item* front = outbox_.front();
  if (front == nullptr) return false;
  const SinkLimits& limits = kind_.limits;
  return front->delivery.is_redriven || outbox_.size() >= limits.batch_deliveries_max ||
         outbox_.bytes() >= limits.batch_bytes_max || !has_outbox_room(now) ||
         now >= front->delivery.first_attempt + limits.gather;
}

// False where it cannot be written down: then nothing is sent.
bool Subscriber::freeze_batch(Time now) {
  const std::vector<Outbox::Item*> lane = outbox_.lane_of(*outbox_.front());
  Group group{.subscription = subscription_.name, .id = lane.front()->delivery.id, .frozen = now};
  const size_t count = batch_size(lane, kind_.limits);
  for (size_t i = 0; i < count; ++i) group.members.push_back(lane[i]->delivery.sequence);
  Settlement settlement;
  report(settlement);
  settlement.groups_put.push_back(group);
  if (const Result<void> written = store_.settle(settlement); !written) {
    log_error("a batch cannot be written down, and is not sent",
              {{"subscription", subscription_.name}, {"error", written.error().text}});
    settlement.groups_put.clear();
    changes_ = std::move(settlement);
    send_after_ = now + kStoreAgain;
    return false;
  }
  group_ = std::move(group);
  return true;
}

Result<void> Subscriber::restore_group() {
  return store_.each_group(subscription_.name, [&](const Group& group) {
    if (!kind_.limits.is_frozen || group_) {
      forget_group(group);  // Of another kind of sink, which the subscription had before.
    } else {
      group_ = group;
      is_group_awaited_ = true;
    }
    return true;
  });
}

// Whether all that will come again has come. What the configuration, as it is now, does not send
// any more is missing; what it sends comes under the name that the batch had.
void Subscriber::recall_group() {
  const uint64_t last = *std::ranges::max_element(group_->members);
  if (position_ <= std::min(last, store_.last_sequence())) return;
  is_group_awaited_ = false;
  outbox_.bring_forward(group_->members);
  settle_group();
}

size_t Subscriber::group_left() const {
  return static_cast<size_t>(std::ranges::count_if(
      group_->members, [&](uint64_t sequence) { return outbox_.has(sequence); }));
}

void Subscriber::settle_group() {
  if (!group_ || group_left() > 0) return;
  forget_group(*group_);
  group_.reset();
}

void Subscriber::forget_group(const Group& group) {
  changes_.groups_removed.emplace_back(group.subscription, group.members.front());
}

std::optional<Time> Subscriber::next_batch_due(Time now) const {
  if (is_group_awaited_) return std::nullopt;  // What it waits for is in the journal.
  if (group_) return outbox_.next_due();
  if (outbox_.front() == nullptr) return std::nullopt;
  return is_gathered(now) ? now : outbox_.front()->delivery.first_attempt + kind_.limits.gather;
}

}  // namespace statewire
