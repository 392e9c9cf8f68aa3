#include "pattern/pattern_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/sanitizers_for_test.h"
#include "pattern/compiled_for_test.h"
#include "pattern/generator_for_test.h"
#include "pattern/oracle_for_test.h"

namespace statewire {
namespace {

// Patterns with their texts, and what each matches alone.
struct Alone {
  uint32_t id;
  std::string json;
  Pattern pattern;
};

std::vector<uint32_t> wanted_ids(const std::vector<Alone>& all, simdjson::dom::element event,
                                 std::string_view event_json) {
  std::vector<uint32_t> wanted;
  simdjson::dom::parser parser;
  for (const Alone& each : all) {
    const bool is_match = pattern_test::oracle_matches(parser.parse(each.json).value(), event);
    if (is_match) wanted.push_back(each.id);
    EXPECT_EQ(each.pattern.matches(event), is_match) << each.json << "\n" << event_json;
    EXPECT_EQ(each.pattern.explain(event).has_value(), !is_match) << each.json << "\n"
                                                                  << event_json;
  }
  std::sort(wanted.begin(), wanted.end());
  return wanted;
}

TEST(PatternSet, equals_each_pattern_alone_and_the_description) {
  const uint64_t seed = pattern_test::printed_seed();
  pattern_test::Generator generator(seed);
  simdjson::dom::parser parser;
  PatternScratch scratch;
  size_t matched = 0;
  const int rounds = kIsSanitized ? 12 : 60;
  for (int round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
    std::vector<Alone> alone;
    PatternSet set;
    for (uint32_t i = 0; i < 40; ++i) {
      const uint32_t id = (i * 7919) % 61;  // Not in the order of adding.
      const std::string json = generator.pattern(2);
      alone.push_back({id, json, compiled(json)});
      set.add(id, alone.back().pattern);
    }
    set.seal();
    for (int i = 0; i < 40; ++i) {
      const std::string event = generator.event(3);
      const auto element = parser.parse(event).value();
      const auto ids = set.match(element, scratch).value();
      const std::vector<uint32_t> found(ids.begin(), ids.end());
      ASSERT_EQ(found, wanted_ids(alone, element, event)) << "seed " << seed << "\n" << event;
      matched += found.size();
    }
  }
  // Of 1,600 pairs in each round enough must meet for the comparison to mean something.
  EXPECT_GT(matched, 20u * static_cast<size_t>(rounds));
}

TEST(PatternSet, gives_ids_ascending_and_once) {
  PatternSet set;
  set.add(9, compiled(R"({"a":["x","y"]})"));
  set.add(3, compiled(R"({"a":[{"prefix":"x"}]})"));
  set.add(3, compiled(R"({"b":["z"]})"));
  set.add(7, Pattern::everything());
  set.add(5, compiled(R"({"a":["q"]})"));
  set.seal();
  SetAsker asker;
  EXPECT_EQ(asker.ids(set, R"({"a":["x","y","x"],"b":"z"})"), (std::vector<uint32_t>{3, 7, 9}));
  EXPECT_TRUE(asker.ids(set, "[]").empty());
}

// What is folded may have another size, and texts are looked up only where their size occurs.
TEST(PatternSet, texts_of_other_sizes_match_where_their_letters_do) {
  const PatternSet set =
      sealed({R"({"a":[{"equals-ignore-case":"straße"}]})", R"({"a":[{"equals-ignore-case":"ⱥ"}]})",
              R"({"a":["x",")" + std::string(80, 'y') + R"("]})",
              R"({"a":[{"anything-but":{"equals-ignore-case":"STRAẞE"}}]})"});
  SetAsker asker;
  const auto matched = [&](const std::string& text) {
    return asker.ids(set, "{\"a\":\"" + text + "\"}");
  };
  using Ids = std::vector<uint32_t>;
  EXPECT_EQ(matched("STRAẞE"), Ids{1});
  EXPECT_EQ(matched("Straße"), Ids{1});
  EXPECT_EQ(matched("Ⱥ"), (Ids{2, 4}));
  EXPECT_EQ(matched(std::string(80, 'y')), (Ids{3, 4}));
  EXPECT_EQ(matched(std::string(79, 'y')), Ids{4});
  EXPECT_EQ(matched("x"), (Ids{3, 4}));
  EXPECT_EQ(matched("strase"), Ids{4});
}

TEST(PatternSet, a_set_that_is_empty_or_not_sealed_matches_nothing) {
  PatternSet set;
  SetAsker asker;
  EXPECT_TRUE(asker.ids(set, R"({"a":1})").empty());
  set.seal();
  EXPECT_TRUE(asker.ids(set, R"({"a":1})").empty());
  PatternSet open;
  open.add(1, Pattern::everything());
  EXPECT_TRUE(asker.ids(open, R"({"a":1})").empty());
}

TEST(PatternSet, one_scratch_serves_many_sets) {
  SetAsker asker;
  for (uint32_t i = 0; i < 50; ++i) {
    PatternSet a;
    PatternSet b;
    a.add(i, compiled(R"({"a":["x"]})"));
    b.add(i, compiled(R"({"z":["x"],"a":["x"]})"));
    b.add(i + 1, compiled(R"({"a":[{"wildcard":"*"}]})"));
    a.seal();
    b.seal();
    ASSERT_EQ(asker.ids(a, R"({"a":"x"})"), std::vector<uint32_t>{i});
    ASSERT_EQ(asker.ids(b, R"({"a":"x"})"), std::vector<uint32_t>{i + 1});
  }
}

// Of the three rules that segment.h explains.
TEST(PatternSet, rules_that_only_forbid_match_but_for_what_is_found) {
  const PatternSet set = sealed(
      {R"({"source":["aws.ec2"],"detail":{"state":["running","stopped"]}})",
       R"({"detail":{"state":[{"anything-but":"running"}]}})", R"({"error":[{"exists":false}]})"});
  SetAsker asker;
  using Ids = std::vector<uint32_t>;
  EXPECT_EQ(asker.ids(set, R"({"source":"aws.ec2","detail":{"state":"running"}})"), (Ids{1, 3}));
  EXPECT_EQ(asker.ids(set, R"({"source":"aws.ec2","detail":{"state":"stopped"},"error":1})"),
            (Ids{1, 2}));
  EXPECT_EQ(asker.ids(set, R"({"detail":{"state":"pending"}})"), (Ids{2, 3}));
  EXPECT_EQ(asker.ids(set, R"({"detail":{}})"), Ids{3});
}

// Lists that stay long however far they are split must not be split for ever.
TEST(PatternSet, many_rules_with_the_same_few_values_in_many_fields) {
  std::string pattern = R"({"y":["1"])";
  std::string event = R"({"y":"1")";
  for (int k = 0; k < 12; ++k) {
    pattern += ",\"k" + std::to_string(k) + R"(":["1","2","3","4"])";
    event += ",\"k" + std::to_string(k) + "\":\"3\"";
  }
  const PatternSet set = sealed(std::vector<std::string>(100, pattern + "}"));
  SetAsker asker;
  EXPECT_EQ(asker.ids(set, event + "}").size(), 100u);
  EXPECT_TRUE(asker.ids(set, event + R"(,"y":1,"k3":"5"})").size() == 100u);  // The first counts.
  EXPECT_TRUE(asker.ids(set, R"({"k3":"5",)" + event.substr(1) + "}").empty());
}

TEST(PatternSet, suffixes_of_many_sizes_are_found) {
  std::vector<std::string> patterns;
  std::string text;
  for (int i = 0; i < 40; ++i) {
    text.insert(text.begin(), static_cast<char>('a' + i % 26));
    patterns.push_back(R"({"a":[{"suffix":")" + text + "\"}]}");
  }
  const PatternSet set = sealed(patterns);
  SetAsker asker;
  EXPECT_EQ(asker.ids(set, R"({"a":"x)" + text + "\"}").size(), 40u);
  EXPECT_EQ(asker.ids(set, R"({"a":")" + text.substr(9) + "\"}").size(), 31u);
  EXPECT_EQ(asker.ids(set, R"({"a":"A"})").size(), 0u);
}

// Each value of either field is common, and only both together are rare.
TEST(PatternSet, finds_rules_by_two_common_fields) {
  PatternSet set;
  for (uint32_t i = 0; i < 10'000; ++i) {
    set.add(i, compiled(R"({"a":["x)" + std::to_string(i / 100) + R"("],"b":{"c":["y)" +
                        std::to_string(i % 100) + R"(","z"]}})"));
  }
  set.seal();
  SetAsker asker;
  EXPECT_EQ(asker.ids(set, R"({"a":"x17","b":{"c":["y4","q"]}})"), std::vector<uint32_t>{1704});
  EXPECT_EQ(asker.ids(set, R"({"a":"x17","b":[{"c":"z"},{"c":1}]})").size(), 100u);
}

}  // namespace
}  // namespace statewire
