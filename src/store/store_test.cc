#include "store/store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>
#include <thread>

#include "base/limits.h"
#include "store/block.h"
#include "store/engine.h"
#include "store/keys.h"
#include "store/sample_entries.h"
#include "store/store_state.h"

namespace statewire {
namespace {

const Time kCommitTime = from_ns(1'795'424'402'318'000'000);

// A directory of its own for each test, gone afterwards.
class Directory {
 public:
  Directory() {
    std::string pattern = testing::TempDir() + "store_test_XXXXXX";
    CHECK(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  std::string store() const { return path_ + "/deep/store"; }

 private:
  std::string path_;
};

LedgerDelta delta_of(uint64_t received) {
  LedgerDelta delta;
  LedgerRow& row = delta.rows.emplace_back();
  row.source = "http", row.account = "123456789012", row.region = "eu-west-1";
  row.received = received;
  row.fates[static_cast<int>(Fate::recognised)] = received;
  return delta;
}

enum class Kind { memory, disk };

class StoreTest : public testing::TestWithParam<Kind> {
 protected:
  StoreTest() { open(); }

  StoreOptions options() const {
    StoreOptions result;
    if (GetParam() == Kind::disk) result.path = directory_.store();
    return result;
  }
  void open() {
    auto opened = Store::open(options());
    CHECK(opened.ok());
    store_ = std::move(*opened);
  }
  bool can_reopen() const { return GetParam() == Kind::disk; }
  // As a clean stop and start; a store in memory just stays.
  void reopen() {
    if (!can_reopen()) return;
    store_.reset();
    open();
  }

  struct Extra {
    LedgerDelta ledger;
    std::vector<AliasChange> aliases = {};
    std::vector<CursorChange> cursors = {};
    std::vector<Reminder> reminders = {};
    std::vector<ReminderKey> fired = {};
    std::vector<Passage> passages = {};
  };
  // One batch in which each of `resources` changes, in that order.
  void commit(const std::vector<uint64_t>& resources, const Extra& extra) {
    Arena arena;
    const uint64_t first = store_->last_sequence() + 1;
    writer_.begin(first, kCommitTime);
    std::vector<Entry> entries;
    for (size_t i = 0; i < resources.size(); ++i) {
      entries.push_back(typical_entry(first + i, resources[i], kCommitTime, arena));
      writer_.add(entries.back());
      texts_.push_back(EntryText::of(entries.back()));
    }
    std::vector<const Record*> records;
    for (const Entry& entry : entries) records.push_back(&entry.after);
    const Commit commit{.first_sequence = first,
                        .last_sequence = first + resources.size() - 1,
                        .recorded = kCommitTime,
                        .block = writer_.finish(extra.ledger),
                        .records = records,
                        .aliases = extra.aliases,
                        .cursors = extra.cursors,
                        .reminders = extra.reminders,
                        .fired = extra.fired,
                        .ledger = &extra.ledger,
                        .passages = extra.passages};
    ASSERT_TRUE(store_->commit(commit));
  }
  void commit(const std::vector<uint64_t>& resources) {
    commit(resources, {delta_of(resources.size())});
  }
  std::string id_of(uint64_t resource) {
    Arena arena;
    return std::string(typical_entry(1, resource, kCommitTime, arena).observation.resource.id);
  }
  std::optional<std::string> record_text(uint64_t resource) {
    const std::string id = id_of(resource);
    const std::string_view ids[] = {id};
    Arena arena;
    std::vector<std::optional<Record>> out;
    EXPECT_TRUE(store_->records(ids, arena, out));
    if (!out.at(0)) return std::nullopt;
    return EntryText::of(*out[0]);
  }
  std::string entry_text(uint64_t sequence) {
    Arena arena;
    const auto entry = store_->entry(sequence, arena);
    return entry ? EntryText::of(*entry) : entry.error().text;
  }

  Directory directory_;
  std::unique_ptr<Store> store_;
  BlockWriter writer_;
  std::vector<std::string> texts_;  // Of all entries, from sequence 1 on.
};

TEST_P(StoreTest, begins_empty) {
  EXPECT_EQ(store_->first_sequence(), 1u);
  EXPECT_EQ(store_->last_sequence(), 0u);
  EXPECT_EQ(store_->block_at(1)->bytes, nullptr);
  EXPECT_TRUE(store_->ledger()->empty());
  EXPECT_FALSE(record_text(1));
  EXPECT_EQ(*store_->cursor("file"), "");
  EXPECT_FALSE(store_->subscription("pager").value());
  EXPECT_TRUE(store_->disk_space().free_bytes > 0);
}

TEST_P(StoreTest, a_commit_is_found_again_also_after_a_restart) {
  commit({1, 2, 3}, {.ledger = delta_of(3),
                     .aliases = {{"AWS::S3::Bucket|1|eu|invoices", "arn:aws:s3:::invoices"}},
                     .cursors = {{"file:a.json", "17"}}});
  commit({4, 1});
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(store_->last_sequence(), 5u);
    for (uint64_t sequence = 1; sequence <= 5; ++sequence) {
      EXPECT_EQ(entry_text(sequence), texts_[sequence - 1]);
    }
    Arena arena;
    EXPECT_EQ(record_text(1), EntryText::of(store_->entry(5, arena)->after));
    EXPECT_EQ(record_text(2), EntryText::of(store_->entry(2, arena)->after));
    EXPECT_EQ(store_->resource_of_alias("AWS::S3::Bucket|1|eu|invoices").value(),
              "arn:aws:s3:::invoices");
    EXPECT_EQ(store_->resource_of_alias("other").value(), std::nullopt);
    EXPECT_EQ(*store_->cursor("file:a.json"), "17");
    ASSERT_EQ(store_->ledger()->size(), 1u);
    EXPECT_EQ((*store_->ledger())[0].received, 5u);
    reopen();
  }
}

TEST_P(StoreTest, an_alias_is_found_before_all_are_learned_and_while_they_are) {
  const std::string aliases[] = {"one", "two", "three"};
  for (size_t i = 0; i < 2; ++i) {
    commit({i}, {.ledger = delta_of(1), .aliases = {{aliases[i], "id"}}});
  }
  reopen();
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < 2; ++i) EXPECT_EQ(store_->resource_of_alias(aliases[i]).value(), "id");
    EXPECT_EQ(store_->resource_of_alias("other").value(), std::nullopt);
    if (round == 0) commit({3}, {.ledger = delta_of(1), .aliases = {{aliases[2], "id"}}});
    EXPECT_EQ(store_->resource_of_alias(aliases[2]).value(), "id");
    ASSERT_TRUE(store_->learn_aliases({}));
  }
}

TEST_P(StoreTest, records_answer_in_the_order_of_the_question) {
  std::vector<uint64_t> many(1000);
  for (size_t i = 0; i < many.size(); ++i) many[i] = i;
  commit(many);
  std::vector<std::string> ids;
  for (uint64_t i = 0; i < 1500; ++i) ids.push_back(id_of(i * 7 % 1500));
  const std::vector<std::string_view> views(ids.begin(), ids.end());
  Arena arena;
  std::vector<std::optional<Record>> out;
  ASSERT_TRUE(store_->records(views, arena, out));
  ASSERT_EQ(out.size(), ids.size());
  for (uint64_t i = 0; i < 1500; ++i) {
    EXPECT_EQ(out[i].has_value(), i * 7 % 1500 < 1000);
    if (out[i]) {
      EXPECT_EQ(out[i]->resource.id, ids[i]);
    }
  }
}

TEST_P(StoreTest, each_record_goes_by_partition_and_can_be_continued) {
  std::vector<uint64_t> many(300);
  for (size_t i = 0; i < many.size(); ++i) many[i] = i;
  commit(many);
  std::vector<std::string> all;
  ASSERT_TRUE(store_->each_record("", [&](const Record& record) {
    all.emplace_back(record.resource.id);
    return true;
  }));
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), 300u);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::pair(partition_of(a), a) < std::pair(partition_of(b), b);
  }));
  std::vector<std::string> by_pages;
  while (by_pages.size() < all.size()) {
    const std::string after = by_pages.empty() ? "" : by_pages.back();
    size_t left = 7;
    ASSERT_TRUE(store_->each_record(after, [&](const Record& record) {
      by_pages.emplace_back(record.resource.id);
      return --left > 0;
    }));
  }
  EXPECT_EQ(by_pages, all);
}

