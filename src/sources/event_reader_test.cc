#include "sources/event_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace statewire {
namespace {

struct Seen {
  std::vector<std::string> events;  // "line/index bytes"
  std::vector<std::string> reasons;
  std::vector<bool> was_parsed;
  std::vector<std::string> samples;
};

Seen read(std::string text, EventLimits limits = {}, uint64_t first_line = 1) {
  Seen seen;
  EventReader reader(limits);
  text.reserve(text.size() + kPaddingBytes);
  reader.read(
      text, first_line,
      [&](const ParsedEvent& event) {
        EXPECT_TRUE(event.element.is_object());
        seen.events.push_back(std::to_string(event.line) + "/" + std::to_string(event.index) + " " +
                              std::string(event.bytes));
      },
      [&](const UnreadableEvent& event) {
        seen.reasons.push_back(event.reason);
        seen.was_parsed.push_back(event.was_parsed);
        seen.samples.emplace_back(event.sample);
      });
  return seen;
}

using Texts = std::vector<std::string>;

std::string nested(size_t depth) {
  std::string text;
  for (size_t i = 0; i < depth; ++i) text += R"({"a":)";
  return text + "1" + std::string(depth, '}');
}

TEST(EventReader, text_without_events_gives_none) {
  for (const char* text : {"", " \n\r\n\t", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n"}) {
    const Seen seen = read(text);
    EXPECT_TRUE(seen.events.empty() && seen.reasons.empty());
  }
}

TEST(EventReader, one_object_is_one_event) {
  EXPECT_EQ(read(R"({"a":1})").events, Texts{R"(1/0 {"a":1})"});
  EXPECT_EQ(read("\n\n  {\"a\":1}  \n").events, Texts{R"(3/0 {"a":1})"});
  EXPECT_EQ(read("\xEF\xBB\xBF{\"a\":1}").events, Texts{R"(1/0 {"a":1})"});
}

TEST(EventReader, pretty_printed_object_is_one_event) {
  const std::string text = "{\n  \"a\": {\n    \"b\": 1\n  }\n}";
  EXPECT_EQ(read(text + "\n").events, Texts{"1/0 " + text});
  const std::string windows = "{\r\n  \"a\": 1\r\n}";
  EXPECT_EQ(read(windows + "\r\n").events, Texts{"1/0 " + windows});
}

TEST(EventReader, lines_are_events_and_blank_ones_count_nothing) {
  const Seen seen = read("{\"a\":1}\n\n{\"a\":2}\r\n  \t\n{\"a\":3}", {}, 10);
  EXPECT_EQ(seen.events, (Texts{R"(10/0 {"a":1})", R"(12/0 {"a":2})", R"(14/0 {"a":3})"}));
  EXPECT_TRUE(seen.reasons.empty());
}

TEST(EventReader, array_is_its_elements) {
  const Seen seen = read("[ {\"a\":1},\n{\"b\":\"],\\\"}\"} ,\n\n {\"c\":[{}]}]");
  EXPECT_EQ(seen.events, (Texts{R"(1/0 {"a":1})", R"(2/1 {"b":"],\"}"})", R"(4/2 {"c":[{}]})"}));
  EXPECT_TRUE(read("[]").events.empty());
  EXPECT_TRUE(read("[]").reasons.empty());
}

TEST(EventReader, element_that_is_no_object_is_rejected_by_its_index) {
  const Seen seen = read(R"([{"a":1}, 7, "x,]", null, [ {} ], true, {"b":2}])");
  EXPECT_EQ(seen.events, (Texts{R"(1/0 {"a":1})", R"(1/6 {"b":2})"}));
  ASSERT_EQ(seen.reasons.size(), 5u);
  EXPECT_EQ(seen.reasons[0], "line 1: element 1: an event must be an object, not a number");
  EXPECT_EQ(seen.samples[1], "\"x,]\"");
  EXPECT_EQ(seen.samples[3], "[ {} ]");
  EXPECT_EQ(seen.was_parsed, std::vector<bool>(5, true));
}

TEST(EventReader, cloudtrail_file_is_its_records) {
  const std::string a = R"({"eventVersion":"1.08","eventSource":"ec2.amazonaws.com","n":1})";
  const std::string b = R"({"eventVersion":"1.08","eventSource":"s3.amazonaws.com","n":2})";
  EXPECT_EQ(read("{\"Records\":[" + a + "," + b + "]}").events, (Texts{"1/0 " + a, "1/1 " + b}));
  EXPECT_EQ(read("{\n \"Records\" :\n [\n" + a + ",\n" + b + "\n]\n}\n").events,
            (Texts{"4/0 " + a, "5/1 " + b}));
  EXPECT_TRUE(read(R"({"Records":[]})").events.empty());
  const Seen seen = read("{\"Records\":[" + a + ",1]}");
  EXPECT_EQ(seen.events.size(), 1u);
  EXPECT_EQ(seen.reasons.size(), 1u);
}

TEST(EventReader, records_of_another_kind_are_one_event) {
  for (const std::string text :
       {R"({"Records":[{"eventVersion":"2.1","eventSource":"aws:s3"}]})",
        R"({"Records":[{"EventSource":"aws:ses"}]})", R"({"Records":{"a":1}})",
        R"({"Records":[1]})", R"({"Records":"x"})"}) {
    EXPECT_EQ(read(text).events, Texts{"1/0 " + text});
  }
}

TEST(EventReader, line_may_be_an_array_or_a_cloudtrail_file) {
  const std::string record = R"({"eventVersion":"1","eventSource":"ec2.amazonaws.com"})";
  const Seen seen = read("[{\"a\":1},{\"b\":2}]\n{\"c\":3}\n{\"Records\":[" + record + "]}\n");
  EXPECT_EQ(seen.events,
            (Texts{R"(1/0 {"a":1})", R"(1/1 {"b":2})", R"(2/0 {"c":3})", "3/0 " + record}));
}

TEST(EventReader, broken_line_is_reported_and_the_next_is_read) {
  const Seen seen = read("{\"a\":1}\n{\"a\":}\nhello\n{\"a\":2}\n");
  EXPECT_EQ(seen.events.size(), 2u);
  ASSERT_EQ(seen.reasons.size(), 2u);
  EXPECT_TRUE(seen.reasons[0].starts_with("line 2, column 6: ")) << seen.reasons[0];
  EXPECT_TRUE(seen.reasons[1].starts_with("line 3, column 1: ")) << seen.reasons[1];
  EXPECT_EQ(seen.was_parsed, (std::vector<bool>{false, false}));
  EXPECT_EQ(seen.samples[0], "{\"a\":}");
}

TEST(EventReader, broken_first_line_does_not_cost_the_others) {
  const Seen seen = read("{\"a\":\n{\"a\":1}\n{\"a\":2}\n");
  EXPECT_EQ(seen.events, (Texts{R"(2/0 {"a":1})", R"(3/0 {"a":2})"}));
  EXPECT_EQ(seen.reasons.size(), 1u);
  std::string many = "{\"broken\"\n";
  for (int i = 0; i < 1000; ++i) many += "{\"a\":\"" + std::string(2000, 'x') + "\"}\n";
  EXPECT_EQ(read(many).events.size(), 1000u);
}

TEST(EventReader, broken_document_is_reported_once) {
  const Seen seen = read("{\n  \"a\": {},\n  \"b\" 1,\n  \"c\": {}\n}\n", {}, 5);
  EXPECT_TRUE(seen.events.empty());
  ASSERT_EQ(seen.reasons.size(), 1u);
  EXPECT_TRUE(seen.reasons[0].starts_with("line 7, column ")) << seen.reasons[0];
}

TEST(EventReader, reasons_say_what_is_wrong) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"a":"x)", "line 1: a string that is not closed"},
      {"{\"a\":\"x\ty\"}", "line 1, column 8: a control character in a string; it must be escaped"},
      {"{\"a\":\"\xff\"}", "line 1, column 7: not valid UTF-8"},
      {R"({"a":"\q"})", "line 1, column 6: a string with an escape that does not exist"},
      {R"({"a":nul})", "line 1, column 6: an unknown word; JSON has only true, false and null"},
      {R"({"a":01})", "line 1, column 6: a number that JSON does not allow"},
  };
  for (const auto& [text, reason] : cases) {
    const Seen seen = read(text);
    ASSERT_EQ(seen.reasons.size(), 1u) << text;
    EXPECT_EQ(seen.reasons[0], reason) << text;
  }
  for (const char* text :
       {"{\"a\":1", "[1", "{\"a\":1}]", "{]", "{\"a\"}", "[1 2]", "{,}", "[,1]"}) {
    const Seen seen = read(text);
    ASSERT_EQ(seen.reasons.size(), 1u) << text;
    EXPECT_TRUE(seen.reasons[0].starts_with("line 1, column ")) << text << seen.reasons[0];
    EXPECT_FALSE(seen.was_parsed[0]);
  }
}

