#include "delivery/pipeline.h"

#include <gtest/gtest.h>

#include "delivery/pipeline_for_test.h"
#include "store/engine.h"
#include "store/keys.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(PipelineTest, delivers_in_order_per_resource) {
  journal({"a", "b", "a"});
  turn();
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{1, 2}));
  answer(Verdict::delivered);
  turn();
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{2, 3}));
  answer(Verdict::delivered);
  answer(Verdict::delivered);
  EXPECT_EQ(stored_cursor(), 3u);
}

TEST_F(PipelineTest, what_is_above_the_limit_is_one_row_and_one_message_when_the_hour_is_over) {
  subscription_.per_hour = 2;
  kill();
  journal({"a", "b", "c", "d", "e"});
  turn();
  // The third is kept back, and that is said at once.
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{1, 2, 3}));
  EXPECT_EQ(held_.back().ids.front(), to_hex(limit_id("machines", first_told(3))));
  answer(Verdict::delivered);
  answer(Verdict::delivered);
  answer(Verdict::delivered);
  EXPECT_EQ(stored_cursor(), 5u);
  ASSERT_EQ(rows().size(), 1u);
  EXPECT_EQ(rows()[0].members, 3u);
  now_ += std::chrono::minutes(59);
  kill();
  turn();
  EXPECT_TRUE(in_flight().empty());
  EXPECT_EQ(pipeline_->counts().held, 3u);
  now_ += std::chrono::minutes(1);
  journal({"f"});
  turn();
  ASSERT_EQ(in_flight(), (std::vector<uint64_t>{5, 6}));
  EXPECT_EQ(held_.front().ids.front(), to_hex(receipt_id("machines", first_told(3))));
  kill();
  turn();
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{5, 6}));
  EXPECT_EQ(held_.front().ids.front(), to_hex(receipt_id("machines", first_told(3))));
  answer(Verdict::delivered);
  answer(Verdict::delivered);
  EXPECT_TRUE(rows().empty());
}

TEST_F(PipelineTest, a_kill_counts_nothing_twice_and_forgets_nothing) {
  subscription_.per_hour = 1;
  kill();
  for (int i = 0; i < 20; ++i) {
    journal({"a", "b", "c"});
    turn();
    if (i % 3 == 0) kill();
  }
  turn();
  const std::vector<DeliveryRow> left = rows();
  const auto digest = std::ranges::find(left, Stage::rate, &DeliveryRow::stage);
  ASSERT_NE(digest, left.end());
  EXPECT_EQ(digest->members, 59u);
  // It was announced once.
  EXPECT_EQ(std::ranges::count(left, to_hex(limit_id("machines", first_told(2))), &DeliveryRow::id),
            1);
}

TEST_F(PipelineTest, two_digests_become_one_that_counts_all) {
  exceed_limit();
  ASSERT_EQ(rows().size(), 1u);
  DeliveryRow other = rows()[0];
  SubscriptionState state = **store_->subscription("machines");
  other.number = state.next_number++;
  other.first_sequence = other.last_sequence = 4;
  ++state.rows;
  ASSERT_TRUE(store_->settle({.states = {{"machines", state}}, .put = {other}}).ok());
  kill();
  turn();
  EXPECT_TRUE(parked().empty());
  ASSERT_EQ(rows().size(), 1u);
  EXPECT_EQ(rows()[0].members, 4u);
  EXPECT_EQ(rows()[0].digest.kinds[0].count, 4u);
  EXPECT_EQ(rows()[0].last_sequence, 4u);
}

TEST_F(PipelineTest, what_a_limit_counted_is_told_when_the_limit_is_taken_away) {
  exceed_limit();
  subscription_.per_hour = 0;
  kill();
  turn();
  ASSERT_EQ(in_flight(), (std::vector<uint64_t>{3}));
  EXPECT_EQ(held_.front().ids.front(), to_hex(receipt_id("machines", first_told(2))));
}

TEST_F(PipelineTest, errors_pass_above_the_limit) {
  subscription_.per_hour = 1;
  kill();
  phase_ = Phase::degraded;
  journal({"a", "b", "c"});
  turn();
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{1, 2, 3}));
}