TEST_P(StoreTest, what_is_named_is_found_before_the_names_are_learned_and_while_they_are) {
  std::vector<uint64_t> many(3000);
  for (size_t i = 0; i < many.size(); ++i) many[i] = i;
  commit(many);
  reopen();
  commit({5000});
  // By pages, as who asks does. How many records were visited, and how many pages it took.
  const auto find = [&](uint64_t resource) {
    const std::string id = id_of(resource);
    const std::string name = id.substr(id.rfind('/') + 1);
    std::string after;
    std::pair<size_t, size_t> seen;
    do {
      ++seen.second;
      after = *store_->some_records_named(after, name, 100, [&](const Record& record) {
        seen.first += record.resource.id == id;
        return true;
      });
    } while (!after.empty());
    return seen;
  };
  EXPECT_EQ(find(7), std::pair(size_t{1}, can_reopen() ? size_t{31} : size_t{1}));
  ASSERT_TRUE(store_->learn_hints({}));
  commit({5001});
  for (const uint64_t resource : {0, 1, 7, 2999, 5000, 5001}) {
    EXPECT_EQ(find(resource), std::pair(size_t{1}, size_t{1})) << resource;
  }
  EXPECT_EQ(find(4000), std::pair(size_t{0}, size_t{1}));
}

TEST_P(StoreTest, blocks_are_found_by_any_of_their_sequences) {
  commit({1, 2, 3});
  commit({});
  commit({});
  commit({4, 5});
  for (int round = 0; round < 2; ++round) {
    for (const uint64_t sequence : {1, 2, 3, 4, 5}) {
      const StoredBlock block = *store_->block_at(sequence);
      ASSERT_NE(block.bytes, nullptr);
      EXPECT_EQ(block.first_sequence, sequence <= 3 ? 1u : 4u);
      EXPECT_EQ(block.last_sequence, sequence <= 3 ? 3u : 5u);
      EXPECT_EQ(BlockReader::open(*block.bytes)->size(), sequence <= 3 ? 3u : 2u);
    }
    EXPECT_EQ(store_->block_at(6)->bytes, nullptr);
    EXPECT_EQ(entry_text(6), "sequence 6 is not in the journal");
    reopen();
  }
}

