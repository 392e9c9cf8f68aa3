#include "pattern/pattern_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <iostream>
#include <random>
#include <string>
#include <thread>

#include "pattern/compiled_for_test.h"
#include "pattern/oracle_for_test.h"

namespace statewire {
namespace {

// Patterns and events over few words, so that they often meet.
class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  std::string pattern(int depth) {
    std::string out = "{";
    const size_t first = below(kKeys.size());
    const size_t count = 1 + below(3);
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) out += ",";
      out += quoted(kKeys[(first + i) % kKeys.size()]) + ":";
      out += depth > 0 && below(3) == 0 ? pattern(depth - 1) : list([&] { return test(); }, 1);
    }
    if (depth > 0 && below(5) == 0) {
      out += R"(,"$or":[)" + pattern(depth - 1) + "," + pattern(depth - 1) + "]";
    }
    return out + "}";
  }

  std::string event(int depth) {
    std::string out = "{";
    for (const std::string_view key : kKeys) {
      if (below(5) == 0) continue;
      if (out.size() > 1) out += ",";
      out += quoted(key) + ":" + value(depth);
    }
    return out + "}";
  }

  size_t below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }

 private:
  static constexpr std::array<std::string_view, 4> kKeys{"a", "b", "c", "d"};
  static constexpr std::array<std::string_view, 13> kScalars{R"("x")",
                                                             R"("y")",
                                                             R"("xy")",
                                                             R"("X")",
                                                             R"("")",
                                                             R"("10.1.2.3")",
                                                             "1",
                                                             "2.0",
                                                             "true",
                                                             R"("yyxzxy")",
                                                             "null",
                                                             "9007199254740992",
                                                             "9007199254740993"};
  static constexpr std::array<std::string_view, 26> kTests{
      R"({"prefix":"x"})",
      R"({"prefix":{"equals-ignore-case":"X"}})",
      R"({"suffix":"y"})",
      R"({"suffix":{"equals-ignore-case":"Y"}})",
      R"({"exists":true})",
      R"({"exists":false})",
      R"({"exists":false})",
      R"({"anything-but":"x"})",
      R"({"anything-but":["x","y"]})",
      R"({"anything-but":[1,2]})",
      R"({"anything-but":{"prefix":"x"}})",
      R"({"anything-but":{"suffix":["y","X"]}})",
      R"({"anything-but":{"equals-ignore-case":"x"}})",
      R"({"anything-but":{"wildcard":"*x*"}})",
      R"({"numeric":[">",1]})",
      R"({"numeric":[">=",1,"<",2]})",
      R"({"numeric":["=",1]})",
      R"({"equals-ignore-case":"x"})",
      R"({"wildcard":"*"})",
      R"({"wildcard":"x*y"})",
      R"({"wildcard":"*yyxz*"})",
      R"({"wildcard":"*y*z*"})",
      R"({"wildcard":"*x"})",
      R"({"wildcard":"*z*"})",
      R"({"wildcard":"x*x*"})",
      R"({"numeric":[">=",1,"<=",4999999999]})"};

  static std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

  std::string test() {
    return std::string(below(2) == 0 ? kTests[below(kTests.size())]
                                     : kScalars[below(kScalars.size())]);
  }

  std::string value(int depth) {
    switch (depth > 0 ? below(6) : 0) {
      case 4:
        return event(depth - 1);
      case 5:
        return list([&] { return value(depth - 1); }, 0);
      default:
        return std::string(kScalars[below(kScalars.size())]);
    }
  }

  template <typename Item>
  std::string list(Item item, size_t at_least) {
    std::string out = "[";
    const size_t count = at_least + below(3);
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) out += ",";
      out += item();
    }
    return out + "]";
  }

  std::mt19937_64 random_;
};

