#include "config/node.h"

#include <gtest/gtest.h>

#include "config/document.h"

namespace statewire {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;

std::optional<std::string> node_variable(const std::string& name) {
  if (name == "TOKEN") return "hunter2";
  if (name == "PORT") return "8484";
  return std::nullopt;
}

// One document whose nodes a test reads wrongly and rightly.
class NodeTest : public testing::Test {
 protected:
  Node parse(std::string text, std::string file = "t.yaml") {
    document_ = Document::parse(std::move(file), std::move(text), problems_, node_variable);
    EXPECT_TRUE(document_ && problems_.ok()) << problems_.to_text();
    return document_->root();
  }
  // What was said since the last call.
  std::string said() {
    std::string text;
    for (const Problem& problem : problems_.sorted()) {
      text += std::to_string(problem.line) + ":" + std::to_string(problem.column) + " " +
              problem.path + ": " + problem.text + "\n";
    }
    problems_ = {};
    return text;
  }

  Problems problems_;
  std::optional<Document> document_;
};

TEST_F(NodeTest, text_is_what_is_written) {
  const Node root = parse("{a: plain, b: 'quoted', c: 0123, d: off, e: \"\", f: 1.50}");
  EXPECT_EQ(root.find("a").text(), "plain");
  EXPECT_EQ(root.find("b").text(), "quoted");
  EXPECT_EQ(root.find("c").text(), "0123");
  EXPECT_EQ(root.find("d").text(), "off");
  EXPECT_EQ(root.find("e").text(), "");
  EXPECT_EQ(root.find("f").text(), "1.50");
  EXPECT_EQ(said(), "");
}

TEST_F(NodeTest, wrong_types_say_what_was_found_and_what_would_be_right) {
  const Node root = parse("map: {a: 1}\nlist: [1]\nnone:\nword: \"a\\nb\"\n");
  EXPECT_EQ(root.find("map").text("fallback"), "fallback");
  EXPECT_EQ(root.find("list").boolean(true), true);
  EXPECT_EQ(root.find("none").duration(5s), 5s);
  EXPECT_EQ(root.find("word").integer(1, 9, 7), 7);
  EXPECT_TRUE(root.find("word").items().empty());
  EXPECT_TRUE(root.find("list").entries().empty());
  EXPECT_EQ(said(),
            "1:6 map: expected text, found a map\n"
            "2:7 list: expected true or false, found a list\n"
            "2:7 list: expected a map, found a list\n"
            "3:1 none: expected a duration such as 500ms, 90s, 10m, 24h or 7d, found nothing\n"
            "4:7 word: expected a whole number from 1 to 9, found \"a\\nb\"\n"
            "4:7 word: expected a list, found \"a\\nb\"\n");
}

TEST_F(NodeTest, absent_nodes_give_fallbacks_and_say_nothing) {
  const Node absent = parse("{}").find("none");
  EXPECT_FALSE(absent);
  EXPECT_EQ(absent.text("x"), "x");
  EXPECT_EQ(absent.boolean(true), true);
  EXPECT_EQ(absent.integer(1, 2, 3), 3);
  EXPECT_EQ(absent.duration(4s), 4s);
  EXPECT_EQ(absent.bytes(5), 5u);
  EXPECT_EQ(absent.one_of({}), std::nullopt);
  EXPECT_TRUE(absent.items().empty() && absent.entries().empty() && absent.texts().empty());
  EXPECT_EQ(absent.file_path(), "");
  EXPECT_EQ(absent.key(), "");
  EXPECT_EQ(absent.path(), "");
  EXPECT_EQ(absent.position(), Position());
  EXPECT_FALSE(absent.find("a") || absent.descend("a.b"));
  absent.error("not told");
  absent.error_at_key("not told");
  absent.warn("not told");
  EXPECT_EQ(said(), "");
}

TEST_F(NodeTest, booleans_are_true_and_false_alone) {
  const Node root = parse("[true, false, yes, True, on, 1, \"\"]");
  const std::vector<Node> items = root.items();
  EXPECT_TRUE(items[0].boolean());
  EXPECT_FALSE(items[1].boolean(true));
  EXPECT_EQ(said(), "");
  for (size_t i = 2; i < items.size(); ++i) EXPECT_TRUE(items[i].boolean(true));
  EXPECT_EQ(said(),
            "1:15 [2]: expected true or false, found \"yes\"\n"
            "1:20 [3]: expected true or false, found \"True\"\n"
            "1:26 [4]: expected true or false, found \"on\"\n"
            "1:30 [5]: expected true or false, found \"1\"\n"
            "1:33 [6]: expected true or false, found \"\"\n");
}

TEST_F(NodeTest, integers_are_decimal_and_bounded) {
  const Node root = parse(
      "{good: [0, 1, -5, 65535, '7'], bad: [65536, -6, 0x10, 010, 1_000, 1.0, +1, 1e3, '', '-', "
      "99999999999999999999, ' 1']}");
  std::vector<int64_t> values;
  for (const Node& item : root.find("good").items()) values.push_back(item.integer(-5, 65535));
  EXPECT_EQ(values, (std::vector<int64_t>{0, 1, -5, 65535, 7}));
  EXPECT_TRUE(problems_.ok());
  for (const Node& item : root.find("bad").items()) EXPECT_EQ(item.integer(-5, 65535, 42), 42);
  EXPECT_EQ(problems_.errors(), 12u);
}

TEST_F(NodeTest, durations_have_units_and_bounds) {
  const Node root = parse("{a: 500ms, b: 1h30m, c: 10, d: 2s, e: 2h, f: \"-1s\"}");
  EXPECT_EQ(root.find("a").duration(), 500ms);
  EXPECT_EQ(root.find("b").duration(), 90min);
  EXPECT_EQ(said(), "");
  EXPECT_EQ(root.find("c").duration(1s), 1s);
  EXPECT_EQ(root.find("d").duration(9s, 5s, 1h), 9s);
  EXPECT_EQ(root.find("e").duration(9s, 5s, 1h), 9s);
  EXPECT_EQ(root.find("f").duration(9s), 9s);
  EXPECT_EQ(said(),
            "1:25 c: expected a duration such as 500ms, 90s, 10m, 24h or 7d, found \"10\"\n"
            "1:32 d: expected at least 5s, found \"2s\"\n"
            "1:39 e: expected at most 1h, found \"2h\"\n"
            "1:46 f: expected a duration such as 500ms, 90s, 10m, 24h or 7d, found \"-1s\"\n");
}

TEST_F(NodeTest, sizes_have_binary_and_decimal_units) {
  const Node root = parse(
      "{good: [0, 512, 1B, 64KiB, 10MB, 1GiB, 3kB, 2TiB], bad: [1.5GiB, "
      "64kib, -1, MiB, 1 MB, 99999999TiB, 010, ''], low: 1KiB, high: 3MB}");
  std::vector<uint64_t> sizes;
  for (const Node& item : root.find("good").items()) sizes.push_back(item.bytes());
  EXPECT_EQ(sizes, (std::vector<uint64_t>{0, 512, 1, 65536, 10'000'000, 1u << 30, 3000,
                                          uint64_t{2} << 40}));
  EXPECT_TRUE(problems_.ok());
  for (const Node& item : root.find("bad").items()) EXPECT_EQ(item.bytes(9), 9u);
  EXPECT_EQ(problems_.errors(), 8u);
  said();
  EXPECT_EQ(root.find("low").bytes(1, 64 << 10, 2'000'000), 1u);
  EXPECT_EQ(root.find("high").bytes(1, 64 << 10, 2'000'000), 1u);
  EXPECT_EQ(said(),
            "1:116 low: expected at least 64KiB, found \"1KiB\"\n"
            "1:128 high: expected at most 2MB, found \"3MB\"\n");
}

TEST_F(NodeTest, one_of_suggests_the_nearest_word) {
  const Node root = parse("{a: json, b: jsn, c: elephants, d: [json]}");
  const std::vector<std::string_view> words = {"text", "json", "csv"};
  EXPECT_EQ(root.find("a").one_of(words), 1u);
  EXPECT_EQ(said(), "");
  for (const char* key : {"b", "c", "d"}) EXPECT_EQ(root.find(key).one_of(words), std::nullopt);
  EXPECT_EQ(said(),
            "1:14 b: expected text, json or csv, found \"jsn\"; did you mean \"json\"?\n"
            "1:22 c: expected text, json or csv, found \"elephants\"\n"
            "1:36 d: expected text, json or csv, found a list\n");
}

TEST_F(NodeTest, choice_reads_an_enumeration) {
  enum class From { now, earliest };
  const Node root = parse("{a: earliest, b: later}");
  EXPECT_EQ(
      root.find("a").choice<From>({{"now", From::now}, {"earliest", From::earliest}}, From::now),
      From::earliest);
  EXPECT_EQ(
      root.find("b").choice<From>({{"now", From::now}, {"earliest", From::earliest}}, From::now),
      From::now);
  EXPECT_EQ(said(), "1:18 b: expected now or earliest, found \"later\"\n");
}

TEST_F(NodeTest, what_a_variable_holds_is_read_and_never_told) {
  const Node root = parse("{port: \"${PORT}\", token: \"${TOKEN}\"}");
  EXPECT_EQ(root.find("port").integer(1, 65535), 8484);
  const Node token = root.find("token");
  EXPECT_EQ(token.text(), "hunter2");
  const std::vector<std::string_view> words = {"hunter", "hunted"};
  token.boolean();
  token.integer(1, 2);
  token.duration();
  token.bytes();
  token.one_of(words);
  token.items();
  token.entries();
  EXPECT_EQ(problems_.errors(), 7u);
  EXPECT_EQ(problems_.to_text().find("hunter2"), std::string::npos);
  EXPECT_NE(problems_.to_text().find("found \"${TOKEN}\""), std::string::npos);
}

TEST_F(NodeTest, long_values_are_cut_where_they_are_shown) {
  parse("a: " + std::string(500, 'x')).find("a").boolean();
  EXPECT_EQ(said(), "1:4 a: expected true or false, found \"" + std::string(60, 'x') + "\"…\n");
}

TEST_F(NodeTest, maps_and_lists_keep_the_order_of_the_file) {
  const Node root = parse("z: 1\na: 2\nm: [c, b, a]\n");
  std::string keys;
  for (const Node& entry : root.entries()) keys += entry.key();
  EXPECT_EQ(keys, "zam");
  EXPECT_EQ(root.find("m").texts(), (std::vector<std::string>{"c", "b", "a"}));
  EXPECT_TRUE(root.is_map() && root.find("m").is_list() && root.find("z").is_scalar());
}

TEST_F(NodeTest, problems_stand_at_the_value_or_its_key) {
  const Node value = parse("a:\n  b: [1]\n").find("a").find("b");
  value.error("wrong");
  value.error_at_key("no such field");
  value.items().at(0).error_at_key("an item has no key");
  value.warn("odd");
  EXPECT_EQ(problems_.to_text(),
            "t.yaml:2:3: a.b: no such field\n"
            "t.yaml:2:6: a.b: wrong\n"
            "t.yaml:2:6: warning: a.b: odd\n"
            "t.yaml:2:7: a.b[0]: an item has no key\n"
            "3 errors, 1 warning\n");
}

TEST_F(NodeTest, descend_follows_paths_as_far_as_they_go) {
  const Node root = parse(
      "state:\n"
      "  phase: [degraded, {prefix: x}]\n"
      "tags:\n"
      "  \"kubernetes.io/name\": [a]\n"
      "  kubernetes: {io: 1}\n"
      "  \"a b\": 2\n"
      "  \"\": {empty: 3}\n");
  EXPECT_EQ(root.descend("").path(), "");
  EXPECT_EQ(root.descend("state.phase[1]").path(), "state.phase[1]");
  EXPECT_EQ(root.descend("state.phase[1].prefix").path(), "state.phase[1].prefix");
  EXPECT_EQ(root.descend("state.phase[2]").path(), "state.phase");
  EXPECT_EQ(root.descend("state.phase[x]").path(), "state.phase");
  EXPECT_EQ(root.descend("state.phase[99999999999999]").path(), "state.phase");
  EXPECT_EQ(root.descend("state.phases").path(), "state");
  EXPECT_EQ(root.descend("nothing.here").path(), "");
  EXPECT_EQ(root.descend("tags.kubernetes.io/name[0]").text(), "a");
  EXPECT_EQ(root.descend("tags.\"kubernetes.io/name\"[0]").text(), "a");
  EXPECT_EQ(root.descend("tags.kubernetes.io").text(), "1");
  EXPECT_EQ(root.descend("tags.a b").text(), "2");
  EXPECT_EQ(root.descend("tags.\"\".empty").text(), "3");
  EXPECT_EQ(root.find("state").descend("phase[0]").position(), (Position{2, 11}));
}

TEST_F(NodeTest, every_path_leads_back_to_its_node) {
  const Node root = parse("a: {\"b.c\": [{\"[0]\": {\"q\\\"\": [x, {\"\\n\": y}]}}]}\n");
  std::vector<Node> open = {root};
  size_t seen = 0;
  while (!open.empty()) {
    const Node node = open.back();
    open.pop_back();
    ++seen;
    EXPECT_EQ(root.descend(node.path()).path(), node.path());
    EXPECT_EQ(root.descend(node.path()).position(), node.position()) << node.path();
    if (node.is_map()) {
      for (const Node& child : node.entries()) open.push_back(child);
    } else if (node.is_list()) {
      for (const Node& child : node.items()) open.push_back(child);
    }
  }
  EXPECT_EQ(seen, 9u);
}

TEST_F(NodeTest, file_paths_are_relative_to_the_document) {
  const Node root =
      parse("{a: ticket.mustache, b: ../x, c: /abs/y, d: '', e: \"a\\0b\"}", "conf/statewire.yaml");
  EXPECT_EQ(root.find("a").file_path(), "conf/ticket.mustache");
  EXPECT_EQ(root.find("b").file_path(), "x");
  EXPECT_EQ(root.find("c").file_path(), "/abs/y");
  EXPECT_EQ(said(), "");
  EXPECT_EQ(root.find("d").file_path(), "");
  EXPECT_EQ(root.find("e").file_path(), "");
  EXPECT_EQ(problems_.errors(), 2u);
  problems_ = {};
  EXPECT_EQ(parse("a: b").find("a").file_path(), "b");
}

}  // namespace
}  // namespace statewire
