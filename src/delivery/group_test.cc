#include "delivery/group.h"

#include <gtest/gtest.h>

#include "delivery/pipeline_for_test.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class GroupTest : public PipelineTest {
 protected:
  GroupTest() {
    subscription_.grouping.by_deployment = true;
    subscription_.format = formats_->find("json");
    kill();
  }

  Entry member(std::string_view resource, uint64_t sequence) {
    Entry entry = entry_of(resource, sequence);
    entry.after.cause = {.kind = CauseKind::deployment, .actor = "ci", .tool = "terraform"};
    entry.after.resource.type = "AWS::EC2::Instance";
    entry.observation.resource.type = "AWS::EC2::Instance";
    return entry;
  }
  Entry refused(std::string_view resource, uint64_t sequence) {
    Entry entry = member(resource, sequence);
    entry.told.kind = NotificationKind::failed;
    entry.observation.cause = entry.after.cause;
    entry.observation.error = "AccessDenied";
    entry.observation.value = "DeleteBucket";
    return entry;
  }
  // The stack "shop", of which `value` is told.
  Entry stack(std::string_view value, Phase phase, uint64_t sequence) {
    Entry entry = entry_of("arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1", sequence);
    Identity& resource = entry.after.resource;
    resource.type = "AWS::CloudFormation::Stack";
    resource.name = "shop";
    resource.account = "123456789012";
    resource.region = "eu-west-1";
    resource.provider = "aws";
    entry.after.value = value;
    entry.after.phase = phase;
    entry.observation.resource = resource;
    return entry;
  }
  Entry member_of_stack(std::string_view name, uint64_t sequence) {
    Entry entry = member(name, sequence);
    entry.after.cause.actor = "shop";
    entry.after.cause.actor_type = "Stack";
    entry.after.cause.tool = "cloudformation";
    entry.after.resource.account = "123456789012";
    entry.after.resource.region = "eu-west-1";
    return entry;
  }
  uint64_t next() const { return store_->last_sequence() + 1; }

  void deploy(const std::vector<std::string>& resources) {
    std::vector<Entry> entries;
    uint64_t sequence = next();
    for (const std::string& resource : resources) entries.push_back(member(resource, sequence++));
    journal_entries(entries);
    turn();
  }
  void deploy_entries(const std::vector<Entry>& entries) {
    journal_entries(entries);
    turn();
  }
  void wait(Duration duration) {
    now_ += duration;
    turn();
  }
  bool says(std::string_view text) const {
    return !held_.empty() && held_.front().payloads.front().find(text) != std::string::npos;
  }
  std::string said() const { return held_.empty() ? "nothing" : held_.front().payloads.front(); }
};

TEST_F(GroupTest, many_of_one_deployment_are_one_message_when_it_is_quiet) {
  std::vector<std::string> resources;
  for (int i = 0; i < 400; ++i) resources.push_back("i-" + std::to_string(i));
  deploy(resources);
  EXPECT_TRUE(held_.empty());
  EXPECT_EQ(pipeline_->counts().held, 400u);
  ASSERT_EQ(rows().size(), 1u);
  wait(minutes(4));
  EXPECT_TRUE(held_.empty());
  wait(minutes(1));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("Deployment by ci with Terraform: 400 changed: 400 × EC2 instance stable"))
      << said();
  EXPECT_TRUE(says(R"("type":"statewire.group.v1")"));
  EXPECT_TRUE(says(R"("group":{"count":400,)"));
  // Not by a sequence, which a store that was restored gives again.
  EXPECT_EQ(held_.front().ids.front(), to_hex(group_id("machines", first_told(1))));
  answer(Verdict::delivered);
  EXPECT_EQ(pipeline_->counts().held, 0u);
  wait(minutes(31));
  EXPECT_TRUE(held_.empty());
  EXPECT_TRUE(rows().empty());
}

TEST_F(GroupTest, what_belongs_to_no_deployment_passes_at_once) {
  journal({"a"});
  turn();
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{1}));
}