uint64_t printed_seed() {
  const uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  return seed;
}

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
  const uint64_t seed = printed_seed();
  Generator generator(seed);
  simdjson::dom::parser parser;
  PatternScratch scratch;
  size_t matched = 0;
  for (int round = 0; round < 60 && !testing::Test::HasFailure(); ++round) {
    std::vector<Alone> alone;
    PatternSet set;
    for (uint32_t i = 0; i < 40; ++i) {
      const uint32_t id = (i * 7919) % 61;  // Not in the order of adding.
      const std::string json = generator.pattern(2);
      alone.push_back({id, json, compiled(json)});
      set.add(id, alone.back().pattern);
    }
    set.publish();
    std::vector<uint32_t> out;
    for (int i = 0; i < 40; ++i) {
      const simdjson::padded_string event(generator.event(3));
      const auto element = parser.parse(event).value();
      const std::vector<uint32_t> wanted = wanted_ids(alone, element, event);
      set.match(element, scratch, out);
      ASSERT_EQ(out, wanted) << "seed " << seed << "\n" << event;
      ASSERT_TRUE(set.match(event, scratch, out)) << event;
      ASSERT_EQ(out, wanted) << "seed " << seed << "\n" << event;
      matched += out.size();
    }
  }
  // Of 96,000 pairs enough must meet for the comparison to mean something.
  EXPECT_GT(matched, 5'000u);
}

TEST(PatternSet, gives_ids_ascending_and_once) {
  PatternSet set;
  set.add(9, compiled(R"({"a":["x","y"]})"));
  set.add(3, compiled(R"({"a":[{"prefix":"x"}]})"));
  set.add(3, compiled(R"({"b":["z"]})"));
  set.add(7, Pattern::everything());
  set.add(5, compiled(R"({"a":["q"]})"));
  set.publish();
  PatternScratch scratch;
  simdjson::dom::parser parser;
  std::vector<uint32_t> out{42};
  set.match(parser.parse(std::string(R"({"a":["x","y","x"],"b":"z"})")).value(), scratch, out);
  EXPECT_EQ(out, (std::vector<uint32_t>{3, 7, 9}));
  set.match(parser.parse(std::string("[]")).value(), scratch, out);
  EXPECT_TRUE(out.empty());
}

