// Batches that are gathered and frozen, over failures and restarts.
#include <gtest/gtest.h>

#include "delivery/pipeline_for_test.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class BatchTest : public PipelineTest {
 protected:
  BatchTest() {
    kind_.limits = {.batch_deliveries_max = 4,
                    .in_flight_max = 1,
                    .is_in_order = true,
                    .is_frozen = true,
                    .gather = seconds(5)};
    restart();
  }

  std::optional<BatchRow> batch() const { return *store_->frozen_batch("machines"); }
  using Sequences = std::vector<uint64_t>;
};

TEST_F(BatchTest, waits_for_more_until_its_time_is_over) {
  journal({"a", "b"});
  turn();
  EXPECT_TRUE(in_flight().empty());
  EXPECT_EQ(pipeline_->next_due(now_), now_ + seconds(5));
  now_ += seconds(4);
  journal({"a"});
  turn();
  EXPECT_TRUE(in_flight().empty());
  now_ += seconds(1);
  turn();
  EXPECT_EQ(in_flight(), (Sequences{1, 2, 3}));
  answer(Verdict::delivered);
  EXPECT_EQ(stored_cursor(), 3u);
  EXPECT_FALSE(batch());
}

TEST_F(BatchTest, goes_at_once_when_it_is_full) {
  journal({"a", "b", "c", "d", "e", "f", "g", "h", "i"});
  turn();
  EXPECT_EQ(in_flight(), (Sequences{1, 2, 3, 4}));
  answer(Verdict::delivered);
  EXPECT_EQ(pipeline_->next_due(now_), now_);
  turn();
  EXPECT_EQ(in_flight(), (Sequences{5, 6, 7, 8}));
  answer(Verdict::delivered);
  turn();
  EXPECT_TRUE(in_flight().empty());
  EXPECT_EQ(pipeline_->next_due(now_), now_ + seconds(5));
}

TEST_F(BatchTest, is_full_by_bytes_too) {
  journal({"a", "b", "c"});
  kind_.limits.batch_bytes_max = 40;  // A line has 17.
  turn();
  EXPECT_EQ(in_flight(), (Sequences{1, 2}));
  kind_.limits.batch_bytes_max = 5;
  answer(Verdict::delivered);
  turn();
  EXPECT_EQ(in_flight(), Sequences{3}) << "one that is larger than a batch goes alone";
}

TEST_F(BatchTest, is_written_down_before_its_first_attempt_and_the_same_when_it_is_tried_again) {
  journal({"a", "b"});
  turn();
  now_ += seconds(5);
  turn();
  EXPECT_EQ(in_flight(), (Sequences{1, 2}));
  ASSERT_TRUE(batch());
  EXPECT_EQ(batch()->numbers, (Sequences{1, 2}));
  EXPECT_EQ(rows().size(), 2u);
  const HeldSink::Held first = held_.front();
  journal({"c", "d", "e"});
  answer(Verdict::retry, 500);
  now_ += hours(1);
  turn();
  EXPECT_EQ(in_flight(), (Sequences{1, 2})) << "what came meanwhile goes later";
  EXPECT_EQ(held_.front().batch_id, first.batch_id);
  EXPECT_EQ(held_.front().frozen, first.frozen);
}

TEST_F(BatchTest, is_the_same_after_a_restart) {
  journal({"a", "b"});
  turn();
  now_ += seconds(5);
  turn();
  const HeldSink::Held first = held_.front();
  journal({"c", "d", "e"});
  now_ += hours(20);
  kill();
  turn();
  EXPECT_EQ(in_flight(), (Sequences{1, 2}));
  EXPECT_EQ(held_.front().ids, first.ids);
  EXPECT_EQ(held_.front().batch_id, first.batch_id);
  EXPECT_EQ(held_.front().frozen, first.frozen);
  answer(Verdict::delivered);
  EXPECT_FALSE(batch());
  EXPECT_EQ(stored_cursor(), 2u);
  now_ += seconds(5);
  turn();
  EXPECT_EQ(in_flight(), (Sequences{3, 4, 5}));
}

TEST_F(BatchTest, comes_again_whole_where_the_journal_was_not_read_so_far) {
  kind_.limits.batch_deliveries_max = 100;
  limits_.sending_max = 3;
  restart();
  journal({"a", "b"});
  journal({"c", "d"});
  turn();
  const Sequences first = in_flight();
  EXPECT_EQ(first, (Sequences{1, 2, 3})) << "there is no room for more: it waits for nothing";
  limits_.sending_max = 1;
  restart();
  turn();
  EXPECT_EQ(in_flight(), first);
}