TEST_P(StoreTest, each_block_shows_what_only_moved_the_ledger) {
  commit({1, 2});
  commit({}, {delta_of(5)});
  commit({}, {delta_of(7)});
  reopen();
  commit({}, {delta_of(9)});
  commit({3});
  commit({}, {delta_of(11)});
  reopen();
  uint64_t received = 0;
  std::vector<std::pair<uint64_t, uint64_t>> ranges;
  ASSERT_TRUE(store_->each_block(1, [&](const StoredBlock& block) {
    received += BlockReader::open(*block.bytes)->ledger()->rows.at(0).received;
    ranges.emplace_back(block.first_sequence, block.last_sequence);
    return true;
  }));
  EXPECT_EQ(received, 2u + 5 + 7 + 9 + 1 + 11);
  EXPECT_EQ(ranges, (std::vector<std::pair<uint64_t, uint64_t>>{
                        {1, 2}, {3, 2}, {3, 2}, {3, 2}, {3, 3}, {4, 3}}));
  EXPECT_EQ((*store_->ledger())[0].received, received);
  EXPECT_EQ(store_->last_sequence(), 3u);
}

TEST_P(StoreTest, trimming_takes_whole_blocks_and_keeps_the_newest) {
  commit({1, 2, 3});
  commit({4, 5, 6});
  commit({7, 8, 9});
  ASSERT_TRUE(store_->trim_journal(5));
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(store_->first_sequence(), 4u);
    EXPECT_EQ(store_->last_sequence(), 9u);
    EXPECT_EQ(entry_text(4), texts_[3]);
    EXPECT_EQ(store_->block_at(9)->first_sequence, 7u);
    EXPECT_EQ(store_->block_at(1)->first_sequence, 4u);
    EXPECT_EQ(entry_text(3), "sequence 3 is not in the journal");
    reopen();
  }
  ASSERT_TRUE(store_->trim_journal(1000));
  reopen();
  EXPECT_EQ(store_->first_sequence(), 7u);
  EXPECT_EQ(store_->last_sequence(), 9u);
  ASSERT_TRUE(store_->trim_journal(2));
  EXPECT_EQ(store_->first_sequence(), 7u);
  commit({10});
  EXPECT_EQ(entry_text(10), texts_[9]);
  EXPECT_TRUE(record_text(1)) << "records outlive their history";
}

