#include "catalog/template.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/limits.h"

namespace statewire {
namespace {

constexpr std::pair<std::string_view, Slot> kNames[] = {{"partition", Slot::partition},
                                                        {"region", Slot::region},
                                                        {"account", Slot::account},
                                                        {"call", Slot::call}};

constexpr std::pair<std::string_view, Filter::Kind> kFilters[] = {
    {"first", Filter::Kind::first},     {"until", Filter::Kind::until},
    {"after", Filter::Kind::after},     {"last", Filter::Kind::last},
    {"instead", Filter::Kind::instead}, {"swap", Filter::Kind::swap}};

constexpr std::pair<std::string_view, PathRoot> kRoots[] = {
    {"detail.requestParameters", PathRoot::request},
    {"detail.responseElements", PathRoot::response},
    {"detail", PathRoot::detail}};

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

int32_t index_of(std::string_view key) {
  if (key.size() > kIndexDigitsMax) return -1;
  int32_t index = 0;
  for (const char c : key) {
    if (c < '0' || c > '9') return -1;
    index = index * 10 + (c - '0');
  }
  return index;
}

// Takes the longest root that `text` begins with; `text` is left with what follows.
PathRoot take_root(std::string_view& text) {
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    return PathRoot::element;
  }
  for (const auto& [name, root] : kRoots) {
    if (!text.starts_with(name)) continue;
    if (text.size() == name.size()) {
      text = {};
      return root;
    }
    if (text[name.size()] == '.' && text.size() > name.size() + 1) {
      text.remove_prefix(name.size() + 1);
      return root;
    }
  }
  return PathRoot::event;
}

Result<void> parse_filter(std::string_view text, TemplatePart& part) {
  if (text == "lower" || text == "optional") {
    (text == "lower" ? part.is_lower : part.is_optional) = true;
    return {};
  }
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const auto* filter = std::find_if(std::begin(kFilters), std::end(kFilters),
                                    [&](const auto& each) { return each.first == name; });
  if (filter == std::end(kFilters)) {
    return bad_input(
        "no such filter " + in_quotes(name) +
        "; there are first:, until:, after:, last:, instead:, swap:, lower and optional");
  }
  if (colon == std::string_view::npos || colon + 1 == text.size()) {
    return bad_input(in_quotes(name) + " needs a separator, as in {path|" + std::string(name) +
                     ":/}");
  }
  const bool is_pair =
      filter->second == Filter::Kind::instead || filter->second == Filter::Kind::swap;
  if (is_pair && text.find('=', colon) == std::string_view::npos) {
    return bad_input(in_quotes(name) + " needs two texts, as in {path|instead:CLOUDFRONT=global}");
  }
  if (filter->second == Filter::Kind::swap) {
    const auto [from, to] = both_texts(text.substr(colon + 1));
    if (from.empty() || to.size() > from.size()) {
      return bad_input(in_quotes(name) + " needs a text, and one that is no longer in its place");
    }
  }
  part.filters.push_back({filter->second, std::string(text.substr(colon + 1)), part.is_lower});
  return {};
}

Result<void> parse_slot(std::string_view text, bool allows_physical_id, TemplatePart& part) {
  part.has_slot = true;
  const size_t bar = std::min(text.find('|'), text.size());
  const std::string_view name = text.substr(0, bar);
  const auto* named = std::find_if(std::begin(kNames), std::end(kNames),
                                   [&](const auto& each) { return each.first == name; });
  if (named != std::end(kNames)) {
    part.slot = named->second;
  } else if (name.empty() && allows_physical_id) {
    part.slot = Slot::physical_id;
  } else {
    Result<EventPath> path = parse_path(name);
    if (!path) return path.error();
    part.path = std::move(*path);
  }
  for (size_t at = bar; at < text.size();) {
    const size_t end = std::min(text.find('|', at + 1), text.size());
    if (auto done = parse_filter(text.substr(at + 1, end - at - 1), part); !done) return done;
    at = end;
  }
  return {};
}

}  // namespace

std::pair<std::string_view, std::string_view> both_texts(std::string_view pair) {
  const size_t equals = pair.find('=');
  return {pair.substr(0, equals), pair.substr(equals + 1)};
}

Result<EventPath> parse_path(std::string_view text) {
  if (text.empty()) return bad_input("a path is missing");
  if (text.find_first_of("{}|\t\n") != std::string_view::npos || text.front() == ' ' ||
      text.back() == ' ') {
    return bad_input(in_quotes(text) + " is no path: keys joined by dots");
  }
  EventPath path;
  path.text = text;
  path.root = take_root(text);
  while (!text.empty()) {
    const size_t dot = text.find('.');
    const std::string_view key = text.substr(0, dot);
    if (key.empty() || dot + 1 == text.size()) {
      return bad_input(in_quotes(path.text) + " has an empty key between dots");
    }
    path.steps.push_back({std::string(key), index_of(key)});
    text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  }
  return path;
}

Result<Template> parse_template(std::string_view text, bool allows_physical_id) {
  if (text.empty()) return bad_input("text is missing");
  if (text.size() > kCatalogTemplateBytesMax) {
    return bad_input("longer than " + std::to_string(kCatalogTemplateBytesMax) + " bytes");
  }
  Template result;
  result.text = text;
  while (!text.empty()) {
    TemplatePart part;
    const size_t open = std::min(text.find('{'), text.size());
    part.literal = text.substr(0, open);
    if (part.literal.find('}') != std::string::npos) return bad_input("a } without its {");
    text.remove_prefix(open);
    if (!text.empty()) {
      const size_t close = text.find('}');
      if (close == std::string_view::npos) return bad_input("a { without its }");
      auto slot = parse_slot(text.substr(1, close - 1), allows_physical_id, part);
      if (!slot) return slot.error();
      text.remove_prefix(close + 1);
    }
    result.parts.push_back(std::move(part));
  }
  return result;
}

bool has_physical_id(const Template& text) {
  return std::any_of(text.parts.begin(), text.parts.end(), [](const TemplatePart& part) {
    return part.has_slot && part.slot == Slot::physical_id;
  });
}

bool is_relative(const Template& text) {
  return std::any_of(text.parts.begin(), text.parts.end(), [](const TemplatePart& part) {
    return part.has_slot && part.slot == Slot::path && part.path.root == PathRoot::element;
  });
}

}  // namespace statewire
