// Rules of the catalog: which calls more people than usual should hear of, and in which words.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/result.h"
#include "catalog/entry_spec.h"
#include "catalog/event_view.h"
#include "catalog/render.h"
#include "catalog/template.h"
#include "catalog/text_map.h"
#include "pattern/pattern.h"

namespace statewire {

// What the rule says that a call meets.
struct RuleVerdict {
  uint8_t severity = 0;       // OpenTelemetry number.
  std::string_view headline;  // May be empty; in the arena, or the catalog's own.
};

// Immutable once built; any number of threads may ask. Borrows the specs.
class Rules {
 public:
  // An error where a pattern or template cannot be compiled.
  Result<void> add(const RuleSpec& spec);

  // Of the first rule in the order of the catalog that the call meets; nothing where none is met.
  std::optional<RuleVerdict> judge(const EventView& view, Arena& arena) const;

 private:
  struct Rule {
    const RuleSpec* spec = nullptr;
    std::optional<EventPath> each;
    std::optional<Pattern> when;
    std::optional<EventPath> without;
    Template says;
    bool names_elements = false;  // `says` has a {}.

    // Of the record, or of an element of `each`.
    bool is_met(simdjson::dom::element asked, const RenderContext& context) const;
  };

  static std::optional<RuleVerdict> verdict_of(const Rule& rule, const EventView& view,
                                               Arena& arena);

  std::vector<Rule> rules_;
  TextMap<std::vector<uint32_t>> by_call_;  // By the name alone: "RunInstances". Ascending.
};

}  // namespace statewire