TEST_P(StoreTest, waits_for_the_end_of_the_journal_to_move) {
  EXPECT_FALSE(store_->wait_for(1, std::chrono::milliseconds(1)));
  commit({1});
  EXPECT_TRUE(store_->wait_for(1, Duration{}));
  std::atomic<bool> came = false;
  std::thread reader([&] { came = store_->wait_for(2, Duration::max()); });
  commit({2});
  reader.join();
  EXPECT_TRUE(came);
}

TEST_P(StoreTest, ledger_rows_add_up_over_batches) {
  LedgerDelta delta = delta_of(2);
  delta.rows.push_back(delta.rows[0]);  // The same row twice counts twice.
  LedgerRow& other = delta.rows.emplace_back();
  other.source = "bus", other.account = "-", other.region = "-";
  other.received = 3, other.fates[static_cast<int>(Fate::malformed)] = 3;
  commit({1}, {delta});
  reopen();
  commit({2}, {delta});
  const auto rows = *store_->ledger();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].source, "bus");
  EXPECT_EQ(rows[0].received, 6u);
  EXPECT_EQ(rows[1].received, 8u);
  EXPECT_TRUE(rows[0].adds_up() && rows[1].adds_up());
}

TEST_P(StoreTest, unrecognised_kinds_are_counted_with_their_first_sample) {
  LedgerDelta delta;
  delta.unrecognised.push_back({"http", "aws.glue", "Glue Job", 2, kCommitTime, "first"});
  delta.unrecognised.push_back({"http", "aws.new", "New", 1, kCommitTime, std::string(9000, 'x')});
  commit({}, {delta});
  delta.unrecognised[0].sample = "second";
  delta.unrecognised[0].last = kCommitTime + std::chrono::seconds(1);
  delta.unrecognised.pop_back();
  reopen();
  commit({}, {delta});
  const auto rows = *store_->unrecognised();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].origin_source, "aws.glue");
  EXPECT_EQ(rows[0].count, 4u);
  EXPECT_EQ(rows[0].sample, "first");
  EXPECT_EQ(rows[0].last, kCommitTime + std::chrono::seconds(1));
  EXPECT_EQ(rows[1].sample.size(), kLedgerSampleBytesMax);
}

TEST_P(StoreTest, only_the_newest_refusals_are_kept) {
  LedgerDelta delta;
  for (size_t i = 0; i < kRefusalsKept + 10; ++i) {
    delta.refusals.push_back(
        {"http", "", Fate::malformed, "reason " + std::to_string(i), "{", kCommitTime});
  }
  commit({}, {delta});
  reopen();
  delta.refusals.resize(1);
  delta.refusals[0].reason = "the last";
  commit({}, {delta});
  const auto refusals = *store_->refusals();
  ASSERT_EQ(refusals.size(), kRefusalsKept);
  EXPECT_EQ(refusals.front().reason, "the last");
  EXPECT_EQ(refusals[1].reason, "reason 1009");
  EXPECT_EQ(refusals.back().reason, "reason 11");
}

DeliveryRow delivery(std::string subscription, uint64_t number) {
  DeliveryRow row;
  row.subscription = std::move(subscription);
  row.number = number;
  row.first_sequence = row.last_sequence = number + 100;
  row.id = "0123456789abcdef0123456789abcdef";
  row.resource = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1";
  row.payload = std::string(100, '\0');
  row.attempts = 4;
  row.due = kCommitTime + std::chrono::minutes(5);
  row.last_detail = "http 503";
  row.is_redriven = true;
  return row;
}

Reminder reminder(Time due, std::string_view resource_id, std::string_view payload = {},
                  uint64_t number = 0, ReminderKind kind = ReminderKind::settle) {
  return {{.due = due, .resource_id = resource_id, .kind = kind, .number = number}, payload};
}
// A reminder as text, and all of them up to `count`.
std::string text_of(const Reminder& reminder) {
  return format_time(reminder.key.due) + " " + std::string(reminder.key.resource_id) + " " +
         std::to_string(static_cast<int>(reminder.key.kind)) + " " +
         std::to_string(reminder.key.number) + " " + std::string(reminder.payload);
}
std::vector<std::string> reminders_of(const Store& store, size_t count = SIZE_MAX) {
  std::vector<std::string> texts;
  EXPECT_TRUE(store.each_reminder([&](const Reminder& each) {
    texts.push_back(text_of(each));
    return texts.size() < count;
  }));
  return texts;
}

