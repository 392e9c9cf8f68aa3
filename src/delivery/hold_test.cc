#include "delivery/hold.h"

#include <gtest/gtest.h>

#include "model/notification.h"

namespace statewire {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
const Time kHeldAt = *parse_time("2026-11-23T09:00:00Z");

class HoldTest : public testing::Test {
 protected:
  HoldTest() {
    subscription_.name = "people";
    subscription_.hold = {.for_cause = true, .for_tags = true};
  }

  // A transition of `resource` whose cause and tags are not known yet.
  Entry entry(uint64_t sequence, std::string_view resource) {
    Entry entry;
    entry.sequence = sequence;
    entry.source = "bus";
    entry.received = entry.recorded = kHeldAt;
    entry.observation.resource.id = resource;
    entry.observation.key.time_ns = to_ns(kHeldAt);
    entry.observation.key.event_id.bytes[0] = static_cast<uint8_t>(sequence);
    entry.after.resource = entry.observation.resource;
    entry.after.phase = Phase::gone;
    entry.told = {.kind = NotificationKind::transition,
                  .id = transition_id(entry.observation, NotificationKind::transition)};
    entry.after.told = entry.told.id;
    return entry;
  }
  // One that says nothing new of its own: it only tells what `of` was caused by.
  Entry cause_of(const Entry& of, uint64_t sequence) {
    Entry later = entry(sequence, of.observation.resource.id);
    later.after.told = of.told.id;
    later.after.cause = {.kind = CauseKind::human, .actor = "alice", .evidence = "e"};
    later.told = {.kind = NotificationKind::amended,
                  .id = amendment_id(of.told.id, later.observation.event_id()),
                  .amends = of.told.id};
    return later;
  }
  Entry tags_of(const Entry& of, uint64_t sequence) {
    Entry later = entry(sequence, of.observation.resource.id);
    later.observation.tags = later.after.tags = tags_;
    later.after.told = of.told.id;
    later.told = {};
    return later;
  }

  // True where it waits.
  bool offer(const Entry& entry) {
    routable_.set(notification_of(entry, Teller{}));
    DeliveryRow row;
    const Decision decision = hold_.decide(entry, routable_, kHeldAt, row);
    if (!decision.waits()) return false;
    Booked& booked = book_.add(std::move(row), kHeldAt);
    booked.row.wait = booked.row.due - kHeldAt;  // As the book writes it.
    hold_.add(booked);
    if (decision.is_urgent) hold_.end_waits(booked.row.resource);
    return true;
  }
  std::vector<uint64_t> ready(Time now = kHeldAt) {
    std::vector<uint64_t> sequences;
    while (const Booked* booked = hold_.claim_ready(now, now)) {
      sequences.push_back(booked->row.first_sequence);
    }
    return sequences;
  }
  using Sequences = std::vector<uint64_t>;

