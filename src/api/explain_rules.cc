#include "api/explain_rules.h"

#include <algorithm>

#include "api/json_parts.h"
#include "delivery/hold.h"
#include "ingest/rules.h"
#include "sinks/sink.h"

namespace statewire {
namespace {

struct Wait {
  bool for_cause = false;
  bool for_tags = false;
  Duration at_most{};
};

void write_wait(const Wait& wait, JsonWriter& json) {
  json.raw(R"(,"hold":{"for":[)");
  if (wait.for_cause) json.raw(R"("cause")");
  if (wait.for_cause && wait.for_tags) json.raw(",");
  if (wait.for_tags) json.raw(R"("tags")");
  json.text(R"(],"at_most":)", format_duration(wait.at_most));
  json.raw("}");
}

uint64_t per_hour_of(const Subscription& subscription) {
  const SinkKind* const kind = find_sink_kind(subscription.sink_kind);
  return subscription.per_hour.value_or(kind == nullptr ? 0 : kind->limits.per_hour_max);
}

}  // namespace

const ActorRule* ExplainRules::rule_for(std::string_view principal) const {
  if (parts_.rules == nullptr || principal.empty()) return nullptr;
  const auto& actors = parts_.rules->actors;
  const auto rule = std::ranges::find_if(
      actors, [&](const ActorRule& each) { return matches_glob(each.principal, principal); });
  return rule == actors.end() ? nullptr : &*rule;
}

void ExplainRules::name_actor(std::string_view principal, std::span<Observation> observations,
                              Arena& arena) {
  if (parts_.rules != nullptr) RuleBook(*parts_.rules).name_actor(principal, observations, arena);
}

void ExplainRules::write_actor(std::string_view principal, JsonWriter& json) const {
  if (parts_.rules == nullptr || parts_.rules->actors.empty() || principal.empty()) return;
  json.text(R"(,"actor":{"principal":)", principal);
  if (const ActorRule* const rule = rule_for(principal)) {
    json.text(R"(,"rule":)", rule->principal);
    json.text(R"(,"cause":)", name_of(rule->cause));
    json.known_text(R"(,"name":)", rule->name);
  }
  json.raw("}");
}

// One by one, as the book tells only whether any does.
std::string_view ExplainRules::ignored_before(const Observation& observation) const {
  if (parts_.ignore == nullptr || observation.has(kTimer)) return {};
  for (size_t i = 0; i < parts_.ignore->before.size(); ++i) {
    const IngestRules one{.actors = {}, .ignored = {parts_.ignore->before[i]}};
    if (RuleBook(one).is_ignored(observation)) return parts_.ignore->before_names[i];
  }
  return {};
}

ExplainRules::Ignored ExplainRules::ignored_after(bool knows_tags) const {
  if (parts_.ignore == nullptr) return {};
  const std::vector<When>& rules = parts_.ignore->after;
  Ignored result;
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].pattern.matches(routable_)) return {parts_.ignore->after_names[i], true};
    const bool may = !knows_tags && rules[i].early.matches(routable_);
    if (may && result.rule.empty()) result.rule = parts_.ignore->after_names[i];
  }
  return result;
}

void ExplainRules::write_subscriptions(const Entry& entry, JsonWriter& json) {
  text_.clear();
  const Notification notification = notification_of(entry, parts_.teller);
  append_routable(notification, text_);
  CHECK(parser_.parse(text_).get(routable_) == simdjson::SUCCESS);
  const Ignored ignored = ignored_after(knows_tags(entry.after));
  if (!ignored.rule.empty()) {
    json.text(R"(,"ignored_by":{"rule":)", ignored.rule);
    json.text(R"(,"stage":)", ignored.is_certain ? "after" : "tags");
    json.raw("}");
  }
  json.raw(R"(,"notifications":{)");
  Commas commas;
  for (const Subscription& subscription : parts_.subscriptions) {
    commas.next(json);
    write_verdict(subscription,
                  {.ignored = ignored,
                   .knows_cause = notification.cause.kind != CauseKind::unknown,
                   .knows_tags = knows_tags(entry.after)},
                  json);
  }
  json.raw("}");
}

// The same questions in the same order as a subscriber asks them.
void ExplainRules::write_verdict(const Subscription& subscription, const Known& known,
                                 JsonWriter& json) const {
  const Hold& hold = subscription.hold;
  const Ignored& ignored = known.ignored;
  const bool may_be_ignored = !ignored.rule.empty();
  Wait wait;
  if (subscription.early_when.matches(routable_)) {
    wait.for_cause = hold.for_cause && !known.knows_cause;
    wait.for_tags = (hold.for_tags || may_be_ignored) && !known.knows_tags;
    wait.at_most = hold.longest(may_be_ignored);
  }
  const std::optional<Mismatch> mismatch = subscription.when.explain(routable_);
  const bool matches = !mismatch && !ignored.is_certain;
  json.text("", subscription.name);
  json.text(R"(:{"format":)", subscription.format_name);
  write_bool(R"(,"matches":)", matches, json);
  if (ignored.is_certain) {
    json.text(R"(,"why":)", "ignored by " + std::string(ignored.rule));
  } else if (mismatch) {
    json.text(R"(,"why":)", mismatch->text);
  }
  const bool waits = wait.for_cause || wait.for_tags;
  if (waits) write_wait(wait, json);
  const uint64_t per_hour = per_hour_of(subscription);
  if ((matches || waits) && per_hour > 0) write_number(R"(,"per_hour":)", per_hour, json);
  json.raw("}");
}

}  // namespace statewire