TEST_P(StoreTest, reminders_come_in_the_order_in_which_they_are_due_also_after_a_restart) {
  EXPECT_EQ(store_->next_reminder(), Time::max());
  const Reminder late = reminder(kCommitTime + std::chrono::hours(1), "table/orders", "{}");
  const Reminder early = reminder(from_ns(-5), "b");
  const Reminder beside = reminder(from_ns(-5), "a");
  commit({1}, {.ledger = delta_of(1), .reminders = {late}});
  EXPECT_EQ(store_->next_reminder(), late.key.due);
  commit({2}, {.ledger = delta_of(1), .reminders = {early, beside}});
  EXPECT_EQ(store_->next_reminder(), early.key.due);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(reminders_of(*store_), (std::vector{text_of(beside), text_of(early), text_of(late)}));
    EXPECT_EQ(reminders_of(*store_, 1), std::vector{text_of(beside)});
    reopen();
    EXPECT_EQ(store_->next_reminder(), early.key.due);
  }
}

TEST_P(StoreTest, a_reminder_that_fired_is_no_more_even_where_it_is_set_by_the_same_commit) {
  const Reminder first = reminder(kCommitTime, "a");
  const Reminder second = reminder(kCommitTime + std::chrono::seconds(1), "a");
  commit({1}, {.ledger = delta_of(1), .reminders = {first, second}});
  commit({}, {.ledger = delta_of(1), .reminders = {first}, .fired = {first.key}});
  EXPECT_EQ(reminders_of(*store_), std::vector{text_of(second)});
  EXPECT_EQ(store_->next_reminder(), second.key.due);
  commit({},
         {.ledger = delta_of(1), .fired = {second.key, reminder(second.key.due, "nobody").key}});
  reopen();
  EXPECT_EQ(reminders_of(*store_), std::vector<std::string>());
  EXPECT_EQ(store_->next_reminder(), Time::max());
  // One that is due before all that fired is found.
  commit({2}, {.ledger = delta_of(1), .reminders = {first}});
  EXPECT_EQ(reminders_of(*store_), std::vector{text_of(first)});
}

TEST_P(StoreTest, what_was_learned_outlives_the_process) {
  const std::vector<Passage> passages = {{"A", Phase::provisioning, 3, 2},
                                         {"A", Phase::changing, 63, 1},
                                         {"B", Phase::stable, 3, 1}};  // It rests there.
  commit({1}, {.ledger = delta_of(1), .passages = passages});
  const std::vector<Passage> back = {{"A", Phase::provisioning, 3, -1}};
  commit({2}, {.ledger = delta_of(1), .passages = back});
  reopen();
  EXPECT_EQ(store_->learned().size(), 1u);
  EXPECT_EQ(store_->learned("A", 0).counts()[3], 1u);
  EXPECT_EQ(store_->learned("A", 1).counts()[63], 1u);
  EXPECT_EQ(store_->learned("B", 0), DurationSketch());
}

TEST_P(StoreTest, several_reminders_of_one_resource_at_one_time_are_told_apart) {
  const Reminder one = reminder(kCommitTime, "a", "one", 1);
  const Reminder two = reminder(kCommitTime, "a", "two", 2);
  const Reminder move = reminder(kCommitTime, "a", "move", 1, ReminderKind::move);
  Reminder again = one;
  again.payload = "again";
  commit({1}, {.ledger = delta_of(1), .reminders = {move, two, one}});
  commit({2}, {.ledger = delta_of(1), .reminders = {again}});
  EXPECT_EQ(reminders_of(*store_), (std::vector{text_of(again), text_of(two), text_of(move)}));
  commit({}, {.ledger = delta_of(1), .fired = {two.key}});
  EXPECT_EQ(reminders_of(*store_), (std::vector{text_of(again), text_of(move)}));
}

TEST_P(StoreTest, a_reminder_of_a_newer_program_is_kept_and_passed_over) {
  const Reminder newer = reminder(kCommitTime, "a", "?", 1, static_cast<ReminderKind>(200));
  const Reminder known = reminder(kCommitTime + std::chrono::seconds(1), "b");
  commit({1}, {.ledger = delta_of(1), .reminders = {newer, known}});
  EXPECT_EQ(reminders_of(*store_), std::vector{text_of(known)});
  EXPECT_EQ(store_->next_reminder(), known.key.due);
  commit({}, {.ledger = delta_of(1), .fired = {known.key}});
  reopen();
  EXPECT_EQ(reminders_of(*store_), std::vector<std::string>());
  EXPECT_EQ(store_->next_reminder(), Time::max());
  EXPECT_EQ(store_->reminders_damaged(), 0u);
}

