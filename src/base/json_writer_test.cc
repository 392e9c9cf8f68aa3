#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace statewire {
namespace {

TEST(JsonWriter, commas_stand_between_values_and_nowhere_else) {
  EXPECT_EQ(json_of([](JsonWriter& json) {
              json.begin_object();
              json.begin_object("none");
              json.end_object();
              json.begin_array("all");
              json.end_array();
              json.begin_array("mixed");
              json.text("{");
              json.text("[");
              json.text(":");
              json.text("\n");
              json.number(-1);
              json.boolean(false);
              json.raw("null");
              json.begin_array();
              json.begin_object();
              json.end_object();
              json.end_array();
              json.end_array();
              json.key_text("a\"b");
              json.number(std::numeric_limits<uint64_t>::max());
              json.known_text("left out", "");
              json.raw(R"("x":1,"y":[2])");
              json.number("least", std::numeric_limits<int64_t>::min());
              json.end_object();
            }),
            R"({"none":{},"all":[],"mixed":["{","[",":","\n",-1,false,null,[{}]],)"
            R"("a\"b":18446744073709551615,"x":1,"y":[2],"least":-9223372036854775808})");
}

TEST(JsonWriter, writes_behind_what_is_there_and_goes_on_where_it_stopped) {
  std::string out = "mine,";
  {
    JsonWriter json(out);
    json.begin_array();
    json.number(1);
    json.end_array();
    json.end_line();
    json.begin_array();
    json.end_array();
  }
  EXPECT_EQ(out, "mine,[1]\n[]");
  std::string parts;
  for (int i = 0; i < 3; ++i) {
    JsonWriter json(parts, JsonWriter::At::inside);
    if (i == 0) json.begin_array();
    json.number(i);
    if (i == 2) json.end_array();
  }
  EXPECT_EQ(parts, "[0,1,2]");
}

TEST(JsonWriter, what_is_cut_leaves_no_comma) {
  EXPECT_EQ(json_of([](JsonWriter& json) {
              json.begin_object();
              json.number("a", 1);
              const size_t size = json.size();
              json.number("b", 2);
              json.cut_to(size);
              json.number("c", 3);
              json.end_object();
            }),
            R"({"a":1,"c":3})");
  EXPECT_EQ(json_of([](JsonWriter& json) {
              json.begin_array();
              json.cut_to(0);
              json.number(1);
            }),
            "1");
}

TEST(JsonWriter, texts_stay_and_lines_are_cleaned) {
  const std::string_view odd("a\"\\\n\x01\x7f\xff\xc3\xa9\xe2\x80\xae", 12);
  EXPECT_EQ(json_quoted(odd), "\"a\\\"\\\\\\n\\u0001\x7f\xef\xbf\xbd\xc3\xa9\xe2\x80\xae\"");
  EXPECT_EQ(json_escaped("a\tb"), "a\\tb");
  EXPECT_EQ(json_of([&](JsonWriter& json) { json.line(odd); }),
            "\"a\\\"\\\\   \xef\xbf\xbd\xc3\xa9\xe2\x80\xae\"");
  EXPECT_EQ(json_of([&](JsonWriter& json) {
              json.begin_string();
              json.inside("x", JsonWriter::For::people);
              json.inside(odd, JsonWriter::For::people);
              json.end_string();
            }),
            "\"xa\\\"\\\\   \xef\xbf\xbd\xc3\xa9 \"");
}

TEST(JsonWriter, grows_with_what_is_written) {
  const std::string large(10'000, '\x01');
  std::string wanted = "[";
  for (int i = 0; i < 3; ++i) {
    wanted += i == 0 ? "\"" : ",\"";
    for (size_t at = 0; at < large.size(); ++at) wanted += "\\u0001";
    wanted += "\"";
  }
  EXPECT_EQ(json_of([&](JsonWriter& json) {
              json.begin_array();
              for (int i = 0; i < 3; ++i) json.text(large);
              json.end_array();
            }),
            wanted + "]");
}

}  // namespace
}  // namespace statewire
