#include "sources/container.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "aws/gzip.h"
#include "base/base64.h"
#include "base/json_writer.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

using Texts = std::vector<std::string>;
// Values are JSON.
using Members = std::vector<std::pair<std::string, std::string>>;

struct Unwrapped {
  Texts events;
  Texts reasons;
};

Unwrapped unwrapped(std::string text, EventLimits limits = {}) {
  Unwrapped seen;
  text.reserve(text.size() + kPaddingBytes);
  EventReader(limits).read(
      text, 1, [&](const ParsedEvent& event) { seen.events.emplace_back(event.bytes); },
      [&](const UnreadableEvent& event) { seen.reasons.push_back(event.reason); });
  return seen;
}

std::string packed(const std::string& text) { return base64_encoded(gzipped(text)); }

std::string joined(const Texts& values) {
  std::string text = "[";
  for (const std::string& value : values) text.append(text.size() > 1 ? "," : "").append(value);
  return text + "]";
}

// Makes containers whose members are in any order.
class Maker {
 public:
  explicit Maker(uint32_t seed) : random_(seed) {}

  std::string object(Members members) {
    std::shuffle(members.begin(), members.end(), random_);
    std::string text = "{";
    for (const auto& [key, value] : members) {
      text.append(text.size() > 1 ? ", \"" : "\"").append(key).append("\" : ").append(value);
    }
    return text + "}";
  }

  // Holds `events`, each a text or container of its own.
  std::string container(size_t kind, const Texts& events) {
    switch (kind) {
      case 0:
        return object({{"Events", joined(each(events, &Maker::item))}, {"NextToken", R"("x")"}});
      case 1:
        return object({{"messageType", R"("DATA_MESSAGE")"},
                       {"owner", R"("123456789012")"},
                       {"logGroup", R"("trail")"},
                       {"logStream", R"("s")"},
                       {"subscriptionFilters", R"(["f"])"},
                       {"logEvents", joined(each(events, &Maker::log_event))}});
      case 2:
        return object({{"awslogs", object({{"data", json_quoted(packed(container(1, events)))}})}});
      case 3:
        return object({{"Records", joined(each(events, &Maker::message_of_sqs))}});
      case 4:
        return object({{"Records", joined(each(events, &Maker::message_of_sns))}});
      case 5:
        return object({{"Records", joined(each(events, &Maker::record_of_kinesis))}});
      case 6:
        return notification(joined(events));
      case 7:
        return packed(container(1, events));
      case 8:
        return object({{"requestId", R"("r")"},
                       {"records", joined(each(events, &Maker::record_of_firehose))}});
      case 9:
        return object({{"invocationId", R"("i")"},
                       {"deliveryStreamArn", R"("arn:aws:firehose:eu-west-1:1:deliverystream/d")"},
                       {"records", joined(each(events, &Maker::record_of_firehose))}});
      default:
        return joined(events);
    }
  }
  static constexpr size_t kKinds = 11;

  size_t below(size_t count) { return random_() % count; }

 private:
  Texts each(const Texts& events, std::string (Maker::*make)(const std::string&)) {
    Texts made;
    for (const std::string& event : events) made.push_back((this->*make)(event));
    return made;
  }
  std::string item(const std::string& event) {
    return object({{"EventId", R"("1")"},
                   {"EventName", R"("RunInstances")"},
                   {"Resources", "[]"},
                   {"CloudTrailEvent", json_quoted(event)}});
  }
  std::string log_event(const std::string& event) {
    return object({{"id", R"("1")"}, {"timestamp", "1"}, {"message", json_quoted(event)}});
  }
  std::string message_of_sqs(const std::string& event) {
    return object({{"messageId", R"("1")"},
                   {"body", json_quoted(below(2) == 0 ? event : packed(event))},
                   {"attributes", "{}"},
                   {"eventSource", R"("aws:sqs")"}});
  }
  std::string message_of_sns(const std::string& event) {
    return object({{"EventVersion", R"("1.0")"},
                   {"EventSource", R"("aws:sns")"},
                   {"Sns", notification(event)}});
  }
  std::string record_of_kinesis(const std::string& event) {
    const std::string data = below(2) == 0 ? base64_encoded(event) : packed(event);
    return object({{"kinesis", object({{"partitionKey", R"("p")"}, {"data", json_quoted(data)}})},
                   {"eventSource", R"("aws:kinesis")"},
                   {"eventVersion", R"("1.0")"},
                   {"eventName", R"("aws:kinesis:record")"}});
  }
  std::string record_of_firehose(const std::string& event) {
    const std::string data = below(2) == 0 ? base64_encoded(event) : packed(event);
    return object({{"recordId", R"("1")"}, {"data", json_quoted(data)}});
  }
  std::string notification(const std::string& event) {
    return object({{"Type", R"("Notification")"},
                   {"MessageId", R"("1")"},
                   {"TopicArn", R"("arn:aws:sns:eu-west-1:123456789012:changes")"},
                   {"Message", json_quoted(event)},
                   {"Timestamp", R"("2026-11-23T09:00:00Z")"}});
  }

