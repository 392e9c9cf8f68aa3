#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lines/line_matches.h"
#include "pattern/compiled_for_test.h"
#include "pattern/generator_for_test.h"

namespace statewire {
namespace {

// "line number:id,id" for each event; "bad" for what is not JSON.
std::vector<std::string> matched(const PatternSet& set, const std::string& lines) {
  std::vector<std::string> out;
  LineScratch scratch;
  const simdjson::padded_string text(lines);
  for (LineMatches each(set, scratch, text); each.next();) {
    std::string ids;
    for (const uint32_t id : each.ids()) ids += (ids.empty() ? "" : ",") + std::to_string(id);
    out.push_back(std::to_string(each.line_number()) + ":" + (each.is_json() ? ids : "bad"));
  }
  return out;
}

TEST(LineMatches, gives_each_line_with_its_number) {
  const PatternSet set = sealed({R"({"a":["x"]})", R"({"a":[{"exists":true}]})"});
  const std::vector<std::string> wanted{"1:1,2", "4:", "5:2", "6:", "7:1,2"};
  EXPECT_EQ(matched(set, "{\"a\":\"x\"}\n\n  \r\n{\"b\":1}\r\n {\"a\" : 1} \n[1]\n{\"a\":\"x\"}"),
            wanted);
  EXPECT_TRUE(matched(set, "").empty());
  EXPECT_TRUE(matched(set, "\n\n").empty());
}

TEST(LineMatches, bad_lines_do_not_harm_others) {
  const PatternSet set = sealed({R"({"a":["x"]})"});
  const std::string good = "{\"a\":\"x\"}\n";
  for (const std::string bad :
       {"{\"a\":\"x", "{\"a\":", "{\"a\"}", "{", "}", "{\"a\":\"x\"", "{\"b\":\"\xff\"}",
        "{\"b\":\"\x01\"}", "{\"a\":tru}", "{\"a\":]}", "{\"b\":\"x\" \"c\",\"a\":1}", "{a:1}",
        "{\"a\":\"\\q\"}", "{\"b\":1,,\"a\":1}", "{\"b\":{\"c\":[}", "]", "{\"a\":nullx}"}) {
    const std::vector<std::string> wanted{"1:1", "2:bad", "3:1"};
    EXPECT_EQ(matched(set, good + bad + "\n" + good), wanted) << bad;
  }
}

TEST(LineMatches, blocks_end_between_lines) {
  const PatternSet set = sealed({R"({"n":[{"numeric":[">=",0]}]})", R"({"n":[7777]})"});
  std::string lines;
  std::vector<std::string> wanted;
  for (int i = 1; i <= 9000; ++i) {
    const size_t padding = static_cast<size_t>(i % 97) + (i == 5000 ? 100'000 : 0);
    lines += R"({"pad":")" + std::string(padding, 'x') + R"(","n":)" + std::to_string(i) + "}\n";
    wanted.push_back(std::to_string(i) + (i == 7777 ? ":1,2" : ":1"));
  }
  EXPECT_EQ(matched(set, lines), wanted);
}

TEST(LineMatches, equals_what_is_matched_of_parsed_events) {
  const uint64_t seed = pattern_test::printed_seed();
  pattern_test::Generator generator(seed);
  SetAsker asker;
  LineScratch scratch;
  for (int round = 0; round < 60; ++round) {
    std::vector<std::string> patterns;
    for (int i = 0; i < 40; ++i) patterns.push_back(generator.pattern(2));
    const PatternSet set = sealed(patterns);
    std::string text;
    for (int i = 0; i < 40; ++i) text += generator.event(3) + "\n";
    const simdjson::padded_string padded(text);
    LineMatches each(set, scratch, padded);
    for (int i = 0; i < 40; ++i) {
      ASSERT_TRUE(each.next() && each.is_json());
      const std::vector<uint32_t> ids(each.ids().begin(), each.ids().end());
      ASSERT_EQ(ids, asker.ids(set, each.line())) << "seed " << seed << "\n" << each.line();
    }
    ASSERT_FALSE(each.next());
  }
}

// Large ones look some events ahead.
TEST(LineMatches, large_sets_answer_as_small_ones_do) {
  const uint64_t seed = pattern_test::printed_seed();
  pattern_test::Generator generator(seed);
  std::vector<std::string> patterns;
  for (int i = 0; i < 40; ++i) patterns.push_back(generator.pattern(2));
  const PatternSet small = sealed(patterns);
  for (int i = 0; i < 70'000; ++i) {
    patterns.push_back(R"({"of no event":[)" + std::to_string(i) + "]}");
  }
  const PatternSet large = sealed(patterns);
  ASSERT_TRUE(large.is_large() && !small.is_large());
  for (int events = 0; events < 60; ++events) {
    std::string text;
    for (int i = 0; i < events; ++i) {
      text += generator.event(3) + "\n";
      if (i % 5 == events % 7) text += "\n \n{\n[1]\n";
    }
    ASSERT_EQ(matched(large, text), matched(small, text)) << "seed " << seed << "\n" << text;
  }
}

TEST(JsonText, keys_and_values_are_compared_unescaped) {
  const PatternSet set = sealed({R"({"key":["a\"\\/é😀"]})", R"({"k\"y":[1]})", R"({"":["b"]})"});
  const std::vector<std::string> wanted{"1:1", "2:1", "3:2", "4:3", "5:", "6:3"};
  EXPECT_EQ(matched(set, R"({"key":"a\"\\\/é😀"})"
                         "\n"
                         R"({"\u006bey":"\u0061\u0022\u005c/\u00e9\ud83d\ude00"})"
                         "\n"
                         R"({"k\"y":1})"
                         "\n"
                         R"({"":"b"})"
                         "\n"
                         R"({"k\\\"y":1})"
                         "\n"
                         R"({"":"\u0062","x":"\\"})"),
            wanted);
}

