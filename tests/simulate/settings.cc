#include "settings.h"

#include <algorithm>
#include <cstdio>

#include "base/check.h"
#include "model/notification.h"
#include "route/routable.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kConditions = R"(
- {}
- cause: {kind: [human]}
- resource: {tags: {team: [core]}}
- state: {phase: [stable, gone]}
- resource: {account: ["111122223333"]}
- cause: {kind: [{anything-but: human}]}
- $or: [{cause: {kind: [deployment]}}, {resource: {tags: {team: [edge]}}}]
- resource: {tags: {team: [noisy]}}
- resource: {account: ["444455556666"], tags: {team: [edge]}}
)";

template <typename T>
T one_of(std::initializer_list<T> items, std::mt19937_64& random) {
  return items.begin()[random() % items.size()];
}

bool chance(uint64_t one_in, std::mt19937_64& random) { return random() % one_in == 0; }

SinkLimits draw_limits(std::mt19937_64& random) {
  SinkLimits limits;
  switch (random() % 4) {
    case 0:
      break;
    case 1:
      limits.batch_deliveries_max = 3;
      limits.in_flight_max = 2;
      break;
    case 2:
      limits.batch_deliveries_max = one_of<size_t>({1, 4}, random);
      limits.is_in_order = true;
      break;
    default:
      limits.batch_deliveries_max = one_of<size_t>({2, 5}, random);
      limits.batch_bytes_max = one_of<size_t>({60, SIZE_MAX}, random);
      limits.is_in_order = true;
      limits.is_frozen = true;
      limits.gather = one_of<Duration>({Duration(), seconds(2), minutes(5)}, random);
  }
  if (!limits.is_in_order) limits.in_flight_max = one_of<size_t>({1, 2, 8}, random);
  if (chance(8, random)) limits.pace = milliseconds(300);
  return limits;
}

std::string words_of(const SubscriptionPlan& plan) {
  std::string words = name_of_subscription(plan.name) + ": when " + std::to_string(plan.when);
  if (plan.holds_cause || plan.holds_tags) {
    words += plan.holds_cause ? ", holds for cause" : ", holds for";
    words += plan.holds_tags ? " tags" : "";
    words += " at most " + format_duration(plan.at_most);
  }
  if (plan.per_hour) words += ", " + std::to_string(*plan.per_hour) + " per hour";
  if (plan.grouping.by_deployment) {
    words += ", groups by deployment when quiet for " + format_duration(plan.grouping.quiet) +
             ", at most " + format_duration(plan.grouping.at_most);
  }
  words += plan.from == StartFrom::now ? ", from now" : ", from earliest";
  if (plan.on_lag == OnLag::hold) words += ", holds the journal";
  words += ", retries for " + format_duration(plan.retry_for);
  words += plan.limits.is_frozen ? ", frozen batches" : plan.limits.is_in_order ? ", one lane" : "";
  words += ", batches of " + std::to_string(plan.limits.batch_deliveries_max) + ", " +
           std::to_string(plan.limits.in_flight_max) + " in flight";
  if (plan.limits.batch_bytes_max != SIZE_MAX) words += ", few bytes";
  if (plan.limits.gather > Duration()) words += ", gathers " + format_duration(plan.limits.gather);
  if (plan.limits.pace > Duration()) words += ", paced";
  if (plan.has_small_limits) words += ", small limits";
  if (plan.refuses_some) words += ", refuses to render some";
  if (plan.form != 0) words += ", form " + std::to_string(plan.form);
  if (plan.place != 0) words += ", another place";
  return words;
}

}  // namespace

std::string name_of_subscription(size_t name) {
  return std::string(1, static_cast<char>('a' + name));
}

SubscriptionPlan draw_subscription(size_t name, std::mt19937_64& random) {
  SubscriptionPlan plan;
  plan.name = name;
  plan.when = chance(2, random) ? 0 : random() % Conditions::kIgnoreFirst;
  if (chance(2, random)) {
    plan.holds_cause = chance(2, random);
    plan.holds_tags = !plan.holds_cause || chance(3, random);
    plan.at_most = one_of<Duration>({seconds(1), seconds(30), minutes(10), hours(2)}, random);
  }
  if (chance(3, random)) plan.per_hour = one_of<uint64_t>({1, 2, 5}, random);
  plan.from = chance(3, random) ? StartFrom::now : StartFrom::earliest;
  plan.on_lag = chance(3, random) ? OnLag::hold : OnLag::skip;
  plan.retry_for = one_of<Duration>({Duration(), seconds(20), minutes(30), hours(24)}, random);
  plan.limits = draw_limits(random);
  plan.has_small_limits = chance(4, random);
  plan.refuses_some = chance(8, random);
  if (chance(3, random)) {
    const Duration quiet = one_of<Duration>({seconds(1), seconds(30), minutes(5)}, random);
    plan.grouping = {
        .by_deployment = true, .quiet = quiet, .at_most = quiet * one_of<int>({1, 3, 12}, random)};
  }
  return plan;
}

Plan draw_plan(std::mt19937_64& random) {
  Plan plan;
  for (size_t name = 0; name < kNames; ++name) {
    if (plan.subscriptions.empty() || chance(2, random)) {
      plan.subscriptions.push_back(draw_subscription(name, random));
    }
  }
  if (chance(4, random)) plan.ignored = 1u << (Conditions::kIgnoreFirst + random() % 2);
  if (chance(4, random)) plan.ignored_resources = 1u << random() % 5;
  plan.parked_age = one_of<Duration>({Duration(), Duration(), hours(3), hours(24 * 30)}, random);
  return plan;
}