TEST(EventReader, line_that_is_json_but_no_object_is_rejected) {
  const Seen seen = read("17\n{\"a\":1}\n\"x\"\n");
  EXPECT_EQ(seen.events.size(), 1u);
  EXPECT_EQ(seen.was_parsed, (std::vector<bool>{true, true}));
  EXPECT_EQ(seen.reasons[1], "line 3: an event must be an object, not a string");
}

TEST(EventReader, depth_is_bounded_exactly) {
  const EventLimits limits{.event_bytes_max = 1 << 20, .depth_max = 8};
  EXPECT_EQ(read(nested(8), limits).events.size(), 1u);
  const Seen one = read(nested(9), limits);
  ASSERT_EQ(one.reasons.size(), 1u);
  EXPECT_EQ(one.reasons[0], "line 1: nested deeper than 8");
  EXPECT_TRUE(one.was_parsed[0]);
  const Seen array = read("[" + nested(8) + "," + nested(9) + "," + nested(1) + "]", limits);
  EXPECT_EQ(array.events.size(), 2u);
  EXPECT_EQ(array.reasons, Texts{"line 1: element 1: nested deeper than 8"});
  const Seen bottomless = read(nested(5000) + "\n{}\n{\"a\":1}\n", limits);
  EXPECT_EQ(bottomless.events.size(), 2u);
  EXPECT_TRUE(bottomless.was_parsed.at(0));
}