TEST(JsonText, first_of_repeated_keys_counts) {
  const PatternSet set = sealed({R"({"a":[1],"z":[{"exists":false}]})", R"({"a":[2]})"});
  EXPECT_EQ(matched(set, R"({"a":1,"a":2})"), std::vector<std::string>{"1:1"});
  EXPECT_EQ(matched(set, R"({"\u0061":1,"a":2})"), std::vector<std::string>{"1:1"});
}

TEST(JsonText, what_nobody_looks_at_is_not_read) {
  const PatternSet set = sealed({R"({"a":{"b":["x"]}})"});
  EXPECT_EQ(matched(set, R"({"z":[{"a":{"b":"x"}},"]}"],"a":{"y":{},"b":"x","c":]]},"d"})"),
            std::vector<std::string>{"1:1"});
}

// Wherever in a block of 64 bytes they fall.
TEST(JsonText, escaped_keys_are_found_at_any_distance) {
  const PatternSet set = sealed({R"({"key":["x"],"other":[2]})"});
  for (size_t padding = 0; padding < 200; ++padding) {
    const std::string before = R"({"pad":")" + std::string(padding, 'p') + R"(","n":1,"m":null,)";
    EXPECT_EQ(matched(set, before + R"("\u006bey":"\u0078","z":0,"other":2,"end":[1,{}]})"),
              std::vector<std::string>{"1:1"})
        << padding;
    EXPECT_EQ(matched(set, before + R"("\u006bez":"x","z":0,"other":2,"end":[1,{}]})"),
              std::vector<std::string>{"1:"})
        << padding;
  }
}

TEST(JsonText, bytes_are_checked_as_far_as_they_are_read) {
  const PatternSet set = sealed({R"({"key":["x"]})"});
  for (size_t padding = 0; padding < 130; ++padding) {
    const std::string pad(padding, 'p');
    const std::string good = pad + "\xe2\x82\xac\xf0\x9f\x98\x80";
    EXPECT_EQ(matched(set, R"({"a":")" + good + R"(","key":"x","b":")" + good + "\"}"),
              std::vector<std::string>{"1:1"});
    EXPECT_EQ(matched(set, R"({"a":")" + pad + "\xe2\x82" + R"(","key":"x"})"),
              std::vector<std::string>{"1:bad"});
    EXPECT_EQ(matched(set, R"({"a":")" + pad + "\x02" + R"(","key":"x"})"),
              std::vector<std::string>{"1:bad"});
  }
}

