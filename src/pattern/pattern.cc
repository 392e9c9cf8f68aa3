#include "pattern/pattern.h"

#include "pattern/tree.h"

namespace statewire {

Pattern::Pattern(std::shared_ptr<const pattern::Tree> tree) : tree_(std::move(tree)) {}

std::variant<Pattern, std::vector<PatternError>> Pattern::check(std::string_view json,
                                                                const PatternLimits& limits) {
  auto compiled = compile(json, limits);
  if (auto* error = std::get_if<PatternError>(&compiled)) {
    return std::vector<PatternError>{std::move(*error)};
  }
  return std::get<Pattern>(std::move(compiled));
}

std::variant<Pattern, PatternError> Pattern::compile(std::string_view json,
                                                     const PatternLimits& limits) {
  if (json.size() > limits.bytes_max) {
    return PatternError{.path = "",
                        .text = "a pattern of " + std::to_string(json.size()) +
                                " bytes; the limit is " + std::to_string(limits.bytes_max)};
  }
  auto compiled = pattern::compile(json);
  if (auto* error = std::get_if<PatternError>(&compiled)) return std::move(*error);
  auto& tree = std::get<pattern::Tree>(compiled);
  return Pattern(std::make_shared<const pattern::Tree>(std::move(tree)));
}

Pattern Pattern::everything() { return Pattern(std::make_shared<const pattern::Tree>()); }

bool Pattern::matches(simdjson::dom::element event) const {
  simdjson::dom::object object;
  return !event.get_object().get(object) && pattern::holds(tree_->root, object);
}

std::optional<Mismatch> Pattern::explain(simdjson::dom::element event) const {
  simdjson::dom::object object;
  if (event.get_object().get(object)) {
    return Mismatch{.path = "",
                    .found = simdjson::minify(event),
                    .wanted = "an object",
                    .text = "the event is not an object"};
  }
  if (pattern::holds(tree_->root, object)) return std::nullopt;
  return pattern::explain(tree_->root, object);
}

const std::vector<std::string>& Pattern::fields() const { return tree_->fields; }

}  // namespace statewire
