#include "ingest/ingest.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <random>
#include <thread>

#include "catalog/spec_codec.h"
#include "catalog/test_catalog.h"
#include "ingest/refold.h"
#include "ingest/timer_source.h"
#include "store/block.h"

namespace statewire {
namespace {

const Time kNow = *parse_time("2026-11-23T12:00:00Z");

std::string event(int instance, std::string_view state, int second, std::string_view id) {
  char time[32];
  std::snprintf(time, sizeof(time), "2026-11-23T09:%02d:%02dZ", second / 60, second % 60);
  return R"({"version":"0","id":")" + std::string(id) +
         R"(","detail-type":"EC2 Instance State-change Notification","source":"aws.ec2",)"
         R"("account":"123456789012","time":")" +
         time + R"(","region":"eu-west-1","resources":[],"detail":{"instance-id":"i-)" +
         std::to_string(1000 + instance) + R"(","state":")" + std::string(state) + "\"}}\n";
}

std::string id_of(int number) { return "7bf73129-1428-4cd3-a780-" + std::to_string(number); }

class IngestTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
    ASSERT_TRUE(catalog.ok()) << catalog.error().text;
    catalog_ = std::make_shared<Catalog>(*std::move(catalog));
    Result<std::unique_ptr<Store>> store = Store::open({});
    ASSERT_TRUE(store.ok());
    store_ = *std::move(store);
    start();
  }
  void TearDown() override { stop(); }

  void start(IngestLimits limits = {}) {
    ingest_ = std::make_unique<Ingest>(*store_, clock_, Knowledge{catalog_}, limits);
    thread_ = std::thread([this] { ingest_->run(); });
  }
  void stop() {
    if (ingest_ == nullptr) return;
    ingest_->stop();
    thread_.join();
    ingest_ = nullptr;
  }

  std::future<Result<ChunkFates>> submit(std::string text, CursorUpdate cursor = {}) {
    auto promise = std::make_shared<std::promise<Result<ChunkFates>>>();
    std::future<Result<ChunkFates>> future = promise->get_future();
    text.reserve(text.size() + kPaddingBytes);
    Chunk chunk{.source = "test", .text = std::move(text), .cursor = std::move(cursor)};
    chunk.done = [promise](Result<ChunkFates> fates) { promise->set_value(std::move(fates)); };
    if (Result<void> taken = ingest_->submit(std::move(chunk)); !taken) {
      promise->set_value(taken.error());
    }
    return future;
  }
  ChunkFates fates_of(std::string text) {
    Result<ChunkFates> fates = submit(std::move(text)).get();
    CHECK(fates.ok());
    return *fates;
  }

  Record record_of(int instance) {
    const std::string id =
        "arn:aws:ec2:eu-west-1:123456789012:instance/i-" + std::to_string(1000 + instance);
    const std::string_view view = id;
    std::vector<std::optional<Record>> records;
    CHECK(store_->records({&view, 1}, arena_, records).ok());
    return records[0].value_or(Record{});
  }

  void expect_refolds() {
    const Result<RefoldReport> report = check_store(*store_, {});
    ASSERT_TRUE(report.ok()) << report.error().text;
    for (const std::string& difference : report->differences) ADD_FAILURE() << difference;
  }

  ManualClock clock_{kNow};
  std::shared_ptr<const Catalog> catalog_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Ingest> ingest_;
  std::thread thread_;
  Arena arena_;
};

TEST_F(IngestTest, acknowledges_after_the_commit) {
  const ChunkFates fates = fates_of(event(1, "pending", 0, id_of(1)));
  EXPECT_EQ(fates.of(Fate::recognised), 1u);
  EXPECT_EQ(store_->last_sequence(), 1u);
  EXPECT_EQ(record_of(1).phase, Phase::provisioning);
}

TEST_F(IngestTest, repeat_is_a_duplicate_within_and_across_batches) {
  const std::string one = event(1, "running", 5, id_of(1));
  EXPECT_EQ(fates_of(one + one).of(Fate::duplicate), 1u);
  EXPECT_EQ(fates_of(one).of(Fate::duplicate), 1u);
  EXPECT_EQ(store_->last_sequence(), 1u);
  expect_refolds();
}

TEST_F(IngestTest, late_one_in_the_same_batch_is_folded_in_its_place) {
  fates_of(event(1, "pending", 0, id_of(1)) + event(1, "stopped", 90, id_of(3)) +
           event(1, "running", 10, id_of(2)));
  const Record record = record_of(1);
  EXPECT_EQ(record.value, "stopped");
  EXPECT_EQ(record.previous.value, "running");
  EXPECT_EQ(record.revision, 3u);
  expect_refolds();
}

