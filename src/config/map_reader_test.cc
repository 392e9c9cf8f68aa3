#include "config/map_reader.h"

#include <gtest/gtest.h>

#include "config/document.h"

namespace statewire {
namespace {

class MapReaderTest : public testing::Test {
 protected:
  Node parse(std::string text) {
    document_ = Document::parse("t.yaml", std::move(text), problems_);
    EXPECT_TRUE(document_);
    return document_->root();
  }

  Problems problems_;
  std::optional<Document> document_;
};

TEST_F(MapReaderTest, map_with_known_keys_has_no_problem) {
  MapReader reader(parse("format: json\nsink: {kind: stdout}\n"));
  EXPECT_EQ(reader.required("format").text(), "json");
  MapReader sink(reader.required("sink"));
  EXPECT_EQ(sink.required("kind").text(), "stdout");
  EXPECT_FALSE(reader.optional("when"));
  sink.finish();
  reader.finish();
  EXPECT_EQ(problems_.to_text(), "");
}

TEST_F(MapReaderTest, unknown_keys_are_errors_with_the_nearest_known_one) {
  {
    MapReader reader(parse("format: json\nsinc: 1\nzzzzzzzz: 2\n"));
    reader.optional("format");
    reader.optional("sink");
  }
  EXPECT_EQ(problems_.to_text(),
            "t.yaml:2:1: sinc: unknown key; did you mean \"sink\"?\n"
            "t.yaml:3:1: zzzzzzzz: unknown key\n"
            "2 errors\n");
}

// What is wrong below it would show only once it was mended.
TEST_F(MapReaderTest, a_misspelt_key_stands_for_the_one_that_is_meant) {
  constexpr std::string_view kKeys[] = {"sink", "when"};
  {
    MapReader reader(parse("sinc: {kind: 1, kynd: 2}\nwhen: x\n"), kKeys);
    MapReader sink(reader.required("sink"));
    sink.required("kind");
    EXPECT_EQ(reader.optional("when").text(), "x");
  }
  {
    MapReader reader(parse("sink: a\nsinc: b\n"), kKeys);
    EXPECT_EQ(reader.required("sink").text(), "a");
    EXPECT_FALSE(reader.optional("when"));
  }
  EXPECT_EQ(problems_.to_text(),
            "t.yaml:1:1: sinc: unknown key; did you mean \"sink\"?\n"
            "t.yaml:1:17: sinc.kynd: unknown key; did you mean \"kind\"?\n"
            "t.yaml:2:1: sinc: unknown key; did you mean \"sink\"?\n"
            "3 errors\n");
}

TEST_F(MapReaderTest, missing_keys_are_errors_at_the_map) {
  const Node root = parse("pager:\n  sinc: 1\n");
  MapReader reader(root.find("pager"));
  EXPECT_FALSE(reader.required("sink"));
  reader.finish();
  reader.finish();
  EXPECT_EQ(problems_.to_text(),
            "t.yaml:2:3: pager: missing key \"sink\"\n"
            "t.yaml:2:3: pager.sinc: unknown key; did you mean \"sink\"?\n"
            "2 errors\n");
}

TEST_F(MapReaderTest, what_is_no_map_is_one_error) {
  for (const char* text : {"", "[1]", "word"}) {
    problems_ = {};
    MapReader reader(parse(text));
    EXPECT_FALSE(reader.required("sink"));
    EXPECT_FALSE(reader.optional("word"));
    reader.finish();
    EXPECT_EQ(problems_.errors(), 1u) << text;
    EXPECT_NE(problems_.to_text().find("expected a map, found "), std::string::npos);
  }
}

TEST_F(MapReaderTest, absent_map_requires_nothing) {
  MapReader reader(parse("{}").find("http"));
  EXPECT_FALSE(reader.required("listen"));
  reader.finish();
  EXPECT_TRUE(problems_.ok());
}

TEST_F(MapReaderTest, rest_can_be_left_alone) {
  {
    MapReader reader(parse("{kind: sqz, queue: x}"));
    reader.required("kind");
    reader.ignore_rest();
  }
  EXPECT_TRUE(problems_.ok());
}

}  // namespace
}  // namespace statewire
