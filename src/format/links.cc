#include "format/links.h"

#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "base/percent.h"
#include "config/map_reader.h"

namespace statewire {
namespace {

bool is_type(const std::string& wanted, std::string_view type) {
  if (!wanted.ends_with('*')) return type == wanted;
  return type.starts_with(std::string_view(wanted).substr(0, wanted.size() - 1));
}

}  // namespace

Links Links::read(const Node& node) {
  Links links;
  if (!node) return links;
  for (const Node& item : node.items()) {
    MapReader keys(item);
    Rule rule;
    rule.title = keys.required("title").text();
    rule.url = read_url(keys.required("url"));
    const Node type = keys.optional("type");
    if (type.is_list()) rule.types = type.texts();
    if (type && !type.is_list()) rule.types = {type.text()};
    if (const Node tags = keys.optional("tags")) {
      for (const Node& tag : tags.entries()) rule.tags.emplace_back(tag.key(), tag.text());
    }
    links.rules_.push_back(std::move(rule));
  }
  return links;
}

std::vector<Links::Piece> Links::read_url(const Node& node) {
  std::vector<Piece> pieces;
  if (!node) return pieces;
  const std::string text = node.text();
  if (!text.starts_with("https://") && !text.starts_with("http://")) {
    node.error("must be a URL that begins with http:// or https://");
  }
  size_t from = 0;
  for (size_t open = text.find("{{"); open != std::string::npos; open = text.find("{{", from)) {
    const size_t close = text.find("}}", open);
    if (close == std::string::npos) {
      node.error("{{ without }}");
      return pieces;
    }
    const std::string path = text.substr(open + 2, close - open - 2);
    std::optional<Field> field = Field::find(path);
    if (!field) node.error(path + ": " + no_such_path(path));
    pieces.push_back({text.substr(from, open - from), std::move(field)});
    from = close + 2;
  }
  pieces.push_back({text.substr(from), std::nullopt});
  return pieces;
}

bool Links::is_for(const Rule& rule, const Notification& notification) {
  const bool is_of_type =
      rule.types.empty() || std::ranges::any_of(rule.types, [&](const std::string& type) {
        return is_type(type, notification.resource.type);
      });
  return is_of_type && std::ranges::all_of(rule.tags, [&](const auto& wanted) {
           return std::ranges::any_of(notification.tags, [&](const Tag& tag) {
             return tag.key == wanted.first && tag.value == wanted.second;
           });
         });
}

void Links::add_to(std::vector<MessageLink>& links, const Notification& notification) const {
  for (const Rule& rule : rules_) {
    if (links.size() + 2 >= kMessageLinksMax) return;
    if (!is_for(rule, notification)) continue;
    MessageLink link{.title = rule.title, .url = {}};
    for (const Piece& piece : rule.url) {
      link.url += piece.text;
      std::string value;
      if (piece.field) piece.field->append(notification, value);
      link.url += percent_encode(value);
    }
    if (link.url.size() <= kMessageLinkBytesMax) links.push_back(std::move(link));
  }
}

}  // namespace statewire