  std::mt19937 random_;
};

Texts some_events(size_t count) {
  Texts events;
  for (size_t i = 0; i < count; ++i) events.push_back("{\"n\":" + std::to_string(i) + "}");
  return events;
}

TEST(Container, is_known_whatever_the_order_of_its_keys) {
  const Texts events = some_events(3);
  for (uint32_t seed = 0; seed < 50; ++seed) {
    Maker maker(seed);
    for (size_t kind = 0; kind < Maker::kKinds; ++kind) {
      const std::string text = maker.container(kind, events);
      SCOPED_TRACE(text);
      const Unwrapped seen = unwrapped(text);
      EXPECT_EQ(seen.events, events);
      EXPECT_EQ(seen.reasons, Texts());
      EXPECT_EQ(may_be_container(text), text.starts_with('{'));
    }
  }
}

TEST(Container, is_opened_inside_of_others_in_any_order) {
  const Texts events = some_events(4);
  for (uint32_t seed = 0; seed < 400; ++seed) {
    Maker maker(seed);
    std::string trace;
    Texts parts = events;
    for (size_t level = 1 + maker.below(3); level > 0; --level) {
      // Each part may be by itself, or all together.
      const size_t kind = maker.below(Maker::kKinds);
      trace += std::to_string(kind) + " ";
      // Elements of an array are objects.
      const bool are_elements = kind == 6 || kind == 10;
      const auto is_object = [](const std::string& part) { return part.starts_with('{'); };
      if (are_elements && !std::ranges::all_of(parts, is_object)) break;
      parts = maker.below(2) == 0 ? Texts{maker.container(kind, parts)}
                                  : Texts{maker.container(kind, {parts.begin(), parts.begin() + 1}),
                                          maker.container(kind, {parts.begin() + 1, parts.end()})};
    }
    std::string text;
    for (const std::string& part : parts) text += part + "\n";
    SCOPED_TRACE(trace + text);
    const Unwrapped seen = unwrapped(text);
    EXPECT_EQ(seen.events, events);
    EXPECT_EQ(seen.reasons, Texts());
  }
}

TEST(Container, of_cloudtrail_may_have_its_records_anywhere_and_one_broken) {
  const std::string a = R"({"eventVersion":"1.08","eventSource":"ec2.amazonaws.com","n":1})";
  const std::string b = R"({"eventName":"X","eventSource":"ec2.amazonaws.com","n":2})";
  for (const std::string& text : {"{\"Records\":[" + a + "," + b + "],\"more\":1}",
                                  "{\"x\":[],\"Records\":[" + a + "," + b + "]}"}) {
    EXPECT_EQ(unwrapped(text).events, (Texts{a, b}));
  }
  const Unwrapped broken =
      unwrapped("{\"x\":[],\n\"Records\":[" + a + ",{\"n\" 3}," + b + "],\"y\":{}}");
  EXPECT_EQ(broken.events, (Texts{a, b}));
  ASSERT_EQ(broken.reasons.size(), 1u);
  EXPECT_TRUE(broken.reasons[0].starts_with("line 2, column 81: element 1: ")) << broken.reasons[0];
  for (const char* begin : {"{\"x\":nul,\"Records\":[", "{\"x\" 1,\"Records\":["}) {
    const Unwrapped seen = unwrapped(begin + a + "]}");
    EXPECT_TRUE(seen.events.empty());
    EXPECT_EQ(seen.reasons.size(), 1u);
  }
}

