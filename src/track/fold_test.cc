#include "track/fold.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>

#include "base/limits.h"
#include "model/causation.h"
#include "track/step.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Time kStart = *parse_time("2026-11-23T09:00:00Z");
constexpr std::string_view kInstance = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1";

EventId event(uint8_t number) {
  EventId id;
  id.bytes[15] = number;
  return id;
}

Observation native(uint8_t number, Duration at, Phase phase, std::string_view value) {
  Observation result;
  result.resource = {.id = kInstance, .type = "AWS::EC2::Instance"};
  result.effect = Effect::state;
  result.phase = phase;
  result.value = value;
  result.key = {.time_ns = to_ns(kStart + at),
                .stage = 1,
                .phase_rank = static_cast<uint8_t>(phase),
                .event_id = event(number)};
  return result;
}

Observation call(uint8_t number, Duration at, std::string_view name, std::string_view actor,
                 PhaseSet toward) {
  Observation result = native(number, at, Phase::unknown, "");
  result.effect = Effect::cause;
  result.key.stage = 0;
  result.toward = toward;
  result.cause = {.kind = CauseKind::human,
                  .confidence = Confidence::certain,
                  .actor = actor,
                  .call = name,
                  .evidence = "evidence-of-call"};
  return result;
}

// A call that moves the phase, which settles by itself so long after it; and its reminder.
Observation moving(uint8_t number, Duration at, Phase phase, std::string_view name,
                   Duration settles_after) {
  Observation result = native(number, at, phase, name);
  result.key.stage = 0;
  result.settles_after = settles_after;
  result.cause = {.kind = CauseKind::human,
                  .confidence = Confidence::certain,
                  .actor = "alice",
                  .call = name,
                  .evidence = "evidence-of-call"};
  return result;
}

Observation settle_reminder_of(uint8_t number, const Observation& call) {
  const Phase phase = arrival_of(call.phase);
  Observation result = native(number, call.time() + call.settles_after - kStart, phase, call.value);
  result.key.stage = 2;
  result.key.phase_rank = 0;
  result.flags = kSettle;
  return result;
}

constexpr PhaseSet kTowardGone = phase_bit(Phase::deprovisioning) | phase_bit(Phase::gone);
constexpr PhaseSet kTowardStopped = phase_bit(Phase::changing) | phase_bit(Phase::stopped);

// A journal and its views in memory. Each observation is a commit of its own.
class History : public Views {
 public:
  explicit History(TrackLimits limits = {}) : fold_(*this, limits) {}

  Result<void> records(std::span<const std::string_view> ids, Arena&,
                       std::vector<std::optional<Record>>& out) override {
    out.assign(ids.size(), std::nullopt);
    for (size_t i = 0; i < ids.size(); ++i) {
      if (const auto found = records_.find(ids[i]); found != records_.end()) out[i] = found->second;
    }
    return {};
  }
  Result<std::string_view> resource_of_alias(std::string_view alias, Arena&) override {
    const auto found = aliases_.find(alias);
    return found == aliases_.end() ? std::string_view{} : found->second;
  }
  Result<Entry> entry(uint64_t sequence, Arena&) override {
    ++reads_;
    if (sequence <= trimmed_ || sequence > entries_.size()) return not_found("trimmed");
    return entries_[sequence - 1];
  }

  struct Seen {
    Fate fate;
    Told told;
    Record after;
  };
  Seen see(const Observation& observation) {
    begin();
    return take(observation);
  }
  // All of them in one commit.
  void see_all(std::span<const Observation> observations) {
    begin();
    for (const Observation& each : observations) take(each);
  }
  // The reminder that was set first among those that concern an alias comes back.
  bool fire_one() {
    if (sent_.empty() && moves_.empty()) return false;
    if (!sent_.empty()) {
      const std::vector<Observation> moved = sent_.front();
      sent_.pop_front();
      see_all(moved);
      return true;
    }
    const auto [alias, to] = moves_.front();
    moves_.pop_front();
    Observation move;
    move.effect = Effect::move;
    move.resource.id = alias;
    move.aliases = keep_.copy_of(std::span<const std::string_view>(&to, 1));
    see(move);
    return true;
  }

  void trim(uint64_t sequence) { trimmed_ = sequence; }
  const Record& record(std::string_view id = kInstance) { return records_[id]; }
  bool has_record(std::string_view id) const { return records_.contains(id); }
  size_t size() const { return entries_.size(); }
  size_t reads() const { return reads_; }
  const std::deque<Entry>& entries() const { return entries_; }

 private:
  void begin() {
    fold_.begin(entries_.size() + 1, kStart);
    reminders_seen_ = 0;
  }
  Seen take(const Observation& observation) {
    Result<Folded> folded = fold_.take({observation, "test", kStart});
    CHECK(folded.ok());
    if (folded->entry != nullptr) entries_.push_back(kept(*folded->entry));
    if (!folded->sent.empty()) {
      std::vector<Observation>& sent = sent_.emplace_back();
      for (const Entry& entry : folded->sent) sent.push_back(kept(entry).observation);
    }
    const FoldChanges changes = fold_.changes();
    for (const Record* record : changes.records) {
      const Record after = kept({.after = *record}).after;
      records_[after.resource.id] = after;
    }
    for (const AliasChange& change : changes.aliases) aliases_[change.alias] = change.resource_id;
    for (const std::string_view id : changes.removed) records_.erase(id);
    for (; reminders_seen_ < changes.reminders.size(); ++reminders_seen_) {
      const Reminder& reminder = changes.reminders[reminders_seen_];
      if (reminder.key.kind != ReminderKind::move) continue;
      moves_.push_back({reminder.key.resource_id, aliases_[reminder.key.resource_id]});
    }
    return {folded->fate, folded->entry == nullptr ? Told{} : entries_.back().told,
            folded->after == nullptr ? Record{} : kept({.after = *folded->after}).after};
  }
  // Texts of observations are constants here; spans are not, and records are the fold's.
  Entry kept(Entry entry) {
    own_texts(entry.after, keep_);
    entry.told.previous.value = keep_.copy(entry.told.previous.value);
    entry.observation.aliases = keep_.copy_of(entry.observation.aliases);
    return entry;
  }

  Fold fold_;
  Arena keep_;
  std::deque<Entry> entries_;
  std::map<std::string_view, Record> records_;
  std::map<std::string_view, std::string_view> aliases_;
  std::deque<std::pair<std::string_view, std::string_view>> moves_;
  std::deque<std::vector<Observation>> sent_;
  size_t reminders_seen_ = 0;
  uint64_t trimmed_ = 0;
  size_t reads_ = 0;
};

