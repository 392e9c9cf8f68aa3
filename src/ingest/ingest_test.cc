#include "ingest/ingest.h"

#include <algorithm>
#include <filesystem>
#include <random>
#include <set>

#include "base/limits.h"
#include "ingest/ingest_for_test.h"
#include "ingest/reminder_source.h"
#include "store/engine.h"

namespace statewire {
namespace {

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
      "\n{\"nameless\":1}\n");
  EXPECT_EQ(fates.of(Fate::recognised), 1u);
  EXPECT_EQ(fates.of(Fate::malformed), 1u);
  EXPECT_EQ(fates.of(Fate::unrecognised), 2u);
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
  std::set<std::string> types;
  for (const UnrecognisedRow& row : *store_->unrecognised()) types.insert(row.origin_type);
  EXPECT_EQ(types, (std::set<std::string>{"-", "Nobody Knows"}));
  EXPECT_FALSE(store_->refusals()->empty());
  expect_refolds();
}

// An ingest token lets nobody speak for Statewire, however the source is written.
TEST_F(IngestTest, strangers_cannot_pretend_to_be_an_inventory_or_tags_or_a_reminder) {
  const std::string_view head = R"({"version":"0","account":"123456789012","region":"eu-west-1",)"
                                R"("time":"2026-11-23T09:00:00Z",)";
  const std::vector<std::string> pretended = {
      R"("id":"s1","source":"statewire.inventory","detail-type":"Inventory","detail":{"source":)"
      R"("aws.s3","resource-type":"AWS::S3::Bucket","resource-id":"arn:aws:s3:::invoices","word":)"
      R"("declared","inventory":"shop","tool":"terraform","declared":[{"address":"a.b"}]}})",
      R"("id":"s2","source":"statewire.inventory","detail-type":"Inventory","detail":{"source":)"
      R"("aws.s3","resource-type":"AWS::S3::Bucket","physical-id":"invoices","word":"unmanaged"}})",
      R"("id":"s3","source":["statewire.inventory"],"detail-type":"Inventory","detail":{"source":)"
      R"("aws.s3","resource-type":"AWS::S3::Bucket","resource-id":"arn:aws:s3:::invoices","word":)"
      R"("lost"}})",
      R"("id":"s4","source":"statewire.tags","detail-type":"Tags Looked Up","detail":)"
      R"({"resource-id":"arn:aws:s3:::invoices","resource-type":"AWS::S3::Bucket","tags":)"
      R"([{"key":"team","value":"mine"}]}})",
      R"("id":"s5","source":"statewire.reminders","detail-type":"Settle","detail":)"
      R"({"resource-id":"arn:aws:s3:::invoices","resource-type":"AWS::S3::Bucket","source":)"
      R"("aws.s3","phase":"gone","state":"DeleteBucket","evidence":"3f1f6a5e"}})"};
  for (const std::string& each : pretended) {
    const std::string line = std::string(head) + each + "\n";
    const ChunkFates fates = fates_of(line);
    EXPECT_EQ(fates.of(Fate::rejected), 1u) << line;
  }
  EXPECT_EQ(store_->last_sequence(), 0u);
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
  return call_by_alice("cloudformation.amazonaws.com", call, "10:" + std::string(minute),
                       "call-" + std::string(call), R"({"stackName":"shop"})");
}