TEST_F(GroupTest, a_stack_says_itself_when_it_is_over) {
  journal_entries({stack("UPDATE_IN_PROGRESS", Phase::changing, 1)});
  turn();
  now_ += minutes(1);
  journal_entries({member_of_stack("i-1", 2)});
  turn();
  // It is quiet, and still under way.
  wait(minutes(20));
  EXPECT_TRUE(held_.empty());
  journal_entries({stack("UPDATE_COMPLETE", Phase::stable, 3)});
  turn();
  EXPECT_TRUE(held_.empty());
  wait(minutes(1));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("Deployment of stack shop: 1 changed: EC2 instance stable")) << said();
}

// What comes until the end is told with it, also after a restart.
TEST_F(GroupTest, that_is_under_way_when_it_is_told_is_amended_once_by_its_end) {
  deploy_entries({stack("UPDATE_IN_PROGRESS", Phase::changing, next())});
  deploy_entries({member_of_stack("i-1", next())});
  wait(minutes(50));
  deploy_entries({member_of_stack("i-2", next())});
  wait(minutes(10));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("it is still under way")) << said();
  const std::string first = held_.front().ids.front();
  answer(Verdict::delivered);
  now_ += minutes(2);
  deploy_entries({member_of_stack("i-3", next())});
  kill();
  wait(minutes(40));
  EXPECT_TRUE(held_.empty()) << said();
  EXPECT_EQ(pipeline_->counts().held, 1u);
  deploy_entries({stack("UPDATE_COMPLETE", Phase::stable, next())});
  wait(minutes(20));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says(R"("causationid":")" + first)) << said();
  EXPECT_TRUE(says("1 changed: EC2 instance stable (i-3)")) << said();
  answer(Verdict::delivered);
  EXPECT_TRUE(rows().empty());
}

TEST_F(GroupTest, a_stack_that_is_under_way_may_be_quiet_for_longer_than_at_most) {
  deploy_entries({stack("UPDATE_IN_PROGRESS", Phase::changing, next())});
  deploy_entries({member_of_stack("i-1", next())});
  wait(hours(1));
  ASSERT_EQ(held_.size(), 1u);
  const std::string first = held_.front().ids.front();
  answer(Verdict::delivered);
  now_ += hours(2);
  deploy_entries({member_of_stack("i-2", next())});
  EXPECT_EQ(rows().size(), 1u);
  wait(hours(2));
  EXPECT_TRUE(held_.empty()) << said();
  deploy_entries({stack("UPDATE_COMPLETE", Phase::stable, next())});
  wait(minutes(20));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says(R"("causationid":")" + first)) << said();
  EXPECT_TRUE(says("1 changed: EC2 instance stable (i-2)")) << said();
  answer(Verdict::delivered);
  EXPECT_TRUE(rows().empty());
}

// Its time is that of the call, and its phase the one of now.
TEST_F(GroupTest, a_late_call_on_a_stack_is_of_its_deployment) {
  const Time begun = now_;
  journal_entries({stack("UPDATE_IN_PROGRESS", Phase::changing, 1)});
  turn();
  now_ += minutes(1);
  journal_entries({member_of_stack("i-1", 2)});
  now_ += minutes(7);
  journal_entries({stack("UPDATE_COMPLETE", Phase::stable, 3)});
  turn();
  Entry call = stack("UPDATE_COMPLETE", Phase::stable, 4);
  call.told.kind = NotificationKind::amended;
  call.observation.key.time_ns = to_ns(begun - seconds(2));
  call.told.late = true;
  call.after.cause = {.kind = CauseKind::deployment, .actor = "alice", .tool = "cloudformation"};
  journal_entries({call});
  turn();
  wait(minutes(1));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("Deployment of stack shop by alice: 1 changed: EC2 instance stable")) << said();
  answer(Verdict::delivered);
  wait(minutes(31));
  EXPECT_TRUE(held_.empty()) << said();
}

TEST_F(GroupTest, a_stack_that_somebody_deletes_has_not_failed) {
  Entry gone = stack("DELETE_COMPLETE", Phase::gone, 2);
  gone.after.cause = {.kind = CauseKind::human, .actor = "alice"};
  journal_entries({stack("DELETE_IN_PROGRESS", Phase::deprovisioning, 1), gone});
  turn();
  wait(minutes(1));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_FALSE(says(R"("status":"failed")")) << said();
}