TEST(Fold, first_state_is_a_transition_without_a_previous_one) {
  History history;
  const History::Seen tracked = history.see(native(1, seconds(0), Phase::provisioning, "pending"));
  EXPECT_EQ(tracked.told.kind, NotificationKind::transition);
  EXPECT_EQ(tracked.told.previous.since, Time{});
  EXPECT_EQ(tracked.after.phase, Phase::provisioning);
  EXPECT_EQ(tracked.after.revision, 1u);
}

TEST(Fold, next_state_names_the_previous_one) {
  History history;
  history.see(native(1, seconds(0), Phase::provisioning, "pending"));
  const History::Seen tracked = history.see(native(2, seconds(14), Phase::stable, "running"));
  EXPECT_EQ(tracked.told.kind, NotificationKind::transition);
  EXPECT_EQ(tracked.told.previous.value, "pending");
  EXPECT_EQ(tracked.told.previous.since, kStart);
  EXPECT_EQ(tracked.after.revision, 2u);
}

TEST(Fold, repeat_is_a_duplicate_and_changes_nothing) {
  History history;
  history.see(native(1, seconds(0), Phase::provisioning, "pending"));
  history.see(native(2, seconds(14), Phase::stable, "running"));
  EXPECT_EQ(history.see(native(1, seconds(0), Phase::provisioning, "pending")).fate,
            Fate::duplicate);
  EXPECT_EQ(history.see(native(2, seconds(14), Phase::stable, "running")).fate, Fate::duplicate);
  EXPECT_EQ(history.record().revision, 2u);
  EXPECT_EQ(history.size(), 2u);
}

TEST(Fold, same_state_told_twice_is_not_a_transition) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "running"));
  const History::Seen tracked = history.see(native(2, seconds(5), Phase::stable, "running"));
  EXPECT_EQ(tracked.fate, Fate::recognised);
  EXPECT_EQ(tracked.told.kind, NotificationKind::none);
  EXPECT_EQ(tracked.after.revision, 1u);
}

TEST(Fold, call_before_a_state_is_its_likely_cause) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "running"));
  history.see(call(2, seconds(60), "StopInstances", "alice", kTowardStopped));
  const History::Seen stopping = history.see(native(3, seconds(62), Phase::changing, "stopping"));
  EXPECT_EQ(stopping.after.cause.actor, "alice");
  EXPECT_EQ(stopping.after.cause.confidence, Confidence::likely);
  EXPECT_EQ(history.see(native(4, seconds(90), Phase::stopped, "stopped")).after.cause.actor,
            "alice");
}

TEST(Fold, reason_of_a_state_stands_beside_its_cause_and_not_in_the_next_one) {
  History history;
  history.see(call(1, seconds(0), "StopTask", "alice", kAllPhases));
  Observation stopping = native(2, seconds(5), Phase::deprovisioning, "STOPPING");
  stopping.cause.reason = "out of memory";
  const Cause cause = history.see(stopping).after.cause;
  EXPECT_EQ(cause.actor, "alice");
  EXPECT_EQ(cause.reason, "out of memory");
  const Record gone = history.see(native(3, minutes(20), Phase::gone, "STOPPED")).after;
  EXPECT_EQ(gone.cause.actor, "alice");
  EXPECT_EQ(gone.cause.reason, "");
}

TEST(Fold, call_is_not_the_cause_of_what_follows_something_else) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "available"));
  history.see(call(2, minutes(1), "ModifyDBInstance", "alice",
                   phase_bit(Phase::changing) | phase_bit(Phase::stable)));
  EXPECT_EQ(history.see(native(3, minutes(8), Phase::degraded, "failing-over")).after.cause.actor,
            "");
  EXPECT_EQ(history.see(native(4, minutes(9), Phase::stable, "available")).after.cause.actor, "");
  // What it began, it may end.
  history.see(call(5, minutes(10), "RebootDBInstance", "bob", kAllPhases));
  EXPECT_EQ(history.see(native(6, minutes(11), Phase::degraded, "failing-over")).after.cause.actor,
            "bob");
  EXPECT_EQ(history.see(native(7, minutes(12), Phase::stable, "available")).after.cause.actor,
            "bob");
}

TEST(Fold, reason_without_a_cause_is_kept) {
  History history;
  Observation alarm = native(1, seconds(5), Phase::degraded, "ALARM");
  alarm.cause.reason = "Threshold Crossed";
  const Cause cause = history.see(alarm).after.cause;
  EXPECT_EQ(cause.kind, CauseKind::unknown);
  EXPECT_EQ(cause.reason, "Threshold Crossed");
}

TEST(Fold, call_toward_other_phases_is_not_the_cause) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "running"));
  history.see(call(2, seconds(60), "StopInstances", "alice", kTowardStopped));
  EXPECT_EQ(history.see(native(3, seconds(62), Phase::gone, "terminated")).after.cause.kind,
            CauseKind::unknown);
}

TEST(Fold, call_long_before_is_not_the_cause) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "running"));
  history.see(call(2, seconds(60), "StopInstances", "alice", kTowardStopped));
  const Duration late = seconds(60) + kCauseReach + seconds(1);
  EXPECT_EQ(history.see(native(3, late, Phase::stopped, "stopped")).after.cause.kind,
            CauseKind::unknown);
}

TEST(Fold, call_after_a_state_never_caused_it) {
  History history;
  history.see(native(1, seconds(0), Phase::stopped, "stopped"));
  const History::Seen tracked =
      history.see(call(2, seconds(1), "StopInstances", "alice", kTowardStopped));
  EXPECT_EQ(tracked.told.kind, NotificationKind::none);
  EXPECT_EQ(tracked.after.cause.kind, CauseKind::unknown);
}

TEST(Fold, late_call_amends_the_cause) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "running"));
  const History::Seen gone = history.see(native(3, seconds(64), Phase::gone, "terminated"));
  const History::Seen tracked =
      history.see(call(2, seconds(60), "TerminateInstances", "bob", kTowardGone));
  EXPECT_EQ(tracked.fate, Fate::recognised);
  EXPECT_EQ(tracked.told.kind, NotificationKind::amended);
  EXPECT_EQ(tracked.told.amends, gone.told.id);
  EXPECT_TRUE(tracked.told.late);
  EXPECT_EQ(tracked.after.cause.actor, "bob");
  EXPECT_EQ(tracked.after.phase, Phase::gone);
  EXPECT_EQ(tracked.after.revision, 3u);
}

TEST(Fold, native_event_after_the_state_may_name_its_cause) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "running"));
  history.see(native(2, seconds(64), Phase::gone, "terminated"));
  Observation scale_in = call(3, seconds(70), "", "web", kTowardGone);
  scale_in.key.stage = 1;
  scale_in.cause.kind = CauseKind::autoscaling;
  const History::Seen tracked = history.see(scale_in);
  EXPECT_EQ(tracked.told.kind, NotificationKind::amended);
  EXPECT_EQ(tracked.after.cause.kind, CauseKind::autoscaling);
}

