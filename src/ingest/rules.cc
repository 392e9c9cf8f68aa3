#include "ingest/rules.h"

#include <algorithm>

#include "base/check.h"
#include "base/json_writer.h"

namespace statewire {
namespace {

void write_routable(const Identity& resource, JsonWriter& json) {
  json.begin_object();
  json.begin_object("resource");
  json.known_text("id", resource.id);
  json.known_text("type", resource.type);
  json.known_text("provider", resource.provider);
  json.known_text("account", resource.account);
  json.known_text("region", resource.region);
  json.known_text("zone", resource.zone);
  json.known_text("service", resource.service);
  json.known_text("name", resource.name);
  json.end_object();
  json.end_object();
}

}  // namespace

// Each star tries again, one character later, only what comes after it: the last star is enough.
bool matches_glob(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = pattern.npos;
  size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == pattern.npos;
}

const ActorRule* RuleBook::actor_rule(std::string_view principal) const {
  if (principal.empty()) return nullptr;
  const auto rule = std::ranges::find_if(rules_.actors, [&](const ActorRule& each) {
    return matches_glob(each.principal, principal);
  });
  return rule == rules_.actors.end() ? nullptr : &*rule;
}

void RuleBook::name_actor(std::string_view principal, std::span<Observation> observations,
                          Arena& arena) {
  const ActorRule* const rule = actor_rule(principal);
  if (rule == nullptr) return;
  for (Observation& observation : observations) {
    observation.cause.kind = rule->cause;
    observation.cause.confidence = Confidence::certain;
    if (!rule->name.empty()) observation.cause.actor = arena.copy(rule->name);
  }
}

std::optional<size_t> RuleBook::ignored_by(const Observation& observation) {
  return observation.has(kSettle) ? std::nullopt : ignored_by(observation.resource);
}

std::optional<size_t> RuleBook::ignored_by(const Identity& resource) {
  if (rules_.ignored.empty()) return std::nullopt;
  text_.clear();
  {
    JsonWriter json(text_);
    write_routable(resource, json);
  }
  text_.reserve(text_.size() + simdjson::SIMDJSON_PADDING);
  simdjson::dom::element element;
  CHECK(parser_.parse(text_.data(), text_.size(), false).get(element) == simdjson::SUCCESS);
  const auto rule = std::ranges::find_if(
      rules_.ignored, [&](const Pattern& pattern) { return pattern.matches(element); });
  if (rule == rules_.ignored.end()) return std::nullopt;
  return static_cast<size_t>(rule - rules_.ignored.begin());
}

}  // namespace statewire
