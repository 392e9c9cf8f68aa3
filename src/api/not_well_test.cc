#include "api/not_well.h"

#include "api/api_for_test.h"
#include "delivery/left_behind.h"

namespace statewire {
namespace {

class NotWellTest : public ApiTest {
 protected:
  std::string lines_of(const PipelineCounts& counts, const SourceState& source = {}) {
    const Ingest ingest(*store_, clock_, Knowledge{catalog_});
    const std::shared_ptr<const Snapshot> snapshot = live_.get();
    const RouteContext context{
        .store = *store_, .ingest = ingest, .clock = clock_, .snapshot = *snapshot};
    const ToldSource told{.source = source};
    std::string text;
    for (const NotWell& trouble : what_is_not_well(context, {&told, 1}, {&counts, 1})) {
      EXPECT_FALSE(trouble.what_to_do.empty()) << trouble.text;
      text += trouble.text + ";";
    }
    return text;
  }
};

TEST_F(NotWellTest, a_subscription_tells_the_worst_of_it) {
  PipelineCounts counts{.name = "pager", .outstanding = 3, .held = 7, .lag = 3};
  counts.lag_since = kTestNow - std::chrono::minutes(14);
  EXPECT_EQ(lines_of(counts), "") << "it may catch up";
  counts.lag_since = kTestNow - std::chrono::minutes(75);
  EXPECT_EQ(lines_of(counts), "subscription pager is 1h15m behind;");
  counts.trouble = Trouble{.since = kTestNow, .reason = "http 503"};
  EXPECT_EQ(lines_of(counts), "subscription pager is failing: http 503;");
  counts.is_circuit_open = true;
  EXPECT_EQ(lines_of(counts), "the circuit of subscription pager is open: http 503;");
  counts.is_gone = true;
  EXPECT_EQ(lines_of(counts), "subscription pager has stopped: its sink is gone;");
}

TEST_F(NotWellTest, what_a_removed_subscription_left_is_told_until_it_is_gone) {
  const PipelineCounts pager{.name = "pager"};
  DeliveryRow row{
      .subscription = "deletions", .number = 1, .first_sequence = 1, .last_sequence = 1};
  ParkedRow parked{.delivery = row, .reason = "http 404"};
  parked.delivery.number = 2;
  Settlement settlement;
  settlement.put = {row};
  settlement.parked_put = {parked};
  settlement.states = {{"deletions", {.cursor = 1, .next_number = 3, .rows = 1}}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  EXPECT_EQ(lines_of(pager),
            "subscription deletions is not configured any more: 1 waiting, 1 parked;");
  EXPECT_EQ(lines_of({.name = "deletions"}), "1 delivery of subscription deletions is parked;");
  settlement = {};
  settlement.parked_removed = {{"deletions", 2}};
  ASSERT_TRUE(store_->settle(settlement).ok());
  EXPECT_EQ(lines_of(pager),
            "subscription deletions is not configured any more: 1 waiting, 0 parked;");
  ASSERT_TRUE(drop_waiting(*store_, "deletions", false).ok());
  EXPECT_EQ(lines_of(pager), "");
}

TEST_F(NotWellTest, a_source_is_well_while_it_can_read_or_is_done) {
  const PipelineCounts well{.name = "pager"};
  for (const char* state : {"running", "done"}) {
    EXPECT_EQ(lines_of(well, {.name = "bus", .state = state}), "") << state;
  }
  for (const std::string state : {"failing", "failed", "waiting"}) {
    EXPECT_EQ(lines_of(well, {.name = "bus", .state = state, .reason = "no"}),
              "source bus is " + state + ": no;");
  }
}

TEST_F(NotWellTest, an_inventory_that_is_away_says_which_verdicts_wait_for_it) {
  InventoryState state{.name = "stacks", .kind = "cloudformation"};
  const auto lines = [&] {
    Snapshot snapshot;
    snapshot.inventories = [&] { return std::vector{state}; };
    live_.set(std::make_shared<Snapshot>(std::move(snapshot)));
    return lines_of({.name = "pager"});
  };
  state.missing = {{.place = {}, .since = kTestNow}};
  EXPECT_EQ(lines(), "") << "it is only beginning";
  state.trouble = "us: AccessDenied";
  state.is_passing = false;
  const std::string said = "inventory stacks cannot be read whole: us: AccessDenied; since " +
                           format_time(kTestNow) + " nothing more";
  EXPECT_EQ(lines(), said + " is called unmanaged;");
  const auto place = [](std::string account, std::string region) {
    return MissingPlace{.place = {.name = "it", .account = account, .region = region},
                        .since = kTestNow};
  };
  state.missing = {place("123456789012", "us-east-1"), place("", "eu-west-1")};
  EXPECT_EQ(lines(), said + " in 123456789012 us-east-1, eu-west-1 is called unmanaged;");
  state.missing.insert(state.missing.end(), 3, place("210987654321", ""));
  EXPECT_EQ(lines(), said +
                         " in 123456789012 us-east-1, eu-west-1, 210987654321 and other places"
                         " is called unmanaged;");
  state.missing.push_back(place("", ""));
  EXPECT_EQ(lines(), said + " is called unmanaged;");
}

}  // namespace
}  // namespace statewire
