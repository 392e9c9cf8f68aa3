// The catalog as it is listed, and how much of each service it knows.
#include <algorithm>
#include <map>
#include <set>

#include "catalog/catalog.h"
#include "catalog/compiled.h"
#include "catalog/row_table.h"

namespace statewire {
namespace {

constexpr std::string_view kDomain = ".amazonaws.com";
constexpr std::string_view kNativePrefix = "aws.";

std::string settles_text(const EntrySpec& spec) {
  if (spec.effect != EntryEffect::create && spec.effect != EntryEffect::remove) return {};
  if (spec.settles_natively) return "native";
  if (spec.settles_after == Duration::zero()) return "call";
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(spec.settles_after).count();
  return "after " + std::to_string(seconds) + "s";
}

std::string ids_text(const EntrySpec& spec) {
  std::string text;
  for (const TextSpec& id : spec.resource.ids) text += (text.empty() ? "" : " | ") + id.text;
  return text;
}

CatalogRow listed(const EntrySpec& spec) {
  return {.name = spec.name,
          .place = spec.place,
          .reference = spec.reference,
          .match = spec.match,
          .type = spec.resource.type.text,
          .effect = std::string(name_of(spec.effect)),
          .id = ids_text(spec),
          .settles = settles_text(spec),
          .from = "hand",
          .sure = "high"};
}

bool is_known_to_entry(const CompiledCatalog& catalog, const CallTable& table, const CallRow& row) {
  return std::ranges::any_of(table.sources, [&](const std::string& source) {
    return catalog.entries_of_call(source, row.name) != nullptr;
  });
}

// What is counted of a service, while it is.
struct Count {
  std::set<std::string> types;
  std::set<std::string> by_hand;
  std::map<std::string, bool> rows;  // Whether it is known by its name alone.
  std::set<std::string> unknown;
  size_t natives = 0;
};

std::string short_source(std::string_view source) {
  return std::string(source.substr(0, source.find(kDomain)));
}

void count_entry(const EntrySpec& spec, std::map<std::string, Count>& counts) {
  for (const CallSpec& call : spec.calls) {
    Count& count = counts[short_source(call.source)];
    count.by_hand.insert(call.name);
    count.types.insert(spec.resource.type.text);
  }
  const size_t native = spec.match.find(kNativePrefix);
  if (!spec.calls.empty() || native != 0) return;
  const std::string_view source = std::string_view(spec.match).substr(kNativePrefix.size());
  Count& count = counts[std::string(source.substr(0, source.find_first_of(" ,/")))];
  ++count.natives;
  count.types.insert(spec.resource.type.text);
}

void count_table(const CallTable& table, std::map<std::string, Count>& counts) {
  Count& count = counts[short_source(table.sources.front())];
  for (const CallRow& row : table.rows) {
    count.rows.try_emplace(row.name, row.from == "verb");
    if (!row.type.empty() && row.type != "*") count.types.insert(row.type);
  }
  count.unknown.insert(table.unknown.begin(), table.unknown.end());
}

ServiceCoverage coverage_of(const std::string& service, const Count& count) {
  ServiceCoverage coverage{.service = service,
                           .types = count.types.size(),
                           .by_hand = count.by_hand.size(),
                           .natives = count.natives};
  for (const auto& [name, is_by_verb] : count.rows) {
    if (count.by_hand.contains(name)) continue;
    ++(is_by_verb ? coverage.by_verb : coverage.structural);
  }
  for (const std::string& name : count.unknown) {
    if (!count.by_hand.contains(name) && !count.rows.contains(name)) ++coverage.unknown;
  }
  coverage.calls = coverage.by_hand + coverage.structural + coverage.by_verb + coverage.unknown;
  return coverage;
}

}  // namespace

std::vector<CatalogRow> Catalog::rows() const {
  std::vector<CatalogRow> rows;
  for (const EntrySpec& entry : compiled_->spec.entries) rows.push_back(listed(entry));
  return rows;
}

std::vector<CatalogRow> Catalog::call_rows() const {
  std::vector<CatalogRow> rows;
  const RowTable& table = *compiled_->rows;
  for (uint32_t i = 0; i < table.size(); ++i) {
    const CallRow& row = table.row_of(i);
    CatalogRow& listed_row = rows.emplace_back(listed(table.spec_of(i)));
    listed_row.type = row.type;
    listed_row.id = row.ids;
    listed_row.from = row.from;
    listed_row.sure = name_of(row.trust);
    listed_row.differs = row.more().differs;
    listed_row.is_hidden = is_known_to_entry(*compiled_, table.table_of(i), row);
  }
  return rows;
}

std::vector<ServiceCoverage> Catalog::coverage() const {
  std::map<std::string, Count> counts;
  for (const EntrySpec& entry : compiled_->spec.entries) count_entry(entry, counts);
  for (const CallTable& table : compiled_->spec.tables) count_table(table, counts);
  std::vector<ServiceCoverage> services;
  for (const auto& [service, count] : counts) services.push_back(coverage_of(service, count));
  std::ranges::sort(services, [](const ServiceCoverage& a, const ServiceCoverage& b) {
    return a.calls != b.calls ? a.calls > b.calls : a.service < b.service;
  });
  return services;
}

}  // namespace statewire
