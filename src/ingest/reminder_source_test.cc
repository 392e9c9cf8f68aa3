#include "ingest/reminder_source.h"

#include <algorithm>
#include <random>

#include "base/limits.h"
#include "catalog/spec_codec.h"
#include "catalog/test_catalog.h"
#include "ingest/ingest_for_test.h"
#include "ingest/reminder_events.h"
#include "store/block.h"
#include "store/engine.h"

namespace statewire {
namespace {

// Tables have no native events: a minute after the call they are taken to be there, or gone.
std::string table_call(std::string_view call, std::string_view minute, std::string_view id) {
  return call_by_alice("dynamodb.amazonaws.com", call, "11:" + std::string(minute), id,
                       R"({"tableName":"orders"})");
}

class ReminderTest : public IngestTest {
 protected:
  static constexpr std::string_view kTable = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";

  void TearDown() override {
    stop_reminders();
    IngestTest::TearDown();
  }
  void start_reminders() {
    reminders_ = std::make_unique<ReminderSource>(*store_, *ingest_, clock_);
    reminders_thread_ = std::jthread([this](std::stop_token token) { reminders_->run(token); });
  }
  void stop_reminders() {
    if (reminders_ == nullptr) return;
    reminders_thread_.request_stop();
    reminders_thread_.join();
    reminders_ = nullptr;
  }
  // Commits, and lets the reminders know of it.
  void commit(std::string text) {
    fates_of(std::move(text));
    if (reminders_ != nullptr) reminders_->look();
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
    CHECK(store_->each_reminder([&](const Reminder&) { return ++count; }).ok());
    return count;
  }
  LedgerRow reminders_row() {
    for (const LedgerRow& row : *store_->ledger()) {
      if (row.source == "reminders") return row;
    }
    return {};
  }

