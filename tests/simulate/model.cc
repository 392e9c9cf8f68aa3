#include "model.h"

#include <algorithm>
#include <span>
#include <sstream>

#include "delivery/hold.h"
#include "model/causation.h"
#include "model/notification.h"
#include "route/deployment.h"

namespace statewire {
namespace {

constexpr Duration kRepeats = std::chrono::seconds(1);
constexpr Duration kUnwritten = std::chrono::milliseconds(1'500);
constexpr uint32_t kAttemptsMin = 3;

bool is_receipt(const Sent& sent) { return is_of_many(sent.type); }

// In the same order.
bool is_part_of(std::span<const uint64_t> part, std::span<const uint64_t> whole) {
  for (const uint64_t each : whole) {
    if (!part.empty() && part.front() == each) part = part.subspan(1);
  }
  return part.empty();
}

}  // namespace

Model::Model(const Conditions& conditions, const Duration& elapsed)
    : conditions_(conditions), elapsed_(elapsed), known_(kNames) {
  for (size_t name = 0; name < kNames; ++name) known_[name].name = name_of_subscription(name);
}

void Model::fault(std::string text) {
  if (fault_.empty()) fault_ = std::move(text);
}

std::string Model::words(const Known& known, uint64_t sequence) const {
  const auto told = told_.find(sequence);
  std::string words = known.name + ", sequence " + std::to_string(sequence);
  if (told == told_.end()) return words;
  return words + " (" + std::string(name_of(told->second.kind)) + " of " + told->second.resource +
         ")";
}

// --- What is promised.

void Model::on_plan(const Plan& plan, uint64_t first, uint64_t last) {
  plan_ = plan;
  for (size_t name = 0; name < kNames; ++name) {
    Known& known = known_[name];
    const auto now = std::ranges::find(plan.subscriptions, name, &SubscriptionPlan::name);
    if (now == plan.subscriptions.end()) {
      known.was_absent |= known.plan.has_value();
      known.plan.reset();
      known.held_from = 0;
      continue;
    }
    const bool is_new =
        known.owed.empty() && known.begins_after == 0 && !known.plan && !known.was_absent;
    known.had_content_types |= known.form && SimulatedFormat::content_type_of(*known.form) !=
                                                 SimulatedFormat::content_type_of(now->form);
    known.form = now->form;
    known.plan = *now;
    if (!now->limits.is_frozen) known.batch.reset();
    known.had_hold |= may_hold(plan, *now);
    known.had_limit |= now->per_hour.has_value();
    known.had_group |= now->grouping.by_deployment;
    const bool holds = now->on_lag == OnLag::hold;
    if (holds && known.held_from == 0) known.held_from = first;
    if (!holds) known.held_from = 0;
    if (is_new) {
      known.begins_after = now->from == StartFrom::now ? last : first - 1;
      for (const auto& [sequence, told] : told_) {
        if (sequence <= known.begins_after) continue;
        known.owed[sequence];
        known.lanes[told.resource].push_back(sequence);
      }
    }
    judge_all(known);
  }
}

void Model::judge(Known& known, uint64_t sequence, Owed& owed, uint32_t met) const {
  // What amends one that waits is not told apart from it.
  const bool is_amended = told_.at(sequence).kind == NotificationKind::amended;
  if (is_amended && known.had_hold) owed.is_always = false;
  const bool is_wanted = statewire::is_wanted(plan_, *known.plan, met);
  owed.is_judged = true;
  owed.is_always &= is_wanted;
  owed.is_ever |= is_wanted;
}

void Model::judge_all(Known& known) {
  for (auto& [sequence, owed] : known.owed) {
    if (owed.has_fate() && !owed.may_repeat) continue;
    const Told& told = told_.at(sequence);
    for (const uint32_t met : told.met) judge(known, sequence, owed, met);
  }
}

// A notice is no cause of what a call made, nor of what was before it.
void Model::check_cause(const Entry& entry) {
  const Record& record = entry.after;
  if (entry.told.too_late || !is_notice(record.cause)) return;
  const std::string words = std::string(record.resource.id) + " at sequence " +
                            std::to_string(entry.sequence) + " has a notice as its cause";
  const Hint* const notice = hint_of_cause(record);
  if (notice != nullptr && notice->time > record.since) fault(words + " that came after it");
  // What settles by itself keeps its cause.
  if (record.previous.value == record.value) return;
  for (const Hint& hint : record.hints) {
    const bool is_between = record.previous.since <= hint.time && hint.time <= record.since &&
                            record.since - hint.time <= kCauseReach;
    const bool leads_there = (hint.toward & phase_bit(record.phase)) != 0;
    if (is_between && leads_there && !hint.cause.call.empty())
      fault(words + ", and a call made it");
  }
}

void Model::on_entry(const Entry& entry) {
  check_cause(entry);
  learn(entry);
  if (entry.told.kind == NotificationKind::none) return;
  Told& told = told_[entry.sequence];
  const Notification notification = notification_of(entry, Teller{});
  told.id = to_hex(entry.told.id);
  if (!entry.told.amends.is_zero()) told.amends = to_hex(entry.told.amends);
  if (is_of_now(entry.observation.effect)) told.amends = to_hex(entry.after.told);
  told.resource = notification.resource.id;
  told.kind = entry.told.kind;
  told.severity = notification.severity;
  told.is_lost = notification.drift == Drift::lost;
  told.may_be_grouped = deployment_of(notification).has_value();
  const bool is_of_state =
      told.kind == NotificationKind::transition || told.kind == NotificationKind::amended;
  told.label = is_of_state ? name_of(notification.phase) : name_of(told.kind);
  told.committed = elapsed_;
  told.lacks_cause = notification.cause.kind == CauseKind::unknown;
  told.is_noticed = is_notice(notification.cause);
  told.may_be_urgent = notification.severity >= kError;
  const bool is_by_itself =
      entry.observation.effect == Effect::state && entry.observation.toward == 0;
  told.waits_for_cause = is_of_state && !is_by_itself;
  told.lacks_tags = !knows_tags(entry.after);
  told.completed = pack_entry(entry);
  told.met.push_back(conditions_.met_by(notification));
  told_of_[told.resource].push_back(entry.sequence);
  for (Known& known : known_) {
    const bool is_known = known.plan || known.was_absent;
    if (!is_known || entry.sequence <= known.begins_after) continue;
    Owed& owed = known.owed[entry.sequence];
    known.lanes[told.resource].push_back(entry.sequence);
    if (!known.plan) continue;
    judge(known, entry.sequence, owed, told.met.front());
  }
}

// An amendment tells what was before its transition, too.
void Model::learn_previous(const Entry& entry, Told& told) {
  if (entry.told.kind != NotificationKind::amended || to_hex(entry.told.amends) != told.id) return;
  Arena arena;
  Result<Entry> completed = unpack_entry(told.completed, arena);
  if (!completed) return fault("an entry cannot be unpacked: " + completed.error().text);
  completed->told.previous = completed->after.previous = entry.after.previous;
  told.completed = pack_entry(*completed);
}

// What waits is completed by what comes later about its resource. Whether it waits, nobody asks.
void Model::learn(const Entry& entry) {
  const auto before = told_of_.find(std::string(entry.observation.resource.id));
  if (before == told_of_.end()) return;
  for (const uint64_t sequence : before->second) {
    Told& told = told_.at(sequence);
    const std::string about = to_hex(entry.after.told);
    // An amendment that lacks the cause of its transition learns it, too.
    const bool may_learn = told.lacks_cause || told.is_noticed;
    const bool is_of = about == told.id || (may_learn && about == told.amends);
    learn_previous(entry, told);
    Arena texts;
    Cause cause;
    if (!entry.after.told.is_zero() && is_of) cause = entry.after.cause;
    if (cause.kind == CauseKind::unknown && may_learn) {
      if (const Result<Entry> held = unpack_entry(told.completed, texts)) {
        cause = cause_given_to(*held, entry);
      }
    }
    const bool tells_cause = cause.kind != CauseKind::unknown;
    const bool tells_tags =
        knows_tags(entry.after) && (told.lacks_tags || !entry.observation.tags.empty());
    if (!tells_cause && !tells_tags) continue;
    told.lacks_cause &= !tells_cause;
    if (tells_cause) told.is_noticed = is_notice(cause);
    told.lacks_tags &= !tells_tags;
    const auto add = [&](bool with_cause, bool with_tags) {
      Arena arena;
      Result<Entry> completed = unpack_entry(told.completed, arena);
      if (!completed) return fault("an entry cannot be unpacked: " + completed.error().text);
      if (with_cause) completed->after.cause = cause;
      if (with_tags) {
        completed->after.tags = entry.after.tags;
        completed->after.flags |= entry.after.flags & kTagsWhole;
      }
      const Notification notification = notification_of(*completed, Teller{});
      told.met.push_back(conditions_.met_by(notification));
      told.may_be_grouped |= deployment_of(notification).has_value();
      told.may_be_urgent |= notification.severity >= kError;
      if (with_cause == tells_cause && with_tags == tells_tags)
        told.completed = pack_entry(*completed);
    };
    if (tells_cause && tells_tags) add(true, false);
    add(tells_cause, tells_tags);
    for (Known& known : known_) {
      if (!known.plan || !may_hold(plan_, *known.plan)) continue;
      const auto owed = known.owed.find(sequence);
      if (owed == known.owed.end() || owed->second.first_sent || owed->second.has_fate()) continue;
      for (const uint32_t met : told.met) judge(known, sequence, owed->second, met);
    }
  }
}

// --- What it does.

void Model::on_killed(Duration written) {
  ++kills_;
  for (Known& known : known_) {
    for (auto& [sequence, owed] : known.owed) {
      if (owed.settled && *owed.settled > written - kRepeats) {
        owed.may_repeat = owed.was_at_risk = true;
      }
      const bool is_unwritten = owed.first_sent && *owed.first_sent > written - kUnwritten;
      if (is_unwritten && !owed.settled) owed.was_at_risk = true;
    }
    for (auto& [id, receipt] : known.receipts) {
      if (receipt.settled && *receipt.settled > written - kRepeats) {
        receipt.may_repeat = receipt.was_at_risk = true;
      }
      if (receipt.sent && *receipt.sent > written - kUnwritten) receipt.was_at_risk = true;
    }
  }
}

void Model::on_power_cut(Duration written, const Store& store) {
  on_killed(written);
  forget_lost(store);
  is_power_cut_ = true;
  for (Known& known : known_) {
    // Members that were parked may be members again.
    const bool may_grow =
        known.batch && std::ranges::any_of(known.batch->sequences, [&](uint64_t sequence) {
          const auto owed = known.owed.find(sequence);
          return owed != known.owed.end() && owed->second.may_have_ended;
        });
    if (may_grow) known.batch.reset();
    for (auto& [sequence, owed] : known.owed) {
      // A redrive may be undone.
      if (owed.is_redriven) owed.attempts = kAttemptsMin, owed.tried_since = owed.first_sent;
      if (!owed.dropped || *owed.dropped <= written - kRepeats) continue;
      owed.dropped.reset();
      owed.may_be_dropped = true;
    }
  }
}

void Model::on_sent(const Trip& trip) {
  Known& known = known_[trip.name];
  if (!known.plan) return fault(known.name + " sends, and is not configured");
  if (trip.sent.empty()) return fault(known.name + " sends an empty batch");
  const SinkLimits& limits = known.plan->limits;
  if (trip.sent.size() > limits.batch_deliveries_max && !limits.is_frozen) {
    return fault(known.name + " sends a batch of " + std::to_string(trip.sent.size()));
  }
  if (limits.is_frozen) check_batch(known, trip);
  for (const Sent& sent : trip.sent) {
    check_form(known, trip, sent);
    is_receipt(sent) ? on_sent_receipt(known, sent) : on_sent_one(known, trip, sent);
  }
}

void Model::on_sent_one(Known& known, const Trip& trip, const Sent& sent) {
  const auto told = told_.find(sent.sequence);
  if (told == told_.end()) {
    return fault(words(known, sent.sequence) + " is sent, and was never told");
  }
  const bool is_retraction = sent.type == "statewire.resource.retracted.v1";
  const bool is_same_id =
      is_retraction ? told->second.kind == NotificationKind::amended : sent.id == told->second.id;
  if (!is_same_id) return fault(words(known, sent.sequence) + " is sent under another id");
  if (sent.sequence <= known.begins_after) {
    return fault(words(known, sent.sequence) + " is sent, and was before its beginning");
  }
  Owed& owed = known.owed[sent.sequence];
  if (!owed.is_ever && !is_retraction && !sent.is_redriven) {
    return fault(words(known, sent.sequence) + " is sent, and nobody asked for it");
  }
  if (owed.settled && !owed.may_repeat && !sent.is_redriven) {
    return fault(words(known, sent.sequence) + " is sent again, " +
                 format_duration(elapsed_ - *owed.settled) + " after it was settled");
  }
  if (owed.is_parked && !is_power_cut_) {
    return fault(words(known, sent.sequence) + " is sent while it is parked");
  }
  if (owed.dropped) return fault(words(known, sent.sequence) + " is sent after it was dropped");
  check_order(known, trip, sent);
  if (!owed.first_sent && !sent.is_redriven) check_wait(known, sent);
  if (!owed.first_sent) owed.first_sent = elapsed_, owed.kills_before = kills_;
  if (!owed.tried_since) owed.tried_since = elapsed_;
  owed.retry_for = known.plan->retry_for;
  owed.settled.reset();
}

void Model::on_sent_receipt(Known& known, const Sent& sent) {
  Receipt& receipt = known.receipts[sent.id];
  std::istringstream numbers(sent.payload);
  uint64_t count = 0;
  uint64_t by_kinds = 0;
  uint64_t highest_kind = 0;
  uint64_t severity = 0;
  numbers >> count >> by_kinds >> highest_kind >> severity;
  if (by_kinds != count) {
    return fault(known.name + ": a digest counts " + std::to_string(count) + ", and by kinds " +
                 std::to_string(by_kinds));
  }
  if (count > 0 && (severity >= kWarn) != (highest_kind >= kWarn)) {
    return fault(known.name + ": a digest is of severity " + std::to_string(severity) +
                 ", and the highest of its kinds is " + std::to_string(highest_kind));
  }
  if (receipt.settled && !receipt.may_repeat && !sent.is_redriven) {
    return fault(known.name + ": a digest is sent again after it was settled");
  }
  if (receipt.sent && receipt.count != count && !receipt.was_at_risk) {
    return fault(known.name + ": a digest counts " + std::to_string(count) + ", and counted " +
                 std::to_string(receipt.count) + " before");
  }
  receipt.count = count;
  receipt.sent = elapsed_;
  receipt.settled.reset();
}

// Nothing that is promised and comes before it may still be on its way, or not be sent yet.
void Model::check_order(const Known& known, const Trip& trip, const Sent& sent) {
  const Owed& owed = known.owed.at(sent.sequence);
  if (sent.is_redriven || owed.is_redriven || owed.first_sent) return;
  const auto lane = known.lanes.find(sent.resource);
  if (lane == known.lanes.end()) return;
  for (const uint64_t sequence : lane->second) {
    if (sequence >= sent.sequence) return;
    const Owed& before = known.owed.at(sequence);
    if (before.has_fate() || before.is_redriven || before.may_have_ended) continue;
    if (before.may_be_dropped) continue;
    // What cannot be rendered again in another form is parked.
    const bool is_trimmed = sequence < first_kept_ && !before.first_sent;
    const bool is_refused = known.plan->refuses_some && SimulatedFormat::is_refused(sequence);
    if (is_refused || (known.had_content_types && sequence < first_kept_)) continue;
    const bool may_be_counted = this->may_be_counted(known, told_.at(sequence));
    const bool is_expected = before.is_always && before.is_judged && !is_trimmed && !may_be_counted;
    const bool is_on_its_way = before.first_sent && !before.was_at_risk;
    if (!is_expected && !is_on_its_way) continue;
    const bool is_together = std::ranges::any_of(
        trip.sent, [&](const Sent& other) { return other.sequence == sequence && &other < &sent; });
    if (is_together) continue;
    return fault(words(known, sent.sequence) + " is sent, and sequence " +
                 std::to_string(sequence) + " of the same resource was " +
                 (before.first_sent ? "not settled" : "not sent"));
  }
}

// It is what the configuration in force asks for. What the journal has no more goes as it was,
// where its content type is the same; a frozen batch stays as it is.
void Model::check_form(const Known& known, const Trip& trip, const Sent& sent) {
  const size_t wanted = known.plan->form;
  const size_t form = SimulatedFormat::form_of(sent.payload);
  if (form == wanted || !trip.batch_id.empty()) return;
  const bool is_alike =
      SimulatedFormat::content_type_of(form) == SimulatedFormat::content_type_of(wanted);
  if (is_alike && !is_receipt(sent) && sent.sequence < first_kept_) return;
  fault(words(known, sent.sequence) + " is sent as form " + std::to_string(form) +
        ", and its format is of form " + std::to_string(wanted));
}

// What is not known yet is waited for, unless something urgent came behind it.
void Model::check_wait(const Known& known, const Sent& sent) {
  const Told& told = told_.at(sent.sequence);
  const SubscriptionPlan& plan = *known.plan;
  const bool waits = (plan.holds_cause && told.lacks_cause && told.waits_for_cause) ||
                     (plan.holds_tags && told.lacks_tags);
  const Duration waited = elapsed_ - told.committed;
  if (!waits || waited >= plan.at_most || told.committed <= waits_since_) return;
  const auto is_hurried = [&](uint64_t other) {
    return other >= sent.sequence && told_.at(other).may_be_urgent;
  };
  if (std::ranges::any_of(told_of_.at(told.resource), is_hurried)) return;
  fault(words(known, sent.sequence) + " is sent after " + format_duration(waited) +
        ", and should wait for what is not known yet");
}

// A batch that was tried comes again as it was, until it is settled.
void Model::check_batch(Known& known, const Trip& trip) {
  std::vector<std::string> ids;
  std::vector<uint64_t> sequences;
  bool is_redriven = false;
  for (const Sent& sent : trip.sent) {
    ids.push_back(sent.id);
    sequences.push_back(is_receipt(sent) ? 0 : sent.sequence);
    is_redriven |= sent.is_redriven;
  }
  if (trip.batch_id.empty()) return fault(known.name + " sends a batch without a name");
  std::optional<OpenBatch>& open = known.batch;
  if (!open || open->settled || open->is_redriven) {
    // What seemed to have ended comes again where the power is cut before it is stored.
    const bool is_rest =
        open && open->id == trip.batch_id && is_part_of(sequences, open->sequences);
    if (!is_rest || is_redriven) {
      open = OpenBatch{trip.batch_id, ids, sequences, {}, is_redriven};
    }
    open->settled.reset();
  }
  if (open->id != trip.batch_id) {
    return fault(known.name + " sends another batch, and one that was tried is not settled");
  }
  if (is_redriven) return;
  size_t place = 0;
  for (size_t i = 0; i < open->ids.size(); ++i) {
    if (place < ids.size() && ids[place] == open->ids[i]) {
      ++place;
      continue;
    }
    const auto owed = known.owed.find(open->sequences[i]);
    const bool may_be_gone = owed == known.owed.end() || owed->second.has_fate() ||
                             owed->second.may_have_ended || owed->second.is_redriven;
    if (!may_be_gone) return fault(known.name + " sends a batch again without one of its members");
  }
  if (place != ids.size()) fault(known.name + " sends a batch again with other members");
}

void Model::on_answered(const Trip& trip, const std::vector<Attempt>& answer) {
  Known& known = known_[trip.name];
  const bool is_alone = trip.sent.size() == 1 || !trip.batch_id.empty();
  bool is_whole = true;
  for (size_t i = 0; i < trip.sent.size(); ++i) {
    const Verdict verdict = i < answer.size() ? answer[i].verdict : Verdict::retry;
    is_whole &= verdict == Verdict::delivered;
    const Sent& sent = trip.sent[i];
    if (is_receipt(sent)) {
      Receipt& receipt = known.receipts[sent.id];
      if (verdict == Verdict::delivered) receipt.settled = elapsed_, receipt.may_repeat = false;
      const bool is_refused = verdict != Verdict::delivered && verdict != Verdict::gone;
      if (is_refused) receipt.refused = elapsed_;
      continue;
    }
    Owed& owed = known.owed[sent.sequence];
    ++owed.attempts;
    if (verdict == Verdict::delivered) {
      owed.settled = elapsed_;
      owed.may_repeat = false;
      owed.may_have_ended = false;
    } else if (verdict == Verdict::reject) {
      owed.may_have_ended |= is_alone;
      owed.ended = elapsed_;
    } else if (verdict != Verdict::gone && owed.attempts >= kAttemptsMin) {
      owed.may_have_ended |= elapsed_ - *owed.tried_since >= owed.retry_for;
      owed.ended = elapsed_;
    }
  }
  const bool may_be_over = std::ranges::all_of(trip.sent, [&](const Sent& sent) {
    if (is_receipt(sent)) return is_whole || !trip.batch_id.empty();
    const Owed& owed = known.owed[sent.sequence];
    return owed.settled || owed.may_have_ended;
  });
  if (known.batch && known.batch->id == trip.batch_id && may_be_over)
    known.batch->settled = elapsed_;
}

}  // namespace statewire
