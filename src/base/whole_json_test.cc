#include "base/whole_json.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace statewire {
namespace {

namespace dom = simdjson::dom;

double number(std::string_view json) {
  dom::parser parser;
  dom::element root;
  double number = 0;
  EXPECT_EQ(parse_json(parser, simdjson::padded_string(json), root), simdjson::SUCCESS) << json;
  EXPECT_EQ(root.get_double().get(number), simdjson::SUCCESS) << json;
  return number;
}

std::string text(std::string_view json) {
  dom::parser parser;
  dom::element root;
  std::string_view text;
  EXPECT_EQ(parse_json(parser, simdjson::padded_string(json), root), simdjson::SUCCESS) << json;
  EXPECT_EQ(root.get_string().get(text), simdjson::SUCCESS) << json;
  return std::string(text);
}

bool is_json(std::string_view json) {
  dom::parser parser;
  dom::element root;
  return parse_json(parser, simdjson::padded_string(json), root) == simdjson::SUCCESS;
}

TEST(WholeJson, number_of_any_size_is_the_nearest_double) {
  constexpr double kGreatest = std::numeric_limits<double>::max();
  EXPECT_EQ(number("327267367867168100000"), 327267367867168100000.0);
  EXPECT_EQ(number("-99999999999999999999"), -99999999999999999999.0);
  EXPECT_EQ(number("18446744073709551615"), 18446744073709551615.0);
  EXPECT_EQ(number("18446744073709551616"), 18446744073709551616.0);
  EXPECT_EQ(number("-9223372036854775809"), -9223372036854775809.0);
  EXPECT_EQ(number("1e400"), kGreatest);
  EXPECT_EQ(number("-1.5E+400"), -kGreatest);
  EXPECT_EQ(number("1e-400"), 0);
  EXPECT_EQ(number("1" + std::string(400, '0')), kGreatest);
}

TEST(WholeJson, half_of_a_surrogate_pair_is_a_replacement_character) {
  const std::string half = "\xEF\xBF\xBD";
  EXPECT_EQ(text(R"("a\ud83db")"), "a" + half + "b");
  EXPECT_EQ(text(R"("\uD83D\ud83d")"), half + half);
  EXPECT_EQ(text(R"("\ude00")"), half);
  EXPECT_EQ(text(R"("\uDE00\ud83d")"), half + half);
  EXPECT_EQ(text(R"("\ud83d\n")"), half + "\n");
  EXPECT_EQ(text(R"("\ud83d\ude00")"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(text(R"("\\ud83d")"), R"(\ud83d)");
}

TEST(WholeJson, what_the_grammar_forbids_is_refused) {
  for (const char* json :
       {R"({"a":01})", R"({"a":1.})", R"({"a":-})", R"({"a":1e})", R"({"a":99999999999999999999x})",
        R"(["\ud83"])", R"(["\q\ud83d"])", "[\"\x01\\ud83d\"]", R"(["\ud83d)", "[+1]", "[1-2]",
        R"({"a":99999999999999999999,})"}) {
    EXPECT_FALSE(is_json(json)) << json;
  }
}

TEST(WholeJson, texts_that_look_like_numbers_stay) {
  const std::string json = R"({"99999999999999999999":"1e400 \" 99999999999999999999"})";
  EXPECT_EQ(readable_json(json), json);
  EXPECT_EQ(readable_json(R"([99999999999999999999,"\u00e9",1])"),
            R"([99999999999999999999e0,"\u00e9",1])");
}

}  // namespace
}  // namespace statewire
