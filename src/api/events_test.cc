#include "api/events.h"

#include <zlib.h>

#include <random>

#include "api/api_for_test.h"
#include "base/base64.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "net/inflate.h"

namespace statewire {
namespace {

using EventsTest = ApiTest;

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string counts(int accepted, int duplicate, int rejected) {
  return R"({"accepted":)" + std::to_string(accepted) + R"(,"duplicate":)" +
         std::to_string(duplicate) + R"(,"rejected":)" + std::to_string(rejected) + "}";
}

std::string cloud_event(int number) {
  return R"({"specversion":"1.0","id":")" + std::to_string(number) +
         R"(","source":"/machines","type":"org.example.unheard-of","data":{"x":1}})";
}

TEST_F(EventsTest, a_single_event_is_answered_after_its_commit) {
  const HttpResponse response = post("/events", test_event(1, "running", 0));
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.header("content-type"), "application/json");
  EXPECT_EQ(response.body, counts(1, 0, 0));
  EXPECT_EQ(store_->last_sequence(), 1u);
}

TEST_F(EventsTest, every_form_of_a_body_is_taken) {
  const std::string two = test_event(1, "pending", 1) + "," + test_event(1, "running", 2);
  EXPECT_EQ(post("/events", "[" + two + "]").body, counts(2, 0, 0));
  const std::string lines = test_event(2, "pending", 1) + "\n" + test_event(2, "running", 2) + "\n";
  EXPECT_EQ(post("/events", lines, {{"content-type", "application/x-ndjson"}}).body,
            counts(2, 0, 0));
  const std::string record =
      R"({"eventVersion":"1.08","eventID":"a-1","eventTime":"2026-11-23T09:00:00Z",)"
      R"("eventSource":"s3.amazonaws.com","eventName":"ListBuckets","readOnly":true,)"
      R"("awsRegion":"eu-west-1","recipientAccountId":"123456789012"})";
  EXPECT_EQ(post("/events", R"({"Records":[)" + record + "," + record + "]}").body,
            counts(2, 0, 0));
  EXPECT_EQ(
      post("/events", cloud_event(1), {{"content-type", "application/cloudevents+json"}}).body,
      counts(1, 0, 0));
  EXPECT_EQ(post("/events", "[" + cloud_event(2) + "," + cloud_event(3) + "]",
                 {{"content-type", "application/cloudevents-batch+json"}})
                .body,
            counts(2, 0, 0));
}

TEST_F(EventsTest, containers_are_opened) {
  const std::string logs = R"({"logEvents":[{"message":)" +
                           json_quoted(test_event(1, "pending", 1)) + R"(},{"message":)" +
                           json_quoted(test_event(1, "running", 2)) +
                           R"(},{"message":"no event"}],"messageType":"DATA_MESSAGE"})";
  const std::string of_function =
      R"({"awslogs":{"data":)" + json_quoted(base64_encoded(gzip(logs))) + "}}";
  EXPECT_EQ(post("/events", logs).body, counts(2, 0, 1));
  EXPECT_EQ(post("/events", of_function).body, counts(0, 2, 1));
  const std::string of_queue = R"({"Records":[{"eventSource":"aws:sqs","body":)" +
                               json_quoted(logs) + R"(},{"eventSource":"aws:sqs","body":)" +
                               json_quoted(test_event(2, "running", 2)) + "}]}";
  EXPECT_EQ(post("/events", of_queue).body, counts(1, 2, 1));
  EXPECT_TRUE(
      holds(json("/api/v1/ledger/refusals"), "element 0: body: line 1: element 2: message"));
  EXPECT_EQ(post("/events", R"({"messageType":"CONTROL_MESSAGE","logEvents":[]})").body,
            counts(1, 0, 0));
  EXPECT_TRUE(holds(json("/api/v1/ledger"), R"("ignored":1)"));
}

