#include "delivery/hold.h"

#include <algorithm>

#include "model/causation.h"
#include "model/drift_rule.h"
#include "model/notification.h"
#include "store/block.h"

namespace statewire {
namespace {

constexpr std::string_view kWaitsBehind = "one before it waits";
// Look-ups end one by one: all that wait are looked at no more often than this.
constexpr Duration kLookInterval = std::chrono::milliseconds(100);

std::string_view reason_of(const DeliveryRow& row) {
  if (row.waits_for_cause && row.waits_for_tags) return "cause and tags";
  if (row.waits_for_cause) return "cause";
  return row.waits_for_tags ? "tags" : kWaitsBehind;
}

// Of a state that the resource has left, by the cause that it has been given.
void judge(Entry& held, std::string_view declared, Arena& arena) {
  Record& record = held.after;
  record.declared = declared;
  if (!has_owner(record)) return;
  if (record.drift == Drift::unknown) set_calm(record, Drift::none);
  is_over(record) ? judge_end(record, held.observation, arena)
                  : judge_change(record, record.cause, held.observation, arena);
}

}  // namespace

Cause cause_given_to(const Entry& held, const Entry& late) {
  if (late.told.too_late || !is_about_state(held)) return {};
  // The fold has said that of the last transition itself.
  if (held.after.told == late.after.told) return {};
  if (!may_give_way(held.after.cause)) return {};
  // One notice is as good as another.
  if (is_notice(held.after.cause) && is_notice(late.observation.cause)) return {};
  return cause_given(held.after, late.observation);
}

void take_verdict(const Record& from, Record& to) {
  to.declared = from.declared;
  to.drift = from.drift;
  to.drift_since = from.drift_since;
  to.touch = from.touch;
}

std::string pack_entry(const Entry& entry) {
  BlockWriter writer;
  writer.begin(entry.sequence, entry.recorded);
  writer.add(entry);
  return std::string(writer.finish(LedgerDelta()));
}

Result<Entry> unpack_entry(std::string_view bytes, Arena& arena) {
  const Result<BlockReader> reader = BlockReader::open(bytes);
  if (!reader) return reader.error();
  if (reader->size() != 1) return damaged("a stored entry of a delivery is damaged");
  return reader->entry_copy(0, arena);
}

std::optional<Wait> HoldStage::wait_for(const Entry& entry, const Routable& routable) {
  std::optional<Wait> wait =
      wait_of(subscription_, ignored_, routable, !may_learn_cause(entry), knows_tags(entry.after));
  if (!wait) return wait;
  const Identity& resource = entry.observation.resource;
  if (wait->for_tags && tags_ != nullptr) {
    wait->for_tags = !tags_->is_over(resource.id);
    if (wait->for_tags) tags_->want(resource, entry.observation.time());
  }
  return wait;
}

Decision HoldStage::decide(const Entry& entry, const Routable& routable, Time committed,
                           DeliveryRow& row) {
  const std::optional<Wait> wait = wait_for(entry, routable);
  const std::string_view resource = entry.observation.resource.id;
  const bool is_behind = waiting_.contains(resource);
  // Of what is not wanted, an amendment may take something back, and not before its turn.
  if (!wait && !(is_behind && entry.told.kind == NotificationKind::amended)) {
    return Decision::pass();
  }
  const Wait what = wait.value_or(Wait{});
  if (!what.for_cause && !what.for_tags && !is_behind) return Decision::pass();
  row.waits_for_cause = what.for_cause;
  row.waits_for_tags = what.for_tags;
  row.stage = Stage::hold;
  row.first_sequence = row.last_sequence = entry.sequence;
  row.recorded = entry.recorded;
  row.id = to_hex(entry.told.id);
  row.resource = resource;
  row.entry = pack_entry(entry);
  row.due = committed + what.at_most();
  Decision decision = Decision::wait(reason_of(row), row.due);
  decision.is_urgent = wait && !what.for_cause && !what.for_tags && routable.severity() >= kError;
  return decision;
}

void HoldStage::add(Booked& booked) {
  ++size_;
  entry_bytes_ += booked.row.entry.size();
  Waiting& waiting = waiting_[booked.row.resource];
  waiting.push_back(&booked);
  if (waiting.size() > 1) return;
  due_.emplace(booked.row.due, booked.row.resource);
  if (!booked.row.waits_for_cause && !booked.row.waits_for_tags) {
    maybe_ready_.push_back(booked.row.resource);
  }
}

std::vector<Booked*> HoldStage::end_waits(std::string_view resource) {
  std::vector<Booked*> changed;
  const auto place = waiting_.find(resource);
  if (place == waiting_.end()) return changed;
  end_waits_until(*place->second.back(), place->second, changed);
  maybe_ready_.push_back(place->first);
  return changed;
}

Result<void> HoldStage::restore(Booked& booked, const Teller& teller, Time now) {
  Arena arena;
  const Result<Entry> entry = unpack_entry(booked.row.entry, arena);
  if (!entry) return entry.error();
  Routable routable;
  routable.set(notification_of(*entry, teller));
  const std::optional<Wait> wait = wait_for(*entry, routable);
  DeliveryRow& row = booked.row;
  row.waits_for_cause = wait && wait->for_cause && row.waits_for_cause;
  row.waits_for_tags = wait && wait->for_tags && row.waits_for_tags;
  row.due = std::min(row.due, now + (wait ? std::min(wait->at_most(), row.wait) : Duration()));
  add(booked);
  return {};
}

// Whether what waits is the transition `told`, or lacks the cause of it: an amendment, or what
// followed.
bool HoldStage::is_of(const NotificationId& told, const DeliveryRow& row) {
  if (to_hex(told) == row.id) return true;
  Arena arena;
  const Result<Entry> kept = unpack_entry(row.entry, arena);
  if (!kept || !may_give_way(kept->after.cause)) return false;
  if (is_of_now(kept->observation.effect)) return kept->after.told == told;
  return kept->told.kind == NotificationKind::amended && kept->told.amends == told;
}

void HoldStage::learn_one(const Entry& entry, Booked& booked, Learned& learned) {
  DeliveryRow& row = booked.row;
  const bool is_amended =
      entry.told.kind == NotificationKind::amended && to_hex(entry.told.amends) == row.id;
  learned.is_absorbed |= is_amended;
  const bool tells_cause = entry.after.cause.kind != CauseKind::unknown &&
                           !entry.after.told.is_zero() && is_of(entry.after.told, row);
  const bool tells_tags =
      knows_tags(entry.after) && (row.waits_for_tags || !entry.observation.tags.empty());
  // A call may be a better cause than the notice that ended the wait for one.
  const bool may_explain = !tells_cause && is_hint(entry.observation) &&
                           (row.waits_for_cause || !is_notice(entry.observation.cause));
  if (!is_amended && !tells_cause && !tells_tags && !may_explain) return;
  Arena arena;
  Result<Entry> kept = unpack_entry(row.entry, arena);
  if (!kept) return;  // It was read back when it was restored.
  Cause cause;
  if (tells_cause) cause = entry.after.cause;
  const bool is_open = row.waits_for_cause || is_notice(kept->after.cause);
  if (may_explain && is_open) cause = cause_given_to(*kept, entry);
  const bool learns_cause = cause.kind != CauseKind::unknown;
  if (!is_amended && !learns_cause && !tells_tags) return;
  learned.changed.push_back(&booked);
  // What was found out about the time before it.
  if (is_amended) kept->told.previous = kept->after.previous = entry.after.previous;
  if (learns_cause) {
    kept->after.cause = cause;
    row.waits_for_cause = false;
  }
  if (is_amended || tells_cause) {
    take_verdict(entry.after, kept->after);
  } else if (learns_cause) {
    judge(*kept, entry.after.declared, arena);
  }
  if (tells_tags) {
    kept->after.tags = entry.after.tags;
    kept->after.flags |= entry.after.flags & kTagsWhole;
    row.waits_for_tags = false;
  }
  entry_bytes_ -= row.entry.size();
  row.entry = pack_entry(*kept);
  entry_bytes_ += row.entry.size();
  const bool waits = row.waits_for_cause || row.waits_for_tags;
  if (!waits && notification_of(*kept, Teller{}).severity >= kError) learned.urgent = &booked;
}

void HoldStage::end_waits_until(const Booked& last, const Waiting& waiting,
                                std::vector<Booked*>& changed) {
  for (Booked* const booked : waiting) {
    DeliveryRow& row = booked->row;
    if (row.waits_for_cause || row.waits_for_tags) {
      row.waits_for_cause = row.waits_for_tags = false;
      if (std::ranges::find(changed, booked) == changed.end()) changed.push_back(booked);
    }
    if (booked == &last) return;
  }
}

HoldStage::Learned HoldStage::learn(const Entry& entry) {
  Learned learned;
  if (size_ == 0) return learned;
  const auto place = waiting_.find(entry.observation.resource.id);
  if (place == waiting_.end()) return learned;
  for (Booked* const booked : place->second) learn_one(entry, *booked, learned);
  if (learned.urgent != nullptr) end_waits_until(*learned.urgent, place->second, learned.changed);
  maybe_ready_.emplace_back(place->first);
  return learned;
}

bool HoldStage::is_ready(const Booked& booked, Time heard) {
  return (!booked.row.waits_for_cause && !booked.row.waits_for_tags) || booked.row.due <= heard;
}

// Nobody will tell the tags of those whose look-up is over.
void HoldStage::look_at_lookups(Time now) {
  if (tags_ == nullptr || size_ == 0 || tags_->ended() == lookups_ended_) return;
  if (now >= looked_ && now - looked_ < kLookInterval) return;
  lookups_ended_ = tags_->ended();
  looked_ = now;
  for (const auto& [resource, waiting] : waiting_) {
    if (!tags_->is_over(resource)) continue;
    due_.erase({waiting.front()->row.due, resource});
    for (Booked* const booked : waiting) {
      DeliveryRow& row = booked->row;
      // The time for tags may be longer than the one for a cause.
      if (row.waits_for_tags) row.due = std::min(row.due, now + subscription_.hold.at_most);
      row.waits_for_tags = false;
    }
    due_.emplace(waiting.front()->row.due, resource);
    maybe_ready_.push_back(resource);
  }
}

Booked* HoldStage::claim_ready(Time heard, Time now) {
  look_at_lookups(now);
  while (true) {
    if (maybe_ready_.empty()) {
      if (due_.empty() || due_.begin()->first > heard) return nullptr;
      maybe_ready_.push_back(due_.begin()->second);
    }
    const auto place = waiting_.find(maybe_ready_.front());
    if (place == waiting_.end() || !is_ready(*place->second.front(), heard)) {
      maybe_ready_.pop_front();
      continue;
    }
    Waiting& waiting = place->second;
    Booked* const booked = waiting.front();
    due_.erase({booked->row.due, booked->row.resource});
    waiting.pop_front();
    if (waiting.empty()) {
      waiting_.erase(place);
    } else {
      due_.emplace(waiting.front()->row.due, waiting.front()->row.resource);
    }
    --size_;
    entry_bytes_ -= booked->row.entry.size();
    return booked;
  }
}

void HoldStage::put_back(Booked& booked) {
  const std::string& resource = booked.row.resource;
  Waiting& waiting = waiting_[resource];
  if (!waiting.empty()) due_.erase({waiting.front()->row.due, resource});
  waiting.push_front(&booked);
  due_.emplace(booked.row.due, resource);
  maybe_ready_.push_back(resource);
  ++size_;
  entry_bytes_ += booked.row.entry.size();
}

std::optional<Time> HoldStage::next_due() const {
  if (!maybe_ready_.empty()) return Time{};
  if (tags_ != nullptr && size_ > 0 && tags_->ended() != lookups_ended_) {
    return looked_ + kLookInterval;
  }
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

}  // namespace statewire
