// A call explains no phase that it did not ask for, however long the way and whatever is missing on
// it: over pairs of what a call leads to and what comes next.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "track/step.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Time kCourseStart{std::chrono::seconds(1'770'000'000)};
constexpr int kPhases = kPhaseCount;

constexpr PhaseSet set_of(std::initializer_list<Phase> phases) {
  PhaseSet set = 0;
  for (const Phase phase : phases) set = static_cast<PhaseSet>(set | phase_bit(phase));
  return set;
}

// As the catalog has them.
constexpr PhaseSet kHints[] = {
    set_of({Phase::provisioning, Phase::stable}),
    set_of({Phase::changing, Phase::stopped}),
    set_of({Phase::deprovisioning, Phase::gone}),
    set_of({Phase::changing, Phase::stable}),
    set_of({Phase::changing, Phase::stable, Phase::degraded}),
    set_of({Phase::changing, Phase::stable, Phase::stopped, Phase::degraded}),
    set_of({Phase::provisioning, Phase::stable, Phase::changing}),
    set_of({Phase::provisioning, Phase::stable, Phase::degraded, Phase::deprovisioning}),
    set_of({Phase::changing, Phase::degraded, Phase::stopped, Phase::deprovisioning, Phase::gone}),
};

class Course {
 public:
  Course() { record_.flags = kReusableId; }

  FoldStep state(Duration at, Phase phase, Cause cause = {}) {
    Observation made = observation(at, Effect::state, 1);
    made.phase = phase;
    made.value = name_of(phase);
    made.cause = cause;
    return fold_step(record_, made, arena_);
  }
  FoldStep call(Duration at, std::string_view actor, PhaseSet toward,
                Effect effect = Effect::cause) {
    Observation made = observation(at, effect, 0);
    made.toward = toward;
    made.cause = by(actor);
    return fold_step(record_, made, arena_);
  }
  FoldStep take(Duration at, Effect effect, std::string_view word, std::string_view declared) {
    Observation made = observation(at, effect, 1);
    made.value = word;
    made.declared = declared;
    return fold_step(record_, made, arena_);
  }
  Cause by(std::string_view actor) {
    return {.kind = CauseKind::human,
            .confidence = Confidence::certain,
            .actor = actor,
            .call = "Call",
            .evidence = arena_.copy("event-" + std::to_string(made_))};
  }
  const Record& record() const { return record_; }

 private:
  Observation observation(Duration at, Effect effect, uint8_t stage) {
    Observation made;
    made.resource = {.id = "arn:aws:ec2:eu-west-1:1:instance/i-1", .type = "AWS::EC2::Instance"};
    made.effect = effect;
    made.flags = kReusableId;
    ++made_;
    made.key = {
        .time_ns = to_ns(kCourseStart + at), .version = made_, .stage = stage, .event_id = {}};
    return made;
  }

  Arena arena_;
  Record record_;
  uint64_t made_ = 0;
};

bool is_toward(PhaseSet set, Phase phase) { return (set & phase_bit(phase)) != 0; }

Phase phase_of(int number) { return static_cast<Phase>(number); }

TEST(CarriedCause, explains_only_what_its_call_leads_to) {
  for (const PhaseSet hint : kHints) {
    for (int first = 1; first < kPhases; ++first) {
      for (int next = 1; next < kPhases; ++next) {
        for (const Duration pause : {Duration(minutes(1)), Duration(minutes(14)),
                                     Duration(minutes(16)), Duration(hours(5))}) {
          for (const size_t others : {size_t{0}, kHintsMax + 1}) {
            Course course;
            course.state(seconds(0), phase_of(next));
            course.call(seconds(10), "fred", hint);
            course.state(seconds(20), phase_of(first));
            // Of others, and toward nothing that comes here.
            for (size_t i = 0; i < others; ++i) {
              course.call(seconds(30 + i), "alice", phase_bit(Phase::unknown), Effect::configure);
            }
            course.state(pause, phase_of(next));
            const Record& record = course.record();
            if (first == next || record.cause.actor.empty()) continue;
            EXPECT_EQ(record.cause.actor, "fred");
            EXPECT_TRUE(is_toward(hint, phase_of(next)))
                << name_of(phase_of(first)) << " then " << name_of(phase_of(next)) << " of "
                << int{hint} << " after " << pause / minutes(1) << " min, " << others << " others";
          }
        }
      }
    }
  }
}