TEST_F(EventsTest, a_cloud_event_in_binary_mode_is_the_same_event_as_in_structured_mode) {
  const HttpResponse response = post("/events", R"({"x":1})",
                                     {{"content-type", "application/json; charset=utf-8"},
                                      {"ce-specversion", "1.0"},
                                      {"CE-Id", "7"},
                                      {"ce-source", "/machines%2520of/ours"},
                                      {"ce-type", "org.example.unheard-of"}});
  EXPECT_EQ(response.status, 202);
  const std::string unrecognised = json("/api/v1/ledger/unrecognised");
  EXPECT_TRUE(holds(unrecognised, R"("origin_source":"/machines%20of/ours")"));
  EXPECT_TRUE(holds(unrecognised, R"("origin_type":"org.example.unheard-of")"));
  EXPECT_TRUE(holds(unrecognised, R"(\"data\":{\"x\":1}})"));
}

TEST_F(EventsTest, a_binary_event_whose_data_is_no_json_carries_it_as_text) {
  const HttpResponse response = post("/events", "say \"x\"",
                                     {{"content-type", "text/plain"},
                                      {"ce-specversion", "1.0"},
                                      {"ce-id", "7"},
                                      {"ce-source", "/m"},
                                      {"ce-type", "t"}});
  EXPECT_EQ(response.body, counts(1, 0, 0));
}

using Attributes = std::vector<std::pair<std::string, std::string>>;

TEST_F(EventsTest, a_cloud_event_keeps_all_its_attributes_in_binary_mode) {
  const HttpResponse response = post("/events", "\xff",
                                     {{"content-type", "image/png"},
                                      {"ce-specversion", "1.0"},
                                      {"ce-id", "7"},
                                      {"ce-source", "/m"},
                                      {"ce-type", "t"},
                                      {"CE-MyExtension", "%C3%BC \\\"x"},
                                      {"ce-old", "\"a \\\"%62\\\"\""}});
  EXPECT_EQ(response.body, counts(1, 0, 0));
  const std::string unrecognised = json("/api/v1/ledger/unrecognised");
  EXPECT_TRUE(holds(unrecognised, R"(\"myextension\":\"ü \\\\\\\"x\",)")) << unrecognised;
  EXPECT_TRUE(holds(unrecognised, R"(\"old\":\"a \\\"b\\\"\")")) << unrecognised;
  EXPECT_TRUE(holds(unrecognised, R"(\"data_base64\":\"/w==\")")) << unrecognised;
}

TEST_F(EventsTest, binary_mode_is_as_strict_as_structured_mode) {
  const Attributes whole = {{"specversion", "1.0"}, {"id", "7"}, {"source", "/m"}, {"type", "t"}};
  std::vector<Attributes> cases = {whole};
  for (size_t i = 0; i < whole.size(); ++i) {
    for (const char* value : {"", "a b", "0.3", "%"}) {
      cases.push_back(whole);
      cases.back()[i].second = value;
    }
    cases.push_back(whole);
    cases.back().erase(cases.back().begin() + static_cast<ptrdiff_t>(i));
  }
  for (const Attributes& attributes : cases) {
    std::vector<HttpHeader> headers = {{"content-type", "application/json"}};
    std::string event;
    {
      JsonWriter writer(event);
      writer.begin_object();
      for (const auto& [name, value] : attributes) {
        std::string written = value == "%" ? "%25" : value;
        headers.emplace_back("ce-" + name, std::move(written));
        writer.key_text(name);
        writer.text(value);
      }
      writer.end_object();
    }
    const int structured =
        post("/events", event, {{"content-type", "application/cloudevents+json"}}).status;
    EXPECT_EQ(post("/events", "", headers).status, structured) << event;
    EXPECT_EQ(
        post("/events", "[" + event + "]", {{"content-type", "application/cloudevents-batch+json"}})
            .status,
        structured)
        << event;
    const auto value = [&](const std::string& name) {
      const auto found = std::ranges::find(attributes, name, &Attributes::value_type::first);
      return found == attributes.end() ? "" : found->second;
    };
    const bool is_good = value("specversion") == "1.0" && !value("id").empty() &&
                         (value("source") == "/m" || value("source") == "0.3") &&
                         !value("type").empty();
    EXPECT_EQ(structured, is_good ? 202 : 400) << event;
  }
  const std::vector<HttpHeader> good = {
      {"ce-specversion", "1.0"}, {"ce-id", "7"}, {"ce-source", "/m"}, {"ce-type", "t"}};
  for (const HttpHeader& bad :
       {HttpHeader{"ce-data", "1"}, {"ce-a-b", "1"}, {"ce-id", "8"}, {"ce-x", "%ff"}}) {
    std::vector<HttpHeader> headers = good;
    headers.push_back(bad);
    EXPECT_EQ(post("/events", "{}", headers).status, 400) << bad.first;
  }
  for (const char* body : {"{", R"(1,"type":"x")", "{} {}"}) {
    EXPECT_EQ(post("/events", body, good).status, 400) << body;
  }
}