// What the provider announces: nobody made a call.
Observation notice(uint8_t number, Duration at, PhaseSet toward) {
  Observation result = native(number, at, Phase::unknown, "");
  result.effect = Effect::configure;
  result.toward = toward;
  result.cause = {.kind = CauseKind::provider,
                  .confidence = Confidence::certain,
                  .actor = "EC2 Spot",
                  .evidence = "evidence-of-notice"};
  return result;
}

TEST(Fold, what_the_provider_announces_is_told_and_explains_only_what_comes_after_it) {
  for (const Duration at : {seconds(0), seconds(120)}) {
    History history;
    history.see(native(1, seconds(-60), Phase::stable, "running"));
    history.see(native(3, at, Phase::gone, "terminated"));
    const auto seen = history.see(notice(2, seconds(60), kTowardGone));
    EXPECT_EQ(seen.told.kind, NotificationKind::changed);
    const bool is_after = at > seconds(60);
    EXPECT_EQ(seen.after.cause.kind, is_after ? CauseKind::provider : CauseKind::unknown);
    EXPECT_EQ(seen.after.phase, Phase::gone);
  }
}

TEST(Fold, notice_gives_way_to_the_call_that_made_the_change_in_any_order) {
  for (const Duration noticed : {seconds(59), seconds(61), seconds(63), seconds(65)}) {
    std::vector<Observation> all = {native(1, seconds(0), Phase::stable, "running"),
                                    call(2, seconds(60), "StopInstances", "alice", kTowardStopped),
                                    notice(3, noticed, kTowardStopped),
                                    native(4, seconds(62), Phase::changing, "stopping"),
                                    native(5, seconds(64), Phase::stopped, "stopped")};
    std::vector<size_t> order = {0, 1, 2, 3, 4};
    do {
      History history;
      for (const size_t place : order) history.see(all[place]);
      EXPECT_EQ(history.record().cause.actor, "alice") << noticed / seconds(1);
    } while (std::ranges::next_permutation(order).found);
  }
}

TEST(Fold, many_notices_do_not_make_a_call_forgotten) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "running"));
  history.see(call(2, seconds(60), "StopInstances", "alice", kTowardStopped));
  for (uint8_t i = 0; i < 2 * kHintsMax; ++i) {
    history.see(notice(10 + i, seconds(61 + i), kTowardStopped));
  }
  EXPECT_EQ(history.see(native(3, seconds(90), Phase::stopped, "stopped")).after.cause.actor,
            "alice");
}

TEST(Fold, who_did_it_is_known_better_from_a_native_event_than_from_a_notice) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "running"));
  history.see(notice(2, seconds(60), kTowardGone));
  EXPECT_EQ(history.see(native(3, seconds(90), Phase::gone, "terminated")).after.cause.kind,
            CauseKind::provider);
  Observation scale_in = call(4, seconds(95), "", "web", kTowardGone);
  scale_in.key.stage = 1;
  scale_in.cause.kind = CauseKind::autoscaling;
  EXPECT_EQ(history.see(scale_in).after.cause.kind, CauseKind::autoscaling);
}

TEST(Fold, late_state_that_is_only_history_is_an_amendment) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "running"));
  history.see(native(3, seconds(90), Phase::stopped, "stopped"));
  const History::Seen tracked = history.see(native(2, seconds(60), Phase::changing, "stopping"));
  EXPECT_EQ(tracked.told.kind, NotificationKind::amended);
  EXPECT_EQ(tracked.after.value, "stopped");
  EXPECT_EQ(tracked.after.previous.value, "stopping");
}

TEST(Fold, same_change_told_under_two_ids_is_no_news_in_either_order) {
  History history;
  history.see(native(2, seconds(9), Phase::stable, "running"));
  EXPECT_EQ(history.see(native(1, seconds(9), Phase::stable, "running")).told.kind,
            NotificationKind::none);
  EXPECT_EQ(history.see(native(3, seconds(9), Phase::stable, "running")).told.kind,
            NotificationKind::none);
  EXPECT_EQ(history.record().revision, 1u);
}

TEST(Fold, late_state_that_is_the_current_one_is_a_transition) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "running"));
  history.see(call(3, seconds(200), "RebootInstances", "bob", kTowardStopped));
  const History::Seen tracked = history.see(native(2, seconds(90), Phase::stopped, "stopped"));
  EXPECT_EQ(tracked.told.kind, NotificationKind::transition);
  EXPECT_TRUE(tracked.told.late);
  EXPECT_EQ(tracked.after.value, "stopped");
}

TEST(Fold, what_is_gone_stays_gone_unless_its_id_is_reusable) {
  History instance;
  instance.see(native(1, seconds(0), Phase::gone, "terminated"));
  EXPECT_EQ(instance.see(native(2, seconds(9), Phase::stable, "running")).told.kind,
            NotificationKind::none);

  History bucket;
  Observation deleted = native(1, seconds(0), Phase::gone, "DeleteBucket");
  deleted.flags = kReusableId;
  bucket.see(deleted);
  EXPECT_EQ(bucket.see(native(2, seconds(9), Phase::stable, "CreateBucket")).told.kind,
            NotificationKind::transition);
}

TEST(Fold, refused_call_is_told_and_changes_nothing) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "running"));
  Observation refused = call(2, seconds(5), "TerminateInstances", "eve", kTowardGone);
  refused.effect = Effect::fail;
  refused.error = "AccessDenied";
  const History::Seen tracked = history.see(refused);
  EXPECT_EQ(tracked.told.kind, NotificationKind::failed);
  EXPECT_EQ(tracked.after.revision, 1u);
  EXPECT_EQ(history.see(native(3, seconds(9), Phase::gone, "terminated")).after.cause.kind,
            CauseKind::unknown);
}

// What a stack says that it could not do with a resource that has events of its own.
Observation failed_in_a_stack(uint8_t number, Duration at) {
  Observation failed = native(number, at, Phase::degraded, "");
  failed.effect = Effect::fail;
  failed.error = "CREATE_FAILED: no such class";
  failed.cause = {.kind = CauseKind::deployment,
                  .confidence = Confidence::certain,
                  .actor = "shop",
                  .actor_type = "Stack",
                  .evidence = "evidence-of-stack",
                  .reason = "no such class"};
  return failed;
}

