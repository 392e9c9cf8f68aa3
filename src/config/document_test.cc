#include "config/document.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "base/limits.h"

namespace statewire {
namespace {

std::optional<std::string> variable(const std::string& name) {
  if (name == "REGION") return "eu-west-1";
  return std::nullopt;
}

// What is said about a text of which nothing is read.
std::string problems_of(std::string text) {
  Problems problems;
  const auto document = Document::parse("t.yaml", std::move(text), problems, variable);
  EXPECT_EQ(problems.ok() && !document, false) << "refused without a reason";
  return problems.to_text();
}

std::string one_error(const std::string& line) { return line + "\n1 error\n"; }

std::string repeated(std::string_view part, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += part;
  return text;
}

TEST(Document, empty_text_is_one_null) {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "\xef\xbb\xbf"}) {
    Problems problems;
    const auto document = Document::parse("t.yaml", text, problems);
    ASSERT_TRUE(document && problems.ok()) << text;
    EXPECT_TRUE(document->root().is_null());
  }
}

TEST(Document, survives_being_moved) {
  Problems problems;
  auto document = Document::parse("t.yaml", "a: text of a\n", problems);
  const Node root = document->root();
  const Document moved = *std::move(document);
  EXPECT_EQ(root.find("a").text(), "text of a");
}

TEST(Document, positions_and_paths_are_those_of_the_text) {
  Problems problems;
  const auto document = Document::parse("t.yaml",
                                        "# comment\n"
                                        "subscriptions:\n"
                                        "  \"é.b\": {sink: [x, 'é', \"y\"], ü: z}\n"
                                        "  people:\r\n"
                                        "    - &a deep:\n"
                                        "        - text: |\n"
                                        "            two\n"
                                        "            lines\n"
                                        "          after: !!str 5\n",
                                        problems);
  ASSERT_TRUE(document && problems.ok()) << problems.to_text();
  const Node map = document->root().find("subscriptions");
  EXPECT_EQ(map.position(), (Position{3, 3}));
  const Node dotted = map.find("é.b");
  EXPECT_EQ(dotted.path(), "subscriptions.\"é.b\"");
  EXPECT_EQ(dotted.position(), (Position{3, 10}));
  EXPECT_EQ(dotted.find("sink").items().at(2).position(), (Position{3, 26}));
  EXPECT_EQ(dotted.find("ü").position(), (Position{3, 35}));
  const Node deep = map.find("people").items().at(0).find("deep").items().at(0);
  EXPECT_EQ(deep.path(), "subscriptions.people[0].deep[0]");
  EXPECT_EQ(deep.find("text").text(), "two\nlines\n");
  EXPECT_EQ(deep.find("text").position(), (Position{6, 17}));
  EXPECT_EQ(deep.find("after").position(), (Position{9, 18}));
  map.error_at_key("here");
  dotted.find("ü").error_at_key("and here");
  ASSERT_EQ(problems.errors(), 2u);
  EXPECT_EQ(problems.sorted()[0].line, 2u);
  EXPECT_EQ(problems.sorted()[0].column, 1u);
  EXPECT_EQ(problems.sorted()[1].line, 3u);
  EXPECT_EQ(problems.sorted()[1].column, 32u);
  EXPECT_EQ(deep.find("after").text(), "5");
}

TEST(Document, values_that_are_missing_stand_where_they_would_be) {
  Problems problems;
  const auto document = Document::parse("t.yaml",
                                        "a:\n"
                                        "b: ~\n"
                                        "list:\n"
                                        "  - 1\n"
                                        "  -\n"
                                        "  # - not this one\n"
                                        "  - null\n"
                                        "  -\n"
                                        "c:\n",
                                        problems);
  ASSERT_TRUE(document && problems.ok()) << problems.to_text();
  EXPECT_EQ(document->root().find("a").position(), (Position{1, 1}));
  EXPECT_EQ(document->root().find("b").position(), (Position{2, 4}));
  const std::vector<Node> items = document->root().find("list").items();
  ASSERT_EQ(items.size(), 4u);
  EXPECT_EQ(items[1].position(), (Position{5, 3}));
  EXPECT_EQ(items[2].position(), (Position{7, 5}));
  EXPECT_EQ(items[3].position(), (Position{8, 3}));
  EXPECT_EQ(document->root().find("c").position(), (Position{9, 1}));
}