TEST_F(PipelineTest, cursor_stays_behind_what_is_not_settled_for_a_moment) {
  journal({"a", "b"});
  turn();
  std::swap(held_[0], held_[1]);
  answer(Verdict::delivered);
  EXPECT_EQ(stored_cursor(), 0u);
  EXPECT_TRUE(rows().empty());
  answer(Verdict::delivered);
  EXPECT_EQ(stored_cursor(), 2u);
}

// The row that absorbed it may be settled by then: reading it again would tell it by itself, behind
// what was told since.
TEST_F(PipelineTest, an_amendment_that_was_absorbed_is_not_told_after_a_kill) {
  hold_one("a");
  Entry other = entry_of("b", 2);
  other.after.cause.kind = CauseKind::human;
  journal_entries({other, amendment_of(1, "a", 3)});
  turn();
  ASSERT_EQ(in_flight(), (std::vector<uint64_t>{2, 1}));
  std::swap(held_[0], held_[1]);
  answer(Verdict::delivered);
  kill();
  turn();
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{2}));
}

TEST_F(PipelineTest, after_a_restart_the_journal_is_read_before_waits_end) {
  hold_one("a");
  journal_entries({amendment_of(1, "a", 2)});
  now_ += std::chrono::hours(1);
  kill();
  turn();
  ASSERT_EQ(in_flight(), (std::vector<uint64_t>{1}));
  answer(Verdict::delivered);
  turn();
  EXPECT_TRUE(in_flight().empty()) << "the amendment stands in what was told";
}

TEST_F(PipelineTest, one_that_hangs_is_all_that_is_repeated) {
  journal({"a", "b", "c"});
  turn();
  std::swap(held_[0], held_[2]);
  answer(Verdict::delivered);
  answer(Verdict::delivered);
  now_ += kCheckpointInterval;
  turn();
  EXPECT_EQ(stored_cursor(), 3u);
  ASSERT_EQ(rows().size(), 1u);
  kill();
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
}

// Rows are what is unsettled at or before the cursor: those behind in a lane are among them.
TEST_F(PipelineTest, a_lane_of_rows_and_unread_entries_goes_on_in_order) {
  journal({"a", "a", "a"});
  turn();
  now_ += kCheckpointInterval;
  journal({"a", "a"});
  turn();
  EXPECT_EQ(rows().size(), 3u);
  EXPECT_EQ(stored_cursor(), 3u);
  kill();
  for (uint64_t sequence = 1; sequence <= 5; ++sequence) {
    turn();
    ASSERT_EQ(in_flight(), std::vector<uint64_t>{sequence});
    answer(Verdict::delivered);
  }
}

TEST_F(PipelineTest, an_answer_after_the_end_is_dropped_and_finds_its_texts) {
  journal({"a"});
  turn();
  std::deque<HeldSink::Held> late;
  late.swap(held_);
  pipeline_.reset();
  late.front().done({{.verdict = Verdict::delivered}});
  late.clear();
  kill();
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
}

TEST_F(PipelineTest, an_answer_that_comes_twice_counts_once) {
  journal({"a", "a"});
  turn();
  const Completion done = held_.front().done;
  answer(Verdict::delivered);
  turn();
  done({{.verdict = Verdict::reject}});
  pipeline_->on_answers(now_);
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{2});
  answer(Verdict::delivered);
  EXPECT_TRUE(parked().empty());
}

TEST_F(PipelineTest, a_write_that_fails_changes_nothing_and_is_said_again) {
  journal({"a", "b"});
  turn();
  held_.front().done({{.verdict = Verdict::reject, .status = 400}});
  held_.pop_front();
  pipeline_->on_answers(now_);
  Settlement lost;
  pipeline_->prepare(now_, Book::Extent::due, lost);
  ASSERT_EQ(lost.parked_put.size(), 1u);
  Settlement again;
  pipeline_->prepare(now_, Book::Extent::due, again);
  EXPECT_EQ(again.parked_put.size(), 1u);
  ASSERT_TRUE(store_->settle(again).ok());
  pipeline_->written();
  EXPECT_EQ(parked().size(), 1u);
  Settlement after;
  pipeline_->prepare(now_, Book::Extent::due, after);
  EXPECT_TRUE(after.is_empty());
}

