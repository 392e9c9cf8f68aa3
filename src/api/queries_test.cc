#include "api/queries.h"

#include "api/api_for_test.h"
#include "base/percent.h"

namespace statewire {
namespace {

class QueriesTest : public ApiTest {
 protected:
  // How many resources an answer lists.
  static size_t count_of(const std::string& body) {
    simdjson::dom::parser parser;
    const simdjson::dom::element answer = parser.parse(body);
    return simdjson::dom::array(answer["resources"]).size();
  }
  // The decoded `next`; empty where there is none.
  static std::string next_of(const std::string& body) {
    simdjson::dom::parser parser;
    std::string_view next;
    const simdjson::dom::element answer = parser.parse(body);
    if (answer["next"].get(next) != simdjson::SUCCESS) return {};
    return std::string(next);
  }
};

TEST_F(QueriesTest, a_resource_is_shown_as_its_record_is) {
  take(test_event(1, "pending", 1) + "\n" + test_event(1, "running", 2));
  const std::string body = json("/api/v1/resources");
  EXPECT_TRUE(holds(
      body, R"({"resources":[{"id":")" + test_instance(1) + R"(","type":"AWS::EC2::Instance",)"));
  EXPECT_TRUE(holds(
      body, R"("account":"123456789012","region":"eu-west-1","phase":"stable",)"
            R"("value":"running","settled":true,"since":"2026-11-23T09:02:00Z",)"
            R"("revision":2,"cause":{"kind":"unknown","confidence":"guess",)"
            R"("evidence":[]},"drift":"unknown","tags":{},"recorded":"2026-11-23T12:00:00Z"}]})"));
}

TEST_F(QueriesTest, a_resource_that_settles_by_itself_says_when) {
  take(R"({"eventVersion":"1.08","eventID":"a","eventTime":"2026-11-23T09:00:00Z",)"
       R"("eventSource":"dynamodb.amazonaws.com","eventName":"CreateTable",)"
       R"("awsRegion":"eu-west-1","recipientAccountId":"123456789012",)"
       R"("requestParameters":{"tableName":"orders"}})");
  EXPECT_TRUE(holds(json("/api/v1/resources"),
                    R"("phase":"provisioning","value":"CreateTable","settled":false,)"
                    R"("since":"2026-11-23T09:00:00Z","settles":"2026-11-23T09:01:00Z",)"));
}

TEST_F(QueriesTest, the_newest_resources_come_first_and_all_are_counted) {
  for (int i = 0; i < 5; ++i) take(test_event(i, "running", i));
  const std::string body = json("/api/v1/resources?order=newest&limit=2");
  EXPECT_EQ(count_of(body), 2u);
  EXPECT_EQ(json("/api/v1/resources?only=total"), R"({"total":5})");
  EXPECT_EQ(get("/api/v1/resources?only=some").status, 400);
  const size_t newest = body.find("i-1004");
  EXPECT_LT(newest, body.find("i-1003"));
  EXPECT_FALSE(holds(body, "i-1002"));
  EXPECT_EQ(get("/api/v1/resources?order=oldest").status, 400);
}

TEST_F(QueriesTest, a_part_of_a_type_will_do) {
  take(test_event(1, "running", 1));
  EXPECT_EQ(count_of(json("/api/v1/resources?type=instance")), 1u);
  EXPECT_EQ(count_of(json("/api/v1/resources?type=inst")), 0u);
}

TEST_F(QueriesTest, resources_are_selected_by_every_filter) {
  for (int i = 0; i < 5; ++i) take(test_event(i, "running", i));
  take(test_event(9, "terminated", 9));
  EXPECT_EQ(count_of(json("/api/v1/resources")), 6u);
  EXPECT_EQ(count_of(json("/api/v1/resources?phase=gone")), 1u);
  EXPECT_EQ(count_of(json("/api/v1/resources?type=AWS::EC2::Instance&region=eu-west-1")), 6u);
  EXPECT_EQ(count_of(json("/api/v1/resources?account=1")), 0u);
  EXPECT_EQ(count_of(json("/api/v1/resources?actor=alice")), 0u);
  EXPECT_EQ(count_of(json("/api/v1/resources?cause=unknown")), 6u);
  EXPECT_EQ(count_of(json("/api/v1/resources?tag=team%3Dshop")), 0u);
  EXPECT_EQ(count_of(json("/api/v1/resources?query=i-1003")), 1u);
  EXPECT_EQ(count_of(json("/api/v1/resources?since=2026-11-23T09:03:00Z")), 3u);
  clock_.set(*parse_time("2026-11-23T09:14:00Z"));
  EXPECT_EQ(count_of(json("/api/v1/resources?since=10m")), 2u);
}

TEST_F(QueriesTest, pages_follow_one_another_until_the_last_says_nothing_of_a_next) {
  for (int i = 0; i < 7; ++i) take(test_event(i, "running", i));
  std::string path = "/api/v1/resources?limit=3";
  std::vector<size_t> sizes;
  std::string after;
  do {
    const std::string body = json(after.empty() ? path : path + "&after=" + percent_encode(after));
    sizes.push_back(count_of(body));
    after = next_of(body);
  } while (!after.empty());
  EXPECT_EQ(sizes, (std::vector<size_t>{3, 3, 1}));
}

TEST_F(QueriesTest, what_takes_many_turns_is_as_whole_as_what_takes_one) {
  constexpr int kCount = 2 * static_cast<int>(kRecordsAtATime) + 100;
  start({}, {});
  for (int first = 0; first < kCount; first += 100) {
    std::string text;
    for (int i = first; i < first + 100; ++i) text += test_event(i, "running", 1) + "\n";
    take(text);
  }
  size_t seen = 0;
  std::string next;
  do {
    const std::string page = json("/api/v1/resources?limit=1500&after=" + next);
    next = next_of(page);
    seen += count_of(page);
  } while (!next.empty());
  EXPECT_EQ(seen, static_cast<size_t>(kCount));
  EXPECT_EQ(count_of(json("/api/v1/resources?query=i-" + std::to_string(1000 + kCount - 1))), 1u);
  EXPECT_EQ(get("/api/v1/timeline?resource=nowhere").status, 404);
  EXPECT_TRUE(holds(json("/api/v1/timeline?resource=i-" + std::to_string(1000 + kCount - 1)),
                    R"("entries":[{)"));
}

TEST_F(QueriesTest, many_scans_keep_neither_metrics_nor_short_questions_waiting) {
  constexpr int kCount = 4 * static_cast<int>(kRecordsAtATime);
  start({}, {});
  for (int first = 0; first < kCount; first += 100) {
    std::string text;
    for (int i = first; i < first + 100; ++i) text += test_event(i, "running", 1) + "\n";
    take(text);
  }
  std::atomic<int> answered{0};
  std::atomic<int> others{0};
  constexpr int kClients = 40;
  constexpr int kScans = 5 * kClients;
  std::vector<std::jthread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      for (int asked = 0; asked < kScans / kClients; ++asked) {
        const HttpResponse response = get("/api/v1/resources?query=zzz");
        ++(response.status == 200 ? answered : others);
      }
    });
  }
  EXPECT_EQ(get("/metrics").status, 200);
  EXPECT_EQ(get("/api/v1/status").status, 200);
  EXPECT_EQ(get("/api/v1/timeline?resource=" + test_instance(1)).status, 200);
  EXPECT_LT(answered, kScans) << "these three came before the last scan";
  clients.clear();
  EXPECT_EQ(answered, kScans);
}

