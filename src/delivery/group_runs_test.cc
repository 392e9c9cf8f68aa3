// Random runs of deployments, of a few names that come again and again, told late and out of order:
// each is one message, and one amendment at most, and they count its resources and no others.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <tuple>

#include "delivery/pipeline_for_test.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kThing = "thing";

// Writes whether it is an amendment, and the things that are counted.
class ThingsFormat final : public Format {
 public:
  std::string_view content_type() const override { return "text/plain"; }
  Result<void> render(const Notification& notification, std::string& out) const override {
    if (notification.deployment == nullptr) {
      out = "alone " + std::string(notification.resource.id);
      return {};
    }
    const DeploymentTold& told = *notification.deployment;
    out = told.is_amendment ? "more " : "first ";
    out.append(told.stack.empty() ? told.actor : told.stack);
    out.append(" ").append(format_time(told.began));
    for (const ReceiptKind& kind : notification.receipt_kinds) out.append(" ").append(kind.name);
    return {};
  }
};

struct Happening {
  Time at;    // When it comes in.
  Time time;  // When it happened.
  size_t run = 0;
  size_t thing = 0;
  std::string_view status;  // Of the stack itself; else empty.
};

struct RunPlan {
  bool is_of_stack = false;
  std::string name;
  Time began;
  Time ended;
  std::set<size_t> things;
};

class GroupRuns : public PipelineTest, public testing::WithParamInterface<uint64_t> {
 protected:
  GroupRuns() : random_(GetParam()) {
    subscription_.grouping.by_deployment = true;
    subscription_.format = &format_;
    subscription_.form = "things";
    kind_.limits.in_flight_max = 1'000;
    kill();
    plan();
  }

  uint64_t below(uint64_t bound) { return random_() % bound; }
  Duration some(Duration least, Duration most) {
    return least + milliseconds(below(static_cast<uint64_t>((most - least) / milliseconds(1))));
  }
  // Of a call of CloudTrail.
  Duration late() {
    return below(7) == 0 ? some(minutes(4), minutes(14)) : some(seconds(5), minutes(4));
  }

  void plan() {
    for (size_t name = 0; name < 5; ++name) {
      Time begins = kStart + some({}, minutes(30));
      for (int i = 0; i < 6; ++i) {
        const bool is_of_stack = name < 2;
        const Time ended = plan_run(is_of_stack, name, begins);
        // A stack says when it is over; for others there is only time.
        const Duration least = is_of_stack ? Duration(seconds(30)) : Duration(minutes(6));
        begins = ended + (below(2) == 0 ? some(least, minutes(20)) : some(least, hours(2)));
      }
    }
    std::ranges::sort(happenings_, {}, [](const Happening& each) {
      return std::tuple(each.at, each.time, each.run, each.thing, each.status);
    });
  }

  Time plan_run(bool is_of_stack, size_t name, Time begins) {
    const size_t place = runs_.size();
    RunPlan& run = runs_.emplace_back();
    run.is_of_stack = is_of_stack;
    run.name = (is_of_stack ? "stack-" : "ci-") + std::to_string(name);
    const auto tell = [&](std::string_view status, Time time) {
      happenings_.push_back({time + some(seconds(1), seconds(5)), time, place, 0, status});
    };
    if (is_of_stack) tell("UPDATE_IN_PROGRESS", begins);
    Time time = begins + (is_of_stack ? seconds(6) : seconds(0));
    for (size_t count = 1 + below(9); count > 0; --count) {
      const bool is_again = !run.things.empty() && below(6) == 0;
      const size_t thing = is_again ? *run.things.begin() : ++things_;
      run.things.insert(thing);
      happenings_.push_back({time + late(), time, place, thing, {}});
      // A stack may be quiet for long.
      time += below(3) == 0 ? some(minutes(2), minutes(is_of_stack ? 9 : 5) - seconds(5))
                            : some({}, minutes(1));
    }
    const Time last = is_of_stack ? time + seconds(20) : happenings_.back().time;
    run.began = begins;
    run.ended = last;
    if (is_of_stack) tell("UPDATE_COMPLETE", last);
    return last;
  }