TEST_F(IngestTest, every_event_has_one_fate_and_the_ledger_adds_up) {
  const ChunkFates fates = fates_of(
      event(1, "running", 0, id_of(1)) + "{broken\n" + "[]\n" + "7\n" +
      R"({"version":"0","id":"x","detail-type":"Nobody Knows","source":"aws.glue","account":)"
      R"("123456789012","time":"2026-11-23T09:00:00Z","region":"eu-west-1","detail":{}})" +
      "\n");
  EXPECT_EQ(fates.of(Fate::recognised), 1u);
  EXPECT_EQ(fates.of(Fate::malformed), 1u);
  EXPECT_EQ(fates.of(Fate::unrecognised), 1u);
  EXPECT_FALSE(fates.reasons.empty());
  uint64_t received = 0;
  const Result<std::vector<LedgerRow>> rows = store_->ledger();
  for (const LedgerRow& row : *rows) {
    EXPECT_TRUE(row.adds_up());
    received += row.received;
  }
  uint64_t counted = 0;
  for (const uint64_t count : fates.counts) counted += count;
  EXPECT_EQ(received, counted);
  ASSERT_EQ(store_->unrecognised()->size(), 1u);
  EXPECT_EQ(store_->unrecognised()->front().origin_type, "Nobody Knows");
  EXPECT_FALSE(store_->refusals()->empty());
  expect_refolds();
}

TEST_F(IngestTest, cursor_is_stored_by_the_commit_of_its_chunk) {
  ASSERT_TRUE(submit(event(1, "running", 0, id_of(1)), {"file/x", "offset 42"}).get().ok());
  EXPECT_EQ(*ingest_->cursor("file/x"), "offset 42");
  ASSERT_TRUE(submit("", {"file/x", "offset 43"}).get().ok());
  EXPECT_EQ(*ingest_->cursor("file/x"), "offset 43");
  expect_refolds();
}

TEST_F(IngestTest, refuses_when_full_and_loses_nothing_it_took) {
  stop();
  ingest_ = std::make_unique<Ingest>(*store_, clock_, Knowledge{catalog_},
                                     IngestLimits{.queued_chunks_max = 2});
  auto first = submit(event(1, "pending", 0, id_of(1)));
  auto second = submit(event(1, "running", 9, id_of(2)));
  const Result<ChunkFates> third = submit(event(1, "stopped", 60, id_of(3))).get();
  ASSERT_FALSE(third.ok());
  EXPECT_EQ(third.error().kind, ErrorKind::unavailable);
  thread_ = std::thread([this] { ingest_->run(); });
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
  EXPECT_EQ(record_of(1).value, "running");
}

TEST_F(IngestTest, stop_commits_what_was_taken_and_refuses_the_rest) {
  std::vector<std::future<Result<ChunkFates>>> taken;
  for (int i = 0; i < 50; ++i) taken.push_back(submit(event(i, "running", i, id_of(i))));
  ingest_->stop();
  EXPECT_FALSE(submit(event(1, "stopped", 900, id_of(99))).get().ok());
  for (auto& each : taken) EXPECT_TRUE(each.get().ok());
}

TEST_F(IngestTest, many_threads_submit_and_the_journal_refolds) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  constexpr std::string_view kStates[] = {"pending", "running", "stopping", "stopped"};
  std::vector<std::jthread> threads;
  std::atomic<uint64_t> events = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937_64 random(seed + static_cast<uint64_t>(t));
      for (int batch = 0; batch < 40; ++batch) {
        std::string text;
        for (int i = 0; i < 20; ++i) {
          const int second = static_cast<int>(random() % 3000);
          text += event(static_cast<int>(random() % 10), kStates[random() % 4], second,
                        id_of(static_cast<int>(random() % 2000)));
        }
        const Result<ChunkFates> fates = submit(text).get();
        ASSERT_TRUE(fates.ok());
        events += 20;
      }
    });
  }
  threads.clear();
  uint64_t received = 0;
  const Result<std::vector<LedgerRow>> rows = store_->ledger();
  for (const LedgerRow& row : *rows) received += row.received;
  EXPECT_EQ(received, events);
  expect_refolds();
}