TEST(CarriedCause, goes_on_to_the_end_of_what_its_call_leads_to) {
  struct Way {
    Phase on_the_way;
    Phase end;
  };
  for (const Way way :
       {Way{Phase::provisioning, Phase::stable}, Way{Phase::changing, Phase::stopped},
        Way{Phase::changing, Phase::stable}, Way{Phase::deprovisioning, Phase::gone}}) {
    for (const size_t others : {size_t{0}, kHintsMax + 1}) {
      Course course;
      course.state(seconds(0), Phase::degraded);
      course.call(seconds(10), "fred", set_of({way.on_the_way, way.end}));
      course.state(seconds(20), way.on_the_way);
      for (size_t i = 0; i < others; ++i) {
        course.call(seconds(30 + i), "alice", phase_bit(Phase::unknown), Effect::configure);
      }
      course.state(hours(5), way.end);
      EXPECT_EQ(course.record().cause.actor, "fred") << name_of(way.end) << ' ' << others;
    }
  }
}

// The call moves the phase itself, and says of no others that it leads to them.
TEST(CarriedCause, of_a_phase_explains_what_may_come_of_that_phase) {
  const auto is_explained = [](Phase moved, Phase next) {
    Course course;
    course.state(seconds(0), next);
    course.state(seconds(10), moved, course.by("fred"));
    course.state(minutes(20), next);
    return course.record().cause.actor == "fred";
  };
  EXPECT_TRUE(is_explained(Phase::provisioning, Phase::stable));
  EXPECT_TRUE(is_explained(Phase::provisioning, Phase::changing));
  EXPECT_TRUE(is_explained(Phase::provisioning, Phase::degraded));
  EXPECT_FALSE(is_explained(Phase::provisioning, Phase::stopped));
  EXPECT_FALSE(is_explained(Phase::provisioning, Phase::deprovisioning));
  EXPECT_FALSE(is_explained(Phase::provisioning, Phase::gone));
  EXPECT_TRUE(is_explained(Phase::changing, Phase::stable));
  EXPECT_TRUE(is_explained(Phase::changing, Phase::stopped));
  EXPECT_TRUE(is_explained(Phase::changing, Phase::degraded));
  EXPECT_FALSE(is_explained(Phase::changing, Phase::provisioning));
  EXPECT_FALSE(is_explained(Phase::changing, Phase::gone));
  EXPECT_TRUE(is_explained(Phase::deprovisioning, Phase::gone));
  EXPECT_TRUE(is_explained(Phase::deprovisioning, Phase::degraded));
  EXPECT_FALSE(is_explained(Phase::deprovisioning, Phase::stable));
  EXPECT_FALSE(is_explained(Phase::deprovisioning, Phase::provisioning));
}

// "Started by fred" says nothing of why it changes ten minutes later.
TEST(CarriedCause, of_a_start_ends_where_it_has_arrived) {
  constexpr PhaseSet kLedByDeployment =
      set_of({Phase::provisioning, Phase::stable, Phase::changing});
  Course course;
  course.call(seconds(0), "fred", kLedByDeployment);
  course.state(seconds(10), Phase::provisioning);
  course.state(seconds(40), Phase::stable);
  EXPECT_EQ(course.record().cause.actor, "fred");
  course.state(minutes(10), Phase::changing);
  EXPECT_EQ(course.record().cause.actor, "");
}

}  // namespace
}  // namespace statewire
