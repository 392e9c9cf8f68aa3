#include "lines/cost_for_test.h"

#include <gtest/gtest.h>

#include "pattern/compiled_for_test.h"

namespace statewire {
namespace {

TEST(Cost, of_what_once_was_quadratic_is_bounded) {
  for (const cost::KnownFault& known : cost::kKnownFaults) {
    cost::Costs costs;
    EXPECT_EQ(cost::excess_of(known.text, costs), "") << known.name;
    std::cout << known.name << "\n";
    for (const cost::Cost& each : {costs.patterns, costs.event}) {
      std::cout << "  " << each.bytes << " bytes, " << each.steps << " steps, " << each.seconds
                << " s, " << each.memory / 1e6 << " MB\n";
    }
  }
}

// The bound is far from what events are like, and what is below it is answered in full.
TEST(Cost, a_large_event_is_answered_in_full) {
  PatternSet set;
  for (uint32_t i = 0; i < 1'000; ++i) {
    const std::string n = std::to_string(i);
    set.add(i, compiled(R"({"i":{"a":["x)" + n + R"("],"b":[{"prefix":"y)" + n + "\"}]}}"));
  }
  set.seal();
  std::string event = R"({"i":[)";
  for (int i = 0; i < 5'000; ++i) {
    const std::string n = std::to_string(i);
    event += R"({"a":"x)" + n + R"(","b":")" + (i % 2 == 0 ? "y" + n : "z") + "\"},";
  }
  SetAsker asker;
  const std::vector<uint32_t> ids = asker.ids(set, event + "{}]}");
  ASSERT_EQ(ids.size(), 500u);
  EXPECT_EQ(ids[7], 14u);
}

TEST(Cost, a_megabyte_of_text_is_searched_for_a_thousand_wildcards) {
  PatternSet set;
  for (uint32_t i = 0; i < 1'000; ++i) {
    set.add(i, compiled(R"({"t":[{"wildcard":"*ab*)" + std::to_string(i) + R"(*"}]})"));
  }
  set.seal();
  std::string text;
  while (text.size() < 1'000'000) text += "ab";
  SetAsker asker;
  EXPECT_EQ(asker.ids(set, R"({"t":")" + text + "417\"}"),
            (std::vector<uint32_t>{1, 4, 7, 17, 41, 417}));
}

TEST(Cost, what_costs_too_much_says_so) {
  std::vector<std::string> patterns;
  std::string event = R"({"a":[)";
  for (int i = 0; i < 2'000; ++i) {
    patterns.push_back(R"({"a":[{"prefix":"x"}],"b":[{"anything-but":["y","z)" + std::to_string(i) +
                       "\"]}]}");
    event += R"("x)" + std::to_string(i) + "\",";
  }
  event += R"("x"],"b":[)";
  for (int i = 0; i < 20'000; ++i) event += "\"y\",";
  const PatternSet set = sealed(patterns);
  PatternScratch scratch;
  simdjson::dom::parser parser;
  EXPECT_FALSE(set.match(parser.parse(event + "\"y\"]}").value(), scratch).has_value());
  LineScratch line_scratch;
  const simdjson::padded_string line(event + "\"y\"]}");
  LineMatches lines(set, line_scratch, line);
  ASSERT_TRUE(lines.next());
  EXPECT_TRUE(lines.is_json() && lines.costs_too_much() && lines.ids().empty());
  // The next event is another matter.
  EXPECT_TRUE(set.match(parser.parse(std::string(R"({"a":"x"})")).value(), scratch)->empty());
}

}  // namespace
}  // namespace statewire