// It was let go late: its place in the batch is not that of its number.
TEST_F(BatchTest, keeps_the_order_that_it_was_frozen_in) {
  journal({"a", "b", "c"});
  Settlement settlement;
  settlement.states = {{"machines", {.cursor = 3, .next_number = 4, .rows = 3}}};
  for (const uint64_t number : {1, 2, 3}) {
    DeliveryRow row;
    row.subscription = "machines";
    row.number = row.first_sequence = row.last_sequence = number;
    row.resource = "r" + std::to_string(number);
    row.payload = "kept";
    settlement.put.push_back(row);
  }
  settlement.batches_put = {{.subscription = "machines",
                             .id = "89abcdef0123456789abcdef01234567",
                             .frozen = now_,
                             .first_sequence = 2,
                             .last_sequence = 3,
                             .numbers = {2, 1, 3}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  kill();
  turn();
  EXPECT_EQ(in_flight(), (Sequences{2, 1, 3}));
  answer(Verdict::retry, 500);
  now_ += hours(1);
  turn();
  EXPECT_EQ(in_flight(), (Sequences{2, 1, 3}));
  answer(Verdict::delivered);
  EXPECT_FALSE(batch());
  EXPECT_TRUE(rows().empty());
}

// What was frozen goes as it was, whatever the configuration or the journal say by now.
TEST_F(BatchTest, does_not_need_the_journal_any_more) {
  journal({"a", "b"});
  turn();
  now_ += seconds(5);
  turn();
  const std::string id = held_.front().batch_id;
  journal({"c"});
  ASSERT_TRUE(store_->trim_journal(3).ok());
  subscription_.format = formats_->find("json");
  kill();
  turn();
  EXPECT_EQ(in_flight(), (Sequences{1, 2}));
  EXPECT_EQ(held_.front().batch_id, id);
  EXPECT_TRUE(parked().empty());
}

// Lines of other columns do not stand below a header line that is not theirs.
TEST_F(BatchTest, has_one_form_and_keeps_its_header_after_the_columns_changed) {
  const auto with_columns = [&](const std::string& columns) {
    const auto document = Document::parse(
        "statewire.yaml", "own: {header: true, columns: [" + columns + "]}", problems_);
    formats_.emplace(Formats::read(document->root(), problems_));
    CHECK(problems_.ok());
    subscription_.format = formats_->find("own");
  };
  with_columns("resource.id");
  restart();
  journal({"a", "b"});
  turn();
  now_ += seconds(5);
  turn();
  EXPECT_EQ(held_.front().headers, (std::vector<std::string>(2, "resource.id")));
  journal({"c"});
  turn();
  checkpoint(Book::Extent::everything);
  with_columns("resource.id, state.value");
  kill();
  journal({"d"});
  turn();
  EXPECT_EQ(held_.front().headers, (std::vector<std::string>(2, "resource.id")));
  answer(Verdict::delivered);
  now_ += seconds(5);
  turn();
  EXPECT_EQ(in_flight(), (Sequences{3, 4})) << "the first was rendered again";
  EXPECT_EQ(held_.front().headers, std::vector<std::string>(2, "resource.id,state.value"));
}

TEST_F(BatchTest, of_a_sink_that_was_replaced_is_forgotten) {
  journal({"a"});
  turn();
  now_ += seconds(5);
  turn();
  EXPECT_TRUE(batch());
  kind_.limits = {.batch_deliveries_max = 1, .in_flight_max = 1};
  restart();
  turn();
  EXPECT_EQ(in_flight(), Sequences{1});
  EXPECT_EQ(held_.front().batch_id, "");
  EXPECT_FALSE(batch());
}

TEST_F(BatchTest, what_a_person_sends_again_is_a_batch_of_its_own) {
  journal({"a"});
  turn();
  now_ += seconds(5);
  turn();
  answer(Verdict::reject, 400);
  EXPECT_FALSE(batch());
  journal({"b"});
  turn();
  EXPECT_EQ(redrive().count, 1u);
  now_ += seconds(5);
  turn();
  EXPECT_EQ(in_flight(), Sequences{2});
  answer(Verdict::delivered);
  turn();
  EXPECT_EQ(in_flight(), Sequences{1}) << "and does not wait for more";
}

TEST_F(BatchTest, is_not_cut_by_the_probe_of_an_open_circuit) {
  journal({"a", "b", "c", "d"});
  turn();
  answer(Verdict::unavailable, 403);
  EXPECT_TRUE(pipeline_->counts().is_circuit_open);
  now_ += seconds(60);
  turn();
  EXPECT_EQ(in_flight(), (Sequences{1, 2, 3, 4}));
  answer(Verdict::delivered);
  EXPECT_FALSE(pipeline_->counts().is_circuit_open);
}

}  // namespace
}  // namespace statewire
