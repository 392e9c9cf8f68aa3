// The routes that people and programs ask about the past.
#include "api/route_functions.h"
#include "api/route_steps.h"
#include "base/limits.h"

namespace statewire {
namespace {

constexpr uint64_t kEvents = 100;

Result<HistoryFilter> read_history_filter(Parameters parameters, Time now) {
  HistoryFilter filter;
  filter.since = parameters.since("since", now);
  filter.until = parameters.since("until", now);
  filter.type = parameters.text("type");
  filter.resource = parameters.text("resource");
  filter.account = parameters.text("account");
  filter.region = parameters.text("region");
  filter.actor = parameters.text("actor");
  filter.cause = parameters.text("cause");
  filter.kind = parameters.text("kind");
  filter.event = parameters.text("event");
  filter.fate = parameters.text("fate");
  filter.before = parameters.number("before", UINT64_MAX, UINT64_MAX);
  filter.after = parameters.number("after", 0, UINT64_MAX);
  filter.limit = parameters.number("limit", kEvents, kPageItemsMax);
  if (Result<void> checked = parameters.check(); !checked) return checked.error();
  if (Result<void> checked = check_fate(filter.fate); !checked) return checked.error();
  const Result<uint8_t> severity = severity_of_word(parameters.text("severity"));
  if (!severity) return severity.error();
  filter.severity = *severity;
  return filter;
}

Result<TrialWish> read_trial_wish(Parameters parameters, Time now) {
  TrialWish wish;
  wish.when_json = parameters.text("when");
  const std::string hold = parameters.text("hold");
  wish.hold.for_cause = hold == "cause" || hold == "both";
  wish.hold.for_tags = hold == "tags" || hold == "both";
  if (!hold.empty() && !wish.hold.is_any()) return bad_input("hold must be cause, tags or both");
  const auto read_duration = [&](const char* name, Duration& to) -> Result<void> {
    const std::string text = parameters.text(name);
    if (text.empty()) return {};
    const std::optional<Duration> duration = parse_duration(text);
    if (!duration) return bad_input(std::string(name) + " must be a duration, such as 10m");
    to = *duration;
    return {};
  };
  wish.grouping.by_deployment = !parameters.text("group_quiet").empty();
  for (const Result<void>& read : {read_duration("at_most", wish.hold.at_most),
                                   read_duration("group_quiet", wish.grouping.quiet),
                                   read_duration("group_at_most", wish.grouping.at_most)}) {
    if (!read) return read.error();
  }
  wish.per_hour = parameters.number("per_hour", 0, UINT32_MAX);
  wish.since = parameters.since("since", now);
  wish.until = parameters.since("until", now);
  if (Result<void> checked = parameters.check(); !checked) return checked.error();
  return wish;
}

}  // namespace

RouteSteps begin_trial(const RouteContext& context, const RouteCall& call) {
  const Result<TrialWish> wish = read_trial_wish(call.parameters, context.clock.now());
  if (!wish) return at_once(response_of(wish.error()));
  return steps_of(queries_of(context).begin_trial(*wish));
}

RouteSteps begin_entry(const RouteContext& context, const RouteCall& call) {
  Parameters sequence("sequence=" + call.rest[0], "sequence");
  const uint64_t number = sequence.number("sequence", 0, UINT64_MAX);
  if (Result<void> checked = sequence.check(); !checked) {
    return at_once(response_of(checked.error()));
  }
  return steps_of(queries_of(context).begin_entry(number, context.clock.now()));
}

HttpServerResponse get_held(const RouteContext& context, const RouteCall& call) {
  const Parameters& parameters = call.parameters;
  return response_of(queries_of(context).held(parameters.text("subscription"),
                                              parameters.text("after"), context.clock.now()));
}

RouteSteps begin_history(const RouteContext& context, const RouteCall& call) {
  const Result<HistoryFilter> filter = read_history_filter(call.parameters, context.clock.now());
  if (!filter) return at_once(response_of(filter.error()));
  return steps_of(queries_of(context).begin_history(*filter));
}

}  // namespace statewire