  std::unique_ptr<ReminderSource> reminders_;
  std::jthread reminders_thread_;
};

TEST_F(ReminderTest, what_a_call_began_settles_once_its_time_has_passed) {
  start_reminders();
  commit(table_call("CreateTable", "59", "c1"));
  wait_for_entry(2);
  EXPECT_EQ(table().phase, Phase::stable);
  EXPECT_EQ(table().value, "CreateTable");
  EXPECT_EQ(table().since, *parse_time("2026-11-23T12:00:00Z"));
  EXPECT_EQ(table().cause.actor, "alice");
  EXPECT_EQ(table().cause.evidence, "c1");
  const Entry settled = entry(2);
  EXPECT_EQ(settled.source, "reminders");
  EXPECT_EQ(settled.told.kind, NotificationKind::transition);
  EXPECT_EQ(settled.told.previous.phase, Phase::provisioning);
  EXPECT_EQ(settled.observation.origin.source, "aws.dynamodb");
  EXPECT_EQ(settled.observation.resource.id, kTable);
  EXPECT_EQ(pending(), 0u);
  EXPECT_EQ(reminders_row().account, "123456789012");
  EXPECT_EQ(reminders_row().received, 1u);
  EXPECT_TRUE(reminders_row().adds_up());
  expect_refolds();
}

TEST_F(ReminderTest, nothing_settles_before_its_time_and_a_restart_forgets_nothing) {
  start_reminders();
  // 12:00:30, where the clock stands at 12:00:00.
  std::string call = table_call("DeleteTable", "59", "c1");
  call.replace(call.find("11:59:00Z"), 9, "11:59:30Z");
  commit(call);
  EXPECT_EQ(table().phase, Phase::deprovisioning);
  EXPECT_EQ(store_->next_reminder(), kNow + std::chrono::seconds(30));
  expect_refolds();
  stop_reminders();
  EXPECT_EQ(store_->last_sequence(), 1u);
  clock_.advance(std::chrono::seconds(30));
  start_reminders();
  wait_for_entry(2);
  EXPECT_EQ(table().phase, Phase::gone);
  EXPECT_EQ(pending(), 0u);
  expect_refolds();
}

TEST_F(ReminderTest, an_earlier_reminder_wakes_who_waits_for_a_later_one) {
  start_reminders();
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

TEST_F(ReminderTest, what_was_deleted_before_it_was_there_is_told_once) {
  fates_of(table_call("CreateTable", "10", "c1"));
  std::string call = table_call("DeleteTable", "10", "c2");
  call.replace(call.find("11:10:00Z"), 9, "11:10:30Z");
  fates_of(call);
  start_reminders();
  wait_for_entry(4);
  EXPECT_EQ(entry(3).told.kind, NotificationKind::none);
  EXPECT_EQ(entry(4).told.kind, NotificationKind::transition);
  EXPECT_EQ(table().phase, Phase::gone);
  EXPECT_EQ(table().previous.phase, Phase::deprovisioning);
  EXPECT_EQ(reminders_row().fates[static_cast<size_t>(Fate::recognised)], 2u);
  expect_refolds();
}

TEST_F(ReminderTest, a_call_that_is_repeated_sets_no_other_reminder) {
  start_reminders();
  commit(table_call("CreateTable", "20", "c1"));
  wait_for_entry(2);
  commit(table_call("CreateTable", "20", "c1"));
  EXPECT_EQ(pending(), 0u);
  EXPECT_EQ(store_->last_sequence(), 2u);
}

TEST_F(ReminderTest, a_reminder_is_removed_whatever_becomes_of_its_event) {
  fates_of(table_call("CreateTable", "20", "c1"));
  ASSERT_EQ(pending(), 1u);
  // A catalog that knows nothing of reminders.
  ingest_->use({std::make_shared<Catalog>(*Catalog::from_compiled(encode(CatalogSpec{})))});
  start_reminders();
  while (reminders_row().received == 0) std::this_thread::yield();
  EXPECT_EQ(pending(), 0u);
  EXPECT_EQ(reminders_row().fates[static_cast<size_t>(Fate::unrecognised)], 1u);
  EXPECT_EQ(store_->last_sequence(), 1u);
  // The check finds what will never settle.
  const Result<RefoldReport> report = check_store(*store_, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->differences, std::vector{"no reminder settles " + std::string(kTable)});
}

TEST_F(ReminderTest, a_reminder_that_was_set_under_an_alias_settles_the_resource) {
  ingest_->use({std::make_shared<Catalog>(catalog_of(
      "- name: create\n  call: dynamodb.amazonaws.com CreateTable\n"
      "  resource: {type: X, id: \"name:{detail.requestParameters.tableName}\"}\n"
      "  effect: create\n  settles: {after: 90m}\n"
      "- name: told\n  when: {source: [x]}\n  resource: {type: X, id: \"id:{detail.id}\"}\n"
      "  alias: \"name:{detail.name}\"\n  effect: cause\n"
      "- name: settle\n  when: {source: [statewire.reminders]}\n  effect: settle\n"
      "  resource: {type: X, id: \"{detail.resource-id}\"}\n"
      "  state: \"{detail.state}\"\n  otherwise: stable\n"))});
  fates_of(table_call("CreateTable", "00", "c1"));
  fates_of(R"({"id":"e1","source":"x","detail-type":"Told","time":"2026-11-23T11:30:00Z",)"
           R"("detail":{"id":"7","name":"orders"}})"
           "\n");
  EXPECT_EQ(store_->last_sequence(), 2u);
  EXPECT_EQ(pending(), 2u);  // It settles later, and moves now.
  expect_refolds();
  start_reminders();
  wait_for_entry(4);  // The alias ended, and the call was folded again.
  EXPECT_EQ(pending(), 1u);
  stop_reminders();
  expect_refolds();
  clock_.advance(std::chrono::hours(1));
  start_reminders();
  wait_for_entry(5);
  EXPECT_EQ(entry(5).after.resource.id, "id:7");
  EXPECT_EQ(entry(5).after.phase, Phase::stable);
  EXPECT_EQ(entry(5).after.cause.evidence, "c1");
  EXPECT_EQ(pending(), 0u);
  expect_refolds();
}

TEST_F(ReminderTest, more_than_fit_into_one_commit_all_fire) {
  const auto name_of_table = [](int number) { return "orders-" + std::to_string(number); };
  std::string text;
  constexpr int kTables = static_cast<int>(kRemindersAtATime) * 2 + 7;
  for (int i = 0; i < kTables; ++i) {
    std::string call = table_call("CreateTable", "20", name_of_table(i));
    call.replace(call.find("\"orders\""), 8, "\"" + name_of_table(i) + "\"");
    text += call;
  }
  fates_of(text);
  start_reminders();
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

TEST_F(ReminderTest, a_damaged_record_delays_only_its_own_reminders) {
  stop();
  auto made = make_memory_engine();
  Engine& engine = *made;
  store_ = *Store::open({}, std::move(made));
  start();
  constexpr int kTables = 60;
  std::string text;
  for (int i = 0; i < kTables; ++i) {
    std::string call = table_call("CreateTable", "20", "c" + std::to_string(i));
    call.replace(call.find("\"orders\""), 8, "\"orders-" + std::to_string(i) + "\"");
    text += call;
  }
  fates_of(text);
  std::string key;
  size_t place = 0;
  ASSERT_TRUE(engine.each(Family::resources, "", Direction::forward,
                          [&](std::string_view at, std::string_view) {
                            key = at;
                            return ++place < kTables / 2;
                          }));
  EngineBatch batch;
  batch.put(Family::resources, key, "no record");
  ASSERT_TRUE(engine.write(batch, Sync::yes));
  start_reminders();
  wait_for_entry(2 * kTables - 1);
  EXPECT_EQ(pending(), 1u);
  // What is set later does not wait for it either.
  commit(table_call("CreateTable", "59", "later"));
  wait_for_entry(2 * kTables + 1);
  stop_reminders();
  EXPECT_EQ(pending(), 1u);
}

// Calls of the last hour, each in a commit of its own or all in one, with reminders that fire as
// soon as they are set: between any two of them.
TEST_F(ReminderTest, any_order_of_calls_ends_in_the_same_record) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const auto folded = [&] {
    start_reminders();
    reminders_->look();
    while (pending() > 0) std::this_thread::yield();
    stop_reminders();
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
    start_reminders();
    for (const std::string& call : calls) commit(call);
    stop_reminders();
    ASSERT_EQ(folded(), at_once) << "round " << round;
  }
}

TEST(ReminderEvent, says_all_that_the_reminder_knows) {
  std::string line;
  append_event_line({.key = {.due = *parse_time("2026-11-23T09:05:00.000000001Z"),
                             .resource_id = "table \"x\"",
                             .number = 7},
                     .payload = R"({"account":"1","detail":{"phase":"gone"}})"},
                    line);
  EXPECT_EQ(line,
            R"({"version":"0","id":"settle-table \"x\"-2026-11-23T09:05:00.000000001Z-7",)"
            R"("source":"statewire.reminders","detail-type":"Settle",)"
            R"("time":"2026-11-23T09:05:00.000000001Z","account":"1","detail":{"phase":"gone"}})"
            "\n");
}

}  // namespace
}  // namespace statewire
