#include "cli/catalog_of.h"

#include "api/json_parts.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/config_at_hand.h"

namespace statewire {
namespace {

bool has(const CatalogRow& row, const std::string& query) {
  for (const std::string* text : {&row.name, &row.match, &row.type, &row.place}) {
    if (lower_case(*text).find(query) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::shared_ptr<const Catalog> catalog_of(const Invocation& invocation, Terminal& terminal) {
  std::vector<std::string> folders;
  if (!find_config(invocation.text("--config")).empty()) {
    const std::unique_ptr<ConfigAtHand> config =
        load_config_part(invocation, ConfigPart::store, terminal);
    if (config == nullptr) return nullptr;
    folders = config->settings->catalog_folders;
  }
  for (std::string& folder : invocation.texts("--folder")) folders.push_back(std::move(folder));
  return load_catalog(folders, terminal);
}

std::string catalog_json(const Catalog& catalog, const std::string& query) {
  const std::string wanted = lower_case(query);
  return json_of([&](JsonWriter& json) {
    json.begin_array();
    for (const std::vector<CatalogRow>& rows : {catalog.rows(), catalog.call_rows()}) {
      for (const CatalogRow& row : rows) {
        if (has(row, wanted)) write_catalog_row(row, json);
      }
    }
    json.end_array();
  });
}

}  // namespace statewire