// Readers that call themselves for each level would need a stack for each.
TEST(EventReader, what_is_never_closed_costs_no_stack) {
  for (const std::string opening : {"[", "{\"a\":", "[{\"a\":[", " [\n", "{\"Records\":[", "[1,"}) {
    for (const char* const end : {"", "1", "\"", "]", "}", "\n{\"n\":1}\n"}) {
      std::string text;
      for (int i = 0; i < 200'000; ++i) text += opening;
      const Seen seen = read(text + end, {.event_bytes_max = 16 << 20});
      EXPECT_FALSE(seen.reasons.empty()) << opening << end;
    }
  }
}

TEST(EventReader, length_is_bounded_exactly) {
  const EventLimits limits{.event_bytes_max = 20, .depth_max = 64};
  const std::string fits = "{\"a\":\"" + std::string(12, 'x') + "\"}";
  const std::string long_one = "{\"a\":\"" + std::string(13, 'x') + "\"}";
  EXPECT_EQ(read(fits, limits).events.size(), 1u);
  for (const auto& text : {long_one, fits + "\n" + long_one + "\n" + fits,
                           "[" + fits + "," + long_one + "," + fits + "]"}) {
    const Seen seen = read(text, limits);
    ASSERT_EQ(seen.reasons.size(), 1u) << text;
    EXPECT_TRUE(seen.reasons[0].ends_with("21 bytes long; at most 20")) << seen.reasons[0];
    EXPECT_TRUE(seen.was_parsed[0]);
  }
}

TEST(EventReader, reader_can_be_used_again_after_large_and_broken_texts) {
  EventReader reader;
  std::string large = "[{\"a\":\"" + std::string(5 << 20, 'x') + "\"},{\"b\":1}]";
  std::string broken = "{\"a\":";
  std::string good = "{\"a\":1}";
  size_t events = 0;
  size_t others = 0;
  for (std::string* text : {&large, &broken, &good, &broken, &good}) {
    text->reserve(text->size() + kPaddingBytes);
    reader.read(
        *text, 1, [&](const ParsedEvent&) { ++events; }, [&](const UnreadableEvent&) { ++others; });
  }
  EXPECT_EQ(events, 3u);
  EXPECT_EQ(others, 3u);
}

TEST(EventReader, broken_element_costs_only_itself) {
  const Seen seen = read(R"([{"a":1},{"b" 2},nul,{"c":3}])");
  EXPECT_EQ(seen.events, (Texts{R"(1/0 {"a":1})", R"(1/3 {"c":3})"}));
  ASSERT_EQ(seen.reasons.size(), 2u);
  EXPECT_EQ(seen.was_parsed, (std::vector<bool>{false, false}));
  EXPECT_EQ(seen.samples, (Texts{R"({"b" 2})", "nul"}));
  const std::string a = R"({"eventVersion":"1.08","eventSource":"ec2.amazonaws.com"})";
  EXPECT_EQ(read("{\"Records\":[{\"x\" 1}," + a + "],\"more\":{}}").events, Texts{"1/1 " + a});
}

TEST(EventReader, array_without_its_end_is_reported_once) {
  for (const char* text : {R"([{"a":1},{"b":2})", R"([{"a":1},])", R"([{"a":1};{"b":2}])",
                           R"([{"a":1}}])", R"([{"a":1},{"b":2)"}) {
    const Seen seen = read(text);
    EXPECT_TRUE(seen.events.empty()) << text;
    EXPECT_EQ(seen.reasons.size(), 1u) << text;
  }
  const std::string a = R"({"eventVersion":"1.08","eventSource":"ec2.amazonaws.com"})";
  for (const char* end : {"", "]", "],}", "],\"x\"}"}) {
    const Seen seen = read("{\"Records\":[" + a + end);
    EXPECT_TRUE(seen.events.empty()) << end;
    EXPECT_EQ(seen.reasons.size(), 1u) << end;
  }
}

TEST(EventReader, values_follow_one_another_whatever_is_between_them) {
  const std::string one = "{\n  \"n\": 1\n}";
  const std::string two = "{\n\t\"n\" : [\n  2,\n{}\n]\r\n}";
  for (const std::string between : {"", "\n", " ", "\r\n\r\n", "\n\x1e", "\x1e", "\xEF\xBB\xBF",
                                    "\n\xEF\xBB\xBF", "\n{\"m\":1}\n", "{\"m\":1}", "[]"}) {
    SCOPED_TRACE(between);
    const Seen seen = read("\x1e" + one + between + two + between + one + "\n");
    EXPECT_TRUE(seen.reasons.empty()) << seen.reasons[0];
    Texts events;
    for (const std::string& event : seen.events) {
      if (event.find("\"m\"") == event.npos) events.push_back(event.substr(event.find('{')));
    }
    EXPECT_EQ(events, (Texts{one, two, one}));
  }
  EXPECT_EQ(read("[{\"a\":1}] {\"b\":2}{\"c\":3}").events,
            (Texts{R"(1/0 {"a":1})", R"(1/0 {"b":2})", R"(1/0 {"c":3})"}));
  EXPECT_EQ(read("{\n\"a\":1}{\"b\":2}\n\n{\"c\":3}").events,
            (Texts{"1/0 {\n\"a\":1}", R"(2/0 {"b":2})", R"(4/0 {"c":3})"}));
}

TEST(EventReader, what_stands_before_and_behind_a_fault_is_kept) {
  const Seen line = read(R"({"a":1}{"b" 2}{"c":3}, {"d":4})");
  EXPECT_EQ(line.events, (Texts{R"(1/0 {"a":1})", R"(1/0 {"c":3})"}));
  ASSERT_EQ(line.reasons.size(), 2u);
  EXPECT_TRUE(line.reasons[0].starts_with("line 1, column 13: ")) << line.reasons[0];
  EXPECT_EQ(line.samples[1], R"(, {"d":4})");
  const std::string good = "{\n  \"a\": 1\n}\n";
  for (const std::string bad :
       {"{\n  \"a\": {\n  \"b\": 1\n}\n", "{\n  \"a\n", "{\n  \"a\": [1}\n}\n", "{\n  \"a\" 1\n}\n",
        "{\n", "{\"a\":1,\n"}) {
    const Seen seen = read(good + bad + good + good);
    EXPECT_EQ(seen.events.size(), 3u) << bad;
    EXPECT_EQ(seen.reasons.size(), 1u) << bad;
  }
}

TEST(EventReader, cut_off_lines_cost_time_that_is_linear) {
  for (const std::string line : {"{\"a\":\n", "{\"a\":[\n", "[\n", "{\"a\":1,\n", "{\"a\":\"x\n"}) {
    std::string many;
    while (many.size() < (1 << 20)) many += line;
    EXPECT_GE(read(many + "{\"b\":1}\n").reasons.size(), 1u) << line;
  }
}

// Linear time, or this would not end.
TEST(EventReader, many_values_and_faults_of_one_line_cost_their_length) {
  const auto repeated = [](const std::string& piece) {
    std::string many;
    while (many.size() < (1 << 20)) many += piece;
    return many;
  };
  EXPECT_GE(read(repeated("{\"n\":1}")).events.size(), 1u);
  EXPECT_GE(read(repeated("{\"b\" 2}")).reasons.size(), 1u);
  const Seen elements = read("[{}" + repeated(",x") + "]");
  EXPECT_EQ(elements.events.size(), 1u);
  EXPECT_TRUE(elements.reasons.back().starts_with("line 1, column 10485")) << elements.reasons[9];
}

// A fault costs itself, also where what follows is indented.
TEST(EventReader, indented_lines_behind_a_fault_are_read) {
  for (const std::string bad : {"{\"a\":{]\n", " {\"a\":\"cut\n", "{\"a\":\n"}) {
    const Seen seen = read(bad + " {\"n\":1}\n\t{\"n\":2}\n");
    EXPECT_EQ(seen.events.size(), 2u) << bad;
    EXPECT_EQ(seen.reasons.size(), 1u) << bad;
  }
  EXPECT_EQ(read("{\n  \"k\":\n  {\"n\":1}\n}\n").events.size(), 1u);
}

TEST(EventReader, events_that_are_texts_in_others_are_unwrapped) {
  const Seen found = read(
      "{\n\"Events\": [\n{\"EventId\": \"1\", \"CloudTrailEvent\": \"{\\\"n\\\":1}\"},\n"
      "{\"EventId\": \"2\", \"CloudTrailEvent\": \"{\\\"n\\\":\"}], \"NextToken\": \"x\"}");
  EXPECT_EQ(found.events, Texts{R"(3/0 {"n":1})"});
  EXPECT_EQ(found.reasons,
            Texts{"line 4: element 1: CloudTrailEvent: line 1, column 6: the text ends too early"});
  const Seen logs = read(
      R"({"messageType":"DATA_MESSAGE","owner":"1","logEvents":[{"id":"a","message":"{\"n\":1}"},)"
      R"({"id":"b","message":"plain"},{"id":"c","message":"{\"n\":2}"}]})");
  EXPECT_EQ(logs.events, (Texts{R"(1/0 {"n":1})", R"(1/2 {"n":2})"}));
  EXPECT_EQ(logs.reasons, Texts{"line 1: element 1: message: line 1, column 1: a comma, colon, "
                                "bracket or quote is missing or does not belong here"});
  for (const std::string text : {R"({"messageType":"CONTROL_MESSAGE","logEvents":[]})",
                                 R"({"Events":[{"a":1}]})", R"({"EventId":"1"})"}) {
    EXPECT_EQ(read(text).events, Texts{"1/0 " + text});
  }
}

