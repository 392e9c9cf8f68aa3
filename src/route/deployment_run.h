// When a run of a deployment is over: the one rule by which runs of the same name are told apart,
// for the list of deployments and for the stage `group`.
//
// What happened is compared by its own times, in whatever order it came in. Two are of one run
// unless the stack said between them that one run is over or that another began, or unless there
// is more than `quiet` between them and nothing is known that lies there. What comes late and does
// lie there makes one run of two. A stack that said that it began, and not yet that it is over, may
// be quiet for a day: what belongs to it and what it says next of itself are of its run.
//
// Here two runs, or a run and what is new, are compared, as far as they are known. All runs of a
// name, where everything is at hand, are told by route/runs_of.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/run_times.h"
#include "route/deployment.h"

namespace statewire {

// From the last that was heard of a stack that is under way to what is next: something that it
// changes, that it rolls back, or its end.
constexpr Duration kStackLastsAtMost = std::chrono::hours(24);
// What a stack's own call says may have an earlier time than the event by which it begins.
constexpr Duration kClocksDiffer = std::chrono::minutes(1);

struct RunRule {
  Duration quiet = std::chrono::minutes(5);
  Duration at_most = std::chrono::hours(1);  // From a run's first to its message.

  // So long after something happened it may still come in, as calls of CloudTrail do: 15 minutes,
  // where `quiet` is what it is by default.
  Duration late() const { return 3 * quiet; }
};

// Of one that has nothing but `notification`.
RunTimes times_of(const DeploymentName& name, const Notification& notification);

// How much time is between two of one run; nothing where they are of two. Pure.
std::optional<Duration> distance_within(const RunRule& rule, const RunTimes& one,
                                        const RunTimes& other);
// How long before a run something may have happened that is of it. Pure.
Duration reach_back(const RunRule& rule, const RunTimes& run, bool is_of_stack);

// The one among runs of its name that `times` belongs to: of several the nearest, and the last
// that began of equally near ones. The end where it belongs to none.
template <typename Place, typename TimesOf>
Place run_with(const RunRule& rule, const RunTimes& times, Place first, Place last,
               TimesOf times_of_run) {
  Place found = last;
  Duration least{};
  for (Place place = first; place != last; ++place) {
    const RunTimes& run = times_of_run(*place);
    const std::optional<Duration> distance = distance_within(rule, run, times);
    if (!distance) continue;
    const bool is_nearer =
        found == last || *distance < least ||
        (*distance == least && run.began <= times.began && run.began > times_of_run(*found).began);
    if (!is_nearer) continue;
    found = place;
    least = *distance;
  }
  return found;
}

// Names of stacks, each once, for a text that is kept: as many as fit.
void add_stack(std::string_view stack, std::string& stacks);
// The same with all of `more`.
void add_stacks(std::string_view more, std::string& stacks);
bool has_stack(std::string_view stack, std::string_view stacks);
// One by one.
std::vector<std::string_view> names_of_stacks(std::string_view stacks);
// In words: "shop", "network, dns, shop and 4 more"
std::string stacks_text(std::string_view stacks);

}  // namespace statewire