TEST_F(PipelineTest, restart_repeats_what_was_not_settled_with_the_same_id) {
  journal({"a"});
  turn();
  const std::string id = held_.front().ids.front();
  restart();
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{1});
  EXPECT_EQ(held_.front().ids.front(), id);
}

TEST_F(PipelineTest, what_is_urgent_ends_waits_also_where_the_process_ends_then) {
  hold_one("a");
  Entry failed = entry_of("a", store_->last_sequence() + 1);
  failed.observation.severity = kError;
  failed.observation.toward = 0;
  journal_entries({failed});
  ASSERT_TRUE(pipeline_->advance(now_).ok());
  checkpoint(Book::Extent::everything);
  kill();
  turn();
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{1}));
  answer(Verdict::delivered);
  turn();
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{2}));
}

TEST_F(PipelineTest, retry_waits_and_holds_only_its_own_resource) {
  journal({"a", "a", "b"});
  turn();
  answer(Verdict::retry, 500);
  answer(Verdict::delivered);
  turn();
  now_ += kCheckpointInterval;
  turn();
  EXPECT_EQ(stored_cursor(), 3u) << "what waits for a retry has a row, so the cursor passes";
  held_.clear();
  kill();
  now_ += kBackoffMax;
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{1});
  answer(Verdict::delivered);
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{2});
}

TEST_F(PipelineTest, retry_after_is_honoured) {
  journal({"a"});
  turn();
  answer(Verdict::retry, 429, seconds(30));
  now_ += seconds(29);
  turn();
  EXPECT_TRUE(in_flight().empty());
  now_ += seconds(1);
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
}

TEST_F(PipelineTest, pending_deliveries_survive_a_restart_in_their_lane) {
  journal({"a", "a"});
  turn();
  answer(Verdict::retry, 503);
  restart();
  now_ += kBackoffMax;
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{1});
  answer(Verdict::delivered);
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{2});
  answer(Verdict::delivered);
  restart();
  turn();
  EXPECT_TRUE(in_flight().empty());
}

TEST_F(PipelineTest, rejected_is_parked_and_the_lane_goes_on) {
  journal({"a", "a"});
  turn();
  answer(Verdict::reject, 422);
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{2});
  ASSERT_EQ(parked().size(), 1u);
  EXPECT_EQ(parked()[0].last_status, 422);
  EXPECT_EQ(parked()[0].reason, "rejected: http 422: said so");
}

TEST_F(PipelineTest, what_is_parked_is_passed_by_the_cursor_and_what_is_before_it_has_rows) {
  journal({"a", "b"});
  turn();
  std::swap(held_[0], held_[1]);
  answer(Verdict::reject, 400);
  EXPECT_EQ(stored_cursor(), 2u);
  EXPECT_EQ(rows().size(), 1u);
  kill();
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
}

TEST_F(PipelineTest, a_batch_that_is_rejected_is_tried_one_by_one) {
  kind_.limits = {.batch_deliveries_max = 10, .in_flight_max = 1};
  kill();
  journal({"a", "b"});
  turn();
  ASSERT_EQ(in_flight(), (std::vector<uint64_t>{1, 2}));
  answer(Verdict::reject, 400);
  EXPECT_TRUE(parked().empty());
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{1});
  answer(Verdict::delivered);
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{2});
  answer(Verdict::reject, 400);
  EXPECT_EQ(parked().size(), 1u);
}

TEST_F(PipelineTest, a_batch_that_is_refused_for_no_known_reason_is_tried_one_by_one) {
  kind_.limits = {.batch_deliveries_max = 10, .in_flight_max = 1};
  kill();
  journal({"a", "b"});
  turn();
  ASSERT_EQ(in_flight(), (std::vector<uint64_t>{1, 2}));
  HeldSink::Held held = std::move(held_.front());
  held_.pop_front();
  held.done(std::vector<Attempt>(2, {.verdict = Verdict::retry, .is_of_whole_batch = true}));
  pipeline_->on_answers(now_);
  now_ += std::chrono::minutes(1);
  turn();
  ASSERT_EQ(in_flight().size(), 1u);
  answer(Verdict::retry, 400);
  turn();
  ASSERT_EQ(in_flight().size(), 1u) << "one that is refused holds up no other";
  answer(Verdict::delivered);
  EXPECT_TRUE(parked().empty());
}

