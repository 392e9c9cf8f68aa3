// The catalog that is built into the program, against its own examples.
#include <gtest/gtest.h>

#include <set>

#include "catalog/compiled.h"
#include "catalog/examples.h"
#include "catalog/load_folder.h"

namespace statewire {
namespace {

const std::string kRoot = SOURCE_DIR;

Catalog built_in() {
  Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
  EXPECT_TRUE(catalog.ok()) << catalog.error().text;
  return std::move(*catalog);
}

std::vector<CatalogExample> examples() {
  Problems problems;
  std::vector<CatalogExample> loaded = load_examples(kRoot + "/catalog", "catalog", problems);
  EXPECT_TRUE(problems.ok()) << problems.to_text();
  return loaded;
}

TEST(CatalogData, holds_entries) { EXPECT_GT(built_in().size(), 100u); }

TEST(CatalogData, every_example_is_recognised_as_it_says) {
  const Catalog catalog = built_in();
  for (const CatalogExample& example : examples()) {
    const Result<void> checked = check_example(catalog, example, kRoot);
    EXPECT_TRUE(checked.ok()) << example.entry_place << ": " << checked.error().text;
  }
}

TEST(CatalogData, every_entry_has_an_example) {
  std::set<std::string> places;
  for (const CatalogExample& example : examples()) places.insert(example.entry_place);
  const Catalog catalog = built_in();
  for (const CatalogRow& row : catalog.rows()) {
    EXPECT_TRUE(places.contains(std::string(row.place))) << row.place;
  }
}

TEST(CatalogData, no_call_is_known_to_two_entries) {
  const Catalog catalog = built_in();
  std::set<std::pair<std::string, std::string>> calls;
  for (const EntrySpec& entry : catalog.compiled().spec.entries) {
    for (const CallSpec& call : entry.calls) {
      EXPECT_TRUE(calls.insert({call.source, call.name}).second)
          << entry.place << ": " << call.source << " " << call.name;
    }
  }
}

}  // namespace
}  // namespace statewire
