#include "api/firehose.h"

#include <gtest/gtest.h>

#include "aws/gzip.h"
#include "base/base64.h"

namespace statewire {
namespace {

HttpRequestHead head_of_delivery() {
  HttpRequestHead head;
  head.begin("POST", "/events");
  head.add_header("X-Amz-Firehose-Request-Id", "ed4acda5-034f-9f42-bba1-f29aea6d7d8f");
  head.add_header("X-Amz-Firehose-Access-Key", "key");
  return head;
}

Result<std::string> firehose_events(std::string body, uint64_t bytes_max) {
  body.reserve(body.size() + kBodySpareBytes);
  FirehoseRecords records(std::move(body), bytes_max);
  ByteShare share;
  while (true) {
    const Result<bool> is_over = records.step(share);
    if (!is_over) return is_over.error();
    if (*is_over) return records.take();
  }
}

TEST(Firehose, is_told_by_its_header) {
  EXPECT_TRUE(is_firehose(head_of_delivery()));
  EXPECT_EQ(firehose_access_key(head_of_delivery()), "key");
  HttpRequestHead other;
  other.begin("POST", "/events");
  EXPECT_FALSE(is_firehose(other));
}

TEST(Firehose, records_become_lines) {
  // {"a":1}, {"b":\n2}, {"c":3}\n{"d":4}\n
  const auto events = firehose_events(
      R"({"requestId":"x","timestamp":1578090901599,"records":[{"data":"eyJhIjoxfQ=="},)"
      R"({"data":"eyJiIjoKMn0="},{"data":"eyJjIjozfQp7ImQiOjR9Cg=="}]})",
      1000);
  ASSERT_TRUE(events.ok()) << events.error().text;
  EXPECT_EQ(*events, "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n{\"d\":4}\n");
  EXPECT_GE(events->capacity(), events->size() + kBodySpareBytes);
}

TEST(Firehose, many_small_records_take_no_more_than_their_bytes) {
  std::string body = R"({"records":[{"data":"MQ=="})";
  for (int i = 1; i < 20'000; ++i) body += R"(,{"data":"MQ=="})";
  body += "]}";
  const auto budget = std::make_shared<ByteBudget>(ByteBudget::Bounds{.bytes_max = 1 << 20});
  FirehoseRecords records(body, 1 << 20);
  ByteShare share(budget);
  Result<bool> is_over = false;
  while (is_over && !*is_over) is_over = records.step(share);
  ASSERT_TRUE(is_over.ok()) << is_over.error().text;
  EXPECT_EQ(records.take().size(), 40'000u);
}

TEST(Firehose, records_may_be_packed) {
  const std::string packed = base64_encoded(gzipped("{\"a\":1}"));
  const auto events = firehose_events(R"({"records":[{"data":")" + packed + "\"}]}", 1000);
  ASSERT_TRUE(events.ok()) << events.error().text;
  EXPECT_EQ(*events, "{\"a\":1}\n");
  const std::string large = base64_encoded(gzipped(std::string(100'000, ' ')));
  EXPECT_FALSE(firehose_events(R"({"records":[{"data":")" + large + "\"}]}", 1000).ok());
}

TEST(Firehose, what_is_no_delivery_is_refused) {
  for (const char* body :
       {"", "[]", "{}", R"({"records":1})", R"({"records":[1]})", R"({"records":[{"data":1}]})",
        R"({"records":[{"data":"eyJ"}]})", R"({"records":[{"data":"ey=J"}]})",
        R"({"records":[{"data":"e==="}]})", R"({"records":[{"data":"e\u0000yJ"}]})",
        R"({"records":[{"data":"H4sIAAAA"}]})"}) {
    EXPECT_FALSE(firehose_events(body, 1000).ok()) << body;
  }
  EXPECT_FALSE(firehose_events(R"({"records":[{"data":"eyJhIjoxfQ=="}]})", 5).ok());
  EXPECT_TRUE(firehose_events(R"({"records":[]})", 1000).ok());
}

TEST(Firehose, answers_name_the_request) {
  const Time now = *parse_time("2026-11-23T09:00:12.5Z");
  const HttpServerResponse well = firehose_response(head_of_delivery(), now);
  EXPECT_EQ(well.status, 200);
  EXPECT_EQ(well.content_type, "application/json");
  EXPECT_EQ(well.body,
            R"({"requestId":"ed4acda5-034f-9f42-bba1-f29aea6d7d8f","timestamp":1795424412500})");
  const HttpServerResponse bad = firehose_error(head_of_delivery(), now, 503, "busy");
  EXPECT_EQ(bad.status, 503);
  EXPECT_TRUE(bad.body.ends_with(R"(,"errorMessage":"busy"})"));
}

}  // namespace
}  // namespace statewire