TEST_P(StoreTest, a_damaged_reminder_costs_itself_and_not_those_behind_it) {
  if (!can_reopen()) return;
  const Reminder first = reminder(kCommitTime, "a", "payload");
  const Reminder second = reminder(kCommitTime + std::chrono::seconds(1), "b", "payload");
  commit({1}, {.ledger = delta_of(1), .reminders = {first, second}});
  store_.reset();
  std::string key, good;
  keys::set_reminder(first.key, key);
  const auto spoil = [&](Family family, std::string_view at, std::string_view value) {
    auto engine = open_rocksdb_engine(options());
    CHECK(engine.ok());
    if (good.empty()) good = (*engine)->get(family, key)->value();
    EngineBatch batch;
    batch.put(family, at, value);
    CHECK((*engine)->write(batch, Sync::yes).ok());
  };
  spoil(Family::reminders, std::string(3, '\0'), "no key at all");
  open();
  EXPECT_EQ(reminders_of(*store_), (std::vector{text_of(first), text_of(second)}));
  EXPECT_EQ(store_->reminders_damaged(), 1u);
  const std::string whole = good;
  for (size_t at = 0; at <= whole.size(); ++at) {
    store_.reset();
    std::string value = whole.substr(0, at);
    if (at == whole.size()) value.back() ^= 1;
    spoil(Family::reminders, key, value);
    open();
    EXPECT_EQ(reminders_of(*store_), std::vector{text_of(second)}) << at;
    EXPECT_EQ(reminders_of(*store_), std::vector{text_of(second)}) << at;
    EXPECT_EQ(store_->next_reminder(), second.key.due);
    EXPECT_EQ(store_->reminders_damaged(), 2u);
  }
}

TEST_P(StoreTest, a_settlement_changes_all_that_it_names) {
  Settlement first;
  first.states = {{"pager", {.cursor = 7}}};
  for (const uint64_t number : {9, 300, 2}) first.put.push_back(delivery("pager", number));
  first.put.push_back(delivery("page", 5));
  first.put.push_back(delivery("pagers", 6));
  ASSERT_TRUE(store_->settle(first));
  Settlement second;
  second.states = {{"pager", {.cursor = 310, .next_number = 301, .rows = 2, .is_gone = true}}};
  second.removed = {{"pager", 9}};
  second.parked_put = {{.delivery = delivery("pager", 9), .parked = kCommitTime}};
  ASSERT_TRUE(store_->settle(second));
  reopen();
  const auto state = store_->subscription("pager").value();
  ASSERT_TRUE(state);
  EXPECT_EQ(state->cursor, 310u);
  EXPECT_EQ(state->next_number, 301u);
  EXPECT_EQ(state->rows, 2u);
  EXPECT_TRUE(state->is_gone);
  std::vector<uint64_t> numbers;
  ASSERT_TRUE(store_->each_delivery("pager", 0, [&](uint64_t number, Result<DeliveryRow> found) {
    numbers.push_back(number);
    EXPECT_EQ(found->number, number);
    EXPECT_EQ(found->subscription, "pager");
    EXPECT_EQ(found->payload, std::string(100, '\0'));
    EXPECT_EQ(found->due, kCommitTime + std::chrono::minutes(5));
    EXPECT_EQ(found->attempts, 4u);
    EXPECT_TRUE(found->is_redriven);
    return true;
  }));
  EXPECT_EQ(numbers, (std::vector<uint64_t>{2, 300}));
}

TEST_P(StoreTest, parked_deliveries_are_listed_from_a_place_on) {
  Settlement settlement;
  for (const auto& [name, number] : {std::pair{"b", 1}, {"a", 2}, {"b", 3}}) {
    settlement.parked_put.push_back(
        {.delivery = delivery(name, static_cast<uint64_t>(number)), .parked = kCommitTime});
  }
  ASSERT_TRUE(store_->settle(settlement));
  const auto listed = [&](const DeliveryKey& from) {
    std::vector<std::string> keys;
    EXPECT_TRUE(store_->each_parked(from, [&](const DeliveryKey& key, Result<ParkedRow> row) {
      keys.push_back(row->delivery.subscription + std::to_string(key.number));
      return true;
    }));
    return keys;
  };
  EXPECT_EQ(listed({}), (std::vector<std::string>{"a2", "b1", "b3"}));
  EXPECT_EQ(listed({"b", 2}), std::vector<std::string>{"b3"});
  Settlement removal;
  removal.parked_removed = {{"b", 1}};
  ASSERT_TRUE(store_->settle(removal));
  EXPECT_EQ(listed({}), (std::vector<std::string>{"a2", "b3"}));
}

