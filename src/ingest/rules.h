// What an organisation knows better than the catalog: who stands behind a role, and what nobody
// wants to hear of.
#pragma once

#include <simdjson.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "model/observation.h"
#include "pattern/pattern.h"

namespace statewire {

struct ActorRule {
  std::string principal;  // As the provider names it in full; `*` stands for anything.
  CauseKind cause = CauseKind::unknown;
  std::string name;  // What to call it; empty: as the event does.
};

struct IngestRules {
  std::vector<ActorRule> actors;  // The first that matches wins.
  // Over {"resource": {…}} of an observation: it is dropped.
  std::vector<Pattern> ignored;
};

// True where `text` is `pattern`, in which `*` stands for any run of characters, also none.
bool matches_glob(std::string_view pattern, std::string_view text);

// Not thread-safe: kept for its memory. Borrows the rules.
class RuleBook {
 public:
  explicit RuleBook(const IngestRules& rules) : rules_(rules) {}

  // The rule that says who this is; null where none does, or `principal` is empty.
  const ActorRule* actor_rule(std::string_view principal) const;
  // Says in `observations`, which are of one event by `principal` (may be empty), who did it.
  // Texts are in `arena`.
  void name_actor(std::string_view principal, std::span<Observation> observations, Arena& arena);
  // Its place among the rules: the first that drops the observation. None drops a reminder, as time
  // passes for whatever was taken.
  std::optional<size_t> ignored_by(const Observation& observation);

 private:
  const IngestRules& rules_;
  std::string text_;
  simdjson::dom::parser parser_;
};

}  // namespace statewire