TEST(EventReader, all_json_of_the_grammar_is_read) {
  const Seen seen = read(
      R"([{"n":327267367867168100000},{"n":1e400},{"n":"\ud83d"},{"\udc00":1},{"n":01},{"n":-1e-999}])");
  EXPECT_EQ(seen.events.size(), 5u);
  EXPECT_EQ(seen.events.at(0), R"(1/0 {"n":327267367867168100000})");
  EXPECT_EQ(seen.reasons, Texts{"line 1, column 75: element 4: a number that JSON does not allow"});
  EXPECT_EQ(read("{\"n\":18446744073709551616,\n\"m\":nul}").reasons,
            Texts{"line 2, column 5: an unknown word; JSON has only true, false and null"});
}

// What simdjson refuses and the grammar allows, wherever it stands around and in what is unwrapped.
TEST(EventReader, all_json_of_the_grammar_is_read_around_events_too) {
  const std::string record = R"({"eventVersion":"1.08","eventSource":"s","eventName":"n"})";
  const std::string log = R"({"id":"1","timestamp":1,"message":"{\"n\":1}"})";
  const std::pair<std::string, std::string> containers[] = {
      {R"("Records":[)" + record, "]"},
      {R"("Events":[{"CloudTrailEvent":"{\"n\":1}"})", "]"},
      {R"("messageType":"DATA_MESSAGE","logEvents":[)" + log, "]"},
      {R"("Type":"Notification","TopicArn":"arn:aws:sns:eu-west-1:1:t","Message":"{\"n\":1}")", ""},
  };
  for (const auto& [begin, end] : containers) {
    for (const std::string odd :
         {R"("x":1e400)", R"("x":-1e400)", R"("x":123456789012345678901234)", R"("x":"\ud800")",
          R"("\udfff":1)", R"("x":[[1e999],"\udc00"])"}) {
      const std::string inside = begin + end;
      for (const std::string& text :
           {"{" + odd + "," + inside + "}", "{" + inside + "," + odd + "}",
            "{" + odd + "," + inside + "," + odd + "}", "[{" + inside + "," + odd + "},{}]"}) {
        SCOPED_TRACE(text);
        const Seen plain = read("{" + inside + "}");
        ASSERT_EQ(plain.events.size(), 1u);
        const Seen seen = read(text);
        EXPECT_EQ(seen.reasons, Texts{});
        ASSERT_FALSE(seen.events.empty());
        EXPECT_EQ(seen.events[0].substr(seen.events[0].find(' ')),
                  plain.events[0].substr(plain.events[0].find(' ')));
      }
    }
  }
}