TEST_F(PipelineTest, retried_for_too_long_since_its_first_attempt_is_parked) {
  subscription_.retry_for = hours(1);
  kind_.limits.in_flight_max = 1;
  kill();
  journal({"a", "b"});
  turn();
  now_ += hours(2);  // The second waits for its turn.
  answer(Verdict::delivered);
  turn();
  answer(Verdict::retry, 500);
  EXPECT_TRUE(parked().empty());
  for (int i = 0; i < 2; ++i) {
    now_ += hours(1);
    turn();
    answer(Verdict::retry, 500);
  }
  ASSERT_EQ(parked().size(), 1u);
  EXPECT_EQ(parked()[0].delivery.attempts, 3u);
}

TEST_F(PipelineTest, while_the_circuit_is_open_nothing_is_parked) {
  subscription_.retry_for = std::chrono::seconds(5);
  journal({"a"});
  for (int i = 0; i < 40; ++i) {
    turn();
    if (pipeline_->counts().is_circuit_open) break;
    now_ += std::chrono::milliseconds(1);
    if (!held_.empty()) answer(Verdict::unavailable, 403);
  }
  ASSERT_TRUE(pipeline_->counts().is_circuit_open);
  for (int i = 0; i < 10; ++i) {
    now_ += kBackoffMax;
    turn();
    ASSERT_FALSE(held_.empty());
    answer(Verdict::retry, 503);
  }
  EXPECT_TRUE(parked().empty());
}

// Not the time of the first attempt is stored, but how long ago it was.
TEST_F(PipelineTest, a_clock_that_was_set_while_it_was_down_parks_nothing) {
  journal({"a"});
  turn();
  answer(Verdict::retry, 500);
  restart();
  now_ += hours(24 * 100);
  kill();
  for (int i = 0; i < 3; ++i) {
    turn();
    answer(Verdict::retry, 500);
    now_ += kBackoffMax;
  }
  EXPECT_TRUE(parked().empty());
  restart();
  now_ -= hours(24 * 100);
  kill();
  turn();
  now_ += kBackoffMax;
  turn();
  EXPECT_EQ(in_flight().size(), 1u);
}

TEST_F(PipelineTest, an_absurd_retry_after_ends_with_retry_for) {
  subscription_.retry_for = hours(1);
  journal({"a"});
  turn();
  answer(Verdict::retry, 429, Duration::max());
  now_ += hours(1);
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
}

TEST_F(PipelineTest, unavailable_opens_the_circuit_and_parks_nothing) {
  journal({"a", "b", "c"});
  turn();
  answer(Verdict::unavailable, 403);
  answer(Verdict::unavailable, 403);
  answer(Verdict::unavailable, 403);
  turn();
  EXPECT_TRUE(in_flight().empty());
  EXPECT_TRUE(parked().empty());
  EXPECT_TRUE(pipeline_->counts().is_circuit_open);
  now_ += std::chrono::minutes(2);
  turn();
  EXPECT_EQ(in_flight().size(), 1u) << "one probe at a time";
  answer(Verdict::delivered);
  turn();
  EXPECT_EQ(in_flight().size(), 2u);
}

// Where the sink refuses one for its own sake, and says so of everything.
TEST_F(PipelineTest, one_that_is_refused_stands_in_nobodys_way) {
  kind_.limits.in_flight_max = 1;
  kill();
  journal({"refused", "b", "c", "d"});
  std::vector<uint64_t> delivered;
  for (int i = 0; i < 20; ++i) {
    turn();
    if (!held_.empty() && in_flight() == std::vector<uint64_t>{1}) {
      answer(Verdict::unavailable, 403);
    } else if (!held_.empty()) {
      delivered.push_back(in_flight().front());
      answer(Verdict::delivered);
    }
    now_ += std::chrono::seconds(30);
  }
  EXPECT_EQ(delivered, (std::vector<uint64_t>{2, 3, 4}));
  EXPECT_TRUE(parked().empty());
}

