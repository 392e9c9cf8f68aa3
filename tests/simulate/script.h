// What happens in a simulation, as a list of steps that a seed draws. A step holds everything that
// it does, so that others can be left out and it still means the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/observation.h"
#include "settings.h"

namespace statewire {

const Time kBegin = *parse_time("2026-11-23T09:00:00Z");

enum class What : uint8_t { state, call, native_cause, configure, tags, whole_tags, failure, put };

// One event about one resource. The same `number` is the same event.
struct EventPlan {
  size_t resource = 0;  // Of kResources.
  uint32_t number = 0;
  What what = What::state;
  Phase phase = Phase::stable;
  Duration at{};  // Since kBegin.
  CauseKind cause = CauseKind::unknown;
  size_t team = 0;  // Of kTeams; 0: no tag.
  Duration settles_after{};
  uint8_t severity = 0;
  bool is_untimed = false;
  bool is_under_alias = false;  // It names the resource by its alias.
  bool tells_alias = false;
};

constexpr std::string_view kResources[] = {
    "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
    "arn:aws:ec2:eu-west-1:111122223333:instance/i-11",
    "arn:aws:ec2:eu-west-1:444455556666:instance/xi-1",
    "arn:aws:sqs:eu-west-1:444455556666:i-1",
    "urn:statewire:simulated",
};
constexpr size_t kDeclarable = 3;  // The first of them, which code may declare.
constexpr std::string_view kCodeInventory = "code";
constexpr std::string_view kAliases[] = {"alias-0", "alias-1"};  // Of the first resources.
// Whether the resource of that number is among `resources`, which are bits.
constexpr bool is_ignored(uint32_t resources, size_t resource) {
  return (resources >> resource & 1) != 0;
}
constexpr std::string_view kTeams[] = {"", "core", "edge", "noisy"};
// What a person names resources by.
constexpr std::string_view kFilters[] = {"", "i-1", "1", "instance/i-1", "urn:statewire:simulated"};

// How a sink behaves. The weights are of one draw for each attempt.
struct Mood {
  uint32_t delivers = 1;
  uint32_t retries = 0;
  uint32_t is_unavailable = 0;
  uint32_t rejects = 0;
  uint32_t is_gone = 0;
  uint32_t hangs = 0;  // It does not answer before the end.
  Duration delay{};    // Until it answers; zero: before deliver() returns.
  Duration retry_after{};
  bool answers_twice = false;
  bool answers_too_little = false;
  bool is_by_delivery = false;  // What it says of a delivery it says each time.
  uint32_t seed = 0;
};

enum class Does : uint8_t {
  commit,
  pass,
  kill,
  stop,
  power_cut,
  reload,
  set_clock,
  trim,
  redrive,
  drop,
  drop_waiting,
  mood,
  answer_late,
  read_code,
  fail_writes,
  fail_reads,
};

struct Step {
  Does does = Does::pass;
  std::vector<EventPlan> events;  // Of commit.
  // Of pass and set_clock; of kill, stop, power_cut: until it runs; of reload: its grace.
  Duration by{};
  // Of trim: sequences that are kept; of power_cut: writes lost; of read_code: bits of kResources.
  uint64_t number = 0;
  bool is_on = false;  // Of fail_*: from now on; of redrive: without the moot ones; of
                       // read_code: it is stopped on its way.
  size_t name = 0;     // Of a subscription; kNames: of any, but not of drop_waiting.
  size_t filter = 0;   // Of redrive and drop: of kFilters.
  Mood mood;
  Plan plan;  // Of reload.
};

struct Script {
  uint64_t seed = 0;         // Of the program's own draws.
  Plan plan;                 // That it begins with.
  bool is_on_rocks = false;  // Its store; else it is in memory.
  size_t entries_back_max = 256;
  Duration horizon = std::chrono::hours(24 * 30);
  std::vector<Step> steps;
};

Script draw_script(uint64_t seed);
std::string words_of(const Script& script);
std::string words_of(const Step& step);

}  // namespace statewire
