// What is listed of the catalog, and how it is counted.
#include <gtest/gtest.h>

#include <algorithm>

#include "catalog/test_catalog.h"

namespace statewire {
namespace {

constexpr const char* kThings = R"(
service: things.amazonaws.com
calls:
  CreateBox: {does: create, of: AWS::Things::Box, id: requestParameters.name, after: 60s, from: cfn}
  ShakeBox: {does: configure, of: AWS::Things::Box, id: requestParameters.name, from: verb, sure: low,
             differs: iam AWS::Things::Lid}
unknown: [PaintBox]
)";

TEST(Listing, row_says_what_it_knows_and_from_whom) {
  const Catalog catalog = catalog_of(kThings);
  const std::vector<CatalogRow> rows = catalog.call_rows();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].match, "things.amazonaws.com CreateBox");
  EXPECT_EQ(rows[0].settles, "after 60s");
  EXPECT_EQ(rows[0].id, "requestParameters.name");
  EXPECT_EQ(rows[1].sure, "low");
  EXPECT_EQ(rows[1].differs, "iam AWS::Things::Lid");
  EXPECT_FALSE(rows[1].is_hidden);
  EXPECT_TRUE(catalog.rows().empty());
}

TEST(Listing, coverage_counts_each_call_once) {
  const Catalog catalog = catalog_of(kThings);
  const std::vector<ServiceCoverage> services = catalog.coverage();
  ASSERT_EQ(services.size(), 1u);
  EXPECT_EQ(services[0].service, "things");
  EXPECT_EQ(services[0].calls, 3u);
  EXPECT_EQ(services[0].structural, 1u);
  EXPECT_EQ(services[0].by_verb, 1u);
  EXPECT_EQ(services[0].unknown, 1u);
  EXPECT_EQ(services[0].types, 1u);
}

TEST(Listing, row_of_a_call_that_an_entry_is_about_is_hidden) {
  const Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
  ASSERT_TRUE(catalog.ok());
  const auto is_hidden = [rows = catalog->call_rows()](const std::string& match) {
    const auto row = std::ranges::find(rows, match, &CatalogRow::match);
    return row != rows.end() && row->is_hidden;
  };
  EXPECT_TRUE(is_hidden("iam.amazonaws.com CreateRole"));
  EXPECT_FALSE(is_hidden("kendra.amazonaws.com CreateIndex"));
}

TEST(Listing, coverage_of_the_program_adds_up) {
  const Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
  ASSERT_TRUE(catalog.ok());
  size_t calls = 0;
  size_t unknown = 0;
  for (const ServiceCoverage& each : catalog->coverage()) {
    EXPECT_EQ(each.calls, each.by_hand + each.structural + each.by_verb + each.unknown)
        << each.service;
    calls += each.calls;
    unknown += each.unknown;
  }
  EXPECT_GT(calls, 9800u);
  EXPECT_LT(unknown * 20, calls);  // Under 5 %.
}

}  // namespace
}  // namespace statewire