TEST_F(PipelineTest, gone_stops_the_subscription_and_keeps_its_place) {
  journal({"a", "b"});
  turn();
  answer(Verdict::gone, 410);
  answer(Verdict::delivered);
  journal({"c"});
  turn();
  EXPECT_TRUE(in_flight().empty());
  now_ += kCheckpointInterval;
  turn();
  EXPECT_EQ(stored_cursor(), 2u) << "what it refused has a row, and what came since is not read";
  EXPECT_TRUE(pipeline_->counts().is_gone);
}

TEST_F(PipelineTest, restart_tries_a_sink_that_was_gone_once_more) {
  journal({"a"});
  turn();
  answer(Verdict::gone, 410);
  restart();
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
}

TEST_F(PipelineTest, from_now_begins_at_the_end) {
  journal({"a"});
  subscription_.name = "late";
  subscription_.from = StartFrom::now;
  restart();
  journal({"b"});
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{2});
  restart();
  const auto state = store_->subscription("late");
  ASSERT_TRUE(state && *state);
  EXPECT_EQ((*state)->begins_after, 1u);
}

TEST_F(PipelineTest, what_retention_took_is_named) {
  journal({"a"});
  journal({"b"});
  journal({"c"});
  ASSERT_TRUE(store_->trim_journal(3).ok());
  kill();
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{3});
  ASSERT_EQ(parked().size(), 1u);
  EXPECT_TRUE(parked()[0].is_gap);
  EXPECT_EQ(parked()[0].delivery.first_sequence, 1u);
  EXPECT_EQ(parked()[0].delivery.last_sequence, 2u);
}

TEST_F(PipelineTest, what_waits_hears_all_of_the_journal_before_its_time_is_over) {
  hold_one("a");
  now_ += std::chrono::minutes(11);
  journal_entries({amendment_of(1, "a", 2)});
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1}) << "the cause was there, and is part of it";
}

// An amendment that is not wanted takes back what was told; not before what waits.
TEST_F(PipelineTest, what_is_taken_back_keeps_its_place_behind_what_waits) {
  journal({"a"});
  turn();
  answer(Verdict::delivered);
  subscription_.hold = {.for_cause = true, .at_most = minutes(10)};
  subscription_.when_json = R"({"cause":{"kind":["unknown"]}})";
  subscription_.when = std::get<Pattern>(Pattern::compile(subscription_.when_json));
  restart();
  Entry second = entry_of("a", 2);
  second.previous_sequence = 1;
  journal_entries({second});
  turn();
  ASSERT_TRUE(in_flight().empty()) << "it waits for its cause";
  Entry amendment = amendment_of(1, "a", 3);
  amendment.previous_sequence = 2;
  journal_entries({amendment});
  turn();
  EXPECT_TRUE(in_flight().empty());
  now_ += minutes(10);
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{2});
  answer(Verdict::delivered);
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{3});
}

// A journal whose middle is not there, or is not what was written.
class DamagedJournalTest : public PipelineTest {
 protected:
  void SetUp() override {
    auto engine = make_memory_engine();
    engine_ = engine.get();
    // Without memory for blocks each is read from the engine.
    auto opened = Store::open({.memory_bytes = 0}, std::move(engine));
    ASSERT_TRUE(opened.ok());
    pipeline_.reset();
    store_ = *std::move(opened);
    kill();
    journal({"a"});
    journal({"b", "c", "d"});
    journal({"e"});
    ASSERT_TRUE(engine_->each(Family::journal, keys::journal_from(2), Direction::forward,
                              [&](std::string_view key, std::string_view value) {
                                key_ = key;
                                value_ = value;
                                return false;
                              }));
  }
  void TearDown() override {
    turn();
    EXPECT_EQ(in_flight(), (std::vector<uint64_t>{1, 5}));
    ASSERT_EQ(parked().size(), 1u);
    EXPECT_TRUE(parked()[0].is_gap);
    EXPECT_EQ(parked()[0].delivery.first_sequence, 2u);
    EXPECT_EQ(parked()[0].delivery.last_sequence, 4u);
    EXPECT_NE(parked()[0].reason.find("sequences 2 to 4 are lost"), std::string::npos);
    checkpoint(Book::Extent::everything);
    EXPECT_EQ(stored_cursor(), 5u);
  }
  void change(const std::function<void(EngineBatch&)>& how) {
    EngineBatch batch;
    how(batch);
    ASSERT_TRUE(engine_->write(batch, Sync::yes));
  }

