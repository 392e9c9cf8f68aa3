#include "pattern/pattern.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "base/limits.h"
#include "pattern/compiled_for_test.h"

namespace statewire {
namespace {

PatternError refused(std::string_view json) {
  auto result = Pattern::compile(json);
  if (auto* error = std::get_if<PatternError>(&result)) return *error;
  ADD_FAILURE() << json << " was accepted";
  return {};
}

bool matches(std::string_view pattern, std::string_view event) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  EXPECT_EQ(parser.parse(event.data(), event.size()).get(element), simdjson::SUCCESS) << event;
  const Pattern subject = compiled(pattern);
  const bool result = subject.matches(element);
  EXPECT_EQ(subject.explain(element).has_value(), !result) << pattern << " on " << event;
  return result;
}

Mismatch mismatch(std::string_view pattern, std::string_view event) {
  simdjson::dom::parser parser;
  const auto result = compiled(pattern).explain(parser.parse(event.data(), event.size()).value());
  EXPECT_TRUE(result.has_value()) << pattern << " matches " << event;
  return result.value_or(Mismatch{});
}

TEST(PatternMatch, literal_equals_value_of_its_own_type) {
  EXPECT_TRUE(matches(R"({"a":["x"]})", R"({"a":"x"})"));
  EXPECT_FALSE(matches(R"({"a":["x"]})", R"({"a":"X"})"));
  EXPECT_FALSE(matches(R"({"a":["x"]})", R"({"a":"xy"})"));
  EXPECT_FALSE(matches(R"({"a":["5"]})", R"({"a":5})"));
  EXPECT_FALSE(matches(R"({"a":[5]})", R"({"a":"5"})"));
  EXPECT_TRUE(matches(R"({"a":[true]})", R"({"a":true})"));
  EXPECT_FALSE(matches(R"({"a":[true]})", R"({"a":false})"));
  EXPECT_TRUE(matches(R"({"a":[false]})", R"({"a":false})"));
  EXPECT_FALSE(matches(R"({"a":["true"]})", R"({"a":true})"));
  EXPECT_FALSE(matches(R"({"a":[0]})", R"({"a":false})"));
}

TEST(PatternMatch, empty_string_null_and_absent_are_three_things) {
  const std::string_view events[] = {R"({"a":""})", R"({"a":null})", R"({})"};
  const std::string_view patterns[] = {R"({"a":[""]})", R"({"a":[null]})",
                                       R"({"a":[{"exists":false}]})"};
  for (size_t p = 0; p < 3; ++p) {
    for (size_t e = 0; e < 3; ++e) EXPECT_EQ(matches(patterns[p], events[e]), p == e);
  }
}

TEST(PatternMatch, strings_are_compared_after_unescaping) {
  EXPECT_TRUE(matches(R"({"\u0061":["\u00e9\n"]})", "{\"a\":\"é\\n\"}"));
  EXPECT_TRUE(matches(R"({"a":["\u0000b"]})", R"({"a":"\u0000b"})"));
  EXPECT_FALSE(matches(R"({"a":["\u0000b"]})", R"({"a":"\u0000c"})"));
}

TEST(PatternMatch, numbers_are_compared_by_value_and_exactly) {
  EXPECT_TRUE(matches(R"({"a":[300]})", R"({"a":300.0})"));
  EXPECT_TRUE(matches(R"({"a":[3.0e2]})", R"({"a":300})"));
  EXPECT_TRUE(matches(R"({"a":[-0.0]})", R"({"a":0})"));
  EXPECT_FALSE(matches(R"({"a":[9007199254740993]})", R"({"a":9007199254740992})"));
  EXPECT_FALSE(matches(R"({"a":[9007199254740993]})", R"({"a":9007199254740992.0})"));
  EXPECT_TRUE(matches(R"({"a":[18446744073709551615]})", R"({"a":18446744073709551615})"));
  EXPECT_FALSE(matches(R"({"a":[-1]})", R"({"a":18446744073709551615})"));
}

TEST(PatternMatch, all_keys_must_match_and_one_alternative_must) {
  const std::string_view pattern = R"({"a":["x","y"],"b":{"c":[1]}})";
  EXPECT_TRUE(matches(pattern, R"({"a":"y","b":{"c":1,"d":2},"e":3})"));
  EXPECT_FALSE(matches(pattern, R"({"a":"z","b":{"c":1}})"));
  EXPECT_FALSE(matches(pattern, R"({"a":"x","b":{"c":2}})"));
  EXPECT_FALSE(matches(pattern, R"({"a":"x"})"));
  EXPECT_FALSE(matches(pattern, R"({"a":"x","b":1})"));
}

TEST(PatternMatch, prefix_and_suffix) {
  EXPECT_TRUE(matches(R"({"a":[{"prefix":"ab"}]})", R"({"a":"abc"})"));
  EXPECT_TRUE(matches(R"({"a":[{"prefix":"ab"}]})", R"({"a":"ab"})"));
  EXPECT_FALSE(matches(R"({"a":[{"prefix":"ab"}]})", R"({"a":"a"})"));
  EXPECT_FALSE(matches(R"({"a":[{"prefix":"1"}]})", R"({"a":12})"));
  EXPECT_TRUE(matches(R"({"a":[{"prefix":""}]})", R"({"a":""})"));
  EXPECT_TRUE(matches(R"({"a":[{"suffix":".png"}]})", R"({"a":"x.png"})"));
  EXPECT_FALSE(matches(R"({"a":[{"suffix":".png"}]})", R"({"a":"x.png2"})"));
}

TEST(PatternMatch, prefix_and_suffix_ignoring_case) {
  const std::string_view prefix = R"({"a":[{"prefix":{"equals-ignore-case":"EventB"}}]})";
  EXPECT_TRUE(matches(prefix, R"({"a":"eVENTbridge"})"));
  EXPECT_FALSE(matches(prefix, R"({"a":"even"})"));
  const std::string_view suffix = R"({"a":[{"suffix":{"equals-ignore-case":".PNG"}}]})";
  EXPECT_TRUE(matches(suffix, R"({"a":"x.png"})"));
  EXPECT_FALSE(matches(suffix, R"({"a":"png"})"));
}

TEST(PatternMatch, letters_beyond_ascii_have_cases_too) {
  EXPECT_TRUE(matches(R"({"a":[{"equals-ignore-case":"ÀΩЖ"}]})", R"({"a":"àωж"})"));
  EXPECT_FALSE(matches(R"({"a":[{"equals-ignore-case":"k"}]})", "{\"a\":\"\u212a\"}"));
  EXPECT_TRUE(matches(R"({"a":[{"equals-ignore-case":"大𐐀"}]})", R"({"a":"大𐐨"})"));
}

TEST(PatternMatch, quotes_are_no_part_of_a_string) {
  EXPECT_FALSE(matches(R"({"a":[{"prefix":"x\""}]})", R"({"a":"x"})"));
  EXPECT_FALSE(matches(R"({"a":[{"suffix":"\"x"}]})", R"({"a":"x"})"));
  EXPECT_FALSE(matches(R"({"a":[{"wildcard":"*x*\""}]})", R"({"a":"x"})"));
}