class AliasTest : public IngestTest {
 protected:
  std::optional<Record> record_at(std::string_view id) {
    std::vector<std::optional<Record>> records;
    CHECK(store_->records({&id, 1}, arena_, records).ok());
    return records[0];
  }
  // Fires all that is due, and what that sets.
  void fire_all() {
    ReminderSource reminders(*store_, *ingest_, clock_);
    std::jthread thread([&](std::stop_token token) { reminders.run(token); });
    while (pending() > 0) {
      reminders.look();
      std::this_thread::yield();
    }
  }
  size_t pending() {
    size_t count = 0;
    CHECK(store_->each_reminder([&](const Reminder&) { return ++count; }).ok());
    return count;
  }
  // The same whatever came first, and in whatever batches.
  void expect_one_resource() {
    expect_refolds();
    fire_all();
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
  EXPECT_EQ(store_->last_sequence(), 3u);
  expect_one_resource();
  EXPECT_EQ(store_->last_sequence(), 6u);
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
  fire_all();
  EXPECT_EQ(fates_of(stack_call("DeleteStack", "01")).of(Fate::duplicate), 1u);
  expect_one_resource();
}

TEST_F(AliasTest, what_comes_by_the_name_before_it_has_moved_goes_to_the_id) {
  fates_of(stack_call("UpdateStack", "00"));
  fates_of(stack_event("DELETE_COMPLETE", "02"));
  fates_of(stack_call("DeleteStack", "01"));
  fates_of(stack_call("UpdateStack", "00"));
  EXPECT_TRUE(record_at("urn:aws:123456789012:eu-west-1:AWS::CloudFormation::Stack:shop"));
  expect_one_resource();
}

TEST_F(AliasTest, more_than_one_run_of_entries_moves) {
  std::string calls;
  for (int i = 0; i < 100; ++i) {
    std::string call = stack_call("UpdateStack", "00");
    call.replace(call.find("10:00:00Z"), 9,
                 "09:" + std::to_string(10 + i / 50) + ":" + std::to_string(10 + i % 50) + "Z");
    call.replace(call.find("call-UpdateStack"), 16, "update-" + std::to_string(i));
    calls += call;
  }
  fates_of(calls + stack_call("DeleteStack", "01"));
  fates_of(stack_event("DELETE_COMPLETE", "02"));
  expect_one_resource();
  EXPECT_EQ(store_->last_sequence(), 101u + 1 + 1 + 101);
}

// Far more than one commit takes.
std::string long_text(int events) {
  std::string text;
  for (int i = 0; i < events; ++i) text += event(i, "running", i % 3000, id_of(i));
  return text;
}

TEST_F(IngestTest, a_long_chunk_is_stored_by_several_commits_and_answered_once) {
  constexpr int kEvents = 3 * static_cast<int>(kSliceEventsMax) + 7;
  const ChunkFates fates = fates_of(long_text(kEvents) + "{broken\n");
  EXPECT_EQ(fates.of(Fate::recognised), static_cast<uint64_t>(kEvents));
  EXPECT_EQ(fates.of(Fate::malformed), 1u);
  EXPECT_EQ(fates.reasons.size(), 1u);
  EXPECT_GE(ingest_->counts().commits.total(), 3u);
  const ChunkFates again = fates_of("[" + [] {
    std::string text = long_text(kEvents);
    std::replace(text.begin(), text.end(), '\n', ',');
    return text;
  }() + "7]");
  EXPECT_EQ(again.of(Fate::duplicate), static_cast<uint64_t>(kEvents));
  EXPECT_EQ(again.of(Fate::rejected), 1u);
  expect_refolds();
}

TEST_F(IngestTest, a_long_chunk_that_is_entered_takes_turns_and_keeps_nobody_waiting) {
  const auto enter = [&](std::string text) {
    auto promise = std::make_shared<std::promise<Result<ChunkFates>>>();
    text.reserve(text.size() + kPaddingBytes);
    Chunk chunk{.source = "test", .text = std::move(text)};
    chunk.done = [promise](Result<ChunkFates> fates) { promise->set_value(std::move(fates)); };
    EXPECT_TRUE(ingest_->enter(std::move(chunk)).ok());
    return promise->get_future();
  };
  constexpr int kEvents = 10 * static_cast<int>(kSliceEventsMax);
  std::future<Result<ChunkFates>> slow = enter(long_text(kEvents));
  std::future<Result<ChunkFates>> quick = enter(long_text(100));
  EXPECT_TRUE(enter(event(1, "pending", 0, id_of(-1))).get().ok());
  EXPECT_TRUE(quick.get().ok());
  EXPECT_LT(ingest_->counts().events, static_cast<uint64_t>(kEvents));
  const Result<ChunkFates> fates = slow.get();
  EXPECT_EQ(fates->of(Fate::recognised) + fates->of(Fate::duplicate), 0u + kEvents);
  expect_refolds();
}

TEST_F(IngestTest, chunks_that_a_stop_finds_half_read_are_told_so) {
  std::vector<std::future<Result<ChunkFates>>> answers;
  for (int i = 0; i < 4; ++i) {
    auto promise = std::make_shared<std::promise<Result<ChunkFates>>>();
    answers.push_back(promise->get_future());
    Chunk chunk{.source = "test", .text = long_text(10'000)};
    chunk.text.reserve(chunk.text.size() + kPaddingBytes);
    chunk.done = [promise](Result<ChunkFates> fates) { promise->set_value(std::move(fates)); };
    ASSERT_TRUE(ingest_->enter(std::move(chunk)).ok());
  }
  stop();
  for (auto& answer : answers) {
    const Result<ChunkFates> fates = answer.get();
    EXPECT_TRUE(fates.ok() || fates.error().kind == ErrorKind::unavailable);
  }
}

TEST_F(IngestTest, one_chunk_of_many_accounts_makes_no_more_rows_than_there_may_be) {
  std::string text;
  constexpr int kEvents = 40'000;
  for (int i = 0; i < kEvents; ++i) text += "{\"account\":\"" + std::to_string(i) + "\"}\n";
  fates_of(text);
  uint64_t received = 0;
  for (const LedgerRow& row : *store_->ledger()) received += row.received;
  EXPECT_EQ(received, static_cast<uint64_t>(kEvents));
  EXPECT_LE(store_->ledger()->size(), kLedgerRowsMax + 1);
  expect_refolds();
}

TEST_F(IngestTest, of_a_chunk_that_is_only_counted_nothing_is_kept) {
  std::promise<Result<ChunkFates>> promise;
  Chunk chunk{.source = "test", .text = "secret", .unreadable = "why", .is_only_counted = true};
  chunk.done = [&](Result<ChunkFates> fates) { promise.set_value(std::move(fates)); };
  ASSERT_TRUE(ingest_->enter(std::move(chunk)).ok());
  const Result<ChunkFates> fates = promise.get_future().get();
  EXPECT_EQ(fates->of(Fate::malformed), 1u);
  EXPECT_TRUE(fates->reasons.empty());
  EXPECT_TRUE(store_->refusals()->empty());
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
  EXPECT_LE(store_->ledger()->size(), kLedgerRowsMax + 1);
  EXPECT_LE(store_->unrecognised()->size(), kUnrecognisedRowsMax + 1);
  EXPECT_EQ(store_->unrecognised()->front().origin_type, kOtherName);
  expect_refolds();
}

TEST_F(IngestTest, a_void_chunk_comes_back_and_moves_no_cursor) {
  Chunk chunk{.source = "test",
              .text = event(1, "running", 0, id_of(1)),
              .cursor = {.key = "test/file", .value = "later"}};
  chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  chunk.is_void = [] { return true; };
  std::promise<Result<ChunkFates>> promise;
  chunk.done = [&](Result<ChunkFates> fates) { promise.set_value(std::move(fates)); };
  ASSERT_TRUE(ingest_->submit(std::move(chunk)));
  EXPECT_FALSE(promise.get_future().get().ok());
  EXPECT_EQ(*store_->cursor("test/file"), "");
  EXPECT_EQ(store_->last_sequence(), 0u);
  EXPECT_EQ(fates_of(event(1, "running", 0, id_of(1))).of(Fate::recognised), 1u);
}

// Tells that it has begun, waits for a word, and has nothing to unpack.
class LateUnpacking final : public Unpacking {
 public:
  LateUnpacking(std::promise<void>& begun, std::shared_future<void> word)
      : begun_(begun), word_(std::move(word)) {}
  Result<bool> step(Chunk&) override {
    begun_.set_value();
    word_.wait();
    return unavailable("nothing came");
  }

 private:
  std::promise<void>& begun_;
  const std::shared_future<void> word_;
};

TEST_F(IngestTest, room_that_comes_without_a_commit_is_seen_by_who_waits_for_it) {
  stop();
  start({.queued_chunks_max = 1});
  std::promise<void> begun;
  std::promise<void> word;
  Chunk chunk{.source = "test"};
  chunk.unpacking = std::make_unique<LateUnpacking>(begun, word.get_future().share());
  std::promise<bool> done;
  chunk.done = [&](const Result<ChunkFates>& fates) { done.set_value(fates.ok()); };
  std::jthread submitting([&] { EXPECT_TRUE(ingest_->submit(std::move(chunk))); });
  begun.get_future().wait();
  EXPECT_FALSE(submit(event(1, "running", 0, id_of(1))).get().ok());
  std::promise<void> waited;
  std::stop_source stop_waiting;
  std::jthread waiting([&] {
    ingest_->wait_for_room(stop_waiting.get_token());
    waited.set_value();
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  word.set_value();
  EXPECT_EQ(waited.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  stop_waiting.request_stop();
  EXPECT_FALSE(done.get_future().get());
}

// Where memory is short, anything may throw.
class ShortClock final : public Clock {
 public:
  Time now() const override {
    if (is_short) throw std::bad_alloc();
    return kNow;
  }
  std::atomic<bool> is_short = false;
};

TEST_F(IngestTest, a_chunk_that_could_not_be_recognised_is_not_tried_again_at_once) {
  stop();
  ShortClock clock;
  ingest_ = std::make_unique<Ingest>(*store_, clock, Knowledge{catalog_}, IngestLimits{});
  thread_ = std::thread([this] { ingest_->run(); });
  clock.is_short = true;
  const auto start = std::chrono::steady_clock::now();
  int tries = 0;
  while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(500)) {
    ++tries;
    EXPECT_FALSE(submit(event(1, "running", 0, id_of(1))).get().ok());
    ingest_->wait_for_room({});
  }
  EXPECT_LE(tries, 5);
  clock.is_short = false;
  ingest_->wait_for_room({});
  EXPECT_TRUE(submit(event(1, "running", 0, id_of(1))).get().ok());
  stop();
}

class FaultyUnpacking final : public Unpacking {
 public:
  Result<bool> step(Chunk&) override { throw std::runtime_error("a fault of ours"); }
};

TEST_F(IngestTest, a_chunk_that_always_throws_is_told_and_not_sent_again) {
  for (const bool is_entered : {false, true}) {
    Chunk chunk{.source = "test", .place = "s3://a/b", .cursor = {.key = "test/1", .value = "2"}};
    chunk.unpacking = std::make_unique<FaultyUnpacking>();
    std::promise<Result<ChunkFates>> done;
    chunk.done = [&](Result<ChunkFates> fates) { done.set_value(std::move(fates)); };
    const Result<void> taken =
        is_entered ? ingest_->enter(std::move(chunk)) : ingest_->submit(std::move(chunk));
    ASSERT_TRUE(taken.ok());
    const Result<ChunkFates> fates = done.get_future().get();
    ASSERT_TRUE(fates.ok()) << fates.error().text;
    EXPECT_EQ(fates->of(Fate::malformed), 1u);
    ASSERT_EQ(fates->reasons.size(), 1u);
    EXPECT_NE(fates->reasons[0].find("the log says why"), std::string::npos) << fates->reasons[0];
    EXPECT_EQ(ingest_->cursor("test/1").value(), "2");
  }
}

TEST_F(IngestTest, a_damaged_record_costs_only_the_chunk_that_needs_it) {
  stop();
  auto made = make_memory_engine();
  Engine& engine = *made;
  store_ = *Store::open({}, std::move(made));
  start();
  fates_of(event(1, "running", 0, id_of(1)));
  stop();
  std::string key;
  ASSERT_TRUE(engine.each(Family::resources, "", Direction::forward,
                          [&](std::string_view at, std::string_view) { return key = at, false; }));
  EngineBatch batch;
  batch.put(Family::resources, key, "no record");
  ASSERT_TRUE(engine.write(batch, Sync::yes));
  // Both wait for one commit.
  ingest_ = std::make_unique<Ingest>(*store_, clock_, Knowledge{catalog_}, IngestLimits{});
  auto first = submit(event(1, "stopped", 9, id_of(2)));
  auto second = submit(event(2, "running", 9, id_of(3)));
  thread_ = std::thread([this] { ingest_->run(); });
  const Result<ChunkFates> of_first = first.get();
  ASSERT_FALSE(of_first.ok());
  EXPECT_EQ(of_first.error().kind, ErrorKind::damaged);
  EXPECT_TRUE(second.get().ok());
  EXPECT_EQ(record_of(2).value, "running");
}

#ifdef STATEWIRE_ROCKSDB
// The program ends after every commit, and starts again on what is stored.
TEST_F(AliasTest, a_move_that_is_broken_off_anywhere_is_finished) {
  stop();
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("statewire-move-" + std::to_string(getpid()));
  const auto restart = [&] {
    stop();
    store_ = nullptr;
    Result<std::unique_ptr<Store>> store =
        Store::open({.path = folder.string(), .free_bytes_min = 0});
    ASSERT_TRUE(store.ok()) << store.error().text;
    store_ = *std::move(store);
    start();
    expect_refolds();
  };
  restart();
  fates_of(stack_call("UpdateStack", "00") + stack_call("DeleteStack", "01"));
  restart();
  fates_of(stack_event("DELETE_COMPLETE", "02"));
  size_t commits = 0;
  for (; pending() > 0; ++commits) {
    restart();
    std::vector<Reminder> first;
    ASSERT_TRUE(store_->each_reminder([&](const Reminder& reminder) {
      first.push_back(reminder);
      first.back().key.resource_id = arena_.copy(reminder.key.resource_id);
      first.back().payload = arena_.copy(reminder.payload);
      return false;
    }));
    std::promise<bool> done;
    ASSERT_TRUE(ingest_->fire(first, [&](const auto& fates) { done.set_value(fates.ok()); }));
    ASSERT_TRUE(done.get_future().get());
  }
  EXPECT_EQ(commits, 2u);
  restart();
  expect_one_resource();
  stop();
  store_ = nullptr;
  std::filesystem::remove_all(folder);
}

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