TEST(EventReader, too_many_events_are_refused_before_the_first) {
  const EventLimits limits{.events_max = 3};
  EXPECT_EQ(read("{}\n{}\n{}\n", limits).events.size(), 3u);
  EXPECT_EQ(read("[{},{},{}]", limits).events.size(), 3u);
  for (const char* text : {"{}\n{}\n{}\n{}\n", "[{},{},{},{}]"}) {
    const Seen seen = read(text, limits);
    EXPECT_TRUE(seen.events.empty()) << text;
    ASSERT_EQ(seen.reasons.size(), 1u);
    EXPECT_TRUE(seen.reasons[0].ends_with("more than 3 events; send fewer at a time"));
    EXPECT_TRUE(seen.was_parsed[0]);
  }
  // What shows only while it is read ends nothing: what was read before is stored already.
  EXPECT_EQ(read("[{},{}]\n[{},{},{}]\n[{}]\n", limits).events.size(), 6u);
}

TEST(EventReader, another_reader_goes_on_where_one_stopped) {
  std::string text = "[{\"a\":1},{\"a\":2}]\n\n{\"a\":3}\n{\"a\":4}\n";
  text.reserve(text.size() + kPaddingBytes);
  EventReading reading = EventReader().begin(text, 1);
  std::string seen;
  while (!reading.is_over()) {
    EventReader().read_next(
        reading,
        [&](const ParsedEvent& event) {
          seen += std::to_string(event.line) + ":" + std::string(event.bytes) + " ";
        },
        [&](const UnreadableEvent& event) { ADD_FAILURE() << event.reason; });
  }
  EXPECT_EQ(seen, R"(1:{"a":1} 1:{"a":2} 3:{"a":3} 4:{"a":4} )");
}

}  // namespace
}  // namespace statewire