TEST(PatternMatch, wildcard) {
  const std::string_view path = R"({"a":[{"wildcard":"dir/*/file*.log"}]})";
  EXPECT_TRUE(matches(path, R"({"a":"dir//file.log"})"));
  EXPECT_TRUE(matches(path, R"({"a":"dir/a/b/file1.log.log"})"));
  EXPECT_FALSE(matches(path, R"({"a":"dir/file.log"})"));
  EXPECT_FALSE(matches(path, R"({"a":"dir/a/file.lo"})"));
  EXPECT_TRUE(matches(R"({"a":[{"wildcard":"*"}]})", R"({"a":""})"));
  EXPECT_FALSE(matches(R"({"a":[{"wildcard":"*"}]})", R"({"a":1})"));
  EXPECT_TRUE(matches(R"({"a":[{"wildcard":"abc"}]})", R"({"a":"abc"})"));
  EXPECT_FALSE(matches(R"({"a":[{"wildcard":"abc"}]})", R"({"a":"abcd"})"));
  EXPECT_TRUE(matches(R"({"a":[{"wildcard":"\\**\\\\"}]})", R"({"a":"*x\\"})"));
  EXPECT_FALSE(matches(R"({"a":[{"wildcard":"\\*"}]})", R"({"a":"x"})"));
  EXPECT_FALSE(matches(R"({"a":[{"wildcard":"ab*ba"}]})", R"({"a":"aba"})"));
  EXPECT_TRUE(matches(R"({"a":[{"wildcard":"*aab*"}]})", R"({"a":"aaab"})"));
}

TEST(PatternMatch, wildcards_take_bounded_time) {
  std::string pattern = R"({"a":[{"wildcard":")";
  for (int i = 0; i < 100; ++i) pattern += "*a";
  const std::string event = R"({"a":")" + std::string(20'000, 'a') + R"(b"})";
  EXPECT_FALSE(matches(pattern + R"(b*c"}]})", event));
}

TEST(PatternMatch, cidr) {
  const std::string_view v4 = R"({"a":[{"cidr":"10.0.16.0/20"}]})";
  EXPECT_TRUE(matches(v4, R"({"a":"10.0.31.255"})"));
  EXPECT_FALSE(matches(v4, R"({"a":"10.0.32.0"})"));
  EXPECT_FALSE(matches(v4, R"({"a":"10.0.16"})"));
  EXPECT_FALSE(matches(v4, R"({"a":"10.0.16.256"})"));
  EXPECT_FALSE(matches(v4, R"({"a":"::ffff:10.0.16.1"})"));
  EXPECT_FALSE(matches(v4, R"({"a":167776256})"));
  const std::string_view v6 = R"({"a":[{"cidr":"2001:DB8::/33"}]})";
  EXPECT_TRUE(matches(v6, R"({"a":"2001:db8:0:7fff::1"})"));
  EXPECT_TRUE(matches(v6, R"({"a":"2001:0db8:0000:0000:0000:0000:0000:0001"})"));
  EXPECT_FALSE(matches(v6, R"({"a":"2001:db8:8000::1"})"));
  EXPECT_FALSE(matches(v6, R"({"a":"2001:db8::1::2"})"));
  EXPECT_FALSE(matches(v6, R"({"a":"2001:db8"})"));
  EXPECT_TRUE(matches(R"({"a":[{"cidr":"0.0.0.0/0"}]})", R"({"a":"255.255.255.255"})"));
  EXPECT_FALSE(matches(R"({"a":[{"cidr":"0.0.0.0/0"}]})", R"({"a":"::"})"));
}

TEST(PatternMatch, addresses_are_strings_unless_cidr_asks) {
  EXPECT_FALSE(matches(R"({"a":["10.0.0.1"]})", R"({"a":"10.0.0.01"})"));
  EXPECT_FALSE(matches(R"({"a":["2001:db8::1"]})", R"({"a":"2001:DB8:0::1"})"));
}

TEST(PatternMatch, equals_ignore_case) {
  EXPECT_TRUE(matches(R"({"a":[{"equals-ignore-case":"On-Call"}]})", R"({"a":"oN-cALL"})"));
  EXPECT_FALSE(matches(R"({"a":[{"equals-ignore-case":"on"}]})", R"({"a":"onn"})"));
  EXPECT_FALSE(matches(R"({"a":[{"equals-ignore-case":"@["}]})", R"({"a":"`{"})"));
}

TEST(PatternMatch, exists_asks_for_a_leaf) {
  const std::string_view present = R"({"a":{"b":[{"exists":true}]}})";
  const std::string_view absent = R"({"a":{"b":[{"exists":false}]}})";
  const std::pair<std::string_view, bool> cases[] = {
      {R"({"a":{"b":1}})", true},
      {R"({"a":{"b":null}})", true},
      {R"({"a":{"b":[1]}})", true},
      {R"({"a":{}})", false},
      {R"({})", false},
      {R"({"a":5})", false},
      {R"({"a":{"b":{"c":1}}})", false},
      {R"({"a":{"b":[]}})", false},
      {R"({"a":[]})", false},
  };
  for (const auto& [event, is_present] : cases) {
    EXPECT_EQ(matches(present, event), is_present) << event;
    EXPECT_EQ(matches(absent, event), !is_present) << event;
  }
}

TEST(PatternMatch, absence_may_stand_beside_other_alternatives) {
  const std::string_view pattern = R"({"a":["x",{"exists":false}]})";
  EXPECT_TRUE(matches(pattern, R"({})"));
  EXPECT_TRUE(matches(pattern, R"({"a":"x"})"));
  EXPECT_FALSE(matches(pattern, R"({"a":"y"})"));
}

TEST(PatternMatch, anything_but_needs_a_value_that_is_none_of_them) {
  EXPECT_TRUE(matches(R"({"a":[{"anything-but":"x"}]})", R"({"a":"y"})"));
  EXPECT_FALSE(matches(R"({"a":[{"anything-but":"x"}]})", R"({"a":"x"})"));
  EXPECT_FALSE(matches(R"({"a":[{"anything-but":"x"}]})", R"({})"));
  EXPECT_TRUE(matches(R"({"a":[{"anything-but":5}]})", R"({"a":"5"})"));
  EXPECT_FALSE(matches(R"({"a":[{"anything-but":5}]})", R"({"a":5.0})"));
  EXPECT_FALSE(matches(R"({"a":[{"anything-but":[4,5]}]})", R"({"a":5})"));
  EXPECT_FALSE(matches(R"({"a":[{"anything-but":["x","y"]}]})", R"({"a":"y"})"));
  EXPECT_TRUE(matches(R"({"a":[{"anything-but":["x","y"]}]})", R"({"a":null})"));
  EXPECT_TRUE(matches(R"({"a":[{"anything-but":["x","y"]}]})", R"({"a":true})"));
  EXPECT_TRUE(matches(R"({"a":[{"anything-but":"x"}]})", R"({"a":["x","y"]})"));
  EXPECT_FALSE(matches(R"({"a":[{"anything-but":"x"}]})", R"({"a":["x","x"]})"));
}

TEST(PatternMatch, anything_but_takes_text_operators) {
  EXPECT_FALSE(matches(R"({"a":[{"anything-but":{"prefix":"ab"}}]})", R"({"a":"abc"})"));
  EXPECT_TRUE(matches(R"({"a":[{"anything-but":{"prefix":"ab"}}]})", R"({"a":"cab"})"));
  EXPECT_TRUE(matches(R"({"a":[{"anything-but":{"prefix":"1"}}]})", R"({"a":1})"));
  EXPECT_FALSE(matches(R"({"a":[{"anything-but":{"suffix":["b","c"]}}]})", R"({"a":"abc"})"));
  EXPECT_FALSE(matches(R"({"a":[{"anything-but":{"equals-ignore-case":"ab"}}]})", R"({"a":"AB"})"));
}

TEST(PatternMatch, numeric_bounds) {
  const std::string_view range = R"({"a":[{"numeric":[">",0,"<=",5]}]})";
  EXPECT_FALSE(matches(range, R"({"a":0})"));
  EXPECT_TRUE(matches(range, R"({"a":0.001})"));
  EXPECT_TRUE(matches(range, R"({"a":5})"));
  EXPECT_FALSE(matches(range, R"({"a":5.1})"));
  EXPECT_FALSE(matches(range, R"({"a":"3"})"));
  EXPECT_TRUE(matches(R"({"a":[{"numeric":[">=",0,"<",5]}]})", R"({"a":0})"));
  EXPECT_FALSE(matches(R"({"a":[{"numeric":[">=",0,"<",5]}]})", R"({"a":5})"));
  EXPECT_TRUE(matches(R"({"a":[{"numeric":["=",5]}]})", R"({"a":5.0})"));
  EXPECT_FALSE(matches(R"({"a":[{"numeric":["=",5]}]})", R"({"a":4})"));
  EXPECT_TRUE(matches(R"({"a":[{"numeric":["<",-1]}]})", R"({"a":-1e300})"));
  EXPECT_TRUE(matches(R"({"a":[{"numeric":[">",0]}]})", R"({"a":18446744073709551615})"));
}

TEST(PatternMatch, array_matches_by_any_element) {
  EXPECT_TRUE(matches(R"({"a":["x"]})", R"({"a":["y","x"]})"));
  EXPECT_TRUE(matches(R"({"a":["x"]})", R"({"a":[["y"],[["x"]]]})"));
  EXPECT_FALSE(matches(R"({"a":["x"]})", R"({"a":["y",{"x":"x"}]})"));
}

TEST(PatternMatch, fields_of_an_array_must_come_from_the_same_element) {
  const std::string_view pattern = R"({"items":{"a":[1],"b":[2]}})";
  EXPECT_TRUE(matches(pattern, R"({"items":[{"a":1},{"a":1,"b":2}]})"));
  EXPECT_FALSE(matches(pattern, R"({"items":[{"a":1},{"b":2}]})"));
  EXPECT_TRUE(matches(pattern, R"({"items":[[{"a":1}],[7,{"a":1,"b":2}]]})"));
  EXPECT_TRUE(
      matches(R"({"items":{"a":[1],"b":[{"exists":false}]}})", R"({"items":[{"a":2},{"a":1}]})"));
}

TEST(PatternMatch, absence_looks_into_the_element_that_others_chose) {
  const std::string_view both = R"({"i":{"b":[1],"a":[{"exists":false}],"c":[{"exists":false}]}})";
  EXPECT_TRUE(matches(both, R"({"i":[{"a":2,"b":2,"c":2},{"b":1}]})"));
  EXPECT_FALSE(matches(both, R"({"i":[{"a":2,"b":1},{"b":1,"c":1}]})"));
  // Nothing else chooses an element, so all are looked into.
  const std::string_view alone = R"({"i":{"a":[{"exists":false}]}})";
  EXPECT_FALSE(matches(alone, R"({"i":[{"b":1},{"a":1}]})"));
  EXPECT_TRUE(matches(alone, R"({"i":[{"b":1},{"b":2}]})"));
}

TEST(PatternMatch, or_beside_an_object_reads_the_same_element) {
  const std::string_view pattern = R"({"i":{"a":[1]},"$or":[{"i":{"b":[2]}},{"x":[1]}]})";
  EXPECT_TRUE(matches(pattern, R"({"i":[{"a":1,"b":2}]})"));
  EXPECT_FALSE(matches(pattern, R"({"i":[{"a":1},{"b":2}]})"));
  EXPECT_TRUE(matches(pattern, R"({"i":[{"a":1},{"b":2}],"x":1})"));
}

TEST(PatternMatch, plain_values_of_an_array_do_not_tie) {
  EXPECT_TRUE(matches(R"({"a":["x"],"$or":[{"a":["y"]},{"b":[1]}]})", R"({"a":["x","y"]})"));
  EXPECT_FALSE(matches(R"({"a":["x"],"$or":[{"a":["y"]},{"b":[1]}]})", R"({"a":[["x"],["y"]]})"));
}

TEST(PatternMatch, or_asks_for_one_of_several) {
  const std::string_view pattern = R"({"s":["x"],"$or":[{"a":[1]},{"b":{"c":[2]}}]})";
  EXPECT_TRUE(matches(pattern, R"({"s":"x","a":1})"));
  EXPECT_TRUE(matches(pattern, R"({"s":"x","b":{"c":2}})"));
  EXPECT_FALSE(matches(pattern, R"({"s":"x","a":2})"));
  EXPECT_FALSE(matches(pattern, R"({"a":1})"));
  const std::string_view nested = R"({"i":{"k":[1],"$or":[{"a":[1]},{"b":[2]}]}})";
  EXPECT_TRUE(matches(nested, R"({"i":[{"k":1,"b":2}]})"));
  EXPECT_FALSE(matches(nested, R"({"i":[{"k":1},{"b":2}]})"));
}

TEST(PatternMatch, absence_holds_through_or_and_nested_objects) {
  const std::string_view pattern = R"({"o":{"$or":[{"a":[{"exists":false}]},{"b":[1]}]}})";
  EXPECT_TRUE(matches(pattern, R"({})"));
  EXPECT_TRUE(matches(pattern, R"({"o":{"a":1,"b":1}})"));
  EXPECT_FALSE(matches(pattern, R"({"o":{"a":1}})"));
  EXPECT_FALSE(matches(R"({"o":{"a":[{"exists":false}],"b":[1]}})", R"({})"));
}

TEST(PatternMatch, first_of_repeated_keys_in_an_event_counts) {
  EXPECT_TRUE(matches(R"({"a":[1]})", R"({"a":1,"a":2})"));
  EXPECT_FALSE(matches(R"({"a":[2]})", R"({"a":1,"a":2})"));
}

TEST(PatternMatch, only_objects_are_events) {
  EXPECT_FALSE(matches(R"({"a":[{"exists":false}]})", "5"));
  EXPECT_FALSE(matches(R"({"a":[1]})", R"([{"a":1}])"));
}

TEST(PatternMatch, everything_matches_every_event) {
  simdjson::dom::parser parser;
  const Pattern everything = Pattern::everything();
  EXPECT_TRUE(everything.matches(parser.parse(std::string_view("{}")).value()));
  EXPECT_TRUE(everything.fields().empty());
}

TEST(PatternFields, are_the_leaves_each_once) {
  const std::vector<std::string> wanted{"source", "detail.state", "detail.code", "account"};
  EXPECT_EQ(compiled(R"({"source":["x"],"detail":{"state":["a"],"$or":[{"code":[1]},
                      {"state":["b"]}]},"account":["1"]})")
                .fields(),
            wanted);
}

TEST(PatternExplain, names_field_value_and_alternatives) {
  const Mismatch result = mismatch(R"({"state":{"settled":[true],"phase":["degraded","gone"]}})",
                                   R"({"state":{"settled":true,"phase":"stopped"}})");
  EXPECT_EQ(result.path, "state.phase");
  EXPECT_EQ(result.found, R"("stopped")");
  EXPECT_EQ(result.wanted, R"("degraded" or "gone")");
  EXPECT_EQ(result.text, R"(state.phase is "stopped", wanted "degraded" or "gone")");
}

TEST(PatternExplain, absent_and_operators) {
  EXPECT_EQ(mismatch(R"({"a":{"b":[{"prefix":"x"},1,null]}})", R"({"a":7})").text,
            R"(a.b is absent, wanted {"prefix":"x"}, 1 or null)");
  EXPECT_EQ(mismatch(R"({"a":[{"exists":false}]})", R"({"a":""})").text,
            R"(a is "", wanted {"exists":false})");
}

TEST(PatternExplain, keys_with_dots) {
  for (const char* pattern : {R"({"a.b.c":[1]})", R"({"a":{"b.c":[1]}})"}) {
    for (const char* event : {R"({"a":{"b":{"c":2}}})", R"({"a.b":{"c":2}})", R"({"a.b.c":2})"}) {
      EXPECT_EQ(mismatch(pattern, event).text, "a.b.c is 2, wanted 1") << event;
    }
  }
  EXPECT_EQ(mismatch(R"({"a.b":[1]})", R"({"ab":1,"a.bc":1,"a":{"c":1}})").text,
            "a.b is absent, wanted 1");
  EXPECT_EQ(mismatch(R"({"a.b":[1],"a.c":[2]})", R"({"a":[{"b":1},{"c":2}]})").found,
            R"({"a":[{"b":1},{"c":2}]})");
}

TEST(PatternExplain, arrays) {
  EXPECT_EQ(mismatch(R"({"i":{"a":[1],"b":[2]}})", R"({"i":[{"a":1,"b":3},{"b":4}]})").text,
            "i.b is [3,4], wanted 2");
  EXPECT_EQ(mismatch(R"({"i":{"a":[1],"b":[2]}})", R"({"i":[{"a":1},{"b":2}]})").text,
            R"(i is [{"a":1},{"b":2}], wanted all in one element: {"a":[1],"b":[2]})");
}

TEST(PatternExplain, every_branch_of_or) {
  const Mismatch result = mismatch(R"({"$or":[{"a":[1]},{"b":[2]}]})", R"({"a":5})");
  EXPECT_EQ(result.path, "a");
  EXPECT_EQ(result.text, "a is 5, wanted 1; or b is absent, wanted 2");
}

TEST(PatternExplain, cuts_what_is_long) {
  const std::string event = R"({"a":")" + std::string(100'000, 'x') + R"("})";
  EXPECT_LT(mismatch(R"({"a":["y"]})", event).text.size(), 500u);
  std::string pattern = R"({"a":["y0")";
  for (int i = 1; i < 30; ++i) pattern += ",\"y" + std::to_string(i) + "\"";
  EXPECT_TRUE(mismatch(pattern + "]}", R"({"a":1})").wanted.ends_with("\"y11\" or one of 18 more"));
}

struct Refusal {
  std::string_view json;
  std::string_view path;
  size_t line;
  size_t column;
  std::string_view text_part;
};

void expect_refusals(std::initializer_list<Refusal> refusals) {
  for (const Refusal& wanted : refusals) {
    SCOPED_TRACE(wanted.json);
    const PatternError error = refused(wanted.json);
    EXPECT_EQ(error.path, wanted.path);
    EXPECT_EQ(error.line, wanted.line) << error.text;
    EXPECT_EQ(error.column, wanted.column) << error.text;
    EXPECT_NE(error.text.find(wanted.text_part), std::string::npos) << error.text;
  }
}

TEST(PatternRefusal, says_where_and_what_is_allowed_in_structure) {
  expect_refusals({Refusal{R"({})", "", 1, 1, "an empty object"},
                   Refusal{R"( ["a"])", "", 1, 2, "an array"},
                   Refusal{R"({"a":{}})", "a", 1, 6, "an empty object"},
                   Refusal{R"({"a":[]})", "a", 1, 6, "an empty array"},
                   Refusal{"{\n  \"a\": \"x\"}", "a", 2, 8, R"(here ["x"])"},
                   Refusal{R"({"a":{"b":5}})", "a.b", 1, 11, "here [5]"},
                   Refusal{R"({"a":["x",["y"]]})", "a[1]", 1, 11, "an array in an array"},
                   Refusal{R"({"a":[1],"b":[2],"a":[3]})", "a", 1, 18, "twice"},
                   Refusal{R"({"$or":[{"a":[1]}]})", "$or", 1, 8, "at least two"},
                   Refusal{R"({"$or":[{"a":[1]},{"b":7}]})", "$or[1].b", 1, 24, "wanted an array"},
                   Refusal{R"({"$or":["a","b"]})", "$or[0]", 1, 9, "wanted an object"}});
}

TEST(PatternRefusal, says_where_and_what_is_allowed_in_operators) {
  expect_refusals(
      {Refusal{"{\"detail\":\n {\"state\":[\"x\",{\"prefix\":5}]}}", "detail.state[1].prefix", 2,
               26, "found a number, wanted a string"},
       Refusal{R"({"é":[{"prefx":"x"}]})", "é[0].prefx", 1, 8,
               R"(unknown operator "prefx", did you mean "prefix"?)"},
       Refusal{R"({"a":[{"regex":"x"}]})", "a[0].regex", 1, 8,
               "prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, cidr, exists"},
       Refusal{R"({"a":[{}]})", "a[0]", 1, 7, "wanted one operator"},
       Refusal{R"({"a":[{"prefix":"x","suffix":"y"}]})", "a[0]", 1, 21, "one operator only"},
       Refusal{R"({"a":[{"exists":"true"}]})", "a[0].exists", 1, 17, "true or false"},
       Refusal{R"({"a":[{"anything-but":[]}]})", "a[0].anything-but", 1, 23, "empty array"},
       Refusal{R"({"a":[{"anything-but":["x",true]}]})", "a[0].anything-but[1]", 1, 28,
               "found a boolean; allowed in anything-but"},
       Refusal{R"({"a":[{"anything-but":{"exists":true}}]})", "a[0].anything-but.exists", 1, 24,
               R"("exists"; allowed: prefix, suffix, equals-ignore-case)"},
       Refusal{R"({"a":[{"anything-but":{"prefix":["x",1]}}]})", "a[0].anything-but.prefix[1]", 1,
               38, "wanted a string"},
       Refusal{R"({"a":[{"numeric":5}]})", "a[0].numeric", 1, 18, "allowed"},
       Refusal{R"({"a":[{"numeric":["=="]}]})", "a[0].numeric", 1, 18, "allowed"},
       Refusal{R"({"a":[{"numeric":["==",5]}]})", "a[0].numeric[0]", 1, 19, R"(found "==")"},
       Refusal{R"({"a":[{"numeric":[">","5"]}]})", "a[0].numeric[1]", 1, 23, "wanted a number"},
       Refusal{R"({"a":[{"numeric":["<",5,">",0]}]})", "a[0].numeric[0]", 1, 19, "lower bound"},
       Refusal{R"({"a":[{"numeric":[">",5,"<",5]}]})", "a[0].numeric", 1, 18, "must be below"},
       Refusal{R"({"a":[{"numeric":[">",5.1e9]}]})", "a[0].numeric[1]", 1, 23, "from -5e+09"},
       Refusal{R"({"a":[{"numeric":[">=",5,"<=",5]}]})", "a[0].numeric", 1, 18, "[\"=\", n]"},
       Refusal{R"({"a":[{"anything-but":["x",5]}]})", "a[0].anything-but[1]", 1, 28, "beside"},
       Refusal{R"({"a":[{"anything-but":{"prefix":""}}]})", "a[0].anything-but.prefix", 1, 33,
               "no string at all"},
       Refusal{R"({"a":[{"anything-but":{"suffix":[]}}]})", "a[0].anything-but.suffix", 1, 33,
               "empty array"},
       Refusal{R"({"a":[{"prefix":{"suffix":"x"}}]})", "a[0].prefix.suffix", 1, 18,
               "allowed: equals-ignore-case"},
       Refusal{R"({"a":[{"prefix":{"equals-ignore-case":1}}]})", "a[0].prefix.equals-ignore-case",
               1, 39, "wanted a string"},
       Refusal{R"({"a":[{"wildcard":"é**"}]})", "a[0].wildcard", 1, 19, "at character 2"},
       Refusal{R"({"a":[{"wildcard":"a\\b"}]})", "a[0].wildcard", 1, 19, "escapes nothing"},
       Refusal{R"({"a":[{"wildcard":"a\\"}]})", "a[0].wildcard", 1, 19, "escapes nothing"},
       Refusal{R"({"a":[{"wildcard":5}]})", "a[0].wildcard", 1, 19, "wanted a string"},
       Refusal{R"({"a":[{"cidr":"10.0.0.0"}]})", "a[0].cidr", 1, 15, "has no \"/\""},
       Refusal{R"({"a":[{"cidr":"10.0.0/8"}]})", "a[0].cidr", 1, 15, "does not begin with"},
       Refusal{R"({"a":[{"cidr":"10.0.0.0/32"}]})", "a[0].cidr", 1, 15, "31 at most"},
       Refusal{R"({"a":[{"cidr":"::/128"}]})", "a[0].cidr", 1, 15, "127 at most"},
       Refusal{R"({"a":[{"cidr":"10.0.0.0/x"}]})", "a[0].cidr", 1, 15, "number of bits"},
       Refusal{R"({"$or":[{"a":[1]},{"numeric":[1]}]})", "$or[1].numeric", 1, 20, "reserved"}});
}

TEST(PatternRefusal, finds_every_error_in_the_order_of_the_text) {
  const auto checked = Pattern::check(
      "{\"a\":[],\n \"b\":[{\"prefix\":1},{\"cidr\":\"x\"},[]],\n \"c\":5,\"a\":[1]}");
  ASSERT_TRUE(std::holds_alternative<std::vector<PatternError>>(checked));
  std::vector<std::string> places;
  for (const PatternError& error : std::get<std::vector<PatternError>>(checked)) {
    places.push_back(std::to_string(error.line) + ":" + std::to_string(error.column) + " " +
                     error.path);
  }
  const std::vector<std::string> wanted{
      "1:6 a", "2:17 b[0].prefix", "2:28 b[1].cidr", "2:33 b[2]", "3:6 c", "3:8 a"};
  EXPECT_EQ(places, wanted);
}

TEST(PatternRefusal, says_where_and_what_is_allowed_in_syntax) {
  expect_refusals({Refusal{"", "", 1, 1, "a value is missing"},
                   Refusal{R"({"a" [1]})", "", 1, 6, R"(found "[", wanted ":")"},
                   Refusal{R"({"a":[1})", "", 1, 8, R"(wanted "," or "]")"},
                   Refusal{R"({"a":[1,]})", "", 1, 9, "wanted a value"},
                   Refusal{"{\"a\":[1],\n}", "", 2, 1, "wanted a key in quotes"},
                   Refusal{R"({a:[1]})", "", 1, 2, "wanted a key in quotes"},
                   Refusal{R"({"a":[1]} x)", "", 1, 11, "wanted the end"},
                   Refusal{R"({"a":[1])", "", 1, 9, R"("," or "}" is missing)"},
                   Refusal{R"({"a":["x]})", "", 1, 7, "not closed"},
                   Refusal{R"({"a":["\x"]})", "", 1, 7, "bad escape"},
                   Refusal{"{\"a\":[\"\xff\"]}", "", 1, 7, "not UTF-8"},
                   Refusal{R"({"a":[tru]})", "", 1, 7, "true, false or null"},
                   Refusal{R"({"a":[01]})", "", 1, 7, "not a string, number"}});
}

TEST(PatternLimits, depth) {
  const auto nested = [](size_t levels) {
    std::string json;
    for (size_t i = 1; i < levels; ++i) json += R"({"a":)";
    return json + "[1]" + std::string(levels - 1, '}');
  };
  compiled(nested(kPatternDepthMax));
  for (const size_t levels : {kPatternDepthMax + 1, size_t{100'000}}) {
    const PatternError error = refused(nested(levels));
    EXPECT_NE(error.text.find("deeper than 64 levels"), std::string::npos) << error.text;
    EXPECT_EQ(error.column, 5 * kPatternDepthMax + 1);
  }
}

// Dots make levels, too, and no stack may end for them.
TEST(PatternLimits, depth_of_keys_with_dots) {
  const auto dotted = [](size_t levels) {
    std::string key = "a";
    for (size_t i = 1; i < levels; ++i) key += ".a";
    return "{\"" + key + "\":[1]}";
  };
  compiled(dotted(kPatternDepthMax));
  for (const size_t levels : {kPatternDepthMax + 1, size_t{400'000}}) {
    const PatternError error = refused(dotted(levels));
    EXPECT_NE(error.text.find("more than 64 levels"), std::string::npos) << error.text;
  }
}

TEST(PatternLimits, combinations_of_or) {
  std::string json = R"({"x":[1])";
  const std::string ten = R"("$or":[{"a":[1]},{"a":[2]},{"a":[3]},{"a":[4]},{"a":[5]},{"a":[6]},)"
                          R"({"a":[7]},{"a":[8]},{"a":[9]},{"a":[10]}])";
  json += ",\"p\":{" + ten + "},\"q\":{" + ten + "}," + ten;
  compiled(json + "}");
  const PatternError error = refused(json + R"(,"r":{"$or":[{"a":[1]},{"b":[1]}]}})");
  EXPECT_NE(error.text.find("more than 1000 combinations"), std::string::npos) << error.text;
  const auto small = Pattern::compile(json + "}", {.combinations_max = 999});
  EXPECT_TRUE(std::holds_alternative<PatternError>(small));
}

TEST(PatternLimits, wildcards_and_numbers_as_configured) {
  const std::string_view wildcards = R"({"a":[{"wildcard":"*a*"},{"wildcard":"*b*\\*"}]})";
  EXPECT_TRUE(std::holds_alternative<Pattern>(Pattern::compile(wildcards, {.wildcards_max = 4})));
  EXPECT_TRUE(
      std::holds_alternative<PatternError>(Pattern::compile(wildcards, {.wildcards_max = 3})));
  EXPECT_TRUE(std::holds_alternative<Pattern>(
      Pattern::compile(R"({"a":[{"numeric":[">",9e18]}]})", {.numeric_bound = 1e300})));
}

TEST(PatternLimits, what_a_pattern_becomes_is_bounded_not_its_text) {
  const auto values = [](int count) {
    std::string json = "\"v\"";
    for (int i = 0; i < count; ++i) json += ",\"v" + std::to_string(i) + "\"";
    return json;
  };
  std::string branches = R"({"b":[1]})";
  for (int i = 0; i < 900; ++i) branches += R"(,{"a":[)" + std::to_string(i) + "]}";
  // Each branch repeats the values beside it.
  const auto pattern = [&](int count) {
    return R"({"$or":[)" + branches + R"(],"c":[)" + values(count) + "]}";
  };
  compiled(pattern(100));
  const PatternError error = refused(pattern(1'000));
  EXPECT_NE(error.text.find("it is compiled to about"), std::string::npos) << error.text;
  EXPECT_NE(error.text.find("of at most 8,388,608"), std::string::npos) << error.text;
  compiled(R"({"c":[)" + values(60'000) + "]}");
  EXPECT_TRUE(std::holds_alternative<PatternError>(
      Pattern::compile(pattern(10), {.program_bytes_max = 100'000})));
}

TEST(PatternLimits, long_keys_are_not_repeated_for_each_field_below) {
  std::string json = "{\"" + std::string(100'000, 'k') + "\":{";
  for (int i = 0; i < 1'000; ++i) json += "\"" + std::to_string(i) + "\":[1],";
  json.back() = '}';
  const PatternError error = refused(json + "}");
  EXPECT_NE(error.text.find("too long together"), std::string::npos) << error.text;
  EXPECT_LE(error.path.size(), kPatternErrorTextBytesMax);
}

TEST(PatternLimits, many_keys_and_errors_take_linear_time) {
  std::string json = "{";
  for (int i = 0; i < 60'000; ++i) json += "\"k" + std::to_string(i) + "\":[]\n,";
  json.back() = '}';
  const auto checked = Pattern::check(json);
  const auto& errors = std::get<std::vector<PatternError>>(checked);
  ASSERT_EQ(errors.size(), kPatternErrorsMax + 1);
  EXPECT_EQ(errors[999].path, "k999");
  EXPECT_EQ(errors[999].line, 1'000u);
  EXPECT_EQ(errors[999].column, 9u);
  EXPECT_EQ(errors.back().text, "and 59,000 further errors");
  std::string twice = "{";
  for (int i = 0; i < 100; ++i) twice += "\"k" + std::to_string(i % 99) + "\":[1],";
  twice.back() = '}';
  EXPECT_EQ(refused(twice).path, "k0");
}

TEST(PatternLimits, bytes) {
  const PatternError error = refused(std::string(PatternLimits{}.bytes_max + 1, ' '));
  EXPECT_NE(error.text.find("the limit is 1048576"), std::string::npos) << error.text;
}

TEST(PatternOwnership, nothing_of_the_text_is_kept) {
  auto json = std::make_unique<std::string>(R"({"a":["long enough to be on the heap"]})");
  const Pattern pattern = compiled(*json);
  json.reset();
  simdjson::dom::parser parser;
  const std::string_view event = R"({"a":"long enough to be on the heap"})";
  EXPECT_TRUE(pattern.matches(parser.parse(event.data(), event.size()).value()));
}

}  // namespace
}  // namespace statewire
