#include "config/json.h"

#include <gtest/gtest.h>

#include "config/document.h"

namespace statewire {
namespace {

struct Converted {
  std::string json;
  std::string said;
};

Converted convert(std::string yaml) {
  Problems problems;
  auto environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "FLAG") return "off";
    if (name == "LIMIT") return "5";
    return std::nullopt;
  };
  const auto document = Document::parse("t.yaml", std::move(yaml), problems, environment);
  EXPECT_TRUE(document && problems.ok()) << problems.to_text();
  Converted result;
  result.json = to_json(document->root());
  result.said = problems.to_text();
  return result;
}

TEST(Json, structure_is_kept_in_order) {
  const Converted result = convert(
      "state:\n"
      "  settled: [true]\n"
      "resource: {type: [{anything-but: {prefix: \"AWS::Logs::\"}}]}\n"
      "empty: [{}, [], ~, null, '']\n"
      "none:\n");
  EXPECT_EQ(result.json,
            R"({"state":{"settled":[true]},"resource":{"type":[{"anything-but":)"
            R"({"prefix":"AWS::Logs::"}}]},"empty":[{},[],null,null,""],"none":null})");
  EXPECT_EQ(result.said, "");
}

TEST(Json, scalars_are_typed_as_json_writes_them) {
  const Converted result = convert(
      "[0, -1, 12, 1.5, -0.25, 1e3, 1.5E-7, 123456789012, 18446744073709551615, true, false]");
  EXPECT_EQ(result.json,
            "[0,-1,12,1.5,-0.25,1e3,1.5E-7,123456789012,18446744073709551615,true,false]");
  EXPECT_EQ(result.said, "");
}

TEST(Json, everything_else_plain_is_a_string) {
  for (const char* text : {"stable",
                           "aws.ec2",
                           "arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b",
                           "10.0.0.1",
                           "10.0.0.0/8",
                           "1.2.3",
                           "2026-11-23",
                           "2026-11-23T09:00:12Z",
                           "i-0123",
                           "e5",
                           "_1",

                           "+",
                           ".",
                           "...x",
                           "1x",
                           "0xzz",
                           "yesterday",
                           "onward",
                           "12:99:1",
                           "a:1",
                           "1 000",
                           "none",
                           "Nil",
                           "1-2",
                           "0.0.0.0",
                           "infinity",
                           "nan",
                           "__",
                           "1e",
                           "0b12",
                           "0o9",
                           "é"}) {
    const Converted result = convert("- " + std::string(text));
    EXPECT_EQ(result.json, "[\"" + std::string(text) + "\"]");
    EXPECT_EQ(result.said, "") << text;
  }
}

TEST(Json, quoted_scalars_are_strings) {
  const Converted result = convert(
      "[\"off\", 'true', \"0123\", '12', \"null\", !!str 5, \"a\\\"\\n\\té\\u0007\", '~']\n");
  EXPECT_EQ(result.json, R"(["off","true","0123","12","null","5","a\"\n\té\u0007","~"])");
  EXPECT_EQ(result.said, "");
}

TEST(Json, plain_scalars_that_mean_something_else_are_errors) {
  const std::pair<const char*, const char*> cases[] = {
      {"off", "false"},
      {"Off", "false"},
      {"NO", "false"},
      {"n", "false"},
      {"False", "false"},
      {"on", "true"},
      {"yes", "true"},
      {"Y", "true"},
      {"TRUE", "true"},
      {"0123", "an octal number"},
      {"012345678901", "a number"},
      {"0o17", "an octal number"},
      {"0x1F", "a hexadecimal number"},
      {"0b101", "a binary number"},
      {"1_000", "a number"},
      {"+1", "a number"},
      {".5", "a number"},
      {"1.", "a number"},
      {"1.e3", "a number"},
      {"12:30:45", "a number to base 60"},
      {"9:30", "a number to base 60"},
      {"-.inf", "infinity"},
      {".Inf", "infinity"},
      {".NaN", "not a number"},
      {"18446744073709551616", "a number that is out of range"},
      {"1e999", "a number that is out of range"},
  };
  for (const auto& [text, meaning] : cases) {
    const Converted result = convert("a: {b: [x, " + std::string(text) + "]}");
    EXPECT_EQ(result.said, "t.yaml:1:12: a.b[1]: YAML reads a bare " + std::string(text) + " as " +
                               meaning + "; write \"" + text + "\"\n1 error\n");
    EXPECT_EQ(result.json, "{\"a\":{\"b\":[\"x\",\"" + std::string(text) + "\"]}}");
  }
}