  Engine* engine_ = nullptr;
  std::string key_;
  std::string value_;
};

TEST_F(DamagedJournalTest, what_is_not_there_is_parked_and_passed) {
  change([&](EngineBatch& batch) { batch.remove(Family::journal, key_); });
}

TEST_F(DamagedJournalTest, what_is_damaged_is_parked_and_passed) {
  value_[value_.size() / 2] ^= 1;
  change([&](EngineBatch& batch) { batch.put(Family::journal, key_, value_); });
}

TEST_F(PipelineTest, a_sink_is_not_sent_faster_than_its_pace) {
  kind_.limits.pace = seconds(1);
  journal({"a", "b"});
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
  answer(Verdict::delivered);
  turn();
  EXPECT_TRUE(in_flight().empty());
  EXPECT_EQ(pipeline_->next_due(now_), now_ + seconds(1));
  now_ += seconds(1);
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{2});
}

// Has no message while it is told so.
class FussyFormat final : public Format {
 public:
  std::string_view content_type() const override { return "text/plain"; }
  Result<void> render(const Notification& notification, std::string& out) const override {
    if (refuses) return bad_input("no such message");
    out += notification.resource.id;
    return {};
  }
  bool refuses = true;
};

TEST_F(PipelineTest, what_cannot_be_rendered_is_parked_and_rendered_when_redriven) {
  FussyFormat format;
  subscription_.format = &format;
  journal({"a", "b"});
  turn();
  EXPECT_TRUE(in_flight().empty());
  EXPECT_EQ(stored_cursor(), 2u);
  ASSERT_EQ(parked().size(), 2u);
  EXPECT_EQ(parked()[0].reason, "not rendered: no such message");
  format.refuses = false;
  journal({"c"});
  turn();
  answer(Verdict::delivered);
  format.refuses = true;
  EXPECT_EQ(parked()[0].delivery.payload, "");
  ASSERT_TRUE(store_->trim_journal(3).ok());
  redrive({.subscription = {}, .sequence = 1});
  turn();
  EXPECT_TRUE(in_flight().empty());
  EXPECT_EQ(parked().size(), 2u);
  format.refuses = false;
  redrive({.subscription = {}, .sequence = 1});
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
  EXPECT_EQ(parked().size(), 1u);
  answer(Verdict::delivered);
  // The same without this process: a row without a payload is rendered at the start.
  restart();
  ASSERT_TRUE(redrive_parked(*store_, {.subscription = {}, .sequence = 2}, false).ok());
  kill();
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{2});
}

TEST_F(PipelineTest, redriven_delivery_keeps_its_id_and_goes_behind_its_lane) {
  journal({"a", "a"});
  turn();
  const std::string id = held_.front().ids.front();
  answer(Verdict::reject, 400);
  turn();
  EXPECT_EQ(redrive().count, 1u);
  EXPECT_TRUE(parked().empty());
  journal({"a"});
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{2});
  answer(Verdict::delivered);
  turn();
  ASSERT_EQ(in_flight(), std::vector<uint64_t>{1});
  EXPECT_EQ(held_.front().ids.front(), id);
  answer(Verdict::delivered);
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{3});
}

TEST_F(PipelineTest, many_redriven_ones_are_restored_as_there_is_room) {
  limits_.sending_max = 4;
  limits_.restored_max = 3;
  kill();
  for (int i = 0; i < 20; ++i) {
    journal({"r" + std::to_string(i)});
    turn();
    answer(Verdict::reject, 400);
  }
  ASSERT_EQ(parked().size(), 20u);
  EXPECT_EQ(redrive().count, 20u);
  EXPECT_EQ(pipeline_->counts().outstanding, 20u);
  size_t delivered = 0;
  for (; delivered < 20; ++delivered) {
    turn();
    ASSERT_FALSE(held_.empty());
    ASSERT_LE(in_flight().size(), 4u);
    answer(Verdict::delivered);
    if (delivered % 7 == 0) restart();
  }
  turn();
  EXPECT_TRUE(rows().empty());
  EXPECT_EQ(pipeline_->counts().outstanding, 0u);
}

}  // namespace
}  // namespace statewire