TEST(Container, that_is_longer_than_an_event_may_be_is_read_element_by_element) {
  const EventLimits limits{.event_bytes_max = 120};
  const Texts events = some_events(40);
  Maker maker(1);
  for (const size_t kind : {size_t{0}, size_t{1}, size_t{3}, size_t{8}}) {
    const Unwrapped seen = unwrapped(maker.container(kind, events), {.event_bytes_max = 300});
    EXPECT_EQ(seen.events, events) << kind;
    EXPECT_EQ(seen.reasons, Texts()) << kind;
  }
  const Unwrapped seen = unwrapped(R"({"Other":[1],"x":")" + std::string(200, 'x') + "\"}", limits);
  EXPECT_EQ(seen.reasons.size(), 1u);
}

TEST(Container, fault_inside_costs_itself_and_says_where) {
  const Unwrapped items =
      unwrapped(R"({"NextToken":"x","Events":[{"CloudTrailEvent":"{\"n\":1}","EventId":"1"},
{"CloudTrailEvent":"{\"n\":","EventId":"2"},{"CloudTrailEvent":" ","EventId":"3"}]})");
  EXPECT_EQ(items.events, Texts{R"({"n":1})"});
  EXPECT_EQ(items.reasons,
            (Texts{"line 2: element 1: CloudTrailEvent: line 1, column 6: the text ends too early",
                   "line 2: element 2: CloudTrailEvent: it is empty"}));
  const Unwrapped records =
      unwrapped(R"({"Records":[{"eventSource":"aws:sqs","body":"{\"n\":1}\n{]\n{\"n\":2}"},)"
                R"({"eventSource":"aws:kinesis","kinesis":{"data":"%"}},)"
                R"({"eventSource":"aws:kinesis","kinesis":{"data":"H4sIAAAA"}}]})");
  const Unwrapped request =
      unwrapped(R"({"requestId":"r","records":[{"data":"%"},{},{"data":"e30="}]})");
  EXPECT_EQ(request.events, Texts{"{}"});
  EXPECT_EQ(request.reasons, (Texts{"line 1: element 0: data: it is no base64",
                                    "line 1: element 1: a record without data"}));
  EXPECT_EQ(records.events, (Texts{R"({"n":1})", R"({"n":2})"}));
  ASSERT_EQ(records.reasons.size(), 3u);
  EXPECT_TRUE(records.reasons[0].starts_with("line 1: element 0: body: line 2, column 2"));
  EXPECT_EQ(records.reasons[1], "line 1: element 1: kinesis.data: it is no base64");
  EXPECT_EQ(records.reasons[2], "line 1: element 2: kinesis.data: it is no whole gzip");
}

TEST(Container, first_element_that_is_none_costs_itself) {
  const std::string record = R"({"eventVersion":"1.08","eventSource":"ec2.amazonaws.com"})";
  const std::pair<std::string, std::string> containers[] = {
      {"Records", record},
      {"Events", R"({"CloudTrailEvent":"{}"})"},
      {"Records", R"({"eventSource":"aws:sqs","body":"{}"})"},
      {"Records", R"({"EventSource":"aws:sns","Sns":{"Message":"{}"}})"},
      {"Records", R"({"eventSource":"aws:kinesis","kinesis":{"data":"e30="}})"}};
  for (const auto& [key, good] : containers) {
    const std::string event = good == record ? record : "{}";
    for (const std::string broken : {"null", "7", "[]", R"({"eventSource":"aws:sqs","body":null})",
                                     R"({"EventSource":"aws:sns","Sns":{}})"}) {
      if (broken.starts_with('{') && (good == record || key == "Events")) continue;
      const std::string text = "{\"" + key + "\":[" + broken + "," + good + "]}";
      const Unwrapped seen = unwrapped(text);
      EXPECT_EQ(seen.events, Texts{event}) << text;
      EXPECT_EQ(seen.reasons.size(), 1u) << text;
    }
  }
}