TEST(JsonText, numbers_are_read_as_the_dom_reads_them) {
  const PatternSet set =
      sealed({R"({"a":[18446744073709551615]})", R"({"a":[-9223372036854775808]})",
              R"({"a":[0.1]})", R"({"a":[{"exists":true}]})", R"({"a":[0]})"});
  const std::vector<std::string> wanted{"1:1,4", "2:2,4", "3:3,4", "4:4", "5:4,5", "6:4", "7:4"};
  EXPECT_EQ(matched(set,
                    "{\"a\":18446744073709551615}\n{\"a\":-9223372036854775808}\n{\"a\":1e-1}\n"
                    "{\"a\":1e999}\n{\"a\":-0.0}\n{\"a\":18446744073709551614}\n"
                    "{\"a\":18446744073709551616}"),
            wanted);
}

TEST(JsonText, ranges_that_touch_do_not_share_their_ends) {
  PatternSet set;
  for (uint32_t i = 0; i < 100; ++i) {
    const std::string low = std::to_string(i);
    const std::string high = std::to_string(i + 1);
    set.add(2 * i, compiled(R"({"a":[{"numeric":[">=",)" + low + R"(,"<",)" + high + "]}]}"));
    set.add(2 * i + 1, compiled(R"({"a":[{"numeric":[">",)" + low + R"(,"<=",)" + high + "]}]}"));
  }
  set.seal();
  EXPECT_EQ(matched(set,
                    "{\"a\":7}\n{\"a\":7.5}\n{\"a\":7.999999999999999}\n"
                    "{\"a\":7.0000000000000001}\n{\"a\":0}\n{\"a\":100}"),
            (std::vector<std::string>{"1:13,14", "2:14,15", "3:14,15", "4:13,14", "5:0", "6:199"}));
}

// Few keys are compared in the text one by one, many are not; quotes and escapes are never.
TEST(JsonText, keys_are_told_apart_however_many_there_are) {
  const std::vector<std::string> keys = {R"("a")",
                                         R"("q\":\"")",
                                         R"("long key of many bytes")",
                                         R"("")",
                                         R"("ab")",
                                         R"("long k")",
                                         R"("longer than any key of which the padding has room")"};
  const std::string far(200, ' ');  // So that escapes are not seen before.
  for (size_t count = 1; count <= keys.size(); ++count) {
    std::vector<std::string> patterns;
    for (size_t i = 0; i < count; ++i) patterns.push_back("{\"in\":{" + keys[i] + ":[1]}}");
    const PatternSet set = sealed(patterns);
    for (size_t i = 0; i < keys.size(); ++i) {
      const std::string text =
          "{\"in\":{\"b\":1,\"q\":\"\",\"longer\":\"" + far + "\"," + keys[i] + ":1,\"other\":1}}";
      const std::string wanted = i < count ? "1:" + std::to_string(i + 1) : "1:";
      EXPECT_EQ(matched(set, text), std::vector<std::string>{wanted}) << keys[i] << " of " << count;
    }
    EXPECT_EQ(matched(set, R"({"in":{"\u0061":1}})"), std::vector<std::string>{"1:1"}) << count;
  }
}

TEST(JsonText, nesting_is_bounded) {
  const PatternSet set = sealed({R"({"a":[1]})"});
  const auto nested = [](size_t levels) {
    return R"({"a":)" + std::string(levels, '[') + "1" + std::string(levels, ']') + "}";
  };
  EXPECT_EQ(matched(set, nested(1000)), std::vector<std::string>{"1:1"});
  EXPECT_EQ(matched(set, nested(100'000)), std::vector<std::string>{"1:bad"});
}

}  // namespace
}  // namespace statewire
