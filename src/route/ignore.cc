#include "route/ignore.h"

#include <algorithm>

namespace statewire {

IgnoreRules read_ignore(const Node& node) {
  IgnoreRules rules;
  if (!node) return rules;
  for (const Node& item : node.items()) {
    When when = read_when(item);
    const bool is_about_more = std::ranges::any_of(
        when.pattern.fields(), [](const auto& path) { return !path.starts_with("resource."); });
    if (is_about_more) {
      item.error(
          "asks for more than the resource: what happens to it is for `when:` of a "
          "subscription");
      continue;
    }
    if (when.json.empty()) continue;
    std::string name =
        std::string(item.file()) + ":" + std::to_string(item.position().line) + " " + when.json;
    if (when.asks_for_tags) {
      rules.after_names.push_back(std::move(name));
      rules.after.push_back(std::move(when));
    } else {
      rules.before_names.push_back(std::move(name));
      rules.before.push_back(std::move(when.pattern));
    }
  }
  return rules;
}

}  // namespace statewire
