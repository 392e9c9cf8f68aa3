// Random patterns and events for tests.
#pragma once

#include <array>
#include <iostream>
#include <random>
#include <string>
#include <string_view>

namespace statewire::pattern_test {

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

inline uint64_t printed_seed() {
  const uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  return seed;
}

}  // namespace statewire::pattern_test
