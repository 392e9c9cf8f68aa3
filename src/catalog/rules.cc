#include "catalog/rules.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "base/limits.h"
#include "catalog/element_name.h"
#include "catalog/principal_name.h"

namespace statewire {
namespace {

using simdjson::dom::element;

bool is_about(const RuleSpec& spec, const CallFields& call) {
  return std::ranges::any_of(spec.calls, [&](const CallSpec& each) {
    return each.source == call.event_source && each.name == call.event_name;
  });
}

// The names of the elements that meet a rule, for people, and of statements those of their
// principals: "22/tcp", "22/tcp and 3389/tcp", "22/tcp, 3389/tcp and 2 more", "role auditors".
class MetNames {
 public:
  void add_element(element item, std::string_view account) {
    const std::vector<std::string> principals = principals_in(item, account);
    for (const std::string& each : principals) add(each);
    if (principals.empty()) add(name_for_people(item));
  }
  std::string text() && {
    if (more_ > 0) return text_ + " and " + std::to_string(more_) + " more";
    if (last_ > 0) text_.replace(last_ - 2, 2, " and ");
    return std::move(text_);
  }

 private:
  void add(std::string_view name) {
    if (name.empty()) return;
    if (named_ == kRuleNamesMax) {
      ++more_;
      return;
    }
    text_.append(named_++ == 0 ? "" : ", ").append(name);
    if (named_ == kRuleNamesMax) last_ = text_.size() - name.size();
  }

  std::string text_;
  size_t named_ = 0;
  size_t last_ = 0;  // Where the last name begins that there is room for.
  size_t more_ = 0;
};

}  // namespace

Result<void> Rules::add(const RuleSpec& spec) {
  Rule rule{.spec = &spec, .each = {}, .when = {}, .without = {}, .says = {}};
  if (!spec.each.empty()) {
    Result<EventPath> each = parse_path(spec.each);
    if (!each) return each.error();
    rule.each = std::move(*each);
  }
  if (!spec.without.empty()) {
    Result<EventPath> without = parse_path(spec.without);
    if (!without) return without.error();
    rule.without = std::move(*without);
  }
  if (!spec.when.empty()) {
    auto when = Pattern::compile(spec.when);
    if (const auto* error = std::get_if<PatternError>(&when)) {
      return bad_input(error->path + ": " + error->text);
    }
    rule.when = std::get<Pattern>(std::move(when));
  }
  if (!spec.says.empty()) {
    Result<Template> says = parse_template(spec.says, true);
    if (!says) return says.error();
    rule.says = std::move(*says);
    rule.names_elements = std::ranges::any_of(rule.says.parts, [](const TemplatePart& part) {
      return part.has_slot && part.slot == Slot::physical_id;
    });
  }
  const auto number = static_cast<uint32_t>(rules_.size());
  rules_.push_back(std::move(rule));
  for (const CallSpec& call : spec.calls) {
    std::vector<uint32_t>& rules = by_call_[call.name];
    if (rules.empty() || rules.back() != number) rules.push_back(number);
  }
  return {};
}

std::optional<RuleVerdict> Rules::judge(const EventView& view, Arena& arena) const {
  const auto found = by_call_.find(view.call.event_name);
  if (found == by_call_.end()) return std::nullopt;
  for (const uint32_t number : found->second) {
    const Rule& rule = rules_[number];
    if (!is_about(*rule.spec, view.call)) continue;
    if (const std::optional<RuleVerdict> verdict = verdict_of(rule, view, arena)) return verdict;
  }
  return std::nullopt;
}

bool Rules::Rule::is_met(element asked, const RenderContext& context) const {
  return (!when || when->matches(asked)) && (!without || !find(*without, context));
}

std::optional<RuleVerdict> Rules::verdict_of(const Rule& rule, const EventView& view,
                                             Arena& arena) {
  RenderContext context{.event = &view};
  bool is_met = false;
  MetNames names;
  if (!rule.each) {
    is_met = view.detail && rule.is_met(*view.detail, context);
  } else if (const std::optional<element> list = find(*rule.each, context)) {
    std::optional<element> first;
    visit_list(*list, [&](element item) {
      context.element = item;
      if (!rule.is_met(item, context)) return true;
      if (!first) first = item;
      is_met = true;
      if (!rule.names_elements) return false;
      names.add_element(item, view.account);
      return true;
    });
    context.element = first;
  }
  if (!is_met) return std::nullopt;
  RuleVerdict verdict{.severity = rule.spec->severity, .headline = {}};
  if (rule.says.is_empty()) return verdict;
  context.physical_id = arena.copy(std::move(names).text());
  const Rendered rendered = render(rule.says, context, arena);
  if (rendered.outcome == RenderOutcome::done) verdict.headline = rendered.text;
  return verdict;
}

}  // namespace statewire