// Stacks: calls give the name, events the id.
std::string stack_event(std::string_view status, std::string_view minute) {
  return R"({"version":"0","id":"stack-)" + std::string(status) +
         R"(","detail-type":"CloudFormation Stack Status Change","source":"aws.cloudformation",)"
         R"("account":"123456789012","region":"eu-west-1","time":"2026-11-23T10:)" +
         std::string(minute) +
         R"(:00Z","detail":{"stack-id":"arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1",)"
         R"("status-details":{"status":")" +
         std::string(status) + "\"}}}\n";
}

std::string stack_call(std::string_view call, std::string_view minute) {
  return R"({"eventVersion":"1.08","eventID":"call-)" + std::string(call) +
         R"(","eventSource":"cloudformation.amazonaws.com","eventName":")" + std::string(call) +
         R"(","awsRegion":"eu-west-1","recipientAccountId":"123456789012",)"
         R"("eventTime":"2026-11-23T10:)" +
         std::string(minute) +
         R"(:00Z","userIdentity":{"type":"IAMUser","userName":"alice","arn":)"
         R"("arn:aws:iam::123456789012:user/alice"},"requestParameters":{"stackName":"shop"}})"
         "\n";
}

class AliasTest : public IngestTest {
 protected:
  std::optional<Record> record_at(std::string_view id) {
    std::vector<std::optional<Record>> records;
    CHECK(store_->records({&id, 1}, arena_, records).ok());
    return records[0];
  }
  // The same whatever came first, and in whatever batches.
  void expect_one_resource() {
    const auto stack = record_at("arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1");
    ASSERT_TRUE(stack.has_value());
    EXPECT_EQ(stack->phase, Phase::gone);
    EXPECT_EQ(stack->cause.actor, "alice");
    EXPECT_EQ(record_at("urn:aws:123456789012:eu-west-1:AWS::CloudFormation::Stack:shop"),
              std::nullopt);
    size_t records = 0;
    EXPECT_TRUE(store_->each_record("", [&](const Record&) { return ++records; }).ok());
    EXPECT_EQ(records, 1u);
    expect_refolds();
  }
};

TEST_F(AliasTest, what_came_by_the_name_moves_to_the_id_in_a_later_batch) {
  fates_of(stack_call("UpdateStack", "00") + stack_call("DeleteStack", "01"));
  EXPECT_EQ(store_->last_sequence(), 2u);
  fates_of(stack_event("DELETE_COMPLETE", "02"));
  EXPECT_EQ(store_->last_sequence(), 5u);
  expect_one_resource();
}

TEST_F(AliasTest, what_came_by_the_name_moves_to_the_id_in_the_same_batch) {
  fates_of(stack_call("DeleteStack", "01") + stack_event("DELETE_COMPLETE", "02") +
           stack_call("UpdateStack", "00"));
  expect_one_resource();
}

TEST_F(AliasTest, once_it_is_known_the_name_leads_to_the_id) {
  fates_of(stack_event("DELETE_COMPLETE", "02"));
  fates_of(stack_call("DeleteStack", "01"));
  expect_one_resource();
  EXPECT_EQ(fates_of(stack_call("DeleteStack", "01")).of(Fate::duplicate), 1u);
}

TEST_F(AliasTest, a_repeat_of_what_was_moved_is_a_duplicate) {
  fates_of(stack_call("DeleteStack", "01"));
  fates_of(stack_event("DELETE_COMPLETE", "02"));
  EXPECT_EQ(fates_of(stack_call("DeleteStack", "01")).of(Fate::duplicate), 1u);
  expect_one_resource();
}

// Tables have no native events: a minute after the call they are taken to be there, or gone.
std::string table_call(std::string_view call, std::string_view minute, std::string_view id) {
  return R"({"eventVersion":"1.08","eventID":")" + std::string(id) +
         R"(","eventSource":"dynamodb.amazonaws.com","eventName":")" + std::string(call) +
         R"(","awsRegion":"eu-west-1","recipientAccountId":"123456789012",)"
         R"("eventTime":"2026-11-23T11:)" +
         std::string(minute) +
         R"(:00Z","userIdentity":{"type":"IAMUser","userName":"alice","arn":)"
         R"("arn:aws:iam::123456789012:user/alice"},"requestParameters":{"tableName":"orders"}})"
         "\n";
}

class TimerTest : public IngestTest {
 protected:
  static constexpr std::string_view kTable = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";