TEST_F(EventsTest, a_repeat_is_counted_as_a_duplicate) {
  take(test_event(1, "running", 0));
  const HttpResponse response = post("/events", test_event(1, "running", 0));
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, counts(0, 1, 0));
}

TEST_F(EventsTest, what_is_broken_is_counted_beside_what_is_not) {
  const HttpResponse response =
      post("/events", test_event(1, "running", 0) + "\n{broken\n" + test_event(2, "running", 0));
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, counts(2, 0, 1));
}

TEST_F(EventsTest, a_body_without_any_event_is_refused_with_the_reasons_and_stands_in_the_ledger) {
  const HttpResponse response = post("/events", "{broken\n[1,2");
  EXPECT_EQ(response.status, 400);
  EXPECT_TRUE(holds(response.body, R"({"error":"nothing in the body could be accepted",)"
                                   R"("reasons":["line 1)"));
  EXPECT_TRUE(holds(json("/api/v1/ledger"), R"("source":"http","account":"-","region":"-")"));
  EXPECT_TRUE(holds(json("/api/v1/ledger"), R"("adds_up":true)"));
  EXPECT_TRUE(holds(json("/api/v1/ledger/refusals"), R"("fate":"malformed","reason":"line 1)"));
}

TEST_F(EventsTest, at_most_ten_reasons_are_given) {
  std::string body;
  for (int i = 0; i < 30; ++i) body += "broken\n";
  const HttpResponse response = post("/events", body);
  EXPECT_EQ(response.status, 400);
  size_t reasons = 0;
  for (size_t at = response.body.find("\"line"); at != std::string::npos; ++reasons) {
    at = response.body.find("\"line", at + 1);
  }
  EXPECT_EQ(reasons, 10u);
}

TEST_F(EventsTest, an_empty_body_holds_no_event) {
  for (const char* body : {"", " \n", "[]"}) {
    const HttpResponse response = post("/events", body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(response.body, R"({"error":"the body holds no event","reasons":[]})");
  }
}

TEST_F(EventsTest, a_gzip_body_is_inflated) {
  const HttpResponse response =
      post("/events", gzip(test_event(1, "running", 0)), {{"content-encoding", "gzip"}});
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, counts(1, 0, 0));
}

TEST_F(EventsTest, codings_have_names_in_any_case) {
  int number = 0;
  for (const char* coding : {"GZIP", "x-gzip", "X-GZip"}) {
    EXPECT_EQ(
        post("/events", gzip(test_event(++number, "running", 0)), {{"content-encoding", coding}})
            .body,
        counts(1, 0, 0));
  }
  EXPECT_EQ(post("/events", test_event(9, "running", 0), {{"content-encoding", "Identity"}}).body,
            counts(1, 0, 0));
}

TEST_F(EventsTest, a_small_body_that_inflates_beyond_the_bound_is_refused) {
  const std::string bomb = gzip(std::string(4 * kBodyBytesMax + 1, ' '));
  ASSERT_LT(bomb.size(), 1024u);
  EXPECT_EQ(post("/events", bomb, {{"content-encoding", "gzip"}}).status, 413);
  const std::string just_fits = gzip(std::string(4 * kBodyBytesMax, ' '));
  EXPECT_EQ(post("/events", just_fits, {{"content-encoding", "gzip"}}).status, 400);
}

TEST_F(EventsTest, a_delivery_of_firehose_is_answered_as_firehose_wants_it) {
  const std::vector<HttpHeader> headers = {{"content-type", "application/json"},
                                           {"x-amz-firehose-request-id", "ed4acda5"}};
  // {"a":1}
  const HttpResponse taken = post(
      "/events", R"({"requestId":"ed4acda5","timestamp":1,"records":[{"data":"eyJhIjoxfQ=="}]})",
      headers);
  EXPECT_EQ(taken.status, 200);
  EXPECT_TRUE(holds(taken.body, R"({"requestId":"ed4acda5","timestamp":)")) << taken.body;
  const HttpResponse refused = post("/events", R"({"records":[{"data":"?"}]})", headers);
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(holds(refused.body, R"("errorMessage":"a record's data is not base64")"));
  EXPECT_TRUE(holds(json("/api/v1/ledger"), R"("malformed":1)"));
  // {"a":1} and hello
  const HttpResponse unreadable =
      post("/events", R"({"records":[{"data":"eyJhIjoxfQ=="},{"data":"aGVsbG8="}]})", headers);
  EXPECT_EQ(unreadable.status, 400);
  EXPECT_TRUE(holds(unreadable.body, R"("errorMessage":"line 2, column 1: )")) << unreadable.body;
}

TEST_F(EventsTest, what_is_not_whole_gzip_is_refused) {
  const std::string whole = gzip(test_event(1, "running", 0));
  for (const std::string& body :
       {std::string("plain"), whole.substr(0, whole.size() / 2), whole + "more", std::string()}) {
    EXPECT_EQ(post("/events", body, {{"content-encoding", "gzip"}}).status, 400);
  }
  // What it holds is not known: it is no event, and none is counted.
  for (const char* coding : {"br", "deflate", "gzip, gzip", "none"}) {
    const HttpResponse response =
        post("/events", test_event(1, "running", 0), {{"content-encoding", coding}});
    EXPECT_EQ(response.status, 415) << coding;
    EXPECT_EQ(response.header("accept-encoding"), "gzip");
  }
  EXPECT_EQ(store_->last_sequence(), 0u);
  EXPECT_TRUE(holds(json("/api/v1/ledger"), R"("received":4)"));
  EXPECT_TRUE(holds(json("/api/v1/ledger"), R"("malformed":4)"));
}

Inflation::Outcome inflated(std::string packed, uint64_t bytes_max, std::string& text,
                            ByteShare share = {}) {
  Inflation inflation(std::move(packed), bytes_max);
  auto outcome = Inflation::Outcome::going_on;
  while (outcome == Inflation::Outcome::going_on) outcome = inflation.step(share, 0);
  text = inflation.take();
  return outcome;
}

TEST(Inflate, takes_members_one_after_the_other) {
  std::string text;
  EXPECT_EQ(inflated(gzip("one ") + gzip("two"), 7, text), Inflation::Outcome::whole);
  EXPECT_EQ(text, "one two");
  EXPECT_GE(text.capacity(), text.size() + kBodySpareBytes);
  EXPECT_EQ(inflated(gzip("one ") + std::string(512, '\0'), 7, text), Inflation::Outcome::whole);
  EXPECT_EQ(text, "one ");
  EXPECT_EQ(inflated(gzip("one ") + gzip("two"), 6, text), Inflation::Outcome::too_long);
  EXPECT_EQ(inflated("", 6, text), Inflation::Outcome::broken);
}

// What gzip says of its size is only that of its last member.
TEST(Inflate, has_room_for_whatever_is_within_its_bounds) {
  constexpr size_t kPackedMax = 1 << 20;
  constexpr size_t kShareMax = 7 << 20;
  const uint64_t bytes_max = inflated_max_within(kShareMax, kPackedMax);
  std::string noise(900 << 10, '\0');
  std::mt19937 random(1);
  for (char& c : noise) c = static_cast<char>(random());
  for (size_t last = 100 << 10; noise.size() + last < bytes_max; last += 100 << 10) {
    for (const size_t beside : {size_t{0}, (bytes_max - noise.size() - last) / 2}) {
      const std::string packed =
          gzip(noise) + gzip(std::string(beside, ' ')) + gzip(std::string(last, ' '));
      ASSERT_LE(packed.size(), kPackedMax);
      const auto budget = std::make_shared<ByteBudget>(ByteBudget::Bounds{.bytes_max = kShareMax});
      std::string text;
      EXPECT_EQ(inflated(packed, bytes_max, text, ByteShare(budget)), Inflation::Outcome::whole)
          << beside << " " << last;
    }
  }
}

TEST(Inflate, goes_on_where_it_stopped_and_keeps_to_its_budget) {
  const std::string all(5'000'000, 'x');
  std::string text;
  EXPECT_EQ(inflated(gzip(all), 5'000'000, text), Inflation::Outcome::whole);
  EXPECT_EQ(text, all);
  const auto budget = std::make_shared<ByteBudget>(ByteBudget::Bounds{.bytes_max = 4 << 20});
  EXPECT_EQ(inflated(gzip(all), 5'000'000, text, ByteShare(budget)), Inflation::Outcome::no_room);
  EXPECT_EQ(budget->taken(), 0u);
}

TEST_F(EventsTest, a_body_that_is_too_long_is_refused_before_it_is_sent) {
  start();
  RawClient client(server_->port());
  client.send("POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999999999\r\n\r\n");
  EXPECT_TRUE(holds(client.read_until("\r\n\r\n"), "413"));
}

TEST_F(EventsTest, a_body_that_comes_in_pieces_is_waited_for) {
  start();
  const std::string event = test_event(1, "running", 0);
  RawClient client(server_->port());
  client.send("POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " +
              std::to_string(event.size()) + "\r\n\r\n" + event.substr(0, 50));
  EXPECT_EQ(store_->last_sequence(), 0u);
  client.send(event.substr(50));
  EXPECT_TRUE(holds(client.read_until("\"rejected\":0}"), "202"));
}

TEST_F(EventsTest, while_too_much_is_queued_events_are_refused_and_may_come_again) {
  start({.queued_chunks_max = 0});
  const HttpResponse response = post("/events", test_event(1, "running", 0));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.header("retry-after"), "1");
  EXPECT_TRUE(holds(response.body, R"({"error":"busy)"));
  EXPECT_TRUE(holds(get("/metrics").body, R"(statewire_refused_chunks_total{reason="busy"} 1)"));
}

TEST_F(EventsTest, events_are_refused_before_their_body_while_the_program_starts_or_stops) {
  start();
  for (const Readiness readiness : {Readiness::starting, Readiness::stopping}) {
    live_.set_readiness(readiness);
    RawClient client(server_->port());
    client.send("POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\n");
    client.send("12345");
    const std::string answer = client.read_until("}");
    EXPECT_TRUE(holds(answer, "503"));
    EXPECT_TRUE(holds(answer, "Retry-After: 5"));
    EXPECT_EQ(get("/readyz").status, 503);
    EXPECT_EQ(get("/livez").status, 200);
  }
}

}  // namespace
}  // namespace statewire