Plan draw_change(const Plan& plan, std::mt19937_64& random) {
  Plan next = plan;
  if (chance(4, random)) return draw_plan(random);
  if (chance(4, random)) {
    next.ignored_resources ^= 1u << random() % 5;
    return next;
  }
  const size_t name = random() % kNames;
  const auto known = std::ranges::find(next.subscriptions, name, &SubscriptionPlan::name);
  if (known == next.subscriptions.end()) {
    next.subscriptions.push_back(draw_subscription(name, random));
  } else if (next.subscriptions.size() > 1 && chance(3, random)) {
    next.subscriptions.erase(known);
  } else if (chance(2, random)) {
    *known = draw_subscription(name, random);
    known->form = random() % SimulatedFormat::kForms;
    known->place = random() % 2;
  } else if (chance(2, random)) {
    known->form = random() % SimulatedFormat::kForms;
  }
  return next;
}

std::string words_of(const Plan& plan) {
  std::string words;
  for (const SubscriptionPlan& subscription : plan.subscriptions) {
    words += "\n      " + words_of(subscription);
  }
  if (plan.ignored != 0) words += "\n      ignores " + std::to_string(plan.ignored);
  if (plan.ignored_resources != 0) {
    words += "\n      ignores the resources " + std::to_string(plan.ignored_resources);
  }
  if (plan.parked_age > Duration()) {
    words += "\n      drops what is parked for " + format_duration(plan.parked_age);
  }
  return words;
}

Conditions::Conditions() : routable_(std::make_unique<Routable>()) {
  document_ = Document::parse("conditions", std::string(kConditions), problems_);
  CHECK(document_);
  for (const Node& node : document_->root().items()) {
    whens_.push_back(node.entries().empty() ? When() : read_when(node));
  }
  if (!problems_.ok()) std::fprintf(stderr, "%s\n", problems_.to_text().c_str());
  CHECK(problems_.ok() && whens_.size() == kCount);
}

uint32_t Conditions::met_by(const Notification& notification) const {
  routable_->set(notification);
  uint32_t met = 0;
  for (size_t i = 0; i < whens_.size(); ++i) {
    if (routable_->meets(whens_[i].pattern)) met |= 1u << i;
  }
  return met;
}

Result<void> SimulatedFormat::render(const Notification& notification, std::string& out) const {
  const bool is_receipt = notification.kind == NotificationKind::receipt ||
                          notification.kind == NotificationKind::group;
  if (refuses_some_ && !is_receipt && is_refused(notification.sequence)) {
    return bad_input("it is refused");
  }
  const std::string end = " @" + std::to_string(form_);
  if (is_receipt) {
    // How many, how many of them by kinds, the highest severity of those, and of all.
    uint64_t by_kinds = 0;
    uint8_t highest = 0;
    for (const ReceiptKind& kind : notification.receipt_kinds) {
      by_kinds += kind.count;
      highest = std::max(highest, kind.severity);
    }
    // A group counts resources by kinds, and notifications altogether.
    if (notification.kind == NotificationKind::group) {
      by_kinds = notification.receipt_count;
      highest = notification.severity;
    }
    for (const uint64_t number : {notification.receipt_count, by_kinds, uint64_t{highest}}) {
      out += std::to_string(number) + " ";
    }
    out += std::to_string(notification.severity) + end;
    return {};
  }
  out += std::to_string(notification.sequence) + " " + std::string(name_of(notification.kind));
  out.append(" ").append(notification.resource.id).append(end);
  return {};
}

size_t SimulatedFormat::form_of(std::string_view payload) {
  for (size_t form = 0; form < kForms; ++form) {
    if (payload.ends_with(" @" + std::to_string(form))) return form;
  }
  return kForms;
}

std::string_view SimulatedFormat::content_type_of(size_t form) {
  return form == 2 ? "application/json" : "text/plain";
}

Settings::Settings(const Plan& p, const Conditions& conditions) : plan(p) {
  for (size_t i = 0; i < Conditions::kCount; ++i) {
    if ((plan.ignored >> i & 1) != 0) ignored.push_back(conditions.at(i));
  }
  for (const SubscriptionPlan& each : plan.subscriptions) {
    formats.push_back(std::make_unique<SimulatedFormat>(each.refuses_some, each.form));
    const When& when = conditions.at(each.when);
    subscriptions.push_back({.name = name_of_subscription(each.name),
                             .when = when.pattern,
                             .when_json = when.json,
                             .early_when = when.early,
                             .hold = {.for_cause = each.holds_cause,
                                      .for_tags = each.holds_tags,
                                      .at_most = each.at_most},
                             .grouping = each.grouping,
                             .format = formats.back().get(),
                             .form = "form " + std::to_string(each.form),
                             .from = each.from,
                             .on_lag = each.on_lag,
                             .per_hour = each.per_hour,
                             .retry_for = each.retry_for,
                             .sink_hash = each.place + 1});
    kinds.push_back(
        {.name = "simulated", .summary = "a simulation's", .limits = each.limits, .open = nullptr});
  }
}

bool is_wanted(const Plan& plan, const SubscriptionPlan& subscription, uint32_t met) {
  return (met >> subscription.when & 1) != 0 && (met & plan.ignored) == 0;
}

bool may_hold(const Plan& plan, const SubscriptionPlan& subscription) {
  return subscription.holds_cause || subscription.holds_tags || plan.ignored != 0;
}

}  // namespace statewire