  void TearDown() override {
    stop_timers();
    IngestTest::TearDown();
  }
  void start_timers() {
    timers_ = std::make_unique<TimerSource>(*store_, *ingest_, clock_);
    timers_thread_ = std::jthread([this](std::stop_token token) { timers_->run(token); });
  }
  void stop_timers() {
    if (timers_ == nullptr) return;
    timers_thread_.request_stop();
    timers_thread_.join();
    timers_ = nullptr;
  }
  // Commits, and lets the timers know of it.
  void commit(std::string text) {
    fates_of(std::move(text));
    if (timers_ != nullptr) timers_->look();
  }
  Record table() {
    std::vector<std::optional<Record>> records;
    CHECK(store_->records({&kTable, 1}, arena_, records).ok());
    return records[0].value_or(Record{});
  }
  Entry entry(uint64_t sequence) {
    const Result<Entry> found = store_->entry(sequence, arena_);
    CHECK(found.ok());
    return *found;
  }
  void wait_for_entry(uint64_t sequence) {
    ASSERT_TRUE(store_->wait_for(sequence, std::chrono::seconds(30)));
  }
  size_t pending() {
    size_t count = 0;
    CHECK(store_->each_timer([&](const Timer&) { return ++count; }).ok());
    return count;
  }
  LedgerRow timers_row() {
    for (const LedgerRow& row : *store_->ledger()) {
      if (row.source == "timers") return row;
    }
    return {};
  }

  std::unique_ptr<TimerSource> timers_;
  std::jthread timers_thread_;
};

TEST_F(TimerTest, what_a_call_began_settles_once_its_time_has_passed) {
  start_timers();
  commit(table_call("CreateTable", "59", "c1"));
  wait_for_entry(2);
  EXPECT_EQ(table().phase, Phase::stable);
  EXPECT_EQ(table().value, "CreateTable");
  EXPECT_EQ(table().since, *parse_time("2026-11-23T12:00:00Z"));
  EXPECT_EQ(table().cause.actor, "alice");
  EXPECT_EQ(table().cause.evidence, "c1");
  const Entry settled = entry(2);
  EXPECT_EQ(settled.source, "timers");
  EXPECT_EQ(settled.told.kind, NotificationKind::transition);
  EXPECT_EQ(settled.told.previous.phase, Phase::provisioning);
  EXPECT_EQ(settled.observation.origin.source, "aws.dynamodb");
  EXPECT_EQ(settled.observation.resource.id, kTable);
  EXPECT_EQ(pending(), 0u);
  EXPECT_EQ(timers_row().account, "123456789012");
  EXPECT_EQ(timers_row().received, 1u);
  EXPECT_TRUE(timers_row().adds_up());
  expect_refolds();
}

TEST_F(TimerTest, nothing_settles_before_its_time_and_a_restart_forgets_nothing) {
  start_timers();
  // 12:00:30, where the clock stands at 12:00:00.
  std::string call = table_call("DeleteTable", "59", "c1");
  call.replace(call.find("11:59:00Z"), 9, "11:59:30Z");
  commit(call);
  EXPECT_EQ(table().phase, Phase::deprovisioning);
  EXPECT_EQ(store_->next_timer(), kNow + std::chrono::seconds(30));
  expect_refolds();
  stop_timers();
  EXPECT_EQ(store_->last_sequence(), 1u);
  clock_.advance(std::chrono::seconds(30));
  start_timers();
  wait_for_entry(2);
  EXPECT_EQ(table().phase, Phase::gone);
  EXPECT_EQ(pending(), 0u);
  expect_refolds();
}

TEST_F(TimerTest, an_earlier_timer_wakes_who_waits_for_a_later_one) {
  start_timers();
  std::string later = table_call("CreateTable", "59", "c1");
  later.replace(later.find("11:59:00Z"), 9, "11:59:30Z");
  commit(later);
  std::string earlier = table_call("CreateTable", "20", "c2");
  earlier.replace(earlier.find("\"orders\""), 8, "\"others\"");
  commit(earlier);
  wait_for_entry(3);
  EXPECT_TRUE(entry(3).after.resource.id.ends_with("others"));
  EXPECT_EQ(table().phase, Phase::provisioning);
  EXPECT_EQ(pending(), 1u);
  expect_refolds();
}