TEST_F(GroupTest, a_stack_that_rolls_back_says_why) {
  Entry rolls_back = stack("ROLLBACK_IN_PROGRESS", Phase::deprovisioning, 2);
  rolls_back.observation.severity = kWarn;
  rolls_back.after.cause.reason = "failed to create: [Db]";
  journal_entries({stack("CREATE_IN_PROGRESS", Phase::provisioning, 1), rolls_back,
                   stack("ROLLBACK_COMPLETE", Phase::degraded, 3)});
  turn();
  wait(minutes(1));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says(R"("status":"failed")")) << said();
  EXPECT_TRUE(says("shop in eu-west-1 is being rolled back: failed to create: [Db]")) << said();
}

TEST_F(GroupTest, a_stack_that_somebody_updates_by_hand_has_not_failed) {
  Entry updated = stack("UPDATE_COMPLETE", Phase::stable, 2);
  updated.observation.severity = kWarn;
  updated.after.cause = {.kind = CauseKind::human, .actor = "alice"};
  journal_entries({stack("UPDATE_IN_PROGRESS", Phase::changing, 1), updated});
  turn();
  wait(minutes(1));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says(R"("status":"well")")) << said();
}

TEST_F(GroupTest, a_stack_that_rolls_back_after_hours_is_in_the_same_deployment) {
  journal_entries({stack("UPDATE_IN_PROGRESS", Phase::changing, 1), member_of_stack("i-1", 2)});
  turn();
  wait(hours(1));
  ASSERT_EQ(held_.size(), 1u);
  answer(Verdict::delivered);
  kill();
  wait(hours(2));
  Entry rolls_back = stack("UPDATE_ROLLBACK_IN_PROGRESS", Phase::changing, next());
  rolls_back.after.cause.reason = "no such class";
  deploy_entries({rolls_back});
  deploy_entries({stack("UPDATE_ROLLBACK_COMPLETE", Phase::stable, next())});
  wait(minutes(20));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("More of the deployment of stack shop: failed: ")) << said();
  EXPECT_TRUE(says("no such class")) << said();
}

TEST_F(GroupTest, a_stack_in_review_is_no_deployment_yet) {
  deploy_entries({stack("REVIEW_IN_PROGRESS", Phase::provisioning, 1)});
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_FALSE(says(R"("kind":"group")")) << said();
}

TEST_F(GroupTest, says_started_of_what_was_started) {
  Entry started = member("i-1", 1);
  started.told.previous.phase = Phase::provisioning;
  started.after.cause.call = "StartApplication";
  started.after.value = "STARTED";
  deploy_entries({started});
  wait(minutes(5));
  EXPECT_TRUE(says("EC2 instance started")) << said();
}

// Of one source all comes before the other's.
TEST_F(GroupTest, runs_that_come_interleaved_are_told_when_it_is_quiet) {
  const Time first = now_;
  const auto member_at = [&](std::string_view resource, Time time) {
    Entry entry = member(resource, next());
    entry.observation.key.time_ns = to_ns(time);
    return entry;
  };
  for (const std::string_view source : {"i", "k"}) {
    for (const Duration after : {Duration(minutes(1)), Duration(hours(3))}) {
      const std::string name = std::string(source) + std::to_string(after / minutes(1));
      journal_entries({member_at(name, first + after)});
      turn();
    }
  }
  EXPECT_TRUE(held_.empty()) << said();
  for (int i = 0; i < 2; ++i) {
    wait(minutes(15));
    ASSERT_EQ(held_.size(), 1u);
    EXPECT_TRUE(says(": 2 changed")) << said();
    answer(Verdict::delivered);
  }
  wait(minutes(31));
  EXPECT_TRUE(held_.empty()) << said();
}

TEST_F(GroupTest, what_is_long_under_way_is_told_after_at_most) {
  journal_entries({stack("UPDATE_IN_PROGRESS", Phase::changing, 1), member_of_stack("i-1", 2)});
  turn();
  wait(minutes(59));
  EXPECT_TRUE(held_.empty());
  wait(minutes(1));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("it is still under way")) << said();
  EXPECT_TRUE(says(R"("status":"under_way")")) << said();
}