TEST(Fold, failure_in_a_stack_is_told_and_leaves_the_phase_to_native_events) {
  History history;
  history.see(native(1, seconds(0), Phase::provisioning, "creating"));
  const History::Seen failed = history.see(failed_in_a_stack(2, seconds(5)));
  EXPECT_EQ(failed.told.kind, NotificationKind::failed);
  EXPECT_EQ(failed.after.phase, Phase::provisioning);
  const History::Seen ended = history.see(native(3, seconds(9), Phase::gone, "deleted"));
  EXPECT_EQ(ended.told.kind, NotificationKind::transition);
  EXPECT_EQ(ended.after.cause.actor, "shop") << "it may be the cause of what follows";
}

TEST(Fold, failure_in_a_stack_that_a_native_event_has_told_only_says_why) {
  History history;
  const History::Seen told =
      history.see(native(1, seconds(0), Phase::degraded, "incompatible-network"));
  const History::Seen failed = history.see(failed_in_a_stack(2, seconds(5)));
  EXPECT_EQ(failed.told.kind, NotificationKind::amended);
  EXPECT_EQ(failed.told.amends, told.told.id);
  EXPECT_EQ(failed.after.cause.actor, "shop");
  EXPECT_EQ(failed.after.cause.reason, "no such class");
  EXPECT_EQ(failed.after.value, "incompatible-network");
  EXPECT_EQ(history.see(failed_in_a_stack(3, seconds(6))).told.kind, NotificationKind::none)
      << "nothing new";
}

// Nobody asked for it, but where a call did.
TEST(Fold, failover_is_not_what_a_deployment_failed_at) {
  Observation failover = native(3, minutes(5), Phase::degraded, "failing-over");
  failover.toward = 0;
  History before;
  before.see(native(1, seconds(0), Phase::stable, "available"));
  before.see(failover);
  EXPECT_EQ(before.see(failed_in_a_stack(4, minutes(6))).told.kind, NotificationKind::failed);
  EXPECT_EQ(before.record().cause.kind, CauseKind::unknown);

  History after;
  after.see(native(1, seconds(0), Phase::stable, "available"));
  after.see(failed_in_a_stack(2, minutes(1)));
  EXPECT_EQ(after.see(failover).after.cause.kind, CauseKind::unknown);

  History asked;
  asked.see(native(1, seconds(0), Phase::stable, "available"));
  Observation call = native(2, minutes(4), Phase::unknown, "");
  call.effect = Effect::cause;
  call.cause = {.kind = CauseKind::human, .actor = "alice", .evidence = "e"};
  call.cause.call = "FailoverDBCluster";
  asked.see(call);
  EXPECT_EQ(asked.see(failover).after.cause.actor, "alice");
}

TEST(Fold, failure_in_a_stack_long_after_a_native_one_is_another) {
  History history;
  history.see(native(1, seconds(0), Phase::degraded, "incompatible-network"));
  EXPECT_EQ(history.see(failed_in_a_stack(2, hours(5))).told.kind, NotificationKind::failed);
}

TEST(Fold, late_failure_in_a_stack_is_told_once) {
  History history;
  history.see(native(1, seconds(0), Phase::provisioning, "creating"));
  history.see(native(3, seconds(9), Phase::gone, "deleted"));
  const Observation late = failed_in_a_stack(2, seconds(5));
  EXPECT_EQ(history.see(late).told.kind, NotificationKind::failed);
  EXPECT_EQ(history.record().phase, Phase::gone);
  EXPECT_EQ(history.record().cause.actor, "shop");
  EXPECT_EQ(history.see(late).fate, Fate::duplicate);
}

TEST(Fold, older_than_the_horizon_is_too_late) {
  History history;
  history.see(native(2, hours(24 * 31), Phase::stable, "running"));
  const History::Seen tracked = history.see(native(1, seconds(0), Phase::provisioning, "pending"));
  EXPECT_EQ(tracked.fate, Fate::too_late);
  EXPECT_EQ(tracked.told.kind, NotificationKind::none);
  EXPECT_EQ(history.record().value, "running");
}

TEST(Fold, more_than_the_bound_of_entries_back_is_too_late) {
  History history({.entries_back_max = 4});
  for (uint8_t i = 1; i <= 5; ++i) {
    history.see(native(i, minutes(i), Phase::stable, i % 2 ? "running" : "available"));
  }
  EXPECT_EQ(history.see(native(9, seconds(1), Phase::provisioning, "pending")).fate,
            Fate::too_late);
  EXPECT_EQ(history.see(native(8, minutes(3) + seconds(1), Phase::changing, "x")).fate,
            Fate::recognised);
}

TEST(Fold, what_was_too_late_does_not_count_among_the_entries_back) {
  History history({.entries_back_max = 4});
  history.see(native(1, hours(24 * 60), Phase::stable, "running"));
  for (uint8_t i = 2; i < 60; ++i) {
    ASSERT_EQ(history.see(native(i, minutes(i), Phase::stopped, "stopped")).fate, Fate::too_late);
  }
  const size_t reads = history.reads();
  const Duration before = hours(24 * 60) - seconds(20);
  const History::Seen late =
      history.see(call(99, before, "StartInstances", "alice", phase_bit(Phase::stable)));
  EXPECT_EQ(late.fate, Fate::recognised);
  EXPECT_EQ(late.after.cause.actor, "alice");
  EXPECT_LE(history.reads() - reads, 2u);
  // They are all in the chain that a timeline reads.
  size_t entries = 0;
  for (uint64_t at = history.size(); at != 0; at = history.entries()[at - 1].previous_sequence) {
    ++entries;
  }
  EXPECT_EQ(entries, history.size());
}

TEST(Fold, many_late_ones_in_one_commit_read_each_entry_once) {
  History history;
  std::vector<Observation> late;
  for (uint8_t i = 0; i < 100; ++i) {
    history.see(native(i, hours(1) + minutes(i), Phase::stable, i % 2 ? "a" : "b"));
    late.push_back(native(static_cast<uint8_t>(100 + i), minutes(i % 60), Phase::stable, "c"));
  }
  const size_t reads = history.reads();
  history.see_all(late);
  EXPECT_EQ(history.reads() - reads, 100u);
  EXPECT_EQ(history.size(), 200u);
}

TEST(Fold, beyond_a_trimmed_journal_is_too_late) {
  History history;
  history.see(native(1, minutes(1), Phase::provisioning, "pending"));
  history.see(native(2, minutes(2), Phase::stable, "running"));
  history.trim(1);
  EXPECT_EQ(history.see(native(3, seconds(1), Phase::provisioning, "pending")).fate,
            Fate::too_late);
}

