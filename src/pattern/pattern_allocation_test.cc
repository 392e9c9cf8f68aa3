#include <gtest/gtest.h>

#include "pattern/allocations_for_test.h"

#if STATEWIRE_COUNTS_ALLOCATIONS

namespace statewire {
namespace {

constexpr std::string_view kEvent = R"({"source":"some.long.source.name","detail":{
      "eventName":"CallThatHasALongName7","tags":[{"key":"x"},{"key":["z","10.1.2.3",7]},
      {"key":"with an \u0065scape","value":1.5e3}]}})";

TEST(PatternSet, allocates_nothing_once_warm) {
  PatternSet set;
  const size_t before_build = allocations;
  fill(set);
  EXPECT_GT(allocations, before_build);  // The counter counts.
  PatternScratch scratch;
  simdjson::dom::parser parser;
  const auto event = parser.parse(kEvent).value();
  size_t matched = 0;
  EXPECT_EQ(allocations_of([&] { matched = set.match(event, scratch)->size(); }), 0u);
  EXPECT_GT(matched, 10u);
}

TEST(Pattern, allocates_nothing_once_warm) {
  const auto pattern = std::get<Pattern>(Pattern::compile(
      R"({"detail":{"tags":{"key":[{"suffix":"z"}],"value":[{"exists":false}]},"x":[null,"y",
         {"exists":false}]}})"));
  simdjson::dom::parser parser;
  const auto event = parser.parse(kEvent).value();
  EXPECT_EQ(allocations_of([&] { EXPECT_TRUE(pattern.matches(event)); }), 0u);
}

}  // namespace
}  // namespace statewire

#endif