TEST_F(GroupTest, failures_lead_with_their_reason) {
  journal_entries({member("i-1", 1), refused("bucket", 2)});
  turn();
  wait(minutes(5));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("1 failed: ")) << said();
  EXPECT_TRUE(says("AccessDenied")) << said();
  EXPECT_TRUE(says(R"("status":"failed")")) << said();
  EXPECT_LT(said().find("AccessDenied"), said().find("1 changed"));
}

TEST_F(GroupTest, its_first_resources_are_named_and_what_failed_before_all) {
  std::vector<std::string> resources;
  for (int i = 0; i < 20; ++i) resources.push_back("i-" + std::to_string(i));
  deploy(resources);
  Entry gone = member("i-1", next());
  gone.after.phase = Phase::gone;
  deploy_entries({gone, refused("bucket", next() + 1)});
  kill();
  wait(minutes(5));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says(R"("resources":[{"type":"AWS::EC2::Instance","name":"bucket","id":"bucket"},)"
                   R"({"type":"AWS::EC2::Instance","name":"i-0","id":"i-0"},)"
                   R"({"type":"AWS::EC2::Instance","name":"i-1"},)"))
      << said();
  EXPECT_FALSE(says(R"("name":"i-7")")) << said();
  // What is told later names what is told then.
  answer(Verdict::delivered);
  deploy_entries({member("i-30", next()), member("i-2", next() + 1)});  // One was said already.
  wait(minutes(20));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says(R"("resources":[{"type":"AWS::EC2::Instance","name":"i-30","id":"i-30"}])"))
      << said();
  EXPECT_TRUE(says("1 changed: EC2 instance stable (i-30)")) << said();
}

TEST_F(GroupTest, what_comes_late_is_told_once_and_only_where_it_changes_what_was_said) {
  deploy({"i-1", "i-2"});
  wait(minutes(5));
  ASSERT_EQ(held_.size(), 1u);
  const std::string first = held_.front().ids.front();
  answer(Verdict::delivered);
  deploy({"i-1"});  // It was said already.
  wait(minutes(6));
  EXPECT_TRUE(held_.empty());
  now_ -= minutes(3);  // By the provider's clock it is of the deployment.
  Entry late = member("i-3", next());
  now_ += minutes(3);
  late.recorded = late.received = now_;
  journal_entries({late});
  turn();
  // More that is late may be on its way.
  wait(minutes(19));
  EXPECT_TRUE(held_.empty());
  wait(minutes(1));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("More of the deployment by ci with Terraform: 1 changed")) << said();
  EXPECT_TRUE(says(R"("causationid":")" + first)) << said();
  answer(Verdict::delivered);
  EXPECT_TRUE(rows().empty());
}

// Of a state what it is by now is told, and of a call what it was.
TEST_F(GroupTest, a_late_state_replaces_what_was_said_and_a_late_call_does_not) {
  for (const NotificationKind kind : {NotificationKind::changed, NotificationKind::transition}) {
    const std::string resource = "i-" + std::to_string(next());
    deploy({resource});
    wait(minutes(5));
    ASSERT_EQ(held_.size(), 1u);
    answer(Verdict::delivered);
    now_ -= minutes(5);
    Entry late = member(resource, next());
    now_ += minutes(5);
    late.recorded = late.received = now_;
    late.told.kind = kind;
    late.told.late = true;
    late.observation.cause = late.after.cause;
    late.after.phase = Phase::gone;
    journal_entries({late});
    turn();
    wait(minutes(31));
    ASSERT_EQ(held_.size(), kind == NotificationKind::transition ? 1u : 0u) << said();
    now_ += hours(2);
  }
  EXPECT_TRUE(says("EC2 instance gone")) << said();
}

TEST_F(GroupTest, what_has_failed_is_told_once_and_its_deployment_stays_failed) {
  journal_entries({member("i-1", 1), refused("bucket", 2)});
  turn();
  wait(minutes(5));
  ASSERT_TRUE(says(R"("status":"failed")")) << said();
  ASSERT_TRUE(says("AccessDenied")) << said();
  answer(Verdict::delivered);
  now_ -= minutes(3);  // By the provider's clock they are of the deployment.
  Entry late = member("i-3", 3);
  Entry again = refused("bucket", 4);
  now_ += minutes(3);
  late.recorded = late.received = again.recorded = again.received = now_;
  journal_entries({late, again});
  turn();
  wait(minutes(20));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("1 changed")) << said();
  EXPECT_TRUE(says(R"("status":"failed")")) << said();
  EXPECT_FALSE(says("AccessDenied")) << said();
}

