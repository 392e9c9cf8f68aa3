#include "ingest/rules.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace statewire {
namespace {

void add_field(std::string_view name, std::string_view value, std::string& out) {
  if (value.empty()) return;
  if (out.back() != '{') out += ',';
  append_json_string(out, name);
  out += ':';
  append_json_string(out, value);
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
  if (rules_.ignored.empty() || observation.has(kSettle)) return std::nullopt;
  const Identity& resource = observation.resource;
  text_ = R"({"resource":{)";
  add_field("id", resource.id, text_);
  add_field("type", resource.type, text_);
  add_field("provider", resource.provider, text_);
  add_field("account", resource.account, text_);
  add_field("region", resource.region, text_);
  add_field("zone", resource.zone, text_);
  add_field("service", resource.service, text_);
  add_field("name", resource.name, text_);
  text_ += "}}";
  text_.reserve(text_.size() + simdjson::SIMDJSON_PADDING);
  simdjson::dom::element element;
  CHECK(parser_.parse(text_.data(), text_.size(), false).get(element) == simdjson::SUCCESS);
  const auto rule = std::ranges::find_if(
      rules_.ignored, [&](const Pattern& pattern) { return pattern.matches(element); });
  if (rule == rules_.ignored.end()) return std::nullopt;
  return static_cast<size_t>(rule - rules_.ignored.begin());
}

}  // namespace statewire
