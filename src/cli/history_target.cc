#include "cli/history_target.h"

#include "cli/daemon.h"
#include "format/json.h"

namespace statewire {

std::string history_target(const HistoryFilter& filter) {
  std::string target = "/api/v1/events";
  if (filter.since) add_parameter(target, "since", format_time(*filter.since));
  if (filter.until) add_parameter(target, "until", format_time(*filter.until));
  add_parameter(target, "type", filter.type);
  add_parameter(target, "resource", filter.resource);
  add_parameter(target, "account", filter.account);
  add_parameter(target, "region", filter.region);
  add_parameter(target, "actor", filter.actor);
  add_parameter(target, "cause", filter.cause);
  add_parameter(target, "kind", filter.kind);
  add_parameter(target, "event", filter.event);
  add_parameter(target, "fate", filter.fate);
  if (filter.severity > 0) {
    add_parameter(target, "severity", severity_text(filter.severity));
  }
  if (filter.before != UINT64_MAX) add_parameter(target, "before", std::to_string(filter.before));
  if (filter.after > 0) add_parameter(target, "after", std::to_string(filter.after));
  add_parameter(target, "limit", std::to_string(filter.limit));
  return target;
}

std::string trial_target(const TrialWish& wish) {
  std::string target = "/api/v1/trial";
  add_parameter(target, "when", wish.when_json);
  if (wish.hold.for_cause) add_parameter(target, "hold", wish.hold.for_tags ? "both" : "cause");
  if (!wish.hold.for_cause && wish.hold.for_tags) add_parameter(target, "hold", "tags");
  add_parameter(target, "at_most", format_duration(wish.hold.at_most));
  if (wish.grouping.by_deployment) {
    add_parameter(target, "group_quiet", format_duration(wish.grouping.quiet));
    add_parameter(target, "group_at_most", format_duration(wish.grouping.at_most));
  }
  if (wish.per_hour > 0) add_parameter(target, "per_hour", std::to_string(wish.per_hour));
  if (wish.since) add_parameter(target, "since", format_time(*wish.since));
  if (wish.until) add_parameter(target, "until", format_time(*wish.until));
  return target;
}

}  // namespace statewire
