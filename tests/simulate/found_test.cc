// What the simulator has found: the short scripts of faults that there were once.
#include <gtest/gtest.h>

#include "base/check.h"
#include "base/log.h"
#include "catalog/catalog.h"
#include "world.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class Found : public testing::Test {
 protected:
  Found() { set_log(LogLevel::off, LogForm::logfmt); }

  static const Common& common() {
    static const Common common{
        .conditions = {},
        .catalog = std::make_shared<Catalog>(*Catalog::from_compiled(compiled_catalog_bytes()))};
    return common;
  }

  Step& add(Does does, Duration by = {}) {
    return script_.steps.emplace_back(Step{.does = does, .by = by});
  }
  void commit(EventPlan event) {
    event.number = ++events_;
    add(Does::commit).events = {event};
  }
  void fail(Does does, bool is_on) { add(does).is_on = is_on; }
  void expect_nothing() {
    script_.plan = {.subscriptions = {subscription_}};
    EXPECT_EQ(World(script_, common()).play(), "") << words_of(script_);
  }

  SubscriptionPlan subscription_;
  Script script_;
  uint32_t events_ = 0;
};

TEST_F(Found, a_trim_before_a_kill_costs_nobody_who_holds_the_journal_its_place) {
  subscription_.on_lag = OnLag::hold;
  commit({.resource = 0});
  commit({.resource = 1});
  add(Does::trim);
  add(Does::kill);
  expect_nothing();
}

TEST_F(Found, a_reload_that_is_refused_runs_nothing) {
  add(Does::pass, seconds(3));
  fail(Does::fail_writes, true);
  SubscriptionPlan other = subscription_;
  other.name = 1;
  add(Does::reload).plan = {.subscriptions = {subscription_, other}};
  commit({});
  add(Does::pass, seconds(3));
  expect_nothing();
}

TEST_F(Found, while_the_disk_cannot_be_written_nobody_turns_in_circles) {
  subscription_.holds_cause = true;
  subscription_.at_most = seconds(2);
  commit({});
  add(Does::pass, milliseconds(1100));
  fail(Does::fail_writes, true);
  add(Does::pass, seconds(4));
  expect_nothing();
}

TEST_F(Found, while_the_disk_cannot_be_read_nobody_turns_in_circles) {
  subscription_.holds_cause = true;
  subscription_.at_most = seconds(2);
  subscription_.limits.in_flight_max = 1;
  commit({});
  add(Does::redrive).name = kNames;
  fail(Does::fail_reads, true);
  commit({.resource = 1});
  add(Does::pass, seconds(8));
  expect_nothing();
}

TEST_F(Found, what_waited_under_an_earlier_configuration_is_not_overtaken) {
  subscription_.holds_tags = true;
  commit({.resource = 0});
  add(Does::reload);
  commit({.resource = 0, .what = What::configure});
  SubscriptionPlan other = subscription_;
  other.holds_tags = false;
  add(Does::reload).plan = {.subscriptions = {other}};
  expect_nothing();
}

TEST_F(Found, what_was_settled_is_not_restored_before_its_row_is_gone) {
  subscription_.holds_tags = true;
  subscription_.per_hour = 1;
  subscription_.has_small_limits = true;
  subscription_.limits.in_flight_max = 8;
  commit({.resource = 3, .what = What::tags, .team = 1});
  std::vector<EventPlan>& together = add(Does::commit).events;
  together.push_back({.resource = 2, .number = 2});
  together.push_back({.resource = 4, .number = 3, .what = What::tags, .team = 1});
  for (const size_t resource : {1, 0, 3}) {
    together.push_back({.resource = resource, .number = static_cast<uint32_t>(10 + resource)});
  }
  together.push_back({.resource = 0, .number = 20, .what = What::configure});
  add(Does::redrive).name = kNames;
  add(Does::pass, hours(30));
  expect_nothing();
}

TEST_F(Found, a_clock_set_forward_while_the_circuit_is_open_makes_nobody_younger) {
  subscription_.retry_for = minutes(30);
  Step& down = add(Does::mood);
  down.name = 0;
  down.mood = {.delivers = 0, .is_unavailable = 1, .delay = milliseconds(20)};
  commit({});
  add(Does::pass, minutes(2));
  add(Does::set_clock, hours(24 * 100));
  Step& retries = add(Does::mood);
  retries.name = 0;
  retries.mood = {.delivers = 0, .retries = 1, .delay = seconds(1)};
  retries.mood.retry_after = hours(24 * 3650);
  add(Does::pass, minutes(2));
  expect_nothing();
}

TEST_F(Found, a_clock_that_is_set_back_ends_no_wait) {
  subscription_.holds_tags = true;
  subscription_.at_most = seconds(30);
  add(Does::set_clock, -minutes(3));
  add(Does::pass, seconds(1));
  commit({});
  add(Does::pass, seconds(10));
  expect_nothing();
}

}  // namespace
}  // namespace statewire
