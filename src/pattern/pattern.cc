#include "pattern/pattern.h"

#include <algorithm>
#include <array>

#include "pattern/compiled.h"
#include "pattern/explain.h"
#include "pattern/read_dom.h"

namespace statewire {
namespace {

// Enough for the leaves of most patterns.
constexpr size_t kStackBytes = 4096;

}  // namespace

namespace pattern {

Compiled::Compiled(Tree compiled, std::string text)
    : tree(std::move(compiled)), json(std::move(text)) {}

const Programs& Compiled::programs() const {
  std::call_once(once_, [this] {
    for (const Alternative& each : alternatives_of(tree.root, programs_.paths)) {
      programs_.begins.push_back(programs_.bytes.size());
      encode(each, programs_.bytes);
    }
  });
  return programs_;
}

}  // namespace pattern

Pattern::Pattern(std::shared_ptr<const pattern::Compiled> compiled)
    : compiled_(std::move(compiled)) {}

std::variant<Pattern, std::vector<PatternError>> Pattern::check(std::string_view json,
                                                                const PatternLimits& limits) {
  auto compiled = pattern::compile(json, limits, pattern::Texts::omitted);
  if (auto* errors = std::get_if<std::vector<PatternError>>(&compiled)) return std::move(*errors);
  return Pattern(std::make_shared<const pattern::Compiled>(
      std::get<pattern::Tree>(std::move(compiled)), std::string(json)));
}

PatternLimits PatternLimits::of_event_bridge() {
  PatternLimits limits;
  limits.bytes_max = kEventBridgePatternBytesMax;
  limits.decimals_max = 6;
  limits.alike_stars_max = 4;
  return limits;
}

std::variant<Pattern, PatternError> Pattern::compile(std::string_view json,
                                                     const PatternLimits& limits) {
  auto checked = check(json, limits);
  if (auto* pattern = std::get_if<Pattern>(&checked)) return std::move(*pattern);
  return std::get<std::vector<PatternError>>(std::move(checked)).front();
}

Pattern Pattern::everything() {
  return Pattern(std::make_shared<const pattern::Compiled>(pattern::Tree(), std::string()));
}

bool Pattern::matches(simdjson::dom::element event) const {
  if (!event.is_object()) return false;
  const pattern::Programs& programs = compiled_->programs();
  std::array<std::byte, kStackBytes> stack;
  std::pmr::monotonic_buffer_resource memory(stack.data(), stack.size());
  pattern::Leaves leaves(&memory);
  pattern::read_dom(event, programs.paths, leaves);
  const bool is_met = std::any_of(
      programs.begins.begin(), programs.begins.end(),
      [&](size_t begin) { return pattern::holds(programs.bytes.data() + begin, leaves); });
  return is_met || leaves.steps.are_over();
}

std::optional<Mismatch> Pattern::explain(simdjson::dom::element event) const {
  if (!event.is_object()) {
    return Mismatch{.path = "",
                    .found = simdjson::minify(event),
                    .wanted = "an object",
                    .text = "the event is not an object"};
  }
  if (matches(event)) return std::nullopt;
  // What compiled once does so again, under any limits.
  constexpr size_t kUnlimited = std::numeric_limits<size_t>::max() / 2;
  const PatternLimits limits{.bytes_max = kUnlimited,
                             .program_bytes_max = kUnlimited,
                             .combinations_max = kUnlimited,
                             .wildcards_max = kUnlimited,
                             .numeric_bound = std::numeric_limits<double>::max()};
  auto compiled = pattern::compile(compiled_->json, limits, pattern::Texts::included);
  return pattern::explain(std::get<pattern::Tree>(compiled), event);
}

const std::vector<std::string>& Pattern::fields() const { return compiled_->tree.fields; }

}  // namespace statewire