// What is folded may have another size, and texts are looked up only where their size occurs.
TEST(PatternSet, texts_of_other_sizes_match_where_their_letters_do) {
  PatternSet set;
  set.add(1, compiled(R"({"a":[{"equals-ignore-case":"straße"}]})"));
  set.add(2, compiled(R"({"a":[{"equals-ignore-case":"ⱥ"}]})"));
  set.add(3, compiled(R"({"a":["x",")" + std::string(80, 'y') + R"("]})"));
  set.add(4, compiled(R"({"a":[{"anything-but":{"equals-ignore-case":"STRAẞE"}}]})"));
  set.publish();
  PatternScratch scratch;
  std::vector<uint32_t> out;
  const auto matched = [&](const std::string& text) {
    EXPECT_TRUE(set.match(simdjson::padded_string("{\"a\":\"" + text + "\"}"), scratch, out));
    return out;
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

TEST(PatternSet, empty_set_matches_nothing) {
  PatternSet set;
  PatternScratch scratch;
  simdjson::dom::parser parser;
  std::vector<uint32_t> out;
  set.match(parser.parse(std::string(R"({"a":1})")).value(), scratch, out);
  EXPECT_TRUE(out.empty());
  set.publish();
  set.match(parser.parse(std::string(R"({"a":1})")).value(), scratch, out);
  EXPECT_TRUE(out.empty());
}

TEST(PatternSet, shows_changes_when_they_are_published) {
  PatternSet set;
  PatternScratch scratch;
  std::vector<uint32_t> out;
  const simdjson::padded_string event(R"({"a":"x"})", 9);
  const auto matched = [&] {
    EXPECT_TRUE(set.match(event, scratch, out));
    return out;
  };
  set.add(1, compiled(R"({"a":["x"]})"));
  EXPECT_EQ(matched(), std::vector<uint32_t>{});
  set.publish();
  EXPECT_EQ(matched(), std::vector<uint32_t>{1});
  set.add(2, compiled(R"({"a":[{"anything-but":"y"}]})"));
  set.remove(1);
  EXPECT_EQ(matched(), std::vector<uint32_t>{1});
  set.publish();
  EXPECT_EQ(matched(), std::vector<uint32_t>{2});
  set.add(3, compiled(R"({"b":[{"exists":false}]})"));
  set.remove(3);
  set.add(3, compiled(R"({"a":[{"suffix":"x"}]})"));
  set.remove(9);
  set.publish();
  EXPECT_EQ(matched(), (std::vector<uint32_t>{2, 3}));
  EXPECT_EQ(set.size(), 2u);
}

TEST(PatternSet, equals_a_fresh_set_after_any_changes) {
  const uint64_t seed = printed_seed();
  Generator generator(seed);
  PatternSet changed;
  PatternScratch scratch;
  std::map<uint32_t, Pattern> living;
  std::vector<uint32_t> out;
  std::vector<uint32_t> wanted;
  for (int round = 0; round < 300; ++round) {
    for (size_t i = generator.below(6); i > 0; --i) {
      const uint32_t id = static_cast<uint32_t>(generator.below(80));
      if (living.erase(id) > 0) changed.remove(id);
      if (generator.below(3) == 0) continue;
      const Pattern pattern = compiled(generator.pattern(1));
      living.emplace(id, pattern);
      changed.add(id, pattern);
    }
    changed.publish();
    PatternSet fresh;
    for (const auto& [id, pattern] : living) fresh.add(id, pattern);
    fresh.publish();
    for (int i = 0; i < 5; ++i) {
      const simdjson::padded_string event(generator.event(2));
      ASSERT_TRUE(changed.match(event, scratch, out));
      ASSERT_TRUE(fresh.match(event, scratch, wanted));
      ASSERT_EQ(out, wanted) << "seed " << seed << " round " << round << "\n" << event;
    }
  }
}

// Odd ids come and go in pairs, so readers see both or none; even ones are always there.
TEST(PatternSet, readers_see_whole_changes_and_never_wait) {
  PatternSet set;
  for (uint32_t id = 0; id < 100; id += 2) set.add(id, compiled(R"({"a":["x"]})"));
  set.publish();
  std::atomic<bool> is_over = false;
  std::atomic<size_t> rounds = 0;
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      PatternScratch scratch;
      std::vector<uint32_t> out;
      const simdjson::padded_string event(R"({"a":"x","b":1})", 15);
      while (!is_over) {
        ASSERT_TRUE(set.match(event, scratch, out));
        const auto is_odd = [](uint32_t id) { return id % 2 == 1; };
        const auto odd = std::count_if(out.begin(), out.end(), is_odd);
        ASSERT_EQ(out.size() - static_cast<size_t>(odd), 50u);
        ASSERT_TRUE(odd == 0 || odd == 2) << odd;
        ++rounds;
      }
    });
  }
  for (uint32_t i = 0; i < 400 || rounds < 1000; ++i) {
    const uint32_t id = (4 * i + 1) % 1000;
    set.add(id, compiled(R"({"a":[{"prefix":"x"}]})"));
    set.add(id + 2, compiled(R"({"c":[{"exists":false}]})"));
    set.publish();
    set.remove(id);
    set.remove(id + 2);
    set.publish();
  }
  is_over = true;
  for (std::thread& reader : readers) reader.join();
}

TEST(PatternSet, one_scratch_serves_many_sets) {
  PatternScratch scratch;
  std::vector<uint32_t> out;
  const simdjson::padded_string event(R"({"a":"x"})", 9);
  for (uint32_t i = 0; i < 50; ++i) {
    PatternSet a;
    PatternSet b;
    a.add(i, compiled(R"({"a":["x"]})"));
    b.add(i, compiled(R"({"z":["x"],"a":["x"]})"));
    b.add(i + 1, compiled(R"({"a":[{"wildcard":"*"}]})"));
    a.publish();
    b.publish();
    ASSERT_TRUE(a.match(event, scratch, out));
    ASSERT_EQ(out, std::vector<uint32_t>{i});
    ASSERT_TRUE(b.match(event, scratch, out));
    ASSERT_EQ(out, std::vector<uint32_t>{i + 1});
  }
}

