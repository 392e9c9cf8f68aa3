#include "catalog/catalog.h"

#include <iterator>
#include <utility>

#include "catalog/compiled.h"
#include "catalog/load_folder.h"
#include "catalog/lower_row.h"
#include "catalog/spec_codec.h"

namespace statewire {

namespace {

// A user's row wins over the built-in entries, so it is one.
void rows_to_entries(CatalogSpec& spec) {
  for (CallTable& table : spec.tables) {
    for (const CallRow& row : table.rows) spec.entries.push_back(lower_row(table, row, 0));
    for (TypeSpec& type : table.types) spec.types.push_back(std::move(type));
  }
  spec.tables.clear();
}

template <typename T>
void append(std::vector<T>& items, std::vector<T>& more) {
  if (items.empty()) return items.swap(more);
  items.insert(items.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
}

}  // namespace

std::string_view name_of(EntryEffect effect) {
  constexpr std::string_view kNames[] = {"state",  "create", "delete", "configure", "cause", "tag",
                                         "ignore", "fail",   "settle", "declare",   "put"};
  return kNames[static_cast<size_t>(effect)];
}

std::string_view name_of(RowTrust trust) {
  constexpr std::string_view kNames[] = {"high", "fair", "low"};
  return kNames[static_cast<size_t>(trust)];
}

Catalog::Catalog(std::unique_ptr<CompiledCatalog> compiled) : compiled_(std::move(compiled)) {}
Catalog::Catalog(Catalog&&) noexcept = default;
Catalog& Catalog::operator=(Catalog&&) noexcept = default;
Catalog::~Catalog() = default;

Result<Catalog> Catalog::from_compiled(std::string_view bytes) {
  Result<CatalogSpec> spec = decode_catalog(bytes);
  if (!spec) return spec.error();
  auto compiled = CompiledCatalog::build(std::move(*spec));
  if (!compiled) return compiled.error();
  return Catalog(std::move(*compiled));
}

Result<Catalog> Catalog::with_folders(std::string_view bytes, std::span<const std::string> folders,
                                      Problems& problems) {
  Result<CatalogSpec> built_in = decode_catalog(bytes);
  if (!built_in) return built_in.error();
  CatalogSpec spec;
  const size_t errors_before = problems.errors();
  for (const std::string& folder : folders) load_folder(folder, folder, spec, problems);
  rows_to_entries(spec);
  if (problems.errors() != errors_before) return bad_input("the catalog's folders have errors");
  append(spec.entries, built_in->entries);
  append(spec.rules, built_in->rules);
  append(spec.types, built_in->types);
  append(spec.tables, built_in->tables);
  append(spec.words, built_in->words);
  auto compiled = CompiledCatalog::build(std::move(spec));
  if (!compiled) return compiled.error();
  return Catalog(std::move(*compiled));
}

size_t Catalog::size() const { return compiled_->entries.size(); }

}  // namespace statewire