TEST(Fold, repeat_of_an_event_without_a_time_is_found_by_its_id) {
  History history;
  Observation first = native(1, seconds(0), Phase::stable, "up");
  first.flags = kNoTime;
  history.see(first);
  Observation again = native(1, seconds(30), Phase::stable, "up");
  again.flags = kNoTime;
  EXPECT_EQ(history.see(again).fate, Fate::duplicate);
}

TEST(Fold, repeat_of_an_event_without_a_time_is_found_beyond_where_it_would_lie) {
  for (const uint8_t flag : {kNoTime, kFutureTime}) {
    History history;
    Observation first = native(1, seconds(0), Phase::stable, "up");
    first.flags = flag;
    history.see(first);
    history.see(native(2, seconds(10), Phase::stopped, "down"));
    history.see(native(3, seconds(2'000), Phase::stable, "up"));
    Observation again = native(1, seconds(30), Phase::stable, "up");
    again.flags = flag;
    EXPECT_EQ(history.see(again).fate, Fate::duplicate);
    Observation other = native(4, seconds(40), Phase::stable, "up");
    other.flags = flag;
    EXPECT_EQ(history.see(other).fate, Fate::recognised);
  }
}

TEST(Fold, event_without_a_time_never_overtakes_one_that_has_one) {
  const auto untimed = [](int id, Duration arrival, Phase phase, std::string_view value) {
    Observation observation = native(id, arrival, phase, value);
    observation.key.set_arrival(observation.time());
    observation.flags = kNoTime;
    return observation;
  };
  History history;
  history.see(untimed(1, seconds(100), Phase::provisioning, "pending"));
  history.see(untimed(2, seconds(200), Phase::stable, "running"));
  EXPECT_EQ(history.record().value, "running");  // In the order of arrival.
  history.see(native(3, seconds(10), Phase::stopped, "stopped"));
  EXPECT_EQ(history.record().value, "stopped");
  EXPECT_EQ(history.see(untimed(4, seconds(300), Phase::stable, "running")).fate, Fate::recognised);
  EXPECT_EQ(history.record().value, "stopped");
  EXPECT_EQ(history.see(untimed(4, seconds(400), Phase::stable, "running")).fate, Fate::duplicate);
}

TEST(Fold, tags_merge_and_are_removed) {
  History history;
  history.see(native(1, seconds(0), Phase::stable, "running"));
  const Tag added[] = {{"team", "shop"}, {"Name", "web-1"}};
  Observation tag = native(2, seconds(1), Phase::unknown, "");
  tag.effect = Effect::tag;
  tag.tags = added;
  EXPECT_EQ(history.see(tag).told.kind, NotificationKind::changed);
  ASSERT_EQ(history.record().tags.size(), 2u);
  EXPECT_EQ(history.record().tags[0].key, "Name");

  const Tag removed[] = {{"team", ""}};
  Observation untag = native(3, seconds(2), Phase::unknown, "");
  untag.effect = Effect::tag;
  untag.flags = kTagsRemoved;
  untag.tags = removed;
  history.see(untag);
  ASSERT_EQ(history.record().tags.size(), 1u);
  EXPECT_EQ(history.record().phase, Phase::stable);
}

TEST(Fold, tags_that_were_told_are_erased_by_a_call_and_by_no_look_up_that_found_none) {
  History history;
  const Tag told[] = {{"team", "shop"}};
  Observation first = native(1, seconds(0), Phase::stable, "running");
  first.tags = told;
  history.see(first);
  Observation none = native(2, seconds(1), Phase::unknown, "");
  none.effect = Effect::cause;
  none.flags = kTagsWhole;
  history.see(none);
  EXPECT_EQ(history.record().tags.size(), 1u);
  EXPECT_TRUE(history.record().has(kTagsWhole)) << "nobody needs to ask again";
  Observation all = native(3, seconds(2), Phase::unknown, "");
  all.effect = Effect::tag;
  all.flags = kTagsWhole;
  history.see(all);
  EXPECT_EQ(history.record().tags.size(), 0u);
}

TEST(Fold, what_nothing_else_moves_settles_when_its_time_has_passed) {
  History history;
  const Observation created = moving(1, seconds(0), Phase::provisioning, "CreateTable", minutes(5));
  history.see(created);
  EXPECT_EQ(history.record().settles_at, kStart + minutes(5));
  const History::Seen settled = history.see(settle_reminder_of(2, created));
  EXPECT_EQ(settled.told.kind, NotificationKind::transition);
  EXPECT_EQ(settled.told.previous.phase, Phase::provisioning);
  EXPECT_EQ(settled.after.phase, Phase::stable);
  EXPECT_EQ(settled.after.value, "CreateTable");
  EXPECT_EQ(settled.after.since, kStart + minutes(5));
  EXPECT_EQ(settled.after.cause.actor, "alice");
  EXPECT_EQ(settled.after.cause.evidence, "evidence-of-call");
  EXPECT_EQ(settled.after.settles_at, Time{});
  EXPECT_EQ(history.see(settle_reminder_of(2, created)).fate, Fate::duplicate);

  const Observation deleted =
      moving(3, minutes(9), Phase::deprovisioning, "DeleteTable", minutes(1));
  history.see(deleted);
  EXPECT_EQ(history.see(settle_reminder_of(4, deleted)).after.phase, Phase::gone);
}

TEST(Fold, what_is_being_stopped_is_stopped_when_its_time_has_passed) {
  History history;
  history.see(moving(1, seconds(0), Phase::stable, "CreateFleet", {}));
  const Observation stopping = moving(2, minutes(1), Phase::changing, "StopFleet", minutes(5));
  EXPECT_EQ(history.see(stopping).after.phase, Phase::changing);
  EXPECT_EQ(history.see(settle_reminder_of(3, stopping)).after.phase, Phase::stopped);
  const Observation starting = moving(4, minutes(9), Phase::provisioning, "StartFleet", minutes(5));
  history.see(starting);
  EXPECT_EQ(history.see(settle_reminder_of(5, starting)).after.phase, Phase::stable);
}

TEST(Fold, what_was_moved_before_its_time_does_not_settle) {
  History history;
  const Observation created = moving(1, seconds(0), Phase::provisioning, "CreateTable", minutes(5));
  const Observation deleted =
      moving(2, minutes(1), Phase::deprovisioning, "DeleteTable", minutes(5));
  history.see(created);
  history.see(deleted);
  const History::Seen nothing = history.see(settle_reminder_of(3, created));
  EXPECT_EQ(nothing.fate, Fate::recognised);
  EXPECT_EQ(nothing.told.kind, NotificationKind::none);
  EXPECT_EQ(nothing.after.phase, Phase::deprovisioning);
  EXPECT_EQ(nothing.after.revision, 2u);
  EXPECT_EQ(history.see(settle_reminder_of(4, deleted)).after.phase, Phase::gone);
}

TEST(Fold, what_does_not_move_the_phase_leaves_its_time_alone) {
  History history;
  const Observation created = moving(1, seconds(0), Phase::provisioning, "CreateTable", minutes(5));
  history.see(created);
  Observation configured = call(2, minutes(1), "UpdateTable", "bob", kAllPhases);
  configured.effect = Effect::configure;
  history.see(configured);
  EXPECT_EQ(history.see(settle_reminder_of(3, created)).after.phase, Phase::stable);
}

TEST(Fold, a_state_that_comes_after_the_reminder_but_was_before_it_wins) {
  History history;
  const Observation created = moving(1, seconds(0), Phase::provisioning, "CreateTable", minutes(5));
  history.see(created);
  history.see(settle_reminder_of(2, created));
  const History::Seen late = history.see(native(3, minutes(3), Phase::degraded, "INACCESSIBLE"));
  EXPECT_EQ(late.told.kind, NotificationKind::transition);
  EXPECT_EQ(late.after.phase, Phase::degraded);
  EXPECT_EQ(late.after.previous.phase, Phase::provisioning);
}

TEST(Fold, that_it_had_settled_before_something_else_is_not_told) {
  History history;
  const Observation created = moving(1, seconds(0), Phase::provisioning, "CreateTable", minutes(5));
  history.see(created);
  history.see(native(2, hours(1), Phase::degraded, "INACCESSIBLE"));
  const History::Seen late = history.see(settle_reminder_of(3, created));
  EXPECT_EQ(late.fate, Fate::recognised);
  EXPECT_EQ(late.told.kind, NotificationKind::none);
  EXPECT_EQ(late.after.phase, Phase::degraded);
  EXPECT_EQ(late.after.previous.phase, Phase::stable);
}

TEST(Fold, a_reminder_is_never_too_late_for_what_waits_for_it) {
  const Observation created = moving(1, seconds(0), Phase::provisioning, "CreateTable", minutes(5));
  Observation configured = call(2, hours(24 * 99), "UpdateTable", "bob", kAllPhases);
  configured.effect = Effect::configure;
  History beyond_the_horizon;
  beyond_the_horizon.see(created);
  beyond_the_horizon.see(configured);
  EXPECT_EQ(beyond_the_horizon.see(settle_reminder_of(3, created)).told.kind,
            NotificationKind::transition);
  EXPECT_EQ(beyond_the_horizon.record().phase, Phase::stable);

  History too_far_back({.entries_back_max = 4});
  too_far_back.see(created);
  for (uint8_t i = 10; i < 20; ++i) {
    configured.key = {.time_ns = to_ns(kStart + hours(i)), .event_id = event(i)};
    too_far_back.see(configured);
  }
  const History::Seen settled = too_far_back.see(settle_reminder_of(3, created));
  EXPECT_EQ(settled.told.kind, NotificationKind::transition);
  EXPECT_EQ(settled.after.phase, Phase::stable);
  EXPECT_EQ(settled.after.since, kStart + minutes(5));
  EXPECT_EQ(settled.after.newest, configured.key);
  EXPECT_EQ(too_far_back.see(settle_reminder_of(4, created)).fate, Fate::too_late);
}

// "path=to" of what the newest entry changed, "path=from>to" where it was something else before.
std::string changes_of(const History& history) {
  std::string text;
  for (const Change& change : history.entries().back().observation.changes) {
    text += text.empty() ? "" : " ";
    text += change.path;
    text += '=';
    if (!change.from.empty()) text.append(change.from).append(">");
    text += change.to;
  }
  return text;
}

TEST(Fold, what_a_call_sets_has_the_value_that_it_set_before) {
  using Set = std::vector<Change>;
  struct Case {
    const char* call;
    Set first;
    Set second;
    const char* told;
  };
  const Case cases[] = {
      {"ModifyDBInstance", {{"class", "", "a"}}, {{"class", "", "b"}}, "class=a>b"},
      // What is only repeated is no change, unless there is nothing else.
      {"UpdateFunction",
       {{"memory", "", "128"}, {"timeout", "", "3"}},
       {{"memory", "", "512"}, {"timeout", "", "3"}, {"role", "", "r"}},
       "memory=128>512 role=r"},
      {"UpdateFunction", {{"timeout", "", "3"}}, {{"timeout", "", "3"}}, "timeout=3"},
      // Another part of the resource.
      {"PutRolePolicy",
       {{"policyName", "", "one"}, {"document", "", "a"}},
       {{"policyName", "", "two"}, {"document", "", "b"}},
       "policyName=two document=b"},
      {"PutRolePolicy",
       {{"policyName", "", "one"}, {"document", "", "a"}},
       {{"policyName", "", "one"}, {"document", "", "b"}},
       "policyName=one document=a>b"},
      // Lists, and calls that add to what is there.
      {"ModifyDBInstance",
       {{"groups", "", "a"}},
       {{"groups", "", "b"}, {"groups", "", "c"}},
       "groups=b groups=c"},
      {"AuthorizeIngress", {{"port", "", "22"}}, {{"port", "", "443"}}, "port=443"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.told);
    History history;
    Observation set = call(1, minutes(1), each.call, "bob", kAllPhases);
    set.effect = Effect::configure;
    set.origin.type = each.call;
    set.changes = each.first;
    history.see(set);
    history.see(native(2, minutes(2), Phase::stable, "running"));
    Observation other = set;
    other.key.time_ns += to_ns(Time(minutes(2)));
    other.key.event_id = event(3);
    other.origin.type = "ModifyOther";
    history.see(other);
    set.key.time_ns += to_ns(Time(minutes(3)));
    set.key.event_id = event(4);
    set.changes = each.second;
    history.see(set);
    EXPECT_EQ(changes_of(history), each.told);
    // A late one is told as it is: what was before it is not looked for.
    set.key.time_ns -= 1;
    set.key.event_id = event(5);
    set.changes = each.first;
    history.see(set);
    EXPECT_EQ(changes_of(history).find('>'), std::string::npos);
  }
}

// What was set by another call since, or is set by the service, was another value before.
TEST(Fold, what_something_else_may_have_set_has_no_value_before) {
  struct Case {
    std::string_view type;
    std::string_view path;
    std::string_view between;  // What another call sets it to; empty: there is none.
    std::string_view told;
  };
  const Case cases[] = {
      {"AWS::AutoScaling::AutoScalingGroup", "desiredCapacity", "", "desiredCapacity=9"},
      {"AWS::EKS::Nodegroup", "scalingConfig.desiredSize", "", "scalingConfig.desiredSize=9"},
      {"AWS::EKS::Nodegroup", "scalingConfig.maxSize", "", "scalingConfig.maxSize=2>9"},
      {"AWS::EKS::Nodegroup", "scalingConfig.maxSize", "5", "scalingConfig.maxSize=9"},
      {"AWS::EKS::Nodegroup", "scalingConfig.maxSize", "2", "scalingConfig.maxSize=2>9"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.told);
    History history;
    std::deque<Change> changes;
    uint8_t number = 1;
    const auto set = [&](std::string_view name, std::string_view to) {
      Observation made = call(number, minutes(number), "UpdateGroup", "bob", kAllPhases);
      ++number;
      made.effect = Effect::configure;
      made.origin.type = name;
      made.resource.type = each.type;
      made.changes = std::span(&changes.emplace_back(Change{each.path, "", to}), 1);
      history.see(made);
    };
    set("UpdateGroup", "2");
    if (!each.between.empty()) set("SetOther", each.between);
    set("UpdateGroup", "9");
    EXPECT_EQ(changes_of(history), each.told);
  }
}

// What was before is a matter of keys, not of arrival; and what cannot be told hides what is older.
TEST(Fold, what_was_set_last_counts_in_any_order_of_arrival) {
  using Set = std::vector<Change>;
  struct Step {
    int at;  // Minutes.
    Set set;
  };
  struct Case {
    std::vector<Step> steps;
    const char* told;
  };
  const auto one = [](const char* to) { return Set{{"class", "", to}}; };
  const Case cases[] = {
      {{{10, one("ten")}, {5, one("five")}, {20, one("now")}}, "class=ten>now"},
      {{{5, one("five")}, {10, one("ten")}, {20, one("now")}}, "class=ten>now"},
      {{{1, one("a")}, {2, {{"class", "", "b"}, {"class", "", "c"}}}, {3, one("d")}}, "class=d"},
      {{{1, one("a")}, {2, one("")}, {3, one("b")}}, "class=b"},
      {{{1, one("a")}, {2, {{"class", "", ""}, {"size", "", "1"}}}}, "class=a> size=1"},
      {{{1, one("a")}, {2, {{"isValid", "", "true"}, {"class", "", "b"}}}},
       "isValid=true class=a>b"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.told);
    History history;
    uint8_t number = 1;
    for (const Step& step : each.steps) {
      Observation set = call(number++, minutes(step.at), "ModifyDBInstance", "bob", kAllPhases);
      set.effect = Effect::configure;
      set.origin.type = "ModifyDBInstance";
      set.changes = step.set;
      history.see(set);
    }
    EXPECT_EQ(changes_of(history), each.told);
  }
}

TEST(Fold, a_type_that_an_event_knew_is_not_replaced_by_what_the_arn_says) {
  struct Case {
    const char* id;
    const char* first;
    const char* second;
    const char* kept;
  };
  const char* const cluster = "arn:aws:rds:eu-west-1:123456789012:cluster:graph";
  for (const Case& each :
       {Case{cluster, "AWS::Neptune::DBCluster", "AWS::RDS::DBCluster", "AWS::Neptune::DBCluster"},
        Case{cluster, "AWS::RDS::DBCluster", "AWS::Neptune::DBCluster", "AWS::Neptune::DBCluster"},
        Case{cluster, "AWS::RDS::Cluster", "AWS::RDS::DBCluster", "AWS::RDS::DBCluster"},
        Case{"urn:aws:1:r:t:x", "AWS::Shop::A", "AWS::RDS::DBCluster", "AWS::RDS::DBCluster"}}) {
    History history;
    Observation first = native(1, minutes(1), Phase::provisioning, "creating");
    first.resource.id = each.id;
    first.resource.type = each.first;
    history.see(first);
    Observation second = native(2, minutes(2), Phase::stable, "available");
    second.resource = first.resource;
    second.resource.type = each.second;
    EXPECT_EQ(history.see(second).after.resource.type, std::string_view(each.kept));
  }
}

// A call that makes what is not there.
Observation putting(uint8_t number, Duration at, std::string_view value, Phase phase) {
  Observation put = call(number, at, "PutRule", "bob", kAllPhases);
  put.effect = Effect::state;
  put.origin.type = "PutRule";
  put.phase = phase;
  put.value = value;
  put.flags |= kPut;
  return put;
}

TEST(Fold, a_call_that_puts_makes_what_is_not_there_and_sets_what_is) {
  History history;
  Observation put = putting(1, minutes(1), "PutRule", Phase::stable);
  const std::vector<Change> first = {{"schedule", "", "rate(1 hour)"}};
  put.changes = first;
  EXPECT_EQ(history.see(put).told.kind, NotificationKind::transition);
  EXPECT_EQ(history.record().phase, Phase::stable);

  Observation again = putting(2, minutes(2), "PutRule", Phase::stable);
  const std::vector<Change> second = {{"schedule", "", "rate(2 hours)"}};
  again.changes = second;
  EXPECT_EQ(history.see(again).told.kind, NotificationKind::changed);
  EXPECT_EQ(changes_of(history), "schedule=rate(1 hour)>rate(2 hours)");
  EXPECT_EQ(history.record().since, kStart + minutes(1));

  // It says nothing of a phase that it does not name.
  history.see(native(3, minutes(3), Phase::degraded, "FAILING"));
  EXPECT_EQ(history.see(putting(4, minutes(4), "PutRule", Phase::stable)).told.kind,
            NotificationKind::changed);
  EXPECT_EQ(history.record().phase, Phase::degraded);

  // One that names the state moves to it.
  EXPECT_EQ(history.see(putting(5, minutes(5), "DISABLED", Phase::stopped)).told.kind,
            NotificationKind::transition);
  EXPECT_EQ(history.record().phase, Phase::stopped);
  EXPECT_EQ(history.see(putting(6, minutes(6), "DISABLED", Phase::stopped)).told.kind,
            NotificationKind::changed);
  EXPECT_EQ(history.see(putting(7, minutes(7), "ENABLED", Phase::stable)).told.kind,
            NotificationKind::transition);
}

TEST(Fold, a_call_that_puts_makes_again_what_is_gone_if_its_id_may_come_back) {
  History history;
  Observation gone = native(1, minutes(1), Phase::gone, "DeleteRule");
  gone.flags |= kReusableId;
  history.see(gone);
  EXPECT_EQ(history.see(putting(2, minutes(2), "PutRule", Phase::stable)).told.kind,
            NotificationKind::transition);
  EXPECT_EQ(history.record().phase, Phase::stable);
  // In whichever order they come.
  EXPECT_EQ(history.see(putting(3, seconds(30), "PutRule", Phase::stable)).after.phase,
            Phase::stable);
}

TEST(Fold, a_value_that_was_set_long_ago_is_not_looked_for) {
  History history;
  Observation set = call(1, minutes(1), "ModifyDBInstance", "bob", kAllPhases);
  set.effect = Effect::configure;
  set.origin.type = "ModifyDBInstance";
  const std::vector<Change> first = {{"class", "", "a"}};
  set.changes = first;
  history.see(set);
  for (uint8_t i = 2; i < 200; ++i) {
    history.see(native(i, minutes(i), i % 2 == 0 ? Phase::stable : Phase::changing, "x"));
  }
  set.key.time_ns = to_ns(kStart + hours(9));
  set.key.event_id = event(201);
  const std::vector<Change> second = {{"class", "", "b"}};
  set.changes = second;
  const size_t before = history.reads();
  history.see(set);
  EXPECT_EQ(changes_of(history), "class=b");
  EXPECT_LE(history.reads() - before, kSettingEntriesBackMax);
}

TEST(Fold, a_reminder_that_nobody_waits_for_changes_nothing) {
  History history;
  const Observation created = moving(1, seconds(0), Phase::provisioning, "CreateTable", minutes(5));
  history.see(created);
  Observation early = settle_reminder_of(2, created);
  early.key.time_ns -= 1;
  EXPECT_EQ(history.see(early).told.kind, NotificationKind::none);
  EXPECT_EQ(history.record().phase, Phase::provisioning);
  EXPECT_EQ(history.see(settle_reminder_of(3, created)).after.phase, Phase::stable);
}

// What the fold promises to be the same for every order of arrival.
std::string folded_text(const Record& record) {
  std::string text = std::string(name_of(record.phase)) + "/" + std::string(record.value) + "/" +
                     format_time(record.since) + "/" + std::string(record.previous.value) + "/" +
                     format_time(record.previous.since) + "/" + std::string(record.cause.actor) +
                     "/" + std::string(name_of(record.cause.confidence)) + "/" +
                     std::to_string(record.newest.time_ns) + "/" + format_time(record.settles_at);
  for (const Tag& tag : record.tags) {
    text += "/" + std::string(tag.key) + "=" + std::string(tag.value);
  }
  for (const Hint& hint : record.hints) text += "/" + std::string(hint.cause.actor);
  return text;
}

std::vector<Observation> random_life(std::mt19937_64& random) {
  constexpr std::string_view kActors[] = {"alice", "bob", "carol", "dan"};
  static const Tag kTags[][1] = {{{"team", "a"}}, {{"team", "b"}}, {{"Name", "n"}}};
  struct State {
    Phase phase;
    std::string_view value;
  };
  constexpr State kStates[] = {{Phase::provisioning, "pending"}, {Phase::stable, "running"},
                               {Phase::changing, "stopping"},    {Phase::stopped, "stopped"},
                               {Phase::degraded, "impaired"},    {Phase::gone, "terminated"}};
  std::vector<Observation> life;
  const size_t count = 3 + random() % 20;
  const bool reusable = random() % 2 == 0;
  for (size_t i = 0; i < count; ++i) {
    const auto number = static_cast<uint8_t>(i + 1);
    const Duration at = seconds(random() % 3000);
    switch (random() % 5) {
      case 0: {
        const auto toward = static_cast<PhaseSet>(random());
        life.push_back(call(number, at, "Call", kActors[random() % 4], toward));
        if (random() % 3 == 0) life.back().key.stage = 1;
        break;
      }
      case 1:
        life.push_back(native(number, at, Phase::unknown, ""));
        life.back().effect = Effect::tag;
        life.back().tags = kTags[random() % 3];
        if (random() % 3 == 0) life.back().flags = kTagsRemoved;
        break;
      default: {
        const State& state = kStates[random() % 6];
        life.push_back(native(number, at, state.phase, state.value));
        if (reusable) life.back().flags = kReusableId;
        if (random() % 3 != 0) break;
        const Phase phase = random() % 3 == 0 ? Phase::deprovisioning : Phase::provisioning;
        Observation moved = moving(number, at, phase, "Call", seconds(1 + random() % 600));
        moved.flags = life.back().flags;
        life.back() = moved;
        life.push_back(settle_reminder_of(static_cast<uint8_t>(100 + number), moved));
      }
    }
  }
  return life;
}

TEST(Fold, any_order_and_any_repeats_end_in_the_same_record) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::vector<Observation> life = random_life(random);
    std::sort(life.begin(), life.end(),
              [](const Observation& a, const Observation& b) { return a.key < b.key; });
    History in_order;
    for (const Observation& each : life) in_order.see(each);
    for (int shuffles = 0; shuffles < 4; ++shuffles) {
      std::vector<Observation> arrival = life;
      for (size_t i = 0, n = random() % life.size(); i < n; ++i) {
        arrival.push_back(life[random() % life.size()]);
      }
      std::shuffle(arrival.begin(), arrival.end(), random);
      History shuffled;
      for (const Observation& each : arrival) shuffled.see(each);
      ASSERT_EQ(folded_text(shuffled.record()), folded_text(in_order.record()))
          << "round " << round;
      ASSERT_EQ(shuffled.size(), life.size());
    }
  }
}

// As before, but any observation may come by the alias, and any may be the first that names it.
TEST(Fold, aliases_learned_at_any_moment_end_in_the_same_record) {
  constexpr std::string_view kAlias = "name:web";
  constexpr std::string_view kAliases[] = {kAlias};
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::vector<Observation> life = random_life(random);
    std::sort(life.begin(), life.end(),
              [](const Observation& a, const Observation& b) { return a.key < b.key; });
    History by_id;
    for (const Observation& each : life) by_id.see(each);
    for (int shuffles = 0; shuffles < 4; ++shuffles) {
      std::vector<Observation> arrival = life;
      for (Observation& each : arrival) {
        if (random() % 2) each.resource.id = kAlias;
      }
      Observation& teacher = arrival[random() % arrival.size()];
      teacher.resource.id = kInstance;
      teacher.aliases = kAliases;
      for (size_t i = 0, n = random() % life.size(); i < n; ++i) {
        arrival.push_back(arrival[random() % life.size()]);
      }
      std::shuffle(arrival.begin(), arrival.end(), random);
      History history;
      for (size_t at = 0; at < arrival.size();) {
        const size_t count = std::min(1 + random() % 4, arrival.size() - at);
        history.see_all(std::span(arrival).subspan(at, count));
        at += count;
        if (random() % 3 == 0) history.fire_one();
      }
      while (history.fire_one()) continue;
      ASSERT_EQ(folded_text(history.record()), folded_text(by_id.record())) << "round " << round;
      ASSERT_FALSE(history.has_record(kAlias));
    }
  }
}

}  // namespace
}  // namespace statewire