  void take(const Happening& each) {
    const RunPlan& run = runs_[each.run];
    const std::string id = each.status.empty()
                               ? "thing-" + std::to_string(each.thing)
                               : "arn:aws:cloudformation:eu-west-1:1:stack/" + run.name + "/1";
    const std::string type = "AWS::Test::" + std::string(kThing) + std::to_string(each.thing);
    Entry entry = entry_of(id, store_->last_sequence() + 1);
    entry.observation.key.time_ns = to_ns(each.time);
    Identity resource{
        .id = id, .type = type, .provider = "aws", .account = "1", .region = "eu-west-1"};
    if (!each.status.empty()) {
      resource.type = "AWS::CloudFormation::Stack";
      resource.name = run.name;
      entry.after.value = each.status;
      entry.after.phase = each.status == "UPDATE_COMPLETE" ? Phase::stable : Phase::changing;
    } else if (run.is_of_stack) {
      entry.after.cause = {.kind = CauseKind::deployment,
                           .actor = run.name,
                           .actor_type = "Stack",
                           .tool = "cloudformation"};
    } else {
      entry.after.cause = {.kind = CauseKind::deployment, .actor = run.name, .tool = "terraform"};
    }
    entry.after.resource = entry.observation.resource = resource;
    journal_entries({entry});
  }

  void deliver() {
    for (turn(); !held_.empty(); turn()) {  // The next one of its lane comes then.
      hear(held_.front().payloads.front());
      answer(Verdict::delivered);
    }
  }

  // Of the run that it is about a message counts things, and of no other.
  void hear(const std::string& message) {
    SCOPED_TRACE(format_time(now_) + ": " + message);
    std::istringstream words(message);
    std::string kind, name, began;
    words >> kind >> name >> began;
    const Time time = parse_time(began).value_or(Time());
    const auto run = std::ranges::find_if(runs_, [&](const RunPlan& each) {
      return each.name == name && each.began <= time && time <= each.ended;
    });
    ASSERT_TRUE(run != runs_.end()) << "it is about no run";
    const auto place = static_cast<size_t>(run - runs_.begin());
    ++(kind == "first" ? firsts_ : amendments_)[place];
    for (size_t at = message.find(kThing); at != message.npos; at = message.find(kThing, at + 1)) {
      const size_t thing = std::stoul(message.substr(at + kThing.size()));
      EXPECT_TRUE(run->things.contains(thing)) << "it counts another's thing";
      told_things_[place].insert(thing);
    }
  }

  void judge() {
    for (size_t run = 0; run < runs_.size(); ++run) {
      SCOPED_TRACE("seed " + std::to_string(GetParam()) + ", run " + std::to_string(run) + " of " +
                   runs_[run].name);
      EXPECT_EQ(firsts_[run], 1u);
      EXPECT_LE(amendments_[run], 1u);
      EXPECT_EQ(told_things_[run], runs_[run].things);
    }
  }

  void pass_until(Time time, bool may_kill) {
    while (now_ + minutes(1) < time) {
      now_ += minutes(1);
      deliver();
      if (may_kill && below(40) == 0) kill();
    }
    now_ = std::max(now_, time);
  }

  std::mt19937_64 random_;
  ThingsFormat format_;
  std::vector<RunPlan> runs_;
  std::vector<Happening> happenings_;
  size_t things_ = 0;
  std::map<size_t, size_t> firsts_, amendments_;
  std::map<size_t, std::set<size_t>> told_things_;
};

TEST_P(GroupRuns, as_they_come_in) {
  for (const Happening& each : happenings_) {
    pass_until(each.at, true);
    take(each);
    deliver();
  }
  pass_until(now_ + hours(2), true);
  judge();
  EXPECT_TRUE(rows().empty());
}

// What was told on time is in the journal, and the subscription is new.
TEST_P(GroupRuns, of_a_journal_that_is_read_at_once) {
  pipeline_.reset();
  for (const Happening& each : happenings_) {
    now_ = std::max(now_, each.at);
    take(each);
  }
  kill();
  pass_until(now_ + hours(2), false);
  judge();
}

// What a source kept comes in within seconds, and says when it happened.
TEST_P(GroupRuns, of_events_that_come_in_at_once) {
  now_ = happenings_.back().at + hours(10);
  for (const Happening& each : happenings_) {
    now_ += milliseconds(20);
    take(each);
    if (below(4) == 0) deliver();
  }
  pass_until(now_ + hours(2), false);
  judge();
}

INSTANTIATE_TEST_SUITE_P(Seeds, GroupRuns, testing::Range<uint64_t>(1, 61));

}  // namespace
}  // namespace statewire
