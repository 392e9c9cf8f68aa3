// What an organisation knows better than the catalog: who is behind a role, and which resources
// nobody wants to hear of.
#pragma once

#include <simdjson.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "ingest/expectations.h"
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
  // Matched against {"resource": {…}} of an observation, which is dropped if one matches.
  std::vector<Pattern> ignored;
  ExpectRules expect;
};

// True if `text` matches `pattern`, in which `*` stands for any run of characters, or none.
bool matches_glob(std::string_view pattern, std::string_view text);

// Not thread-safe: kept for its memory. Borrows the rules.
class RuleBook {
 public:
  explicit RuleBook(const IngestRules& rules) : rules_(rules) {}

  // The rule that says who this is; null where none does, or `principal` is empty.
  const ActorRule* actor_rule(std::string_view principal) const;
  // Sets the cause in `observations`, all of one event by `principal` (which may be empty), to what
  // the rule says. Texts are in `arena`.
  void name_actor(std::string_view principal, std::span<Observation> observations, Arena& arena);
  // The index of the first rule that drops the observation. No rule drops that a resource settles:
  // one that is tracked does, whatever the rules say by now.
  std::optional<size_t> ignored_by(const Observation& observation);
  // The index of the first rule that is about the resource.
  std::optional<size_t> ignored_by(const Identity& resource);

 private:
  const IngestRules& rules_;
  std::string text_;
  simdjson::dom::parser parser_;
};

}  // namespace statewire
