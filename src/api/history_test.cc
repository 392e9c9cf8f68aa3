#include "api/api_for_test.h"
#include "api/queries.h"
#include "base/limits.h"

namespace statewire {
namespace {

class HistoryTest : public ApiTest {
 protected:
  struct Page {
    std::vector<uint64_t> sequences;
    std::vector<std::string> kinds;
    uint64_t next = 0;
  };

  Page page(const std::string& query) {
    Page result;
    const std::string body = json("/api/v1/events" + query);
    simdjson::dom::parser parser;
    simdjson::dom::object answer = parser.parse(body);
    for (const simdjson::dom::element event : simdjson::dom::array(answer["events"])) {
      uint64_t sequence = 0;
      if (event["sequence"].get(sequence) == simdjson::SUCCESS)
        result.sequences.push_back(sequence);
      std::string_view kind;
      if (event["kind"].get(kind) == simdjson::SUCCESS) result.kinds.emplace_back(kind);
    }
    if (answer["next"].get(result.next) != simdjson::SUCCESS) result.next = 0;
    return result;
  }
  std::vector<uint64_t> sequences(const std::string& query) { return page(query).sequences; }

  std::string call_by_bob(std::string_view name, std::string_view time) {
    return R"({"version":"0","id":"call-1","detail-type":"AWS API Call via CloudTrail",)"
           R"("source":"aws.ec2","account":"123456789012","time":")" +
           std::string(time) +
           R"(","region":"eu-west-1","detail":{"eventVersion":"1.08","eventID":"record-1",)"
           R"("eventSource":"ec2.amazonaws.com","eventName":")" +
           std::string(name) + R"(","awsRegion":"eu-west-1","eventTime":")" + std::string(time) +
           R"(","recipientAccountId":"123456789012","userIdentity":{"type":"IAMUser",)"
           R"("arn":"arn:aws:iam::123456789012:user/bob","userName":"bob"},)"
           R"("sessionCredentialFromConsole":"true","userAgent":"Mozilla/5.0",)"
           R"("requestParameters":{"instancesSet":{"items":[{"instanceId":"i-1001"}]}},)"
           R"("responseElements":{"instancesSet":{"items":[{"instanceId":"i-1001"}]}}}})";
  }
  void take_life() {
    take(test_event(1, "pending", 1) + "\n" + test_event(1, "running", 2));
    take(test_event(2, "running", 3));
    take(test_event(1, "stopping", 10) + "\n" + test_event(1, "terminated", 12));
  }
};

using Sequences = std::vector<uint64_t>;

TEST_F(HistoryTest, the_newest_come_first) {
  take_life();
  EXPECT_EQ(sequences(""), (Sequences{5, 4, 3, 2, 1}));
}

TEST_F(HistoryTest, pages_follow_one_another) {
  take_life();
  Page found = page("?limit=2");
  EXPECT_EQ(found.sequences, (Sequences{5, 4}));
  found = page("?limit=2&before=" + std::to_string(found.next));
  EXPECT_EQ(found.sequences, (Sequences{3, 2}));
  found = page("?limit=2&before=" + std::to_string(found.next));
  EXPECT_EQ(found.sequences, (Sequences{1}));
  EXPECT_EQ(found.next, 0u);
  EXPECT_EQ(sequences("?after=3"), (Sequences{5, 4}));
}

TEST_F(HistoryTest, a_filter_names_what_is_wanted) {
  take_life();
  const struct {
    const char* query;
    Sequences found;
  } kCases[] = {
      {"?resource=i-1002", {3}},
      {"?type=instance&resource=i-1001&limit=1", {5}},
      {"?type=bucket", {}},
      {"?since=2026-11-23T09:10:00Z", {5, 4}},
      {"?until=2026-11-23T09:02:00Z", {1}},
      {"?since=2026-11-23T09:02:00Z&until=2026-11-23T09:10:00Z", {3, 2}},
      {"?account=123456789012&region=eu-west-1&after=4", {5}},
      {"?account=1", {}},
      {"?event=2-03-running", {3}},
      {"?cause=human", {}},
      {"?kind=transition&resource=i-1002", {3}},
      {"?fate=recognised&after=4", {5}},
      {"?fate=too_late", {}},
      {"?severity=ERROR", {}},
  };
  for (const auto& each : kCases) EXPECT_EQ(sequences(each.query), each.found) << each.query;
}