TEST_F(TimerTest, what_was_deleted_before_it_was_there_is_told_once) {
  fates_of(table_call("CreateTable", "10", "c1"));
  std::string call = table_call("DeleteTable", "10", "c2");
  call.replace(call.find("11:10:00Z"), 9, "11:10:30Z");
  fates_of(call);
  start_timers();
  wait_for_entry(4);
  EXPECT_EQ(entry(3).told.kind, NotificationKind::none);
  EXPECT_EQ(entry(4).told.kind, NotificationKind::transition);
  EXPECT_EQ(table().phase, Phase::gone);
  EXPECT_EQ(table().previous.phase, Phase::deprovisioning);
  EXPECT_EQ(timers_row().fates[static_cast<size_t>(Fate::recognised)], 2u);
  expect_refolds();
}

TEST_F(TimerTest, a_call_that_is_repeated_sets_no_other_timer) {
  start_timers();
  commit(table_call("CreateTable", "20", "c1"));
  wait_for_entry(2);
  commit(table_call("CreateTable", "20", "c1"));
  EXPECT_EQ(pending(), 0u);
  EXPECT_EQ(store_->last_sequence(), 2u);
}

TEST_F(TimerTest, a_timer_is_removed_whatever_becomes_of_its_event) {
  fates_of(table_call("CreateTable", "20", "c1"));
  ASSERT_EQ(pending(), 1u);
  // A catalog that knows nothing of timers.
  ingest_->use({std::make_shared<Catalog>(*Catalog::from_compiled(encode(CatalogSpec{})))});
  start_timers();
  while (timers_row().received == 0) std::this_thread::yield();
  EXPECT_EQ(pending(), 0u);
  EXPECT_EQ(timers_row().fates[static_cast<size_t>(Fate::unrecognised)], 1u);
  EXPECT_EQ(store_->last_sequence(), 1u);
  // The check finds what will never settle.
  const Result<RefoldReport> report = check_store(*store_, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->differences, std::vector{"no timer settles " + std::string(kTable)});
}

TEST_F(TimerTest, a_timer_that_was_set_under_an_alias_settles_the_resource) {
  ingest_->use({std::make_shared<Catalog>(catalog_of(
      "- name: create\n  call: dynamodb.amazonaws.com CreateTable\n"
      "  resource: {type: X, id: \"name:{detail.requestParameters.tableName}\"}\n"
      "  effect: create\n  settles: {after: 90m}\n"
      "- name: told\n  when: {source: [x]}\n  resource: {type: X, id: \"id:{detail.id}\"}\n"
      "  alias: \"name:{detail.name}\"\n  effect: cause\n"
      "- name: timer\n  when: {source: [statewire.timers]}\n  effect: timer\n"
      "  resource: {type: X, id: \"{detail.resource-id}\"}\n"
      "  state: \"{detail.state}\"\n  otherwise: stable\n"))});
  fates_of(table_call("CreateTable", "00", "c1"));
  fates_of(R"({"id":"e1","source":"x","detail-type":"Told","time":"2026-11-23T11:30:00Z",)"
           R"("detail":{"id":"7","name":"orders"}})"
           "\n");
  EXPECT_EQ(store_->last_sequence(), 3u);  // The call was moved.
  EXPECT_EQ(pending(), 1u);
  expect_refolds();
  clock_.advance(std::chrono::hours(1));
  start_timers();
  wait_for_entry(4);
  EXPECT_EQ(entry(4).after.resource.id, "id:7");
  EXPECT_EQ(entry(4).after.phase, Phase::stable);
  EXPECT_EQ(entry(4).after.cause.evidence, "c1");
  EXPECT_EQ(pending(), 0u);
  expect_refolds();
}

TEST_F(TimerTest, more_than_fit_into_one_commit_all_fire) {
  const auto name_of_table = [](int number) { return "orders-" + std::to_string(number); };
  std::string text;
  constexpr int kTables = static_cast<int>(TimerSource::kFiredMax) * 2 + 7;
  for (int i = 0; i < kTables; ++i) {
    std::string call = table_call("CreateTable", "20", name_of_table(i));
    call.replace(call.find("\"orders\""), 8, "\"" + name_of_table(i) + "\"");
    text += call;
  }
  fates_of(text);
  start_timers();
  wait_for_entry(2 * kTables);
  EXPECT_EQ(pending(), 0u);
  size_t stable = 0;
  EXPECT_TRUE(store_->each_record("", [&](const Record& record) {
    stable += record.phase == Phase::stable;
    return true;
  }));
  EXPECT_EQ(stable, static_cast<size_t>(kTables));
  expect_refolds();
}

