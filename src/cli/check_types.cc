#include "cli/check_types.h"

#include <set>
#include <string>
#include <vector>

#include "base/text.h"

namespace statewire {
namespace {

// Of those that entries take from the event, nothing is known.
constexpr std::string_view kProvider = "AWS::";

class KnownTypes {
 public:
  explicit KnownTypes(const Catalog& catalog) {
    for (const CatalogRow& row : catalog.rows()) types_.insert(row.type);
    for (const CatalogRow& row : catalog.call_rows()) types_.insert(row.type);
  }

  void check(const Node& type) const {
    if (!type.is_scalar() || types_.contains(type.text())) return;
    const std::string text = type.text();
    const std::vector<std::string_view> all(types_.begin(), types_.end());
    const std::string_view near = nearest(text, all);
    if (!text.starts_with(kProvider) && near.empty()) return;  // Of a source of one's own.
    std::string warning = "no entry of the catalog is about the type \"" + text + "\"";
    if (!near.empty()) warning.append("; did you mean \"").append(near).append("\"?");
    type.warn(std::move(warning));
  }

 private:
  std::set<std::string, std::less<>> types_;
};

std::vector<Node> items_of(const Node& list) {
  return list.is_list() ? list.items() : std::vector<Node>();
}

void gather_types(const Node& when, std::vector<Node>& types) {
  for (Node& type : items_of(when.find("resource").find("type"))) types.push_back(std::move(type));
  for (const Node& branch : items_of(when.find("$or"))) gather_types(branch, types);
}

}  // namespace

void warn_of_unknown_types(const Document& config, const Catalog& catalog) {
  std::vector<Node> types;
  for (const Node& subscription : config.root().find("subscriptions").entries()) {
    gather_types(subscription.find("when"), types);
  }
  if (types.empty()) return;
  const KnownTypes known(catalog);
  for (const Node& type : types) known.check(type);
}

}  // namespace statewire