TEST_F(GroupTest, a_shorter_quiet_time_counts_from_the_reload_on) {
  deploy({"i-1"});
  subscription_.grouping.quiet = seconds(10);
  kill();
  turn();
  EXPECT_TRUE(held_.empty());
  wait(seconds(10));
  EXPECT_EQ(held_.size(), 1u);
}

TEST_F(GroupTest, another_deployment_of_the_same_name_is_a_message_of_its_own) {
  deploy({"i-1"});
  now_ += minutes(5);
  // Nothing was released in between: the journal tells that it is another.
  journal_entries({member("i-2", 2)});
  turn();
  now_ += minutes(11);
  journal_entries({member("i-3", 3)});
  turn();
  EXPECT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("2 changed")) << said();
  answer(Verdict::delivered);
  // What lies between the two may still come in.
  wait(minutes(14));
  EXPECT_TRUE(held_.empty());
  wait(minutes(1));
  EXPECT_TRUE(says("1 changed")) << said();
}

TEST_F(GroupTest, what_lies_between_makes_one_of_two) {
  journal_entries({member("i-1", 1), refused("bucket", 2)});
  turn();
  now_ += minutes(4);
  Entry early = member("i-2", 3);
  now_ += minutes(4);
  deploy_entries({member("i-3", 3), member("i-1", 4)});
  EXPECT_TRUE(says("1 failed")) << said();
  EXPECT_TRUE(says("1 changed")) << said();
  answer(Verdict::delivered);
  EXPECT_EQ(rows().size(), 2u);
  early.sequence = 5;
  early.recorded = early.received = now_;
  deploy_entries({early});
  ASSERT_EQ(rows().size(), 1u);
  kill();
  wait(minutes(20));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("More of the deployment")) << said();
  EXPECT_TRUE(says("2 changed: 2 × EC2 instance stable")) << said();
}

TEST_F(GroupTest, all_states_that_fit_are_named) {
  for (const char* state : {"dns", "network", "dns", "shop", "web", "mail"}) {
    const std::string resource = "i-" + std::to_string(next());
    Entry entry = member(resource, next());
    const std::string declared =
        "states\x1fterraform\x1f" + std::string(state) + "\x1f\x1ew\x1f" + "a.b\x1f\x1f";
    entry.after.declared = declared;
    deploy_entries({entry});
  }
  wait(minutes(5));
  EXPECT_TRUE(says("Deployment of stack dns, network, shop and 2 more by ci")) << said();
}

TEST_F(GroupTest, a_kill_forgets_nothing_and_counts_nothing_twice) {
  for (int i = 0; i < 30; ++i) {
    deploy({"i-" + std::to_string(i), "x-" + std::to_string(i)});
    if (i % 3 == 0) kill();
  }
  turn();
  ASSERT_EQ(rows().size(), 1u);
  EXPECT_EQ(rows()[0].members, 60u);
  wait(minutes(5));
  EXPECT_TRUE(says("60 changed")) << said();
  const std::string id = held_.front().ids.front();
  kill();  // In flight: it is sent again under its id.
  turn();
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_EQ(held_.front().ids.front(), id);
  EXPECT_TRUE(says("60 changed")) << said();
}

TEST_F(GroupTest, without_group_what_was_gathered_is_told_at_once) {
  deploy({"i-1", "i-2"});
  subscription_.grouping.by_deployment = false;
  kill();
  turn();
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("2 changed")) << said();
  answer(Verdict::delivered);
  EXPECT_TRUE(rows().empty());
}

TEST_F(GroupTest, its_message_is_rendered_again_after_a_change_of_the_format) {
  deploy({"i-1", "i-2"});
  wait(minutes(5));
  ASSERT_EQ(held_.size(), 1u);
  checkpoint(Book::Extent::everything);
  subscription_.format = formats_->find("text");
  subscription_.form = "text";
  kill();
  turn();
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_FALSE(says("{")) << said();
  EXPECT_TRUE(says("2 changed: 2 × EC2 instance stable")) << said();
}