TEST_F(HistoryTest, what_never_came_into_the_journal_is_shown_by_samples) {
  take_life();
  take(test_event(3, "running", 4) + "\n{\"broken\": ");
  take(R"({"source":"aws.none","detail-type":"None","detail":{}})");
  const std::string malformed = json("/api/v1/events?fate=malformed");
  EXPECT_TRUE(holds(malformed, "\"fate\":\"malformed\""));
  EXPECT_TRUE(holds(malformed, "\"reason\":"));
  EXPECT_TRUE(holds(json("/api/v1/events?fate=unrecognised"), "\"source\":\"aws.none\""));
}

TEST_F(HistoryTest, an_event_is_found_by_what_it_was_told_as) {
  take_life();
  for (const uint64_t sequence : {5, 3}) {
    Arena arena;
    const std::string id = to_hex(store_->entry(sequence, arena)->told.id);
    EXPECT_EQ(sequences("?event=" + id), (Sequences{sequence})) << id;
  }
  EXPECT_EQ(sequences("?event=00112233445566778899aabbccddeeff"), Sequences{});
}

TEST_F(HistoryTest, what_is_wrong_with_a_question_is_told) {
  take_life();
  for (const char* query : {"?fate=lost", "?fate=ignored", "?severity=LOUD", "?since=soon",
                            "?limit=0", "?nothing=1", "?before=x"}) {
    EXPECT_EQ(get(std::string("/api/v1/events") + query).status, 400) << query;
  }
}

TEST_F(HistoryTest, one_entry_says_whom_it_was_told_and_why_not) {
  take_life();
  const std::string gone = json("/api/v1/entries/5");
  EXPECT_TRUE(holds(gone, "\"console\":{\"format\":\"text\",\"matches\":true"));
  EXPECT_TRUE(holds(gone, "\"pager\":{\"format\":\"json\",\"matches\":true"));
  EXPECT_TRUE(holds(gone, "\"outcome\":\"on its way\""));  // Nobody delivers here.
  const std::string running = json("/api/v1/entries/3");
  EXPECT_TRUE(holds(running, "\"pager\":{\"format\":\"json\",\"matches\":false,\"why\":"));
  Settlement began;
  began.states = {{"console", {.cursor = 5, .begins_after = 5}},
                  {"pager", {.cursor = 5, .begins_after = 4}}};
  ASSERT_TRUE(store_->settle(began).ok());
  const std::string later = json("/api/v1/entries/5");
  EXPECT_TRUE(holds(later, "\"outcome\":\"not for it\",\"detail\":\"it began after sequence 5\""));
  EXPECT_TRUE(holds(later, "\"outcome\":\"settled\""));
  EXPECT_EQ(get("/api/v1/entries/99").status, 404);
  EXPECT_EQ(get("/api/v1/entries/x").status, 400);
}