TEST(Container, event_with_an_empty_array_of_that_name_is_an_event) {
  for (const std::string key : {"Records", "Events"}) {
    EXPECT_EQ(unwrapped("{\"" + key + "\":[]}").events, Texts());
    EXPECT_EQ(unwrapped("{\"" + key + "\":[],\"NextToken\":\"x\"}").events, Texts());
    const std::string event =
        R"({"detail-type":"x","id":"1","source":"my.app",")" + key + R"(":[],"detail":{}})";
    EXPECT_EQ(unwrapped(event).events, Texts{event});
  }
}

TEST(Container, depth_and_unpacked_bytes_are_bounded) {
  std::string text = "{}";
  for (size_t i = 0; i < kEnvelopesMax; ++i) text = packed(text);
  EXPECT_EQ(unwrapped(text).events, Texts{"{}"});
  const Unwrapped deep = unwrapped(packed(text));
  EXPECT_TRUE(deep.events.empty());
  ASSERT_EQ(deep.reasons.size(), 1u);
  EXPECT_TRUE(deep.reasons[0].ends_with("more than 8 texts in texts")) << deep.reasons[0];
  EXPECT_EQ(unwrapped(packed(std::string(kUnpackedTextBytesMax - 2, ' ') + "{}")).events,
            Texts{"{}"});
  const Unwrapped seen = unwrapped(packed(std::string(kUnpackedTextBytesMax, ' ') + "{}"));
  EXPECT_EQ(seen.reasons, Texts{"line 1: base64: it unpacks to more than 16,777,216 bytes"});
}

// What is unpacked is paid for, and where that cannot be, it says so.
TEST(Container, unpacks_within_its_budget) {
  const auto budget =
      std::make_shared<ByteBudget>(ByteBudget::Bounds{.bytes_max = size_t{1} << 20});
  for (const size_t bytes : {size_t{100'000}, size_t{4} << 20}) {
    std::string text = packed(std::string(bytes, ' ') + "{}");
    text.reserve(text.size() + kPaddingBytes);
    EventReader reader;
    Unwrapped seen;
    EventReading reading = reader.begin(text, 1, ByteShare(budget));
    while (!reading.is_over()) {
      reader.read_next(
          reading, [&](const ParsedEvent& event) { seen.events.emplace_back(event.bytes); },
          [&](const UnreadableEvent& event) { seen.reasons.push_back(event.reason); });
      EXPECT_LE(budget->taken(), budget->bytes_max());
    }
    EXPECT_EQ(budget->taken(), 0u);
    EXPECT_EQ(seen.events.size(), bytes < budget->bytes_max() ? 1u : 0u);
    EXPECT_EQ(seen.reasons.size(), 1 - seen.events.size());
  }
}

// Linear time, or this would not end.
TEST(Container, costs_time_that_is_linear) {
  std::string keys = "{";
  while (keys.size() < (size_t{1} << 20) - 100) keys += "\"TopicArn\":1,";
  EXPECT_EQ(unwrapped(keys + "\"Type\":\"Notification\"}").events.size(), 1u);
  std::string broken = "{";
  while (broken.size() < (size_t{4} << 20)) broken += "\"Records\":1,";
  EXPECT_EQ(unwrapped(broken + "\"a\"}").reasons.size(), 1u);
  const std::string message(1000, 'x');
  std::string many = R"({"messageType":"DATA_MESSAGE","logEvents":[{"message":"{}"})";
  while (many.size() < (size_t{8} << 20)) many += R"(,{"message":"{}"})";
  EXPECT_GT(unwrapped(many + "]}").events.size(), 100'000u);
}

TEST(Container, that_is_none_is_an_event) {
  for (const std::string text :
       {R"({"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"{}"}]})",
        R"({"logEvents":[{"message":"{}"}]})", R"({"Records":[1]})", R"({"Events":[{"a":1}]})",
        R"({"Type":"SubscriptionConfirmation","TopicArn":"t","Message":"{}"})",
        R"({"Type":"Notification","Message":"{}"})", R"({"awslogs":{"data":7}})",
        R"({"requestId":"r","records":{}})", R"({"records":[{"data":"e30="}]})",
        R"({"body":"{}","eventSource":"aws:sqs"})", R"({"Records":[{"eventSource":"aws:s3"}]})"}) {
    const Unwrapped seen = unwrapped(text);
    EXPECT_EQ(seen.events, Texts{text});
    EXPECT_EQ(seen.reasons, Texts());
  }
}

}  // namespace
}  // namespace statewire