TEST_F(GroupTest, held_until_its_cause_is_known_it_joins_its_deployment) {
  subscription_.hold = {.for_cause = true, .at_most = minutes(10)};
  kill();
  journal({"a"});
  turn();
  EXPECT_EQ(pipeline_->counts().held, 1u);
  now_ += seconds(90);
  kill();
  Entry amendment = amendment_of(1, "a", 2);
  amendment.after.cause = {.kind = CauseKind::deployment, .actor = "ci", .tool = "terraform"};
  journal_entries({amendment, member("b", 3)});
  turn();
  EXPECT_TRUE(held_.empty());
  kill();
  turn();
  ASSERT_EQ(rows().size(), 1u);
  EXPECT_EQ(rows()[0].members, 2u);
  wait(minutes(5));
  ASSERT_EQ(held_.size(), 1u);
  EXPECT_TRUE(says("2 changed")) << said();
}

TEST_F(GroupTest, a_limit_counts_a_group_as_one) {
  subscription_.per_hour = 1;
  kill();
  journal({"a"});
  turn();
  answer(Verdict::delivered);
  deploy({"i-1", "i-2"});
  wait(minutes(5));
  ASSERT_EQ(held_.size(), 1u);  // That there is a limit.
  answer(Verdict::delivered);
  const std::vector<DeliveryRow> left = rows();
  const auto digest = std::ranges::find(left, Stage::rate, &DeliveryRow::stage);
  ASSERT_NE(digest, left.end());
  EXPECT_EQ(digest->members, 1u);
}

TEST_F(GroupTest, a_backlog_tells_each_deployment_apart) {
  subscription_.from = StartFrom::earliest;
  pipeline_.reset();
  for (int i = 0; i < 3; ++i) {
    journal_entries({member("i-1", next()), member("i-2", next() + 1)});
    now_ += hours(1);
  }
  kill();
  turn();
  ASSERT_EQ(held_.size(), 1u);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(held_.size(), 1u) << i;
    EXPECT_TRUE(says("2 changed")) << said();
    answer(Verdict::delivered);
    turn();
  }
  EXPECT_TRUE(held_.empty());
}

TEST_F(GroupTest, more_groups_than_have_room_are_told_alone) {
  for (size_t i = 0; i <= kGroupsMax; ++i) {
    Entry entry = member("i-1", next());
    const std::string actor = "ci-" + std::to_string(i);
    entry.after.cause.actor = actor;
    journal_entries({entry});
  }
  turn();
  EXPECT_EQ(rows().size(), kGroupsMax);
  EXPECT_EQ(in_flight(), (std::vector<uint64_t>{kGroupsMax + 1}));
}

TEST_F(GroupTest, one_that_was_told_gives_its_place_to_another) {
  for (size_t i = 0; i < kGroupsMax; ++i) {
    Entry entry = member("i-1", next());
    const std::string actor = "ci-" + std::to_string(i);
    entry.after.cause.actor = actor;
    journal_entries({entry});
  }
  turn();
  wait(minutes(5));
  size_t told = 0;
  for (; !held_.empty(); ++told) {
    answer(Verdict::delivered);
    turn();
  }
  EXPECT_EQ(told, kGroupsMax);
  deploy({"i-2"});
  EXPECT_TRUE(held_.empty()) << said();
  EXPECT_EQ(rows().size(), kGroupsMax);
  wait(minutes(5));
  EXPECT_TRUE(says("by ci with Terraform: 1 changed")) << said();
}

TEST_F(GroupTest, its_row_is_bounded) {
  for (size_t at = 0; at < kGroupResourcesMax + 500; at += 100) {
    std::vector<std::string> resources;
    for (size_t i = at; i < at + 100; ++i) resources.push_back("i-" + std::to_string(i));
    deploy(resources);
  }
  ASSERT_EQ(rows().size(), 1u);
  EXPECT_EQ(rows()[0].group.resources.size(), kGroupResourcesMax);
  wait(minutes(5));
  EXPECT_TRUE(says(std::to_string((kGroupResourcesMax + 500) / 1000) + ",")) << said();
}

}  // namespace
}  // namespace statewire
