// The routes that a person acts on deliveries with.
#include <simdjson.h>

#include <algorithm>

#include "api/answers.h"
#include "api/queries.h"
#include "api/route_functions.h"
#include "delivery/left_behind.h"

namespace statewire {
namespace {

namespace dom = simdjson::dom;

struct ParkedOrder {
  ParkedFilter filter;
  bool is_dry_run = false;
};

constexpr std::string_view kShape =
    R"(expected {"subscription":text,"sequence":number,"resource":text,"skip_moot":bool,)"
    R"("dry_run":bool}, each of which may be absent)";

// False where the key is not known, or its value is of another type.
bool read_member(const dom::key_value_pair& member, ParkedOrder& order) {
  std::string_view text;
  const bool is_text = member.value.get(text) == simdjson::SUCCESS;
  if (member.key == "subscription" || member.key == "resource") {
    ParkedFilter& filter = order.filter;
    (member.key == "resource" ? filter.resource : filter.subscription) = text;
    return is_text;
  }
  if (member.key == "sequence") {
    return member.value.get(order.filter.sequence) == simdjson::SUCCESS;
  }
  if (member.key == "skip_moot") {
    return member.value.get(order.filter.skip_moot) == simdjson::SUCCESS;
  }
  if (member.key == "dry_run") return member.value.get(order.is_dry_run) == simdjson::SUCCESS;
  return false;
}

Result<ParkedOrder> read_order(const std::string& body) {
  dom::parser parser;
  dom::object members;
  if (parser.parse(body).get(members) != simdjson::SUCCESS) {
    return bad_input(std::string(kShape));
  }
  ParkedOrder order;
  for (const dom::key_value_pair& member : members) {
    if (!read_member(member, order)) return bad_input(std::string(kShape));
  }
  return order;
}

}  // namespace

HttpServerResponse post_redrive(const RouteContext& context, const RouteCall& call) {
  const Result<ParkedOrder> order = read_order(call.request.body);
  if (!order) return response_of(order.error());
  Dispatcher* const dispatcher = context.snapshot.dispatcher;
  const std::string& name = order->filter.subscription;
  const bool is_known = has_subscription(context.snapshot.subscriptions, name);
  if (dispatcher != nullptr && !name.empty() && !is_known) {
    return response_of(
        not_found("no subscription " + name +
                  " is configured, so that nobody would send; what is parked stays"));
  }
  const Result<ParkedChange> change =
      dispatcher != nullptr ? dispatcher->redrive(order->filter, order->is_dry_run)
                            : redrive_parked(context.store, order->filter, order->is_dry_run);
  if (!change) return response_of(change.error());
  return json_response(redriven_json(*change, order->is_dry_run));
}

namespace {

// Stretches that cannot be read count as dropped, and stay.
Result<void> check_gone(const Store& store, const ParkedFilter& filter, uint64_t dropped) {
  uint64_t stretches = 0;
  Error first;
  const Result<void> read =
      store.each_parked({filter.subscription, 0}, [&](const DeliveryKey& key, const auto& row) {
        if (!filter.subscription.empty() && key.subscription != filter.subscription) return false;
        if (row.ok()) return true;
        if (stretches++ == 0) first = row.error();
        return true;
      });
  if (!read || stretches == 0) return read;
  return damaged(std::to_string(dropped - std::min(dropped, stretches)) +
                 " were dropped; others stay: " + first.text);
}

}  // namespace

HttpServerResponse post_drop(const RouteContext& context, const RouteCall& call) {
  const Result<ParkedOrder> order = read_order(call.request.body);
  if (!order) return response_of(order.error());
  Dispatcher* const dispatcher = context.snapshot.dispatcher;
  const Result<ParkedChange> change =
      dispatcher != nullptr ? dispatcher->drop(order->filter, order->is_dry_run)
                            : drop_parked(context.store, order->filter, order->is_dry_run);
  if (!change) return response_of(change.error());
  const bool is_all_meant = order->filter.resource.empty() && order->filter.sequence == 0;
  if (!order->is_dry_run && is_all_meant) {
    const Result<void> gone = check_gone(context.store, order->filter, change->count);
    if (!gone) return response_of(gone.error());
  }
  return json_response(dropped_json(*change, order->is_dry_run));
}

HttpServerResponse post_held_drop(const RouteContext& context, const RouteCall& call) {
  const Result<ParkedOrder> order = read_order(call.request.body);
  if (!order) return response_of(order.error());
  const ParkedFilter& filter = order->filter;
  if (filter.subscription.empty() || filter.sequence != 0 || !filter.resource.empty()) {
    return response_of(bad_input(R"(expected {"subscription":text,"dry_run":bool})"));
  }
  Dispatcher* const dispatcher = context.snapshot.dispatcher;
  if (has_subscription(context.snapshot.subscriptions, filter.subscription)) {
    return response_of(error_of_configured(filter.subscription));
  }
  const Result<uint64_t> dropped =
      dispatcher != nullptr ? dispatcher->drop_waiting(filter.subscription, order->is_dry_run)
                            : drop_waiting(context.store, filter.subscription, order->is_dry_run);
  if (!dropped) return response_of(dropped.error());
  return json_response(dropped_waiting_json(*dropped, order->is_dry_run));
}

}  // namespace statewire