TEST_F(HistoryTest, one_entry_says_what_is_parked_and_what_waits) {
  take_life();
  ParkedRow parked{
      .delivery = {.subscription = "pager", .number = 1, .first_sequence = 5, .last_sequence = 5}};
  parked.reason = "rejected: http 422";
  DeliveryRow waiting{.subscription = "console",
                      .number = 2,
                      .first_sequence = 5,
                      .last_sequence = 5,
                      .last_detail = "http 503"};
  Settlement settlement;
  settlement.parked_put = {parked};
  settlement.put = {waiting};
  settlement.states = {{"pager", {.cursor = 5}}, {"console", {.cursor = 5, .rows = 1}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  const std::string told = json("/api/v1/entries/5");
  EXPECT_TRUE(holds(told, "\"outcome\":\"parked\",\"detail\":\"rejected: http 422\""));
  EXPECT_TRUE(holds(told, "\"outcome\":\"waits\",\"detail\":\"http 503\""));
  EXPECT_TRUE(holds(json("/api/v1/entries/3"), "\"outcome\":\"settled\""));
  const std::string held = json("/api/v1/held");
  EXPECT_TRUE(holds(held, "\"subscription\":\"console\",\"number\":2"));
  EXPECT_TRUE(holds(json("/api/v1/held?subscription=pager"), "\"held\":[]"));
}

TEST_F(HistoryTest, what_waits_for_its_sink_is_told_in_words) {
  take_life();
  DeliveryRow row{.subscription = "console", .number = 1, .first_sequence = 5, .last_sequence = 5};
  row.resource = test_instance(1);
  Settlement settlement;
  settlement.put = {row};
  row.number = 2;
  row.type = "statewire.resource.retracted.v1";
  settlement.put.push_back(row);
  row.number = 3;
  row.type = "statewire.receipt.v1";
  settlement.put.push_back(row);
  settlement.states = {{"console", {.cursor = 5, .next_number = 4, .rows = 3}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  const std::string held = json("/api/v1/held");
  EXPECT_TRUE(holds(held, R"("what":"EC2 instance i-1001 in eu-west-1 )"));
  EXPECT_TRUE(holds(held, R"("what":"Taken back: EC2 instance i-1001 )"));
  EXPECT_TRUE(holds(held, R"("what":"that more is counted until the hour ends")"));
}

// A mail to three: one has it, one refused it, one is tried again.
TEST_F(HistoryTest, one_entry_says_which_recipients_have_it) {
  take_life();
  DeliveryRow row{.subscription = "pager", .number = 1, .first_sequence = 5, .last_sequence = 5};
  ParkedRow parked{.delivery = row, .reason = "rejected: no such mailbox"};
  parked.delivery.recipients = "bob@example.org";
  parked.delivery.settled_recipients = "ann@example.org,eve@example.org";
  DeliveryRow waiting = row;
  waiting.number = 2;
  waiting.recipients = "eve@example.org";
  waiting.settled_recipients = "ann@example.org,bob@example.org";
  waiting.last_detail = "mailbox full";
  Settlement settlement;
  settlement.parked_put = {parked};
  settlement.put = {waiting};
  settlement.states = {{"pager", {.cursor = 5, .rows = 1}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  const std::string told = json("/api/v1/entries/5");
  EXPECT_TRUE(holds(told, R"("outcome":"parked","detail":"rejected: no such mailbox","parts":[)"
                          R"({"recipients":"bob@example.org","outcome":"parked",)"
                          R"("detail":"rejected: no such mailbox"},)"
                          R"({"recipients":"eve@example.org","outcome":"waits",)"
                          R"("detail":"mailbox full"},)"
                          R"({"recipients":"ann@example.org","outcome":"settled"}])"));
}

TEST_F(HistoryTest, one_entry_says_what_a_subscription_that_was_removed_has_left) {
  take_life();
  const DeliveryRow row{
      .subscription = "former", .number = 1, .first_sequence = 5, .last_sequence = 5};
  Settlement settlement;
  settlement.parked_put = {{.delivery = row, .reason = "rejected: http 422"}};
  settlement.states = {{"former", {.cursor = 5}}, {"older", {.cursor = 5}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  EXPECT_TRUE(holds(json("/api/v1/entries/5"),
                    R"("removed_subscriptions":{"former":{"outcome":"parked",)"
                    R"("detail":"rejected: http 422"}})"));
}

TEST_F(HistoryTest, what_waits_for_a_subscription_that_was_removed_is_dropped) {
  take_life();
  DeliveryRow row{.subscription = "former", .number = 1, .first_sequence = 5, .last_sequence = 5};
  Settlement settlement;
  settlement.put = {row};
  row.number = 2;
  settlement.put.push_back(row);
  settlement.states = {{"former", {.cursor = 5, .next_number = 3, .rows = 2}}};
  settlement.batches_put = {{.subscription = "former", .id = "0a", .numbers = {1, 2}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  const auto drop = [&](const std::string& order) { return post("/api/v1/held/drop", order); };
  EXPECT_EQ(drop(R"({"subscription":"console"})").status, 400);
  EXPECT_EQ(drop("{}").status, 400);
  EXPECT_EQ(drop(R"({"subscription":"former","dry_run":true})").body,
            R"({"dropped_count":2,"dry_run":true})");
  EXPECT_EQ(drop(R"({"subscription":"former"})").body, R"({"dropped_count":2,"dry_run":false})");
  EXPECT_EQ(drop(R"({"subscription":"former"})").status, 404);
  EXPECT_TRUE(holds(json("/api/v1/held"), R"("held":[])"));
  const auto state = store_->subscription("former");
  ASSERT_TRUE(state.ok() && *state);
  EXPECT_EQ((*state)->rows, 0u);
  EXPECT_EQ((*state)->next_number, 3u);
  const auto batch = store_->frozen_batch("former");
  EXPECT_TRUE(batch.ok() && !*batch);
}

TEST_F(HistoryTest, a_wait_that_is_over_has_no_end) {
  DeliveryRow waiting{.subscription = "console", .number = 1, .attempts = 3};
  waiting.due = kTestNow - std::chrono::minutes(1);
  waiting.last_detail = "http 503";
  Settlement settlement;
  settlement.put = {waiting};
  settlement.states = {{"console", {.cursor = 1, .next_number = 2, .rows = 1}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  EXPECT_TRUE(holds(json("/api/v1/held"), R"("for":["the next attempt"],"attempts":3)"));
}

// By single sign-on the actor is an address.
TEST_F(HistoryTest, an_actor_is_found_by_the_name_of_its_address) {
  take_life();
  take(R"({"version":"0","id":"call-1","detail-type":"AWS API Call via CloudTrail",)"
       R"("source":"aws.s3","account":"123456789012","time":"2026-11-23T09:20:00Z",)"
       R"("region":"eu-west-1","detail":{"eventVersion":"1.08","eventID":"record-1",)"
       R"("eventSource":"s3.amazonaws.com","eventName":"CreateBucket","awsRegion":"eu-west-1",)"
       R"("eventTime":"2026-11-23T09:20:00Z","recipientAccountId":"123456789012",)"
       R"("userIdentity":{"type":"IAMUser","userName":"carol@example.org",)"
       R"("arn":"arn:aws:iam::123456789012:user/carol@example.org"},)"
       R"("requestParameters":{"bucketName":"invoices"}}})");
  for (const char* actor : {"carol@example.org", "carol", "Carol", "CAROL@EXAMPLE.ORG"}) {
    const std::string query = std::string("?actor=") + actor;
    EXPECT_EQ(sequences(query), (Sequences{6})) << actor;
    EXPECT_TRUE(holds(json("/api/v1/resources" + query), "invoices")) << actor;
    EXPECT_TRUE(holds(json("/api/v1/resources" + query + "&order=newest"), "invoices")) << actor;
  }
  for (const char* actor : {"caro", "example.org", "bob"}) {
    const std::string query = std::string("?actor=") + actor;
    EXPECT_EQ(sequences(query), Sequences{}) << actor;
    EXPECT_TRUE(holds(json("/api/v1/resources" + query), R"("resources":[])")) << actor;
  }
}

// Nothing is tried until a person acts, whatever the rows say.
TEST_F(HistoryTest, what_waits_for_a_sink_that_is_gone_says_so) {
  take_life();
  DeliveryRow row{.subscription = "console", .number = 1, .first_sequence = 5, .last_sequence = 5};
  row.attempts = 1;
  row.due = kTestNow + std::chrono::minutes(1);
  row.last_detail = "http 410";
  Settlement settlement;
  settlement.put = {row};
  row.number = 2;
  row.stage = Stage::hold;
  row.waits_for_cause = true;
  settlement.put.push_back(row);
  settlement.states = {{"console", {.cursor = 5, .next_number = 3, .rows = 2, .is_gone = true}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  const Queries queries({.store = *store_,
                         .catalog = catalog_,
                         .subscriptions = subscriptions_,
                         .teller = {.instance = "test"},
                         .pipelines = {{{.name = "console", .is_gone = true}}}});
  const Result<std::string> held = queries.held("", "", kTestNow);
  ASSERT_TRUE(held.ok());
  EXPECT_TRUE(holds(*held, R"("for":["a reload or a restart: its sink is gone"],"attempts":1)"));
  EXPECT_TRUE(holds(*held, R"("for":["cause"],"until":"2026-11-23T12:01:00Z")"));
  const Result<std::string> entry = queries.entry(5, kTestNow);
  ASSERT_TRUE(entry.ok());
  EXPECT_TRUE(holds(*entry, R"("outcome":"waits","detail":"its sink is gone, and nothing is tried )"
                            R"(until a reload or a restart: http 410"})"));
}

TEST_F(HistoryTest, what_is_tried_again_says_when_it_is_parked) {
  take_life();
  DeliveryRow row{.subscription = "console", .number = 1, .first_sequence = 5, .last_sequence = 5};
  row.attempts = 3;
  row.tried_for = std::chrono::minutes(10);
  row.wait = std::chrono::minutes(2);
  row.due = kTestNow + std::chrono::minutes(1);
  Settlement settlement;
  settlement.put = {row};
  settlement.states = {{"console", {.cursor = 5, .next_number = 2, .rows = 1}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  const Queries queries({.store = *store_,
                         .catalog = catalog_,
                         .subscriptions = subscriptions_,
                         .teller = {.instance = "test"},
                         .pipelines = {{{.name = "console"}}}});
  constexpr std::string_view kTimes =
      R"("until":"2026-11-23T12:01:00Z","parked_at":"2026-11-24T11:49:00Z")";
  const Result<std::string> held = queries.held("", "", kTestNow);
  ASSERT_TRUE(held.ok());
  EXPECT_TRUE(holds(*held, kTimes));
  const Result<std::string> entry = queries.entry(5, kTestNow);
  ASSERT_TRUE(entry.ok());
  EXPECT_TRUE(holds(*entry, kTimes));
}

// A record of CloudTrail has an id, and so has the event of EventBridge that carries it.
TEST_F(HistoryTest, an_event_is_found_by_each_of_its_ids) {
  take(R"({"version":"0","id":"carrier-1","detail-type":"AWS API Call via CloudTrail",)"
       R"("source":"aws.s3","account":"123456789012","time":"2026-11-23T09:00:00Z",)"
       R"("region":"eu-west-1","detail":{"eventVersion":"1.08","eventID":"record-1",)"
       R"("eventSource":"s3.amazonaws.com","eventName":"CreateBucket","awsRegion":"eu-west-1",)"
       R"("eventTime":"2026-11-23T09:00:00Z","recipientAccountId":"123456789012",)"
       R"("requestParameters":{"bucketName":"invoices"}}})");
  for (const char* id : {"carrier-1", "record-1"}) {
    const std::string found = json(std::string("/api/v1/events?event=") + id);
    EXPECT_TRUE(holds(found, R"("id":"record-1"},"envelope_id":"carrier-1")")) << id;
  }
  EXPECT_TRUE(holds(json("/api/v1/events?event=carrier-2"), R"("events":[])"));
}

// Who waited for the cause was told with it: that is what decided, and not what was known first.
TEST_F(HistoryTest, what_was_held_is_explained_by_the_cause_that_it_waited_for) {
  for (const auto& [name, at_most] : {std::pair("held", std::chrono::minutes(10)),
                                      std::pair("impatient", std::chrono::minutes(1))}) {
    subscribe(name, R"({"cause":{"kind":["human"]}})", "json");
    subscriptions_.back().hold = {.for_cause = true, .at_most = at_most};
  }
  publish({});
  clock_.set(*parse_time("2026-11-23T09:03:00Z"));
  take(test_event(1, "running", 1));
  take(test_event(1, "terminated", 2));
  clock_.set(*parse_time("2026-11-23T09:08:00Z"));
  take(call_by_bob("TerminateInstances", "2026-11-23T09:01:50Z"));
  DeliveryRow row{.subscription = "held", .number = 1, .first_sequence = 2, .last_sequence = 2};
  row.stage = Stage::hold;
  row.due = kTestNow + std::chrono::minutes(1);
  Settlement settlement;
  settlement.put = {row};
  settlement.states = {{"held", {.cursor = 3, .next_number = 2, .rows = 1}},
                       {"impatient", {.cursor = 3}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  const std::string gone = json("/api/v1/entries/2");
  EXPECT_TRUE(holds(gone, R"("held":{"format":"json","matches":true,"cause_known":)")) << gone;
  EXPECT_TRUE(holds(gone, R"("impatient":{"format":"json","matches":false,"why":)")) << gone;
  const std::string amendment = json("/api/v1/entries/3");
  EXPECT_TRUE(holds(amendment, R"("matches":true,"told_with":2,"outcome":"waits")")) << amendment;
  EXPECT_TRUE(
      holds(amendment, R"("impatient":{"format":"json","matches":true,"outcome":"settled")"))
      << amendment;
}

// A late call completes each state that it led to, also one that is not the newest: that is what
// was told, and no amendment says so.
TEST_F(HistoryTest, what_was_held_is_explained_by_a_call_that_led_to_it) {
  for (const auto& [name, kind] :
       {std::pair("humans", "human"), std::pair("nobodies", "unknown")}) {
    subscribe(name, R"({"cause":{"kind":[")" + std::string(kind) + R"("]}})", "json");
    subscriptions_.back().hold = {.for_cause = true, .at_most = std::chrono::minutes(10)};
  }
  publish({});
  clock_.set(*parse_time("2026-11-23T09:06:00Z"));
  take(test_event(1, "running", 1));
  take(test_event(1, "stopping", 4));
  take(test_event(1, "stopped", 5));
  clock_.set(*parse_time("2026-11-23T09:08:00Z"));
  take(call_by_bob("StopInstances", "2026-11-23T09:03:50Z"));
  Settlement settlement;
  settlement.states = {{"humans", {.cursor = 4}}, {"nobodies", {.cursor = 4}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  for (const char* path : {"/api/v1/entries/2", "/api/v1/entries/3"}) {
    const std::string told = json(path);
    EXPECT_TRUE(holds(told, R"("humans":{"format":"json","matches":true,"cause_known":)"
                            R"("2026-11-23T09:08:00)"));
    EXPECT_TRUE(holds(told, R"("nobodies":{"format":"json","matches":false,"why":)"));
  }
  EXPECT_TRUE(holds(json("/api/v1/entries/4"), R"("told_with":3)"));
}

// What is known when it comes waits behind what does not know, and takes in what amends it. Who
// waits for nothing any more was told, and is told the amendment.
TEST_F(HistoryTest, what_waited_behind_another_is_told_with_what_amends_it) {
  for (const auto& [name, at_most] : {std::pair("patient", std::chrono::minutes(10)),
                                      std::pair("prompt", std::chrono::minutes(2))}) {
    subscribe(name, "{}", "json");
    subscriptions_.back().hold = {.for_cause = true, .at_most = at_most};
  }
  publish({});
  clock_.set(*parse_time("2026-11-23T09:03:00Z"));
  take(test_event(1, "running", 1));
  clock_.set(*parse_time("2026-11-23T09:06:00Z"));
  take(call_by_bob("StopInstances", "2026-11-23T09:02:50Z"));
  take(test_event(1, "stopped", 5));
  take(test_event(1, "stopping", 3));
  const std::string amendment = json("/api/v1/entries/4");
  EXPECT_TRUE(holds(amendment, R"("patient":{"format":"json","matches":true,"told_with":3)"));
  EXPECT_TRUE(holds(amendment, R"("prompt":{"format":"json","matches":true,"outcome")"));
}

// Mails, lists and the lives of resources call one by one name.
TEST_F(HistoryTest, lists_call_a_resource_as_its_messages_do) {
  const std::string stack = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/0a1b-2c3d";
  take(R"({"version":"0","id":"s-1","detail-type":"CloudFormation Stack Status Change",)"
       R"("source":"aws.cloudformation","account":"123456789012","time":"2026-11-23T09:00:00Z",)"
       R"("region":"eu-west-1","resources":[")" +
       stack + R"("],"detail":{"stack-id":")" + stack +
       R"(","status-details":{"status":"CREATE_COMPLETE","status-reason":""}}})");
  const std::string events = json("/api/v1/events");
  EXPECT_TRUE(holds(events, R"("short_name":"shop")"));
  EXPECT_TRUE(holds(events, R"("subject":"stack shop","news":")"));
  EXPECT_TRUE(holds(json("/api/v1/resources"), R"("short_name":"shop")"));
  EXPECT_TRUE(holds(json("/api/v1/timeline?resource=shop"), R"("short_name":"shop")"));
}

TEST_F(HistoryTest, what_waits_for_tags_says_why_they_cannot_be_looked_up) {
  tags_ = {.failed = 1, .problem = "no credentials"};
  DeliveryRow waiting{.subscription = "console", .number = 1, .stage = Stage::hold};
  waiting.first_sequence = waiting.last_sequence = 1;
  waiting.waits_for_tags = true;
  Settlement settlement;
  settlement.put = {waiting};
  settlement.states = {{"console", {.cursor = 1, .next_number = 2, .rows = 1}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  EXPECT_TRUE(holds(json("/api/v1/held"), R"("for":["tags"],"reason":"no credentials")"));
  EXPECT_TRUE(holds(json("/api/v1/status"), R"(["tags cannot be looked up: no credentials")"));
}

TEST_F(HistoryTest, an_event_that_is_known_is_explained_as_new) {
  take_life();
  const std::string known = test_event(2, "running", 3);
  EXPECT_TRUE(holds(post("/api/v1/explain", known).body, "\"fate\":\"duplicate\""));
  const std::string stopped = test_event(2, "stopped", 2);
  EXPECT_FALSE(holds(post("/api/v1/explain", stopped).body, "\"told\":\"transition\""));
  EXPECT_TRUE(holds(post("/api/v1/explain?as_new=true", stopped).body, "\"told\":\"transition\""));
}

TEST_F(HistoryTest, a_trial_counts_what_would_have_been_sent) {
  take_life();
  const std::string all = json("/api/v1/trial");
  EXPECT_TRUE(holds(all, "\"notifications\":5,\"not_matching\":0"));
  EXPECT_TRUE(holds(all, "\"messages\":5,\"digests\":0"));
  const std::string gone =
      json(R"(/api/v1/trial?when=%7B%22state%22:%7B%22phase%22:%5B%22gone%22%5D%7D%7D)");
  EXPECT_TRUE(holds(gone, "\"not_matching\":4"));
  EXPECT_TRUE(holds(gone, "\"kind\":\"EC2 instance gone\",\"count\":1"));
  EXPECT_TRUE(
      holds(json("/api/v1/trial?per_hour=2"), "\"messages\":4,\"digests\":1,\"counted\":3"));
  EXPECT_TRUE(holds(json("/api/v1/trial?hold=both&at_most=10m"), "\"messages\":5"));
  EXPECT_TRUE(holds(json("/api/v1/trial?since=2026-11-23T12:00:01Z"), "\"notifications\":0"));
  EXPECT_TRUE(holds(json("/api/v1/trial?group_quiet=5m"), "\"groups\":0,\"grouped\":0"));
  EXPECT_EQ(get("/api/v1/trial?group_quiet=soon").status, 400);
  EXPECT_EQ(get("/api/v1/trial?when=%7B%22nothing%22:%5B1%5D%7D").status, 400);
}

}  // namespace
}  // namespace statewire