TEST(Json, all_ambiguous_scalars_are_told_at_once) {
  const Converted result = convert("monitoring: [off]\nother:\n  - yes\n");
  EXPECT_EQ(result.said,
            "t.yaml:1:14: monitoring[0]: YAML reads a bare off as false; write \"off\"\n"
            "t.yaml:3:5: other[0]: YAML reads a bare yes as true; write \"yes\"\n"
            "2 errors\n");
}

TEST(Json, keys_are_strings_whatever_they_look_like) {
  const Converted result = convert("{on: a, 123: b, \"x\\\"\": c, true: d}");
  EXPECT_EQ(result.json, R"({"on":"a","123":"b","x\"":"c","true":"d"})");
  EXPECT_EQ(result.said, "");
}

TEST(Json, variables_are_typed_by_what_they_hold_unless_quoted) {
  const Converted result = convert("- ${LIMIT}\n- \"${LIMIT}\"\n- \"${FLAG}\"\n- ${FLAG}\n");
  EXPECT_EQ(result.json, R"([5,"5","off","off"])");
  EXPECT_EQ(result.said,
            "t.yaml:4:3: [3]: YAML reads a bare ${FLAG} as false; write \"${FLAG}\"\n1 error\n");
}

TEST(Json, text_of_several_lines_is_one_string) {
  const Converted result = convert("a: |\n  one\n  two\nb: >-\n  one\n  two\nc: one\n  two\n");
  EXPECT_EQ(result.json, R"({"a":"one\ntwo\n","b":"one two","c":"one two"})");
}

TEST(Json, keys_have_one_hash_in_any_order) {
  const auto hash_of = [](std::string yaml) {
    Problems problems;
    const auto document = Document::parse("t.yaml", std::move(yaml), problems);
    constexpr std::string_view kBut[] = {"every"};
    return hash_of_keys(document->root(), kBut);
  };
  const uint64_t hash = hash_of("{kind: terraform, state: [a, b], every: 1m}");
  EXPECT_EQ(hash_of("{state: [a, b], kind: terraform}"), hash);
  EXPECT_EQ(hash_of("{state: [a, b], every: 5m, kind: terraform}"), hash);
  EXPECT_NE(hash_of("{state: [b, a], kind: terraform}"), hash);
  EXPECT_NE(hash_of("{state: [a, b], kind: terraform, role: other}"), hash);
}

TEST(Json, of_json_is_the_same) {
  const std::string json = R"({"a":[1,2.5,"x\ny",null,true,{"b":{}}],"c":""})";
  EXPECT_EQ(convert(json).json, json);
}

TEST(Json, of_a_part_and_of_nothing) {
  Problems problems;
  const auto document = Document::parse("t.yaml", "a: {b: [1]}", problems);
  EXPECT_EQ(to_json(document->root().find("a")), R"({"b":[1]})");
  EXPECT_EQ(to_json(document->root().find("none")), "null");
}

TEST(Json, path_in_it_leads_back_to_the_position) {
  Problems problems;
  const auto document =
      Document::parse("t.yaml", "when:\n  state: {phase: [gone, {prefx: x}]}\n", problems);
  const Node when = document->root().find("when");
  when.descend("state.phase[1].prefx").error_at_key("no such operator");
  EXPECT_EQ(problems.to_text(),
            "t.yaml:2:26: when.state.phase[1].prefx: no such operator\n1 error\n");
}

}  // namespace
}  // namespace statewire