// Calls of the last hour, each in a commit of its own or all in one, with timers that fire as soon
// as they are set: between any two of them.
TEST_F(TimerTest, any_order_of_calls_ends_in_the_same_record) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto folded = [&] {
    start_timers();
    timers_->look();
    while (pending() > 0) std::this_thread::yield();
    stop_timers();
    expect_refolds();
    Record record = table();
    record.revision = 0, record.last_sequence = 0, record.told = {}, record.recorded = {};
    std::string bytes;
    encode_record(record, bytes);
    return bytes;
  };
  const auto begin_anew = [&] {
    stop();
    store_ = *Store::open({});
    start();
  };
  for (int round = 0; round < 20; ++round) {
    std::vector<std::string> calls;
    for (int i = 0; i < 10; ++i) {
      const std::string minute = std::to_string(10 + random() % 12);
      std::string call =
          table_call(random() % 2 ? "CreateTable" : "DeleteTable", minute, "c" + std::to_string(i));
      if (random() % 2) call.replace(call.find(minute + ":00Z"), 6, minute + ":30Z");
      calls.push_back(call);
    }
    begin_anew();
    std::string all;
    for (const std::string& call : calls) all += call;
    fates_of(all);
    const std::string at_once = folded();
    std::shuffle(calls.begin(), calls.end(), random);
    begin_anew();
    start_timers();
    for (const std::string& call : calls) commit(call);
    stop_timers();
    ASSERT_EQ(folded(), at_once) << "round " << round;
  }
}

TEST(TimerEvent, says_all_that_the_timer_knows) {
  std::string line;
  append_timer_event({.due = *parse_time("2026-11-23T09:05:00.000000001Z"),
                      .resource_id = "table \"x\"",
                      .type = "T",
                      .account = "1",
                      .region = "r",
                      .source = "aws.x",
                      .phase = Phase::gone,
                      .value = "Delete",
                      .evidence = "e"},
                     line);
  EXPECT_EQ(line,
            R"({"version":"0","id":"timer-table \"x\"-2026-11-23T09:05:00.000000001Z",)"
            R"("source":"statewire.timers","detail-type":"Time Passed After Call","account":"1",)"
            R"("region":"r","time":"2026-11-23T09:05:00.000000001Z","detail":{"source":"aws.x",)"
            R"("resource-id":"table \"x\"","resource-type":"T","phase":"gone","state":"Delete",)"
            R"("evidence":"e"}})"
            "\n");
}

TEST_F(IngestTest, names_that_events_make_up_do_not_fill_the_ledger) {
  const auto from_account = [](int number) {
    return R"({"source":"x","detail-type":"kind )" + std::to_string(number) + R"(","account":")" +
           std::to_string(number) + R"(","region":"r","detail":{}})" + "\n";
  };
  constexpr int kEvents = 2 * static_cast<int>(kLedgerRowsMax);
  for (int first = 0; first < kEvents; first += 1000) {
    std::string text;
    for (int i = first; i < first + 1000; ++i) text += from_account(i);
    fates_of(text);
  }
  uint64_t received = 0;
  for (const LedgerRow& row : *store_->ledger()) received += row.received;
  EXPECT_EQ(received, static_cast<uint64_t>(kEvents));
  EXPECT_LE(store_->ledger()->size(), kLedgerRowsMax + 1000);
  EXPECT_LE(store_->unrecognised()->size(), kUnrecognisedRowsMax + 1);
  EXPECT_EQ(store_->unrecognised()->front().origin_type, kOtherName);
  expect_refolds();
}

#ifdef STATEWIRE_ROCKSDB
TEST_F(IngestTest, repeats_are_harmless_over_a_restart_on_disk) {
  stop();
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("statewire-ingest-" + std::to_string(getpid()));
  const std::string text =
      event(1, "pending", 0, id_of(1)) + event(1, "running", 9, id_of(2)) + "{broken\n";
  for (int run = 0; run < 2; ++run) {
    store_ = nullptr;
    Result<std::unique_ptr<Store>> store =
        Store::open({.path = folder.string(), .free_bytes_min = 0});
    ASSERT_TRUE(store.ok()) << store.error().text;
    store_ = *std::move(store);
    start();
    const ChunkFates fates = fates_of(text);
    EXPECT_EQ(fates.of(Fate::recognised), run == 0 ? 2u : 0u);
    EXPECT_EQ(fates.of(Fate::duplicate), run == 0 ? 0u : 2u);
    stop();
    expect_refolds();
  }
  store_ = nullptr;
  std::filesystem::remove_all(folder);
}
#endif

}  // namespace
}  // namespace statewire
