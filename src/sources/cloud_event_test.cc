#include "sources/cloud_event.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/base64.h"
#include "base/json_writer.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

struct Taken {
  std::vector<std::string> events;
  std::vector<std::string> reasons;
};

Taken taken(std::string text, bool are_cloud_events = false) {
  Taken result;
  text.reserve(text.size() + kPaddingBytes);
  EventReader reader;
  EventReading reading = reader.begin(text, 1, {}, are_cloud_events);
  while (!reading.is_over()) {
    reader.read_next(
        reading, [&](const ParsedEvent& event) { result.events.emplace_back(event.bytes); },
        [&](const UnreadableEvent& event) {
          EXPECT_TRUE(event.was_parsed);
          result.reasons.push_back(event.reason);
        });
  }
  return result;
}

TEST(CloudEvent, source_is_a_uri_reference) {
  for (const char* text :
       {"/machines", "machines", "//host/x", "https://user@example.org:8080/a%20b?c=/?#d",
        "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", "mailto:a@example.org", "./a:b", "#x",
        "?q", "http://[::1]:80/", "/statewire/prod-1/bus.a_b", "a+b:c", "*"}) {
    EXPECT_TRUE(is_uri_reference(text)) << text;
  }
  for (const char* text : {"a b", "/%2", "/%zz", "1:x", ":x", "a#b#c", "\xc3\xbc", "/a[b]", "<x>",
                           "http://[::1", "http://host:port/", "a\"b", "a\\b", "a^b", "/a\n"}) {
    EXPECT_FALSE(is_uri_reference(text)) << text;
  }
}

TEST(CloudEvent, without_what_each_must_have_is_rejected) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("specversion":"1.0","source":"/m","type":"t")", "without id"},
      {R"("specversion":"1.0","source":"/m","type":"t","id":"")", "without id"},
      {R"("specversion":"1.0","source":"/m","type":"t","id":7)", "whose id is no text"},
      {R"("specversion":"1.0","id":"1","type":"t")", "without source"},
      {R"("specversion":"1.0","id":"1","source":"/m")", "without type"},
      {R"("specversion":"1.0","id":"1","source":"a b","type":"t")",
       "whose source is no URI reference"},
      {R"("specversion":"0.3","id":"1","source":"/m","type":"t")",
       "of specversion \"0.3\"; wanted \"1.0\""},
      {R"("specversion":"1.0","id":"1","source":"/m","type":"t","data":1,"data_base64":"MQ==")",
       "with data and data_base64"},
      {R"("specversion":"1.0","id":"1","source":"/m","type":"t","data_base64":"M")",
       "whose data_base64 is no base64"},
      {R"("specversion":"1.0","id":"1","source":"/m","type":"t","data_base64":"MSwyIjM=")",
       "whose data is no JSON, as its content type says"},
  };
  for (const auto& [members, reason] : cases) {
    const Taken result = taken("{" + members + "}");
    EXPECT_EQ(result.events.size(), 0u) << members;
    EXPECT_EQ(result.reasons, std::vector{"line 1: a CloudEvent " + reason}) << members;
  }
  const std::string event = R"({"id":"1","source":"/m","type":"t"})";
  EXPECT_EQ(taken(event).events.size(), 1u);
  EXPECT_EQ(taken("[" + event + "]", true).reasons,
            std::vector<std::string>{"line 1: element 0: a CloudEvent without specversion"});
}

TEST(CloudEvent, data_base64_is_decoded) {
  const auto event = [](const std::string& type, const std::string& bytes) {
    return R"({"specversion":"1.0","id":"1","source":"/m","type":"t",)" + type +
           R"("data_base64":)" + json_quoted(base64_encoded(bytes)) + R"(,"more":7})";
  };
  const std::string begin = R"({"specversion":"1.0","id":"1","source":"/m","type":"t",)";
  EXPECT_EQ(taken(event("", " {\"a\" : 1}")).events,
            std::vector{begin + R"("more":7,"data": {"a" : 1}})"});
  const std::string text = R"("datacontenttype":"text/plain",)";
  EXPECT_EQ(taken(event(text, "say \"x\"")).events,
            std::vector{begin + text + R"("more":7,"data":"say \"x\""})"});
  const std::string binary = event(text, "\xff\xfe");
  EXPECT_EQ(taken(binary).events, std::vector{binary});
  // Members do not come out of data.
  EXPECT_EQ(taken(event("", R"(1,"type":"x")")).events.size(), 0u);
}

}  // namespace
}  // namespace statewire