TEST(Document, end_of_line_may_be_missing_at_the_end) {
  EXPECT_EQ(problems_of("a: 1\nb:"), "");
  EXPECT_EQ(problems_of("a: 1\nb: 2"), "");
  EXPECT_EQ(problems_of("- a\n-"), "");
  EXPECT_EQ(problems_of("a: |\n  x"), "");
  EXPECT_EQ(problems_of("a: 'x'"), "");
}

TEST(Document, positions_on_a_long_line_count_characters) {
  std::string text = "[";
  for (int i = 0; i < 5000; ++i) text += "é,";
  text += "end]";
  Problems problems;
  const auto document = Document::parse("t.yaml", text, problems);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().items().back().position(), (Position{1, 10002}));
}

TEST(Document, duplicate_keys_are_errors_at_every_level) {
  Problems problems;
  const auto document = Document::parse("t.yaml",
                                        "a: 1\n"
                                        "b:\n"
                                        "  - {x: 1, y: 2, \"x\": {z: 3}}\n"
                                        "'a': 2\n"
                                        "a: 3\n",
                                        problems);
  ASSERT_TRUE(document);
  EXPECT_EQ(problems.to_text(),
            "t.yaml:3:18: b[0].x: duplicate key; the first is at line 3, column 6\n"
            "t.yaml:4:1: a: duplicate key; the first is at line 1, column 1\n"
            "t.yaml:5:1: a: duplicate key; the first is at line 1, column 1\n"
            "3 errors\n");
  EXPECT_EQ(document->root().find("a").text(), "1");
  EXPECT_EQ(document->root().entries().size(), 2u);
}

TEST(Document, same_key_in_two_maps_is_no_duplicate) {
  EXPECT_EQ(problems_of("a: {x: 1}\nb: {x: 1}\nc: [{x: 1}, {x: 1}]\n"), "");
}

TEST(Document, syntax_errors_have_a_position_and_a_remedy) {
  const std::map<std::string, std::string> cases = {
      {"a: 1\n b: 2\n",
       "t.yaml:2:3: \":\" cannot stand here; quote a value that contains \": \", or check the "
       "indentation"},
      {"a: b: c\n",
       "t.yaml:1:5: \":\" cannot stand here; quote a value that contains \": \", or check the "
       "indentation"},
      {"a: [1,\n  2\nb: 3\n",
       "t.yaml:3:2: a: expected \",\" or \"]\"; it opened at line 1, column 4"},
      {"a: {b: 1\n", "t.yaml:2:1: a: expected \",\" or \"}\"; it opened at line 1, column 4"},
      {"a: {b: 1", "t.yaml:1:9: a: expected \",\" or \"}\"; it opened at line 1, column 4"},
      {"a: 1\nb", "t.yaml:2:1: expected \":\" after a key"},
      {"a: [b}\n", "t.yaml:1:6: a: a bracket closes here that was not opened"},
      {"a: @b\n", "t.yaml:1:4: a value cannot begin with this character; quote it"},
      {"a: *none\n", "t.yaml:1:4: this alias has no anchor before it"},
      {"a: 'it's'\n", "t.yaml:1:8: expected a key here; check quotes and indentation"},
      {"a: - b\n", "t.yaml:1:4: \"- \" cannot stand here; begin a list on a line of its own"},
      {"a: 1\nb\n", "t.yaml:2:1: expected \":\" after a key"},
      {"a: 1\n: 2\n", "t.yaml:2:1: a key is missing before \":\""},
      {"a:\n\tb: 1\n", "t.yaml:2:1: a tab cannot indent; use spaces"},
      {"a:\n  b: 1\n\tc: 2\n", "t.yaml:3:1: a: a tab cannot indent; use spaces"},
      {"? [a]\n: b\n", "t.yaml:1:3: a key must be text, not a list or a map"},
      {"a: [${X}]\n", "t.yaml:1:5: a: between brackets a variable needs quotes: \"${NAME}\""},
      {"a: {b: ${X}}\n", "t.yaml:1:8: a: between brackets a variable needs quotes: \"${NAME}\""},
      {"{a: 1}\nb: 2\n", "t.yaml:2:1: this belongs to nothing above; check its indentation"},
      {"  a: 1\n b: 2\n", "t.yaml:2:2: this belongs to nothing above; check its indentation"},
      {"a: 1\n---\nb: 2\n", "t.yaml:2:1: more than one document in a file; keep one"},
  };
  for (const auto& [text, error] : cases) {
    EXPECT_EQ(problems_of(text), one_error(error)) << text;
  }
}