// Each value of either field is common, and only both together are rare.
TEST(PatternSet, finds_rules_by_two_common_fields) {
  PatternSet set;
  for (uint32_t i = 0; i < 10'000; ++i) {
    set.add(i, compiled(R"({"a":["x)" + std::to_string(i / 100) + R"("],"b":{"c":["y)" +
                        std::to_string(i % 100) + R"(","z"]}})"));
  }
  set.publish();
  PatternScratch scratch;
  std::vector<uint32_t> out;
  const simdjson::padded_string one(std::string(R"({"a":"x17","b":{"c":["y4","q"]}})"));
  ASSERT_TRUE(set.match(one, scratch, out));
  EXPECT_EQ(out, std::vector<uint32_t>{1704});
  const simdjson::padded_string hundred(std::string(R"({"a":"x17","b":[{"c":"z"},{"c":1}]})"));
  ASSERT_TRUE(set.match(hundred, scratch, out));
  EXPECT_EQ(out.size(), 100u);
}

TEST(PatternSet, repeated_values_do_not_repeat_candidates) {
  PatternSet set;
  for (uint32_t i = 0; i < 50; ++i) set.add(i, compiled(R"({"a":["x"]})"));
  set.publish();
  std::string event = R"({"a":["x")";
  for (int i = 0; i < 10'000; ++i) event += R"(,"x")";
  PatternScratch scratch;
  std::vector<uint32_t> out;
  ASSERT_TRUE(set.match(simdjson::padded_string(event + "]}"), scratch, out));
  EXPECT_EQ(out.size(), 50u);
  EXPECT_LT(out.capacity(), 1'000u);
}

TEST(PatternSet, a_simple_rule_takes_less_than_200_bytes) {
  constexpr uint32_t kRules = 20'000;
  PatternSet set;
  for (uint32_t i = 0; i < kRules; ++i) {
    set.add(i,
            compiled(R"({"detail":{"instance-id":["i-0a1b2c3d4e5f)" + std::to_string(i) + "\"]}}"));
  }
  set.publish();
  EXPECT_LT(set.bytes() / kRules, 200u);
}

TEST(PatternSet, what_the_index_decides_is_removed_too) {
  PatternSet set;
  for (uint32_t id = 1; id <= 3; ++id) {
    set.add(id, compiled(R"({"a":[{"numeric":[">",1]}]})"));
    set.add(id, compiled(R"({"a":[{"wildcard":"*x*"}]})"));
  }
  set.publish();
  set.remove(2);
  set.publish();
  PatternScratch scratch;
  std::vector<uint32_t> ids;
  for (const std::string_view event : {R"({"a":5})", R"({"a":"axb"})"}) {
    const simdjson::padded_string text(event);
    ASSERT_TRUE(set.match(text, scratch, ids));
    EXPECT_EQ(ids, (std::vector<uint32_t>{1, 3})) << event;
  }
}

// Few keys are compared in the text one by one, many are not; quotes and escapes are never.
TEST(PatternSet, keys_are_told_apart_however_many_there_are) {
  const std::vector<std::string> keys = {R"("a")",
                                         R"("q\":\"")",
                                         R"("long key of many bytes")",
                                         R"("")",
                                         R"("ab")",
                                         R"("long k")",
                                         R"("longer than any key of which the padding has room")"};
  const std::string far(200, ' ');  // So that escapes are not seen before.
  for (size_t count = 1; count <= keys.size(); ++count) {
    PatternSet set;
    for (uint32_t id = 0; id < count; ++id) {
      set.add(id, compiled("{\"in\":{" + keys[id] + ":[1]}}"));
    }
    set.publish();
    PatternScratch scratch;
    std::vector<uint32_t> ids;
    for (uint32_t id = 0; id < keys.size(); ++id) {
      const simdjson::padded_string text("{\"in\":{\"b\":1,\"q\":\"\",\"longer\":\"" + far + "\"," +
                                         keys[id] + ":1,\"other\":1}}");
      ASSERT_TRUE(set.match(text, scratch, ids));
      EXPECT_EQ(ids, id < count ? std::vector<uint32_t>{id} : std::vector<uint32_t>{})
          << keys[id] << " of " << count;
    }
    const simdjson::padded_string escaped(std::string_view(R"({"in":{"\u0061":1}})"));
    ASSERT_TRUE(set.match(escaped, scratch, ids));
    EXPECT_EQ(ids, std::vector<uint32_t>{0}) << count;
  }
}

}  // namespace
}  // namespace statewire