  Subscription subscription_{.when = Pattern::everything()};
  HoldStage hold_{subscription_, {}, nullptr};
  Book book_{"people"};
  Routable routable_;
  const std::vector<Tag> tags_{{"team", "shop"}};
};

TEST_F(HoldTest, waits_until_cause_and_tags_are_known) {
  const Entry held = entry(1, "a");
  ASSERT_TRUE(offer(held));
  EXPECT_TRUE(hold_.learn(cause_of(held, 2)).is_absorbed);
  EXPECT_EQ(ready(), Sequences{});
  EXPECT_FALSE(hold_.learn(tags_of(held, 3)).is_absorbed);
  Arena arena;
  const Result<Entry> completed = unpack_entry(book_.find(1)->row.entry, arena);
  EXPECT_EQ(completed->after.cause.actor, "alice");
  EXPECT_EQ(completed->after.tags.size(), 1u);
  EXPECT_EQ(ready(), Sequences{1});
  EXPECT_EQ(hold_.size(), 0u);
  EXPECT_EQ(hold_.entry_bytes(), 0u);
}

TEST_F(HoldTest, learns_with_the_cause_whether_the_code_did_it) {
  const Entry held = entry(1, "a");
  ASSERT_TRUE(offer(held));
  Entry late = cause_of(held, 2);
  Arena packed;
  std::string group;
  append_header({.inventory = "shop", .tool = "terraform", .stack = {}, .via = {}, .items = {}},
                group);
  append_item({.is_part = false, .address = "aws_instance.web", .file = "web.tf", .line = "3"},
              group);
  late.after.declared = group;
  late.after.drift = Drift::lost;
  late.after.drift_since = kHeldAt;
  late.after.touch =
      pack({.actor = "alice", .tool = {}, .what = "x", .part = {}, .evidence = {}}, packed);
  EXPECT_TRUE(hold_.learn(late).is_absorbed);
  Arena arena;
  const Result<Entry> completed = unpack_entry(book_.find(1)->row.entry, arena);
  const Notification told = notification_of(*completed, Teller{});
  EXPECT_EQ(told.drift, Drift::lost);
  EXPECT_EQ(told.severity, kError);
  EXPECT_EQ(told.owner.address, "aws_instance.web");
  EXPECT_EQ(told.touch.actor, "alice");
}

// Stopped, and started again before it was known who had stopped it: the call is the cause of two
// that wait, and not of the newest.
TEST_F(HoldTest, waits_for_no_cause_that_never_comes) {
  subscription_.hold = {.for_cause = true};
  Entry alarm = entry(1, "alarm");
  alarm.observation.toward = 0;
  EXPECT_FALSE(offer(alarm)) << "nobody asks for it";
  Entry stuck = entry(2, "a");
  stuck.observation.effect = Effect::overdue;
  stuck.told.kind = NotificationKind::stuck;
  EXPECT_FALSE(offer(stuck));
  Entry flapping = entry(3, "b");
  flapping.observation.effect = Effect::turning;
  flapping.told.kind = NotificationKind::flapping;
  EXPECT_FALSE(offer(flapping));
  Entry notice = entry(4, "c");
  notice.observation.effect = Effect::configure;
  notice.told.kind = NotificationKind::changed;
  EXPECT_FALSE(offer(notice)) << "it tells of its own event alone";
  EXPECT_TRUE(offer(entry(5, "d")));
}

TEST_F(HoldTest, what_is_told_of_a_state_that_waits_learns_its_cause_too) {
  subscription_.hold = {.for_cause = true};
  const Entry held = entry(1, "a");
  ASSERT_TRUE(offer(held));
  Entry flapping = entry(2, "a");
  flapping.observation.effect = Effect::turning;
  flapping.told.kind = NotificationKind::flapping;
  flapping.after.told = held.told.id;
  ASSERT_TRUE(offer(flapping)) << "behind what it is about";
  hold_.learn(cause_of(held, 3));
  Arena arena;
  EXPECT_EQ(unpack_entry(book_.find(2)->row.entry, arena)->after.cause.actor, "alice");
  EXPECT_EQ(ready(), (Sequences{1, 2}));
}

// Nobody waits for the news that it is broken until it is known who started it.
TEST_F(HoldTest, what_is_urgent_ends_the_wait_of_what_is_before_it) {
  subscription_.hold = {.for_cause = true};
  ASSERT_TRUE(offer(entry(1, "a")));
  ASSERT_TRUE(offer(entry(2, "b")));
  ASSERT_TRUE(offer(entry(3, "a")));
  Entry failed = entry(4, "a");
  failed.observation.toward = 0;
  failed.observation.severity = kWarn;
  ASSERT_TRUE(offer(failed)) << "in its turn";
  EXPECT_EQ(ready(), Sequences{});
  failed.sequence = 5;
  failed.observation.severity = kError;
  ASSERT_TRUE(offer(failed)) << "in its turn";
  EXPECT_EQ(ready(), (Sequences{1, 3, 4, 5}));
  EXPECT_EQ(hold_.size(), 1u) << "what waits for another resource";
}

TEST_F(HoldTest, what_is_urgent_and_waits_itself_ends_no_wait) {
  subscription_.hold = {.for_cause = true};
  ASSERT_TRUE(offer(entry(1, "a")));
  Entry gone = entry(2, "a");
  gone.observation.severity = kError;
  ASSERT_TRUE(offer(gone));
  EXPECT_EQ(ready(), Sequences{});
  hold_.learn(cause_of(gone, 3));
  EXPECT_EQ(ready(), (Sequences{1, 2})) << "now it waits for nothing";
}

TEST_F(HoldTest, a_late_call_explains_all_that_it_led_to) {
  const auto state = [&](uint64_t sequence, Phase phase, Phase before) {
    Entry result = entry(sequence, "a");
    const Time time = kHeldAt + seconds(10 * sequence);
    result.observation.key.set_time(time);
    result.after.phase = phase;
    result.after.since = time;
    result.after.previous = result.told.previous = {before, {}, time - seconds(10)};
    result.after.tags = tags_;
    return result;
  };
  ASSERT_TRUE(offer(state(1, Phase::changing, Phase::stable)));
  ASSERT_TRUE(offer(state(2, Phase::stopped, Phase::changing)));
  ASSERT_TRUE(offer(state(3, Phase::provisioning, Phase::stopped)));
  const Entry newest = state(4, Phase::stable, Phase::provisioning);
  ASSERT_TRUE(offer(newest));
  Entry call = newest;
  call.told = {.late = true};
  call.observation.effect = Effect::cause;
  call.observation.toward = phase_bit(Phase::changing) | phase_bit(Phase::stopped);
  call.observation.key.set_time(kHeldAt + seconds(9));
  call.observation.cause = {.kind = CauseKind::human, .actor = "alice", .evidence = "e"};
  call.observation.cause.call = "StopInstances";
  EXPECT_EQ(hold_.learn(call).changed.size(), 2u);
  EXPECT_EQ(ready(), (Sequences{1, 2}));
  Arena arena;
  const Result<Entry> stopped = unpack_entry(book_.find(2)->row.entry, arena);
  EXPECT_EQ(stopped->after.cause.actor, "alice");
  EXPECT_EQ(stopped->after.cause.confidence, Confidence::guess);
  call.observation.toward = phase_bit(Phase::provisioning) | phase_bit(Phase::stable);
  EXPECT_TRUE(hold_.learn(call).changed.empty()) << "it was asked for before the stop";
  call.observation.key.set_time(kHeldAt + seconds(25));
  call.after.cause = call.observation.cause;
  EXPECT_EQ(hold_.learn(call).changed.size(), 2u);
  EXPECT_EQ(ready(), (Sequences{3, 4}));
}

// It waits for its tags; the notice came before the call that made the change.
TEST_F(HoldTest, a_call_is_a_better_cause_than_a_notice) {
  Entry held = entry(1, "a");
  held.after.since = kHeldAt;
  held.after.cause = {.kind = CauseKind::provider, .actor = "EC2 Spot", .evidence = "n"};
  ASSERT_TRUE(offer(held));
  Entry call = entry(2, "a");
  call.told = {};
  call.after.told = {};
  call.observation.effect = Effect::cause;
  call.observation.toward = phase_bit(Phase::gone);
  call.observation.key.set_time(kHeldAt - seconds(5));
  call.observation.cause = {.kind = CauseKind::provider, .actor = "Health", .evidence = "m"};
  EXPECT_TRUE(hold_.learn(call).changed.empty());
  call.observation.cause = {.kind = CauseKind::human, .actor = "alice", .evidence = "e"};
  call.observation.cause.call = "TerminateInstances";
  EXPECT_EQ(hold_.learn(call).changed.size(), 1u);
  Arena arena;
  EXPECT_EQ(unpack_entry(book_.find(1)->row.entry, arena)->after.cause.actor, "alice");
}

// What holds of the newest state was brought about by somebody else.
TEST_F(HoldTest, a_late_call_is_judged_by_who_made_it) {
  std::string declared;
  append_header({.inventory = "shop", .tool = "terraform", .stack = {}, .via = {}, .items = {}},
                declared);
  uint64_t number = 0;
  const auto verdict_on = [&](const Cause& cause) {
    Entry held = entry(++number, "a");
    held.after.tags = tags_;
    held.observation.key.set_time(kHeldAt);
    held.after.phase = Phase::stopped;
    held.after.since = kHeldAt;
    held.after.declared = declared;
    held.after.drift = Drift::none;
    EXPECT_TRUE(offer(held));
    Entry call = entry(9, "a");
    call.told = {.late = true};
    call.after.declared = declared;
    call.after.drift = cause.tool.empty() ? Drift::none : Drift::out_of_band;
    call.observation.effect = Effect::cause;
    call.observation.toward = phase_bit(Phase::stopped);
    call.observation.key.set_time(kHeldAt - seconds(1));
    call.observation.cause = cause;
    EXPECT_EQ(hold_.learn(call).changed.size(), 1u);
    Arena arena;
    const Result<Entry> learned = unpack_entry(book_.find(number)->row.entry, arena);
    EXPECT_EQ(ready(), Sequences{number});
    return learned->after.drift;
  };
  EXPECT_EQ(verdict_on({.kind = CauseKind::deployment,
                        .actor = "ci",
                        .tool = "terraform",
                        .call = "DisableRule",
                        .evidence = "e"}),
            Drift::none);
  const auto by_alice = [](std::string_view call) {
    return Cause{.kind = CauseKind::human, .actor = "alice", .call = call, .evidence = "e"};
  };
  EXPECT_EQ(verdict_on(by_alice("DisableRule")), Drift::out_of_band);
  EXPECT_EQ(verdict_on(by_alice("StopInstances")), Drift::none);
}

TEST_F(HoldTest, learns_what_was_before_it) {
  Entry held = entry(1, "a");
  held.told.previous = {.phase = Phase::stable, .value = "running"};
  ASSERT_TRUE(offer(held));
  Entry late = cause_of(held, 2);
  late.after.cause = {};
  late.after.previous = {.phase = Phase::changing, .value = "stopping"};
  EXPECT_TRUE(hold_.learn(late).is_absorbed);
  Arena arena;
  EXPECT_EQ(unpack_entry(book_.find(1)->row.entry, arena)->told.previous.value, "stopping");
  EXPECT_EQ(ready(), Sequences{}) << "the cause is still to come";
}

TEST_F(HoldTest, an_amendment_that_waits_learns_its_cause_from_another) {
  const Entry told = entry(1, "a");
  Entry first = cause_of(told, 2);
  first.after.cause = {};
  first.after.tags = tags_;
  ASSERT_TRUE(offer(first));
  EXPECT_EQ(ready(), Sequences{});
  EXPECT_FALSE(hold_.learn(cause_of(told, 3)).is_absorbed) << "it is told, too";
  EXPECT_EQ(ready(), Sequences{2});
}

// All look-ups are over that ever were.
class EndedLookups final : public TagLookup {
 public:
  void want(const Identity&, Time) override {}
  bool is_over(std::string_view) const override { return ended_ > 0; }
  uint64_t ended() const override { return ended_; }
  uint64_t ended_ = 0;
};

// While a backlog is read nothing was heard of any time yet.
TEST_F(HoldTest, look_ups_are_seen_by_the_clock) {
  EndedLookups lookups;
  HoldStage hold(subscription_, {}, &lookups);
  Entry held = entry(1, "a");
  held.after.cause = {.kind = CauseKind::human, .actor = "alice", .evidence = "e"};
  routable_.set(notification_of(held, Teller{}));
  DeliveryRow row;
  ASSERT_TRUE(hold.decide(held, routable_, kHeldAt, row).waits());
  hold.add(book_.add(std::move(row), kHeldAt));
  lookups.ended_ = 1;
  EXPECT_NE(hold.claim_ready(Time::min(), kHeldAt), nullptr);
}

// Where its tags may say that it is ignored, it waits longer for them, and for its cause no longer.
TEST_F(HoldTest, waits_for_its_cause_no_longer_than_it_says_once_its_look_up_is_over) {
  subscription_.hold = {.for_cause = true, .at_most = seconds(20)};
  const When ignored[1];
  EndedLookups lookups;
  HoldStage hold(subscription_, ignored, &lookups);
  const auto decide = [&](uint64_t sequence, std::string_view id) -> DeliveryRow& {
    const Entry held = entry(sequence, id);
    routable_.set(notification_of(held, Teller{}));
    DeliveryRow row;
    EXPECT_TRUE(hold.decide(held, routable_, kHeldAt, row).waits());
    Booked& booked = book_.add(std::move(row), kHeldAt);
    hold.add(booked);
    return booked.row;
  };
  DeliveryRow& asked = decide(1, "a");
  EXPECT_EQ(asked.due, kHeldAt + minutes(10));
  lookups.ended_ = 1;
  EXPECT_EQ(hold.claim_ready(kHeldAt, kHeldAt), nullptr);
  EXPECT_EQ(asked.due, kHeldAt + seconds(20));
  EXPECT_EQ(hold.next_due(), kHeldAt + seconds(20));
  EXPECT_EQ(decide(2, "b").due, kHeldAt + seconds(20));
}

TEST_F(HoldTest, passes_when_its_time_is_over) {
  ASSERT_TRUE(offer(entry(1, "a")));
  EXPECT_EQ(hold_.next_due(), kHeldAt + minutes(10));
  EXPECT_EQ(ready(kHeldAt + minutes(9)), Sequences{});
  EXPECT_EQ(ready(kHeldAt + minutes(10)), Sequences{1});
  EXPECT_EQ(hold_.next_due(), std::nullopt);
}

TEST_F(HoldTest, what_comes_behind_waits_and_goes_in_order) {
  const Entry first = entry(1, "a");
  ASSERT_TRUE(offer(first));
  Entry second = entry(2, "a");
  second.after.cause.kind = CauseKind::human;
  second.after.tags = tags_;
  ASSERT_TRUE(offer(second)) << "all of it is known, but one before it waits";
  Entry other = second;
  other.observation.resource.id = other.after.resource.id = "b";
  EXPECT_FALSE(offer(other));
  EXPECT_EQ(ready(), Sequences{});
  EXPECT_EQ(ready(kHeldAt + minutes(10)), (Sequences{1, 2}));
}

TEST_F(HoldTest, after_a_restart_it_waits_for_the_same) {
  const Entry held = entry(1, "a");
  ASSERT_TRUE(offer(held));
  hold_.learn(cause_of(held, 2));
  HoldStage after(subscription_, {}, nullptr);
  ASSERT_TRUE(after.restore(*book_.find(1), {}, kHeldAt).ok());
  EXPECT_EQ(after.claim_ready(kHeldAt, kHeldAt), nullptr);
  after.learn(tags_of(held, 3));
  EXPECT_NE(after.claim_ready(kHeldAt, kHeldAt), nullptr);
}

TEST_F(HoldTest, a_time_that_a_set_clock_moved_away_is_brought_back) {
  ASSERT_TRUE(offer(entry(1, "a")));
  HoldStage after(subscription_, {}, nullptr);
  const Time earlier = kHeldAt - std::chrono::hours(2'400);
  ASSERT_TRUE(after.restore(*book_.find(1), {}, earlier).ok());
  EXPECT_EQ(after.next_due(), earlier + minutes(10));
}

TEST_F(HoldTest, what_the_configuration_does_not_ask_for_any_more_is_not_waited_for) {
  ASSERT_TRUE(offer(entry(1, "a")));
  subscription_.hold = {};
  HoldStage after(subscription_, {}, nullptr);
  ASSERT_TRUE(after.restore(*book_.find(1), {}, kHeldAt).ok());
  EXPECT_NE(after.claim_ready(kHeldAt, kHeldAt), nullptr);
}

TEST_F(HoldTest, a_damaged_entry_is_an_error) {
  ASSERT_TRUE(offer(entry(1, "a")));
  book_.find(1)->row.entry.pop_back();
  HoldStage after(subscription_, {}, nullptr);
  EXPECT_FALSE(after.restore(*book_.find(1), {}, kHeldAt).ok());
  EXPECT_EQ(after.size(), 0u);
}

}  // namespace
}  // namespace statewire