TEST_P(StoreTest, parked_deliveries_are_counted_over_changes_and_restarts) {
  const auto row = [&](const char* name, uint64_t number) {
    return ParkedRow{.delivery = delivery(name, number), .parked = kCommitTime};
  };
  const auto counts = [&] {
    return std::vector{store_->parked_count("a"), store_->parked_count("b")};
  };
  const auto settle = [&](std::vector<DeliveryKey> removed, std::vector<ParkedRow> put) {
    Settlement settlement;
    settlement.parked_removed = std::move(removed);
    settlement.parked_put = std::move(put);
    ASSERT_TRUE(store_->settle(settlement));
  };
  EXPECT_EQ(counts(), (std::vector<uint64_t>{0, 0}));
  settle({}, {row("a", 1), row("a", 2), row("b", 1)});
  EXPECT_EQ(counts(), (std::vector<uint64_t>{2, 1}));
  reopen();
  EXPECT_EQ(counts(), (std::vector<uint64_t>{2, 1}));
  settle({{"a", 1}, {"a", 1}, {"a", 7}, {"b", 1}}, {row("a", 2), row("b", 1), row("b", 2)});
  EXPECT_EQ(counts(), (std::vector<uint64_t>{1, 2}));
  reopen();
  EXPECT_EQ(counts(), (std::vector<uint64_t>{1, 2}));
}

// A start reads the first of many, and what changes meanwhile is counted once.
TEST_P(StoreTest, many_parked_deliveries_are_counted_while_they_change) {
  Settlement many;
  for (uint64_t number = 1; number <= 2 * kParkedListedMax; ++number) {
    many.parked_put.push_back({.delivery = delivery("a", number), .parked = kCommitTime});
  }
  ASSERT_TRUE(store_->settle(many));
  EXPECT_EQ(store_->parked_count("a"), 2 * kParkedListedMax);
  reopen();
  EXPECT_EQ(store_->parked_count("a"), can_reopen() ? kParkedListedMax : 2 * kParkedListedMax);
  Settlement some;
  some.parked_removed = {{"a", 1}, {"a", kParkedListedMax + 1}, {"a", kParkedListedMax + 2}};
  for (const uint64_t number : {kParkedListedMax + 2, 2 * kParkedListedMax + 1}) {
    some.parked_put.push_back({.delivery = delivery("a", number), .parked = kCommitTime});
  }
  some.parked_put.push_back({.delivery = delivery("b", 1), .parked = kCommitTime});
  ASSERT_TRUE(store_->settle(some));
  ASSERT_TRUE(store_->learn_parked({}));
  EXPECT_EQ(store_->parked_count("a"), 2 * kParkedListedMax - 1);
  EXPECT_EQ(store_->parked_count("b"), 1u);
}

TEST_P(StoreTest, a_frozen_batch_keeps_its_members_in_order) {
  const std::vector<uint64_t> numbers = {7, 8, 5, 1'000'000};
  Settlement settlement;
  settlement.batches_removed = {"archive"};  // What is put in the same write stays.
  settlement.batches_put = {{.subscription = "archive",
                             .id = "0123",
                             .frozen = kCommitTime,
                             .first_sequence = 70,
                             .last_sequence = 90,
                             .numbers = numbers}};
  settlement.is_synced = true;
  ASSERT_TRUE(store_->settle(settlement));
  reopen();
  const std::optional<BatchRow> batch = *store_->frozen_batch("archive");
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->numbers, numbers);
  EXPECT_EQ(batch->id, "0123");
  EXPECT_EQ(batch->frozen, kCommitTime);
  EXPECT_EQ(batch->first_sequence, 70u);
  EXPECT_EQ(batch->last_sequence, 90u);
  EXPECT_FALSE(*store_->frozen_batch("archiv"));
  Settlement removal;
  removal.batches_removed = {"archive"};
  ASSERT_TRUE(store_->settle(removal));
  EXPECT_FALSE(*store_->frozen_batch("archive"));
}