TEST(Document, quote_that_is_never_closed_is_an_error_where_it_opens) {
  EXPECT_EQ(problems_of("a: 1\nb: \"open\nc: 2\n"),
            one_error("t.yaml:2:4: the quote that opens here is never closed"));
  EXPECT_EQ(problems_of("'a: 1\n"),
            one_error("t.yaml:1:1: the quote that opens here is never closed"));
  EXPECT_EQ(problems_of("b: &x \"open \\\"\n"),
            one_error("t.yaml:1:4: the quote that opens here is never closed"));
  EXPECT_EQ(problems_of("a: 'it''s'\nb: \"\\\"\"\nc: it's\nd: |\n  \"\n"), "");
}

TEST(Document, bytes_that_are_no_text_are_refused) {
  EXPECT_EQ(problems_of("a: caf\xe9\n"), one_error("t.yaml:1:7: not valid UTF-8"));
  EXPECT_EQ(problems_of(std::string("\xff\xfe"
                                    "a\0:\0",
                                    6)),
            one_error("t.yaml:1:1: not valid UTF-8"));
  EXPECT_EQ(problems_of(std::string("a\0", 2)),
            one_error("t.yaml:1:2: control character; write it as an escape in double quotes"));
  EXPECT_EQ(problems_of("a: \x04\n"),
            one_error("t.yaml:1:4: control character; write it as an escape in double quotes"));
  EXPECT_EQ(
      problems_of("a: 1\rb: 2\r"),
      one_error("t.yaml:1:5: carriage return without a line feed; end lines with a line feed"));
}

TEST(Document, tags_and_merge_keys_are_refused) {
  EXPECT_EQ(problems_of("a: !!int 3\nb: !own {c: 1}\n"),
            "t.yaml:1:4: tags mean nothing here; leave it out, or quote the value\n"
            "t.yaml:2:4: tags mean nothing here; leave it out, or quote the value\n"
            "2 errors\n");
  EXPECT_EQ(problems_of("a: &a {x: 1}\nb:\n  <<: *a\n"),
            one_error("t.yaml:3:3: b: \"<<\" merges nothing here; give a whole value by its alias "
                      "instead"));
  EXPECT_EQ(problems_of("a: {\"<<\": 1}\n"), "");
}