TEST_F(QueriesTest, a_timeline_goes_from_the_newest_entry_back) {
  take(test_event(1, "pending", 1));
  take(test_event(2, "pending", 1));
  take(test_event(1, "running", 2));
  const std::string body = json("/api/v1/timeline?resource=" + percent_encode(test_instance(1)));
  EXPECT_TRUE(holds(body, R"({"resource":{"id":")" + test_instance(1)));
  EXPECT_TRUE(holds(body, R"("entries":[{"sequence":3,"time":"2026-11-23T09:02:00Z",)"
                          R"("recorded":"2026-11-23T12:00:00Z","kind":"transition","origin":)"
                          R"({"system":"aws.eventbridge","source":"aws.ec2",)"));
  EXPECT_TRUE(holds(body, R"("previous":{"phase":"provisioning","value":"pending",)"
                          R"("since":"2026-11-23T09:01:00Z"})"));
  EXPECT_TRUE(
      holds(body, R"("late":false,"too_late":false,"revision":2,"message":"EC2 instance )"));
  EXPECT_TRUE(holds(body, R"({"sequence":1,)"));
  EXPECT_FALSE(holds(body, R"({"sequence":2,)"));
  EXPECT_FALSE(holds(json("/api/v1/timeline?limit=1&resource=i-1001"), R"({"sequence":1,)"));
}

TEST_F(QueriesTest, a_resource_is_found_by_the_end_of_its_id) {
  take(test_event(1, "running", 1));
  EXPECT_TRUE(holds(json("/api/v1/timeline?resource=i-1001"), test_instance(1)));
  EXPECT_TRUE(holds(json("/api/v1/timeline?resource=instance%2Fi-1001"), test_instance(1)));
  EXPECT_EQ(get("/api/v1/timeline?resource=1001").status, 404);
  EXPECT_EQ(get("/api/v1/timeline?resource=i-2").status, 404);
  EXPECT_EQ(get("/api/v1/timeline").status, 400);
}

TEST_F(QueriesTest, a_resource_is_found_by_its_name) {
  const std::string id = "arn:aws:s3:::invoices";
  take(R"({"eventVersion":"1.08","eventID":"b-1","eventTime":"2026-11-23T09:00:00Z",)"
       R"("eventSource":"s3.amazonaws.com","eventName":"CreateBucket","readOnly":false,)"
       R"("awsRegion":"eu-west-1","recipientAccountId":"123456789012",)"
       R"("requestParameters":{"bucketName":"invoices"},"responseElements":null})");
  EXPECT_TRUE(holds(json("/api/v1/timeline?resource=invoices"), R"({"resource":{"id":")" + id));
  EXPECT_TRUE(holds(json("/api/v1/resources?query=invoi"), R"("name":"invoices")"));
}

TEST_F(QueriesTest, an_end_that_several_ids_have_is_answered_with_the_candidates) {
  std::string elsewhere = test_event(1, "running", 2);
  elsewhere.replace(elsewhere.find("eu-west-1"), 9, "us-east-1");
  take(test_event(1, "running", 1) + "\n" + elsewhere);
  const HttpResponse response = get("/api/v1/timeline?resource=i-1001");
  EXPECT_EQ(response.status, 409);
  EXPECT_TRUE(holds(response.body, R"({"error":"\"i-1001\" may be several resources",)"
                                   R"("candidates":["arn:aws:ec2:)"));
  EXPECT_TRUE(holds(response.body, ":us-east-1:"));
  EXPECT_TRUE(holds(response.body, ":eu-west-1:"));
}

TEST_F(QueriesTest, the_ledger_counts_each_fate) {
  take(test_event(1, "running", 1));
  EXPECT_EQ(json("/api/v1/ledger"),
            R"([{"source":"http","account":"123456789012","region":"eu-west-1","received":1,)"
            R"("recognised":1,"ignored":0,"unrecognised":0,"duplicate":0,"too_late":0,)"
            R"("malformed":0,"rejected":0,"incomplete":0,"adds_up":true}])");
}

TEST_F(QueriesTest, the_catalog_is_listed) {
  EXPECT_TRUE(holds(json("/api/v1/catalog"), R"({"name":"instance state","place":"catalog/aws/)"));
}

TEST_F(QueriesTest, the_status_names_all_parts) {
  take(test_event(1, "running", 1));
  const std::string body = json("/api/v1/status");
  EXPECT_TRUE(holds(body, R"({"version":"0.1.0","instance":"test","store":"memory",)"));
  EXPECT_TRUE(holds(
      body, R"("sources":[{"name":"bus","kind":"sqs","state":"running","events":0,"events_5m":0},)"
            R"({"name":"http","kind":"http","state":"running","events":1,"events_5m":1,)"
            R"("last_event":"2026-11-23T12:00:00Z"}])"));
  EXPECT_TRUE(holds(body, R"({"name":"console","sink":"stdout","format":"text"})"));
  EXPECT_TRUE(holds(body, R"("journal":{"first_sequence":1,"last_sequence":1,"bytes":)"));
}

TEST_F(QueriesTest, a_source_that_cannot_read_is_shown_with_its_reason) {
  sources_ = {{.name = "bus",
               .kind = "sqs",
               .state = "failing",
               .reason = "missing: no such queue",
               .since = kTestNow},
              {.name = "trail", .kind = "file"}};
  const std::string body = json("/api/v1/status");
  EXPECT_TRUE(holds(
      body,
      R"({"name":"bus","kind":"sqs","state":"failing","reason":)"
      R"("missing: no such queue","since":"2026-11-23T12:00:00Z","events":0,"events_5m":0})"));
  const std::string metrics = get("/metrics").body;
  EXPECT_TRUE(holds(metrics, R"(statewire_source_up{source="bus"} 0)"));
  EXPECT_TRUE(holds(metrics, R"(statewire_source_up{source="trail"} 1)"));
}

TEST_F(QueriesTest, a_reload_that_failed_is_shown_until_one_succeeds) {
  live_.set_config({.in_force_since = kTestNow});
  EXPECT_TRUE(
      holds(json("/api/v1/status"), R"("config":{"in_force_since":"2026-11-23T12:00:00Z"})"));
  EXPECT_TRUE(holds(get("/metrics").body, "statewire_config_last_reload_success 1"));
  live_.set_config({.in_force_since = kTestNow,
                    .last_reload = kTestNow + std::chrono::seconds(5),
                    .problem = "a.yaml:3:1: unknown key"});
  EXPECT_TRUE(holds(json("/api/v1/status"),
                    R"("last_reload":"2026-11-23T12:00:05Z","last_reload_succeeded":false,)"
                    R"("problem":"a.yaml:3:1: unknown key"})"));
  const std::string metrics = get("/metrics").body;
  EXPECT_TRUE(holds(metrics, "statewire_config_last_reload_success 0"));
  EXPECT_TRUE(holds(metrics, "statewire_config_last_reload_timestamp_seconds 1795435200"));
}

TEST_F(QueriesTest, metrics_are_in_the_text_format) {
  take(test_event(1, "running", 1));
  const HttpResponse response = get("/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(holds(response.header("content-type"), "text/plain; version=0.0.4"));
  EXPECT_TRUE(holds(response.body, R"(statewire_build_info{version="0.1.0"} 1)"));
  EXPECT_TRUE(holds(response.body, "# TYPE statewire_events_total counter"));
  EXPECT_TRUE(holds(response.body, R"(statewire_events_total{source="http",fate="recognised"} 1)"));
  EXPECT_TRUE(holds(response.body, "statewire_journal_last_sequence 1"));
  EXPECT_TRUE(holds(response.body, "# TYPE statewire_commit_seconds histogram"));
  EXPECT_TRUE(holds(response.body, R"(statewire_commit_seconds_bucket{le="+Inf"} 1)"));
  EXPECT_TRUE(holds(response.body, "statewire_commit_seconds_count 1"));
  EXPECT_TRUE(holds(response.body,
                    R"(statewire_source_last_event_timestamp_seconds{source="http"} 1795435200)"));
}

}  // namespace
}  // namespace statewire
