#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <random>
#include <string>
#include <thread>

#include "pattern/pattern.h"
#include "pattern/pattern_set.h"

namespace statewire {
namespace {

Pattern compiled(const std::string& json) {
  auto result = Pattern::compile(json);
  if (auto* error = std::get_if<PatternError>(&result)) {
    ADD_FAILURE() << json << ": " << error->path << ": " << error->text;
    return Pattern::everything();
  }
  return std::get<Pattern>(std::move(result));
}

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

 private:
  static constexpr std::array<std::string_view, 4> kKeys{"a", "b", "c", "d"};
  static constexpr std::array<std::string_view, 9> kScalars{
      R"("x")", R"("y")", R"("xy")", R"("X")", R"("")", "1", "2.0", "true", "null"};
  static constexpr std::array<std::string_view, 10> kTests{R"({"prefix":"x"})",
                                                           R"({"suffix":"y"})",
                                                           R"({"exists":true})",
                                                           R"({"exists":false})",
                                                           R"({"anything-but":"x"})",
                                                           R"({"anything-but":["x",1]})",
                                                           R"({"numeric":[">",1]})",
                                                           R"({"numeric":[">=",1,"<",2]})",
                                                           R"({"equals-ignore-case":"x"})",
                                                           R"({"anything-but":{"prefix":"x"}})"};

  size_t below(size_t bound) {
    return std::uniform_int_distribution<size_t>(0, bound - 1)(random_);
  }
  static std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

  std::string test() {
    // Mostly texts, which are what is indexed.
    return std::string(below(4) == 0 ? kTests[below(kTests.size())]
                                     : kScalars[below(3 + below(7))]);
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

TEST(PatternSet, equals_each_pattern_alone) {
  const uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  Generator generator(seed);
  simdjson::dom::parser parser;
  size_t matched = 0;
  for (int round = 0; round < 40; ++round) {
    std::vector<std::pair<uint32_t, Pattern>> alone;
    std::vector<std::string> texts;
    PatternSet set;
    for (uint32_t i = 0; i < 60; ++i) {
      texts.push_back(generator.pattern(2));
      const uint32_t id = (i * 7919) % 61;  // Not in the order of adding.
      alone.emplace_back(id, compiled(texts.back()));
      set.add(id, alone.back().second);
    }
    set.publish();
    PatternScratch scratch;
    std::vector<uint32_t> out;
    for (int i = 0; i < 100; ++i) {
      const std::string event = generator.event(3);
      const auto element = parser.parse(event).value();
      std::vector<uint32_t> wanted;
      for (const auto& [id, pattern] : alone) {
        const bool is_match = pattern.matches(element);
        if (is_match) wanted.push_back(id);
        ASSERT_EQ(pattern.explain(element).has_value(), !is_match) << event;
      }
      std::sort(wanted.begin(), wanted.end());
      set.match(element, scratch, out);
      ASSERT_EQ(out, wanted) << "seed " << seed << "\n" << event;
      matched += out.size();
    }
  }
  // Of 240,000 pairs enough must meet for the comparison to mean something.
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

TEST(PatternSet, empty_set_matches_nothing) {
  PatternSet set;
  set.publish();
  PatternScratch scratch;
  simdjson::dom::parser parser;
  std::vector<uint32_t> out;
  set.match(parser.parse(std::string(R"({"a":1})")).value(), scratch, out);
  EXPECT_TRUE(out.empty());
}

TEST(PatternSet, any_number_of_threads_may_match) {
  PatternSet set;
  for (uint32_t i = 0; i < 100; ++i) {
    set.add(i, compiled(R"({"a":["x)" + std::to_string(i % 10) + R"("]})"));
  }
  set.publish();
  std::vector<std::thread> threads;
  std::array<size_t, 4> found{};
  for (size_t t = 0; t < found.size(); ++t) {
    threads.emplace_back([&set, &count = found[t]] {
      simdjson::dom::parser parser;
      PatternScratch scratch;
      std::vector<uint32_t> out;
      for (int i = 0; i < 1000; ++i) {
        const std::string event = R"({"a":"x)" + std::to_string(i % 10) + R"("})";
        set.match(parser.parse(event).value(), scratch, out);
        count += out.size();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const size_t count : found) EXPECT_EQ(count, 10'000u);
}

}  // namespace
}  // namespace statewire