TEST(Document, nesting_is_bounded) {
  const std::string deepest = repeated("[", kDocumentDepthMax) + repeated("]", kDocumentDepthMax);
  EXPECT_EQ(problems_of(deepest), "");
  EXPECT_EQ(problems_of("a: " + deepest),
            one_error("t.yaml:1:67: " + std::string("a") + repeated("[0]", 62) +
                      ": nested deeper than 64 levels"));
  for (const char* part : {"[", "{a: ", "- ", "[1,[", "{\"a\":"}) {
    const std::string said = problems_of(repeated(part, 100'000));
    EXPECT_NE(said.find("nested deeper than 64 levels"), std::string::npos) << part;
  }
}

TEST(Document, brackets_within_text_are_no_nesting) {
  const std::string brackets = repeated("[", 200);
  EXPECT_EQ(problems_of("a: \"" + brackets + "\"\n" + "b: '" + brackets + "'\n" + "c: x" +
                        brackets + "\n# " + brackets + "\nd: |\n  " + brackets + "\n" +
                        "e: {x: \"" + brackets + "\"} # " + brackets + "\nf:\n  - g: >-\n\n      " +
                        brackets + "\n    h: it's " + brackets + "\n"),
            "");
}

TEST(Document, aliases_stand_for_a_copy) {
  Problems problems;
  const auto document = Document::parse("t.yaml",
                                        "base: &base\n"
                                        "  x: {y: [1, two]}\n"
                                        "other: *base\n"
                                        "text: &text word\n"
                                        "more: [*text, *text]\n",
                                        problems);
  ASSERT_TRUE(document && problems.ok()) << problems.to_text();
  const Node copy = document->root().find("other").find("x").find("y").items().at(1);
  EXPECT_EQ(copy.text(), "two");
  EXPECT_EQ(copy.path(), "other.x.y[1]");
  EXPECT_EQ(copy.position(), (Position{2, 14}));
  EXPECT_EQ(document->root().find("other").position(), (Position{3, 8}));
  EXPECT_EQ(document->root().find("more").texts(), (std::vector<std::string>{"word", "word"}));
}

TEST(Document, alias_inside_its_own_value_is_an_error) {
  EXPECT_EQ(problems_of("a: &x [1, *x]\n"),
            one_error("t.yaml:1:11: a: an alias cannot stand inside its own value"));
  EXPECT_EQ(problems_of("&x a: {b: *x}\n"),
            one_error("t.yaml:1:11: a: an alias can stand for a value, not for a key"));
  EXPECT_EQ(problems_of("a: &x b\n*x : c\n"),
            one_error("t.yaml:2:1: a key must be written out, not be an alias"));
}

TEST(Document, billion_laughs_are_refused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before +
            repeated(", " + before, 9) + "]\n";
  }
  EXPECT_NE(problems_of(text).find("more than 1,000,000 values"), std::string::npos);
}

TEST(Document, aliases_of_long_text_are_bounded) {
  const std::string text =
      "a: &a " + std::string(1 << 20, 'x') + "\nb: [" + repeated("*a, ", 100) + "]\n";
  EXPECT_NE(problems_of(text).find("values hold more than 67,108,864 bytes"), std::string::npos);
  const std::string keys =
      "a: &a {? " + std::string(1 << 20, 'x') + " : 1}\nb: [" + repeated("*a, ", 100) + "]\n";
  EXPECT_NE(problems_of(keys).find("values hold more than 67,108,864 bytes"), std::string::npos);
}

TEST(Document, aliases_cannot_nest_deeper_than_text_may) {
  const std::string deep = repeated("[", 40) + repeated("]", 40);
  EXPECT_NE(problems_of("a: &a " + deep + "\nb: " + repeated("[", 40) + "*a" + repeated("]", 40))
                .find("nested deeper than 64 levels"),
            std::string::npos);
}

TEST(Document, number_of_values_and_bytes_is_bounded) {
  EXPECT_NE(problems_of(repeated("- 1\n", kDocumentNodesMax)).find("more than 1,000,000 values"),
            std::string::npos);
  EXPECT_EQ(problems_of(std::string(kDocumentBytesMax + 1, '#')),
            one_error("t.yaml: larger than 16,777,216 bytes"));
}

TEST(Document, variables_are_replaced_in_values_of_every_style_and_not_in_keys) {
  Problems problems;
  const auto document = Document::parse("t.yaml",
                                        "plain: ${REGION}\n"
                                        "quoted: \"${REGION}\"\n"
                                        "block: |\n"
                                        "  in ${REGION}\n"
                                        "escaped: $${REGION}\n"
                                        "list: [\"${NONE:-none}\"]\n"
                                        "${REGION}: key\n",
                                        problems, variable);
  ASSERT_TRUE(document && problems.ok()) << problems.to_text();
  const Node root = document->root();
  EXPECT_EQ(root.find("plain").text(), "eu-west-1");
  EXPECT_EQ(root.find("quoted").text(), "eu-west-1");
  EXPECT_EQ(root.find("block").text(), "in eu-west-1\n");
  EXPECT_EQ(root.find("escaped").text(), "${REGION}");
  EXPECT_EQ(root.find("list").texts().at(0), "none");
  EXPECT_EQ(root.find("${REGION}").text(), "key");
}

TEST(Document, unset_variables_are_errors_at_their_values) {
  EXPECT_EQ(problems_of("a:\n  - ${ONE}\n  - x: \"${TWO}\"\n"),
            "t.yaml:2:5: a[0]: environment variable ONE is not set; ${ONE:-default} gives one that "
            "may be absent\n"
            "t.yaml:3:8: a[1].x: environment variable TWO is not set; ${TWO:-default} gives one "
            "that may be absent\n"
            "2 errors\n");
}

TEST(Document, json_is_yaml) {
  Problems problems;
  const auto document = Document::parse(
      "t.json", "{\"a\": {\"b\": [1, \"\\u00e9\\/\\n\", null, true]},\n \"c\":\"d\"}", problems);
  ASSERT_TRUE(document && problems.ok()) << problems.to_text();
  EXPECT_EQ(document->root().find("a").find("b").items().at(1).text(), "é/\n");
  EXPECT_EQ(document->root().find("c").position(), (Position{2, 6}));
}

TEST(Document, load_reads_a_file_or_says_why_not) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) /
                                       ("statewire_document_test_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "good.yaml") << "a: 1\n";
  Problems problems;
  const auto good = Document::load((folder / "good.yaml").string(), problems);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->root().find("a").text(), "1");
  EXPECT_FALSE(Document::load((folder / "none.yaml").string(), problems));
  EXPECT_FALSE(Document::load(folder.string(), problems));
  EXPECT_EQ(problems.to_text(),
            (folder / "none.yaml").string() + ": cannot be read: No such file or directory\n" +
                folder.string() + ": cannot be read: Is a directory\n" + "2 errors\n");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace statewire
