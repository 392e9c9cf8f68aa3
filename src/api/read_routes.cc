// The routes that people and programs ask about what is known.
#include "api/answers.h"
#include "api/queries.h"
#include "api/route_functions.h"
#include "api/route_steps.h"
#include "base/limits.h"

namespace statewire {
namespace {

constexpr uint64_t kLimit = 100;

// "team=shop"; absent is well too.
Result<void> read_tag(const std::string& text, ResourceFilter& filter) {
  if (text.empty()) return {};
  const size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos) {
    return bad_input("tag must be a key and its value, such as team=shop");
  }
  filter.tag_key = text.substr(0, equals);
  filter.tag_value = text.substr(equals + 1);
  return {};
}

Result<void> check_words(const ResourceFilter& filter) {
  if (!filter.phase.empty() && !parse_phase(filter.phase)) {
    return bad_input("there is no phase \"" + filter.phase + "\"");
  }
  if (!filter.cause.empty() && !parse_cause_kind(filter.cause)) {
    return bad_input("there is no cause \"" + filter.cause + "\"");
  }
  if (!filter.drift.empty() && !parse_drift(filter.drift)) {
    return bad_input("there is no drift \"" + filter.drift + "\"");
  }
  return {};
}

Result<ResourceFilter> read_filter(Parameters parameters, Time now) {
  ResourceFilter filter;
  filter.type = parameters.text("type");
  filter.account = parameters.text("account");
  filter.region = parameters.text("region");
  filter.phase = parameters.text("phase");
  filter.cause = parameters.text("cause");
  filter.actor = parameters.text("actor");
  filter.drift = parameters.text("drift");
  filter.owner = parameters.text("owner");
  filter.query = parameters.text("query");
  filter.after = parameters.text("after");
  filter.since = parameters.since("since", now);
  filter.limit = parameters.number("limit", kLimit, kPageItemsMax);
  if (Result<void> checked = parameters.check(); !checked) return checked.error();
  if (Result<void> checked = check_words(filter); !checked) return checked.error();
  if (Result<void> tag = read_tag(parameters.text("tag"), filter); !tag) return tag.error();
  const std::string order = parameters.text("order");
  if (!order.empty() && order != "newest") return bad_input("order can only be newest");
  const std::string only = parameters.text("only");
  if (!only.empty() && only != "total") return bad_input("only can only be total");
  filter.is_count = only == "total";
  filter.is_newest_first = order == "newest";
  return filter;
}

}  // namespace

RouteSteps begin_resources(const RouteContext& context, const RouteCall& call) {
  const Result<ResourceFilter> filter = read_filter(call.parameters, context.clock.now());
  if (!filter) return at_once(response_of(filter.error()));
  return steps_of(queries_of(context).begin_resources(*filter));
}

RouteSteps begin_timeline(const RouteContext& context, const RouteCall& call) {
  Parameters parameters = call.parameters;
  const std::string resource = parameters.text("resource");
  const uint64_t limit = parameters.number("limit", kLimit, kPageItemsMax);
  if (Result<void> checked = parameters.check(); !checked) {
    return at_once(response_of(checked.error()));
  }
  if (resource.empty())
    return at_once(error_response(400, "resource is missing: an id, or its end"));
  return steps_of(
      queries_of(context).begin_timeline(resource, limit), [](Result<std::string> answer) {
        const bool is_ambiguous = !answer && answer.error().kind == ErrorKind::bad_input;
        if (is_ambiguous) return json_response(answer.error().text, 409);
        return response_of(std::move(answer));
      });
}

RouteSteps begin_inventory(const RouteContext& context, const RouteCall&) {
  std::vector<InventoryState> states;
  if (context.snapshot.inventories) states = context.snapshot.inventories();
  return steps_of(queries_of(context).begin_inventory(std::move(states), context.clock.now()));
}

RouteSteps begin_deployments(const RouteContext& context, const RouteCall& call) {
  Parameters parameters = call.parameters;
  DeploymentFilter filter;
  filter.since = parameters.since("since", context.clock.now());
  filter.actor = parameters.text("actor");
  filter.tool = parameters.text("tool");
  filter.account = parameters.text("account");
  filter.stack = parameters.text("stack");
  filter.limit = parameters.number("limit", kLimit, kPageItemsMax);
  if (Result<void> checked = parameters.check(); !checked) {
    return at_once(response_of(checked.error()));
  }
  return steps_of(queries_of(context).begin_deployments(std::move(filter)));
}

HttpServerResponse get_expectations(const RouteContext& context, const RouteCall&) {
  return json_response(queries_of(context).expectations());
}

HttpServerResponse get_ledger(const RouteContext& context, const RouteCall&) {
  return response_of(queries_of(context).ledger());
}

HttpServerResponse get_unrecognised(const RouteContext& context, const RouteCall&) {
  return response_of(queries_of(context).unrecognised());
}

HttpServerResponse get_refusals(const RouteContext& context, const RouteCall&) {
  return response_of(queries_of(context).refusals());
}

HttpServerResponse get_parked(const RouteContext& context, const RouteCall& call) {
  Parameters parameters = call.parameters;
  const ParkedFilter filter{.subscription = parameters.text("subscription"),
                            .sequence = parameters.number("sequence", 0, UINT64_MAX),
                            .resource = parameters.text("resource")};
  const uint64_t limit = parameters.number("limit", kParkedListedMax, kParkedListedMax);
  if (Result<void> checked = parameters.check(); !checked) return response_of(checked.error());
  return response_of(queries_of(context).parked(filter, parameters.text("after"), limit));
}

HttpServerResponse get_parked_one(const RouteContext& context, const RouteCall& call) {
  Parameters sequence("sequence=" + call.rest[1], "sequence");
  const uint64_t number = sequence.number("sequence", 0, UINT64_MAX);
  if (Result<void> checked = sequence.check(); !checked) return response_of(checked.error());
  return response_of(queries_of(context).parked_one(call.rest[0], number));
}

HttpServerResponse post_explain(const RouteContext& context, const RouteCall& call) {
  Parameters parameters = call.parameters;
  const std::string as_new = parameters.text("as_new");
  if (!as_new.empty() && as_new != "true") return error_response(400, "as_new can only be true");
  return response_of(
      queries_of(context).explain(call.request.body, context.clock.now(), !as_new.empty()));
}

HttpServerResponse get_catalog(const RouteContext& context, const RouteCall&) {
  return json_response(queries_of(context).catalog());
}

}  // namespace statewire