TEST_P(StoreTest, deliveries_are_settled_and_records_read_while_commits_go_on) {
  std::atomic<bool> stop = false;
  std::thread settling([&] {
    for (uint64_t i = 1; !stop; ++i) {
      Settlement settlement;
      settlement.states = {{"pager", {.cursor = i}}};
      EXPECT_TRUE(store_->settle(settlement));
    }
  });
  std::thread reading([&] {
    while (!stop) {
      const uint64_t last = store_->last_sequence();
      if (last > 0) {
        EXPECT_EQ(store_->block_at(last)->last_sequence, last);
      }
      EXPECT_TRUE(store_->each_record("", [](const Record&) { return true; }));
      const auto rows = *store_->ledger();
      if (!rows.empty()) {
        EXPECT_TRUE(rows[0].adds_up());
      }
    }
  });
  for (uint64_t i = 0; i < 40; ++i) commit({i, i + 1});
  stop = true;
  settling.join();
  reading.join();
  EXPECT_EQ(store_->last_sequence(), 80u);
}

INSTANTIATE_TEST_SUITE_P(, StoreTest,
#ifdef STATEWIRE_ROCKSDB
                         testing::Values(Kind::memory, Kind::disk),
#else
                         testing::Values(Kind::memory),
#endif
                         [](const auto& param) {
                           return param.param == Kind::memory ? "memory" : "disk";
                         });

#ifdef STATEWIRE_ROCKSDB

TEST(StoreOpeningTest, a_second_opening_is_refused_while_the_first_lives) {
  Directory directory;
  const StoreOptions options{.path = directory.store()};
  auto first = Store::open(options);
  ASSERT_TRUE(first);
  const auto second = Store::open(options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(second.error().text, "store " + options.path + " is held by another process");
  first->reset();
  EXPECT_TRUE(Store::open(options));
}

TEST(StoreOpeningTest, another_format_is_refused_with_what_to_do_and_nothing_is_changed) {
  const std::pair<uint64_t, std::string_view> formats[] = {
      {3, "has format 3, and this program reads 2: run the newer statewire that wrote it"},
      {1, "has format 1, and this program reads 2: move the directory away, or name an empty one"}};
  for (const auto& [format, expected] : formats) {
    Directory directory;
    const StoreOptions options{.path = directory.store()};
    ASSERT_TRUE(Store::open(options));
    {
      auto engine = open_rocksdb_engine(options);
      ASSERT_TRUE(engine);
      EngineBatch batch;
      batch.put(Family::meta, kFormatKey, meta_value(format));
      ASSERT_TRUE((*engine)->write(batch, Sync::yes));
    }
    for (int round = 0; round < 2; ++round) {
      const auto store = Store::open(options);
      ASSERT_FALSE(store);
      EXPECT_EQ(store.error().kind, ErrorKind::failed);
      EXPECT_NE(store.error().text.find(expected), std::string::npos) << store.error().text;
    }
  }
}

TEST(StoreOpeningTest, a_place_that_cannot_be_written_is_named) {
  Directory directory;
  const StoreOptions options{.path = "/dev/null/store"};
  const auto store = Store::open(options);
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().text.find("/dev/null/store"), std::string::npos) << store.error().text;
}

TEST(StoreOpeningTest, read_only_needs_a_store_and_no_lock) {
  Directory directory;
  StoreOptions options{.path = directory.store()};
  options.read_only = true;
  EXPECT_EQ(Store::open(options).error().kind, ErrorKind::not_found);
  options.read_only = false;
  const auto daemon = Store::open(options);
  ASSERT_TRUE(daemon);
  Settlement settlement;
  settlement.states = {{"pager", {.cursor = 7}}};
  ASSERT_TRUE((*daemon)->settle(settlement));
  options.read_only = true;
  const auto inspecting = Store::open(options);
  ASSERT_TRUE(inspecting) << inspecting.error().text;
  EXPECT_EQ((*inspecting)->subscription("pager").value()->cursor, 7u);
  EXPECT_EQ((*inspecting)->last_sequence(), 0u);
}

#else

TEST(StoreOpeningTest, without_rocksdb_a_path_is_refused) {
  const auto store = Store::open({.path = "var/x"});
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().text.find("without RocksDB"), std::string::npos);
}

#endif

}  // namespace
}  // namespace statewire
