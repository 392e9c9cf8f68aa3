#include "api/explain_rules.h"

#include "api/json_parts.h"
#include "delivery/hold.h"
#include "route/deployment.h"
#include "sinks/sink.h"

namespace statewire {
namespace {

void write_wait(const Wait& wait, JsonWriter& json) {
  json.begin_object("hold");
  json.begin_array("for");
  if (wait.for_cause) json.text("cause");
  if (wait.for_tags) json.text("tags");
  json.end_array();
  json.line("at_most", format_duration(wait.at_most()));
  json.end_object();
}

void write_grouping(const Grouping& grouping, JsonWriter& json) {
  json.begin_object("group");
  json.text("by", "deployment");
  json.line("quiet", format_duration(grouping.quiet));
  json.line("at_most", format_duration(grouping.at_most));
  json.end_object();
}

uint64_t per_hour_of(const Subscription& subscription) {
  const SinkKind* const kind = find_sink_kind(subscription.sink_kind);
  return subscription.per_hour.value_or(kind == nullptr ? 0 : kind->limits.per_hour_max);
}

}  // namespace

ExplainRules::ExplainRules(const Queries::Parts& parts) : parts_(parts) {
  if (parts.rules != nullptr) book_.emplace(*parts.rules);
}

void ExplainRules::name_actor(std::string_view principal, std::span<Observation> observations,
                              Arena& arena) {
  if (book_) book_->name_actor(principal, observations, arena);
}

void ExplainRules::write_actor(std::string_view principal, JsonWriter& json) const {
  if (!book_ || parts_.rules->actors.empty() || principal.empty()) return;
  json.begin_object("actor");
  json.line("principal", principal);
  if (const ActorRule* const rule = book_->actor_rule(principal)) {
    json.line("rule", rule->principal);
    json.line("cause", name_of(rule->cause));
    json.known_line("name", rule->name);
  }
  json.end_object();
}

// The rules of ingest are those that the configuration names here, in the same order.
std::string_view ExplainRules::ignored_before(const Observation& observation) {
  if (!book_ || parts_.ignore == nullptr) return {};
  const std::optional<size_t> rule = book_->ignored_by(observation);
  return rule ? std::string_view(parts_.ignore->before_names[*rule]) : std::string_view();
}

std::span<const When> ExplainRules::after() const {
  return parts_.ignore == nullptr ? std::span<const When>() : parts_.ignore->after;
}

ExplainRules::Ignored ExplainRules::ignored_after(bool knows_tags) const {
  if (const auto rule = ignored_by(after(), routable_)) {
    return {parts_.ignore->after_names[*rule], true};
  }
  if (knows_tags) return {};
  const auto rule = maybe_ignored_by(after(), routable_);
  return rule ? Ignored{parts_.ignore->after_names[*rule], false} : Ignored{};
}

void ExplainRules::write_subscriptions(const Entry& entry, JsonWriter& json,
                                       const WriteMore& write_more,
                                       std::span<const HeldThen> held) {
  routable_.set(notification_of(entry, parts_.teller));
  const Ignored ignored = ignored_after(knows_tags(entry.after));
  if (!ignored.rule.empty()) {
    json.begin_object("ignored_by");
    json.line("rule", ignored.rule);
    json.line("stage", ignored.is_certain ? "after" : "tags");
    json.end_object();
  }
  json.begin_object("notifications");
  for (size_t i = 0; i < parts_.subscriptions.size(); ++i) {
    const Subscription& subscription = parts_.subscriptions[i];
    const HeldThen then = held.empty() ? HeldThen() : held[i];
    Arena arena;
    write_verdict(subscription, completed_by(then, entry, arena), json, [&] {
      if (then.cause_known) json.time("cause_known", *then.cause_known);
      if (write_more) write_more(subscription, json);
    });
  }
  json.end_object();
}

void ExplainRules::write_verdict(const Subscription& subscription, const Entry& entry,
                                 JsonWriter& json, const std::function<void()>& write_more) {
  const Notification notification = notification_of(entry, parts_.teller);
  routable_.set(notification);
  const Ignored ignored = ignored_after(knows_tags(entry.after));
  const std::optional<Wait> wait =
      wait_of(subscription, after(), routable_, !may_learn_cause(entry), knows_tags(entry.after));
  const std::optional<Mismatch> mismatch = routable_.explain(subscription.when);
  const bool matches = !mismatch && !ignored.is_certain;
  json.key_line(subscription.name);
  json.begin_object();
  json.line("format", subscription.format_name);
  json.boolean("matches", matches);
  if (ignored.is_certain) {
    json.line("why", "ignored by " + std::string(ignored.rule));
  } else if (mismatch) {
    json.line("why", mismatch->text);
  }
  const bool waits = wait && (wait->for_cause || wait->for_tags);
  if (waits) write_wait(*wait, json);
  const bool is_grouped = subscription.grouping.by_deployment && deployment_of(notification);
  if ((matches || waits) && is_grouped) write_grouping(subscription.grouping, json);
  const uint64_t per_hour = per_hour_of(subscription);
  if ((matches || waits) && per_hour > 0) json.number("per_hour", per_hour);
  write_more();
  json.end_object();
}

}  // namespace statewire
