// Templates and paths, evaluated over one event.
#pragma once

#include <simdjson.h>

#include <array>
#include <optional>
#include <string_view>

#include "base/arena.h"
#include "catalog/clean.h"
#include "catalog/event_view.h"
#include "catalog/template.h"

namespace statewire {

// What templates are evaluated over.
struct RenderContext {
  const EventView* event = nullptr;
  std::optional<simdjson::dom::element> element;  // Of `each`.
  std::string_view account;                       // Of the resource.
  std::string_view region;
  std::string_view physical_id;
};

// Nothing where the path leads nowhere or to null.
std::optional<simdjson::dom::element> find(const EventPath& path, const RenderContext& context);

// A string, number or boolean as text; nothing for all else. A number is written to `digits`.
using Digits = std::array<char, 32>;
std::optional<std::string_view> scalar_text(simdjson::dom::element value, Digits& digits);

// Calls visit(element) for each element of a list, while it returns true. What is neither a list
// nor null is a list of one, since CloudTrail writes a list of one as its element; an empty text
// is an empty list.
template <typename Visit>
void visit_list(simdjson::dom::element list, const Visit& visit) {
  std::string_view text;
  simdjson::dom::array items;
  if (!list.get_array().get(items)) {
    for (const simdjson::dom::element item : items) {
      if (!visit(item)) return;
    }
  } else if (!list.is_null() && (list.get_string().get(text) || !text.empty())) {
    visit(list);
  }
}

enum class RenderOutcome {
  done,
  absent,      // A path leads nowhere, to null, or to an empty text.
  not_scalar,  // A path leads to an object or array.
  not_in_table,
  too_long,  // More than kEventTextBytesMax bytes.
};

struct Rendered {
  RenderOutcome outcome = RenderOutcome::done;
  std::string_view text;                  // In the arena, or the template's own.
  const TemplatePart* culprit = nullptr;  // The part that failed.
};

// `bare_id`, as the filters of the {} in `text` make it.
std::string_view filtered_bare_id(const Template& text, std::string_view bare_id);

Rendered render(const Template& text, const RenderContext& context, Arena& arena);

// "no field detail.instance-id": why it is not done, in the arena.
std::string_view reason_of(const Rendered& rendered, Arena& arena);

}  // namespace statewire
