#include "format/message.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "format/clean_text.h"
#include "format/example_notification.h"
#include "format/format.h"
#include "format/message_parts.h"
#include "format/names.h"

namespace statewire {
namespace {

using std::chrono::minutes;

std::string message_of(const Notification& notification) {
  std::string out;
  append_message(notification, out);
  return out;
}

std::string fact_of(const MessageParts& parts, std::string_view label) {
  for (const MessageFact& fact : parts.facts) {
    if (fact.label == label) return fact.value;
  }
  return {};
}

Notification bucket_call(NotificationKind kind, std::string_view call) {
  Notification n;
  n.kind = kind;
  n.origin = {"aws.cloudtrail", "aws.s3", call, "e"};
  n.resource.id = "arn:aws:s3:::invoices";
  n.resource.type = "AWS::S3::Bucket";
  n.resource.region = "eu-west-1";
  n.cause.kind = CauseKind::deployment;
  n.cause.actor = "ci-deployer";
  n.cause.confidence = Confidence::certain;
  n.cause.call = call;
  return n;
}

TEST(Message, says_state_and_who_brought_it_about) {
  EXPECT_EQ(message_of(example_notification()),
            "EC2 instance web-1 (i-0a1b2c3d4e5f60001) in eu-west-1 is running; started by alice in "
            "the console");
}

TEST(Message, says_only_the_state_where_the_cause_is_unknown) {
  Notification n = example_notification();
  n.cause = {};
  EXPECT_EQ(message_of(n), "EC2 instance web-1 (i-0a1b2c3d4e5f60001) in eu-west-1 is running");
}

TEST(Message, states_in_capitals_are_told_in_words) {
  Notification n = example_notification();
  n.cause = {};
  const auto told = [&](std::string_view value) {
    n.value = value;
    const std::string message = message_of(n);
    return message.substr(message.find("eu-west-1 ") + 10);
  };
  EXPECT_EQ(told("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), "is updated, and cleans up");
  EXPECT_EQ(told("SERVICE_STEADY_STATE"), "is steady");
  EXPECT_EQ(told("CREATE_FAILED"), "has failed to be created");
  EXPECT_EQ(told("GATEWAY_ATTACHED"), "is gateway attached");
  EXPECT_EQ(told("RUNNING"), "is running");
  EXPECT_EQ(told("OK"), "is OK");
  EXPECT_EQ(told("InProgress"), "is in progress");
  EXPECT_EQ(told("Active"), "is active");
  EXPECT_EQ(told("ResourceDiscovered"), "is discovered");
  EXPECT_EQ(told("SUCCESS"), "has succeeded");
  EXPECT_EQ(told("TIMED_OUT"), "has timed out");
  EXPECT_EQ(told("Ready_2"), "is Ready_2") << "no word";
  EXPECT_EQ(told("Ready soon"), "is Ready soon");
  n.cause = {.kind = CauseKind::human, .actor = "alice", .call = "DeleteStack"};
  EXPECT_EQ(told("DELETE_COMPLETE"), "was deleted by alice") << "not twice";
}

TEST(Message, settings_of_one_parent_name_it_once) {
  Notification n = bucket_call(NotificationKind::changed, "PutBucketPublicAccessBlock");
  const std::vector<Change> changes = {{.path = "Block.BlockPublicAcls", .to = "true"},
                                       {.path = "Block.IgnorePublicAcls", .to = "true"},
                                       {.path = "Blocked.by", .to = "x"}};
  n.changes = changes;
  EXPECT_TRUE(
      message_of(n).ends_with("(Block.BlockPublicAcls true, IgnorePublicAcls true, "
                              "Blocked.by x)"))
      << message_of(n);
}

TEST(Message, of_a_long_path_the_last_parts_are_told) {
  Notification n = bucket_call(NotificationKind::changed, "PutBucketEncryption");
  std::vector<Change> changes(1);
  const auto told = [&](std::string_view path, std::string_view value) {
    changes[0] = {.path = path, .to = value};
    n.changes = changes;
    const std::string message = message_of(n);
    return message.substr(message.find("PutBucket"));
  };
  EXPECT_EQ(told("ServerSideEncryptionConfiguration.Rule.ApplyServerSideEncryptionByDefault."
                 "SSEAlgorithm",
                 "aws:kms"),
            "PutBucketEncryption (SSEAlgorithm aws:kms)");
  EXPECT_EQ(told("LifecycleConfiguration.Rule[old].Expiration.Days", "30"),
            "PutBucketEncryption (Expiration.Days 30)")
      << "a short part keeps its parent";
  EXPECT_EQ(told("targetGroupConfiguration.attributes[deletion_protection.enabled].value", "1"),
            "PutBucketEncryption (attributes[deletion_protection.enabled].value 1)");
  EXPECT_EQ(told("VersioningConfiguration.Status", "Enabled"),
            "PutBucketEncryption (VersioningConfiguration.Status Enabled)");
  EXPECT_EQ(told("bucketPolicy.Version", "2012-10-17"), "PutBucketEncryption") << "says nothing";
}

TEST(Message, of_an_arn_as_a_value_the_name_is_told) {
  Notification n = bucket_call(NotificationKind::changed, "AttachRolePolicy");
  std::vector<Change> changes = {
      {.path = "policyArn", .to = "arn:aws:iam::123456789012:policy/team/shop/read-the-invoices"}};
  n.changes = changes;
  EXPECT_TRUE(message_of(n).ends_with("AttachRolePolicy (policyArn read-the-invoices)"))
      << message_of(n);
  changes[0] = {.path = "policyArn", .from = "arn:aws:iam::aws:policy/AdministratorAccess"};
  EXPECT_TRUE(message_of(n).ends_with("(policyArn no longer AdministratorAccess)"))
      << message_of(n);
}

TEST(Message, what_has_a_value_that_fits_is_told_before_what_has_none) {
  Notification n = bucket_call(NotificationKind::changed, "PutRolePolicy");
  const std::string document(kMessageChangeBytesMax + 1, '{');
  const std::vector<Change> changes = {{.path = "policyDocument", .to = document},
                                       {.path = "policyName", .to = "inline"}};
  n.changes = changes;
  EXPECT_TRUE(message_of(n).ends_with("PutRolePolicy (policyName inline, policyDocument)"))
      << message_of(n);
}

TEST(Message, what_is_taken_away_is_not_told_as_configured) {
  const auto told = [](std::string_view call) {
    const std::string message = message_of(bucket_call(NotificationKind::changed, call));
    return message.substr(message.find(" was ") + 5);
  };
  EXPECT_EQ(told("DetachRolePolicy"), "relieved of a policy by ci-deployer: DetachRolePolicy");
  EXPECT_EQ(told("DeleteUserPolicy"),
            "relieved of an inline policy by ci-deployer: DeleteUserPolicy");
  EXPECT_EQ(told("DeleteAccessKey"), "relieved of an access key by ci-deployer: DeleteAccessKey");
  EXPECT_EQ(told("DeleteRoute"), "relieved of a route by ci-deployer: DeleteRoute");
  EXPECT_EQ(told("CreateRoute"), "given a route by ci-deployer: CreateRoute");
}

TEST(Message, what_only_names_a_part_is_told_last) {
  Notification n = bucket_call(NotificationKind::changed, "PutBucketLifecycle");
  const std::vector<Change> changes = {
      {.path = "LifecycleConfiguration.Rule.ID", .to = "old-invoices"},
      {.path = "LifecycleConfiguration.Rule.Filter.Prefix", .to = "archive/"},
      {.path = "LifecycleConfiguration.Rule.Status", .to = "Enabled"},
      {.path = "LifecycleConfiguration.Rule.Expiration.Days", .to = "400"}};
  n.changes = changes;
  EXPECT_TRUE(message_of(n).ends_with(
      "(Filter.Prefix archive/, Rule.Status Enabled, Expiration.Days 400, …)"))
      << message_of(n);
  n.changes = std::span(changes).first(2);
  EXPECT_TRUE(message_of(n).ends_with(
      "(Filter.Prefix archive/, LifecycleConfiguration.Rule.ID old-invoices)"))
      << message_of(n);
  const std::vector<Change> own = {{.path = "id", .to = "7"}, {.path = "size", .to = "2"}};
  n.changes = own;
  EXPECT_TRUE(message_of(n).ends_with("(id 7, size 2)")) << "it is no part's";
}

TEST(Message, says_that_nobody_is_known_where_somebody_must_have_done_it) {
  Notification n = example_notification();
  n.cause = {};
  n.phase = Phase::stopped;
  n.value = "stopped";
  EXPECT_TRUE(message_of(n).ends_with(" is stopped; by whom is not known")) << message_of(n);
  n.phase = Phase::gone;
  n.value = {};
  EXPECT_TRUE(message_of(n).ends_with(" is gone; by whom is not known")) << message_of(n);
  n.cause.reason = "its host failed";
  EXPECT_TRUE(message_of(n).ends_with(" is gone: its host failed")) << "why is known";
  n.kind = NotificationKind::retracted;
  n.cause.reason = {};
  EXPECT_EQ(message_of(n).find("by whom"), std::string::npos) << message_of(n);
}

TEST(Message, without_a_journal_nobody_knows_what_was_told_before) {
  Notification n = example_notification();
  n.cause = {};
  n.phase = Phase::gone;
  n.value = "terminated";
  n.sequence = 0;
  EXPECT_TRUE(message_of(n).ends_with(" is terminated")) << message_of(n);
}

TEST(Message, what_does_not_arrive_and_what_flaps_are_told_as_they_were_seen) {
  Notification n = example_notification();
  n.kind = NotificationKind::stuck;
  n.severity = kError;
  const Expectation expectation{.phase = Phase::provisioning,
                                .since = n.time - minutes(14),
                                .within = minutes(3),
                                .seen = 1212,
                                .median = std::chrono::seconds(45),
                                .p99 = std::chrono::seconds(53)};
  const std::string sentence = sentence_of(expectation, n.time);
  n.headline = sentence;
  EXPECT_EQ(message_of(n),
            "EC2 instance web-1 (i-0a1b2c3d4e5f60001) in eu-west-1 has been provisioning for 14 "
            "min; others took 45 s (99 % within 53 s, of 1,212)");
  EXPECT_EQ(parts_of(n).badge, "error · stuck");
  EXPECT_EQ(parts_of(n).news, sentence);
  n.kind = NotificationKind::flapping;
  n.severity = kWarn;
  n.headline = "is flapping: 6 changes between OK and ALARM in 5 min";
  EXPECT_TRUE(message_of(n).ends_with(
      " in eu-west-1 is flapping: 6 changes between OK and ALARM in 5 min"));
}

TEST(Message, what_the_provider_reports_is_not_told_as_configured) {
  Notification n = example_notification();
  n.kind = NotificationKind::changed;
  n.origin = {"aws.eventbridge", "aws.health", "AWS Health Event", "e"};
  n.cause = {.kind = CauseKind::provider, .actor = "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED"};
  EXPECT_EQ(message_of(n),
            "EC2 instance web-1 (i-0a1b2c3d4e5f60001) in eu-west-1: AWS reports "
            "instance retirement scheduled");
  n.cause.actor = "Something else";
  EXPECT_TRUE(message_of(n).ends_with(": AWS reports Something else"));
  n.origin.type = "EC2 Spot Instance Interruption Warning";
  EXPECT_TRUE(message_of(n).ends_with(": AWS reports a spot interruption"));
  n.origin.type = "AWS Health Event";
  n.cause.actor = {};
  n.resource.provider = "dc";
  EXPECT_TRUE(message_of(n).ends_with(": the provider reports AWS Health Event"));
}

TEST(Message, time_of_arrival_is_not_told_as_when_it_happened) {
  Notification n = example_notification();
  n.is_untimed = true;
  EXPECT_TRUE(message_of(n).ends_with("in the console (when is not known)")) << message_of(n);
  n.kind = NotificationKind::changed;
  EXPECT_TRUE(message_of(n).ends_with(" (when is not known)")) << message_of(n);
  std::string line;
  append_text(n, line);
  EXPECT_TRUE(line.starts_with("--:--:--  changed")) << line;
  EXPECT_TRUE(line.ends_with(" (when is not known)")) << line;
}

TEST(Message, a_line_names_the_account_where_there_are_several) {
  Notification n = example_notification();
  n.account_name = "shop-prod";
  std::string line;
  append_text(n, line);
  EXPECT_EQ(line.find("shop-prod"), std::string::npos) << line;
  n.is_of_many = true;
  line.clear();
  append_text(n, line);
  EXPECT_NE(line.find("  shop-prod     eu-west-1  "), std::string::npos) << line;
  n.account_name = {};
  line.clear();
  append_text(n, line);
  EXPECT_NE(line.find("  " + std::string(n.resource.account) + "  eu-west-1  "), std::string::npos);
}

TEST(Message, a_person_at_a_terminal_sees_the_day_and_the_phase_in_its_colour) {
  const Notification n = example_notification();
  std::string plain;
  append_text(n, plain);
  std::string dated;
  append_dated_text(n, dated);
  EXPECT_EQ(dated, format_time(n.time).substr(0, 10) + " " + plain);
  std::string coloured;
  append_coloured_text(n, coloured);
  for (const std::string& code : {std::string("\x1b[32m"), std::string("\x1b[0m")}) {
    const size_t at = coloured.find(code);
    ASSERT_NE(at, std::string::npos) << code;
    coloured.erase(at, code.size());
  }
  EXPECT_EQ(coloured, dated);
}

TEST(Message, actor_and_tool_of_one_name_are_said_once) {
  struct Case {
    Cause cause;
    std::string_view by;
  };
  const Case cases[] = {
      {{.actor = "cloudformation.amazonaws.com", .tool = "cloudformation"}, "by CloudFormation"},
      {{.actor = "cloudformation.amazonaws.com",
        .tool = "cloudformation",
        .via = "cloudformation.amazonaws.com"},
       "by CloudFormation"},
      {{.actor = "codebuild.amazonaws.com", .tool = "codebuild"}, "by CodeBuild"},
      {{.actor = "AWSServiceRoleForCodeBuild", .tool = "codebuild"}, "by CodeBuild"},
      // A role that the service was given says which of its works it was.
      {{.actor = "states.amazonaws.com", .via = "states.amazonaws.com", .role = "onboard-flow"},
       "by Step Functions as onboard-flow"},
      {{.actor = "codepipeline.amazonaws.com",
        .tool = "codepipeline",
        .via = "codepipeline.amazonaws.com",
        .role = "shop-pipeline"},
       "by CodePipeline as shop-pipeline"},
      {{.actor = "autoscaling.amazonaws.com",
        .via = "autoscaling.amazonaws.com",
        .role = "AWSServiceRoleForAutoScaling"},
       "by Auto Scaling"},
      {{.actor = "terraform", .tool = "terraform"}, "by terraform"},
      {{.actor = "Terraform", .tool = "terraform", .via = "deployer"},
       "by Terraform through deployer"},
      {{.actor = "terraform-ci", .tool = "terraform"}, "by terraform-ci with Terraform"},
      {{.tool = "cloudformation"}, "by a deployment with CloudFormation"},
      {{.actor = "210987654321", .actor_type = "AWSAccount", .tool = "aws-cli"},
       "by account 210987654321 with the AWS CLI"},
      {{.actor = "anonymous", .actor_type = "AWSAccount"}, "by anonymous"},
      {{.actor = "AIDAEXAMPLE", .actor_type = "AWSAccount"}, "by AIDAEXAMPLE"},
  };
  for (const Case& each : cases) {
    Notification n = bucket_call(NotificationKind::transition, "DeleteBucket");
    n.phase = Phase::gone;
    n.value = "DeleteBucket";
    n.cause = each.cause;
    n.cause.kind = CauseKind::deployment;
    n.cause.call = "DeleteBucket";
    EXPECT_EQ(message_of(n), "S3 bucket invoices in eu-west-1 was deleted " + std::string(each.by));
    const std::string fact = fact_of(parts_of(n), "Cause");
    EXPECT_LE(std::count(fact.begin(), fact.end(), ','),
              each.by.find(" with ") != each.by.npos ? 2 : 1)
        << fact;
  }
}

TEST(Message, role_and_address_are_facts_where_they_are_known) {
  Notification n = example_notification();
  EXPECT_EQ(fact_of(parts_of(n), "Role"), "");
  EXPECT_EQ(fact_of(parts_of(n), "From"), "");
  n.cause.role = "AWSReservedSSO_AdministratorAccess_0123456789abcdef";
  n.cause.address = "203.0.113.17";
  EXPECT_EQ(fact_of(parts_of(n), "Role"), "AdministratorAccess");
  EXPECT_EQ(fact_of(parts_of(n), "From"), "203.0.113.17");
}

TEST(Message, a_guess_is_called_one) {
  Notification n = example_notification();
  n.cause.confidence = Confidence::guess;
  EXPECT_TRUE(message_of(n).ends_with("is running; started by alice in the console"))
      << "the call was made";
  n.cause.call = {};
  EXPECT_TRUE(message_of(n).ends_with("is running; probably started by alice in the console"));
}

TEST(Message, doubt_is_about_the_person_and_not_about_the_call) {
  Notification n = bucket_call(NotificationKind::transition, "DeleteBucket");
  n.phase = Phase::gone;
  n.value = "DeleteBucket";
  n.cause.confidence = Confidence::guess;
  n.cause.actor = "ops";
  n.cause.actor_type = "AssumedRole";
  EXPECT_TRUE(message_of(n).ends_with(" was deleted by role ops (who used it is not known)"))
      << message_of(n);
  n.cause.confidence = Confidence::likely;
  EXPECT_TRUE(message_of(n).ends_with(" was deleted by role ops")) << message_of(n);
  n.cause.actor = n.cause.session = "jane@example.com";
  n.cause.via = n.cause.role = "Admin";
  EXPECT_TRUE(message_of(n).ends_with(" was deleted by jane@example.com through Admin"));
  n.cause.account = "210987654321";
  EXPECT_TRUE(message_of(n).ends_with(" by jane@example.com through Admin of account 210987654321"))
      << message_of(n);
}

TEST(Message, the_provider_says_why) {
  Notification n = example_notification();
  n.resource.type = "AWS::CloudWatch::Alarm";
  n.phase = Phase::degraded;
  n.value = "ALARM";
  n.cause = {.reason = "Threshold Crossed:\n2 > 1"};
  EXPECT_TRUE(message_of(n).ends_with(" is in alarm: Threshold Crossed: 2 > 1")) << message_of(n);
  n.cause.kind = CauseKind::service;
  n.cause.confidence = Confidence::certain;
  n.cause.actor = "api";
  n.resource.type = "AWS::ECS::Task";
  n.value = "STOPPED";
  n.phase = Phase::gone;
  n.cause.actor_type = "ECSService";
  EXPECT_TRUE(message_of(n).ends_with(" was stopped by ECS service api: Threshold Crossed: 2 > 1"))
      << message_of(n);
  n.kind = NotificationKind::changed;
  n.cause = {.kind = CauseKind::provider, .actor = "AWS_EC2_X", .reason = "from Monday"};
  EXPECT_TRUE(message_of(n).ends_with(": AWS reports x: from Monday")) << message_of(n);
}

TEST(Message, what_is_asked_for_is_not_told_as_done) {
  Notification n = bucket_call(NotificationKind::transition, "DeleteTable");
  n.phase = Phase::deprovisioning;
  n.value = "DeleteTable";
  EXPECT_EQ(message_of(n), "S3 bucket invoices in eu-west-1 is being deleted by ci-deployer");
  n.phase = Phase::gone;
  n.is_assumed = true;
  EXPECT_EQ(message_of(n),
            "S3 bucket invoices in eu-west-1 was deleted by ci-deployer (assumed by "
            "now: no event tells it)");
}

TEST(Message, states_are_said_with_the_verb_that_they_take) {
  Notification n = example_notification();
  n.cause = {};
  for (const auto& [value, told] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"succeeded", " has succeeded"},
           {"FAILED", " has failed"},
           {"failing-over", " is failing over"},
           {"stopping", " is stopping"}}) {
    n.value = value;
    EXPECT_TRUE(message_of(n).ends_with("in eu-west-1" + told)) << message_of(n);
  }
}

TEST(Message, the_account_is_named_where_there_are_several) {
  Notification n = example_notification();
  n.cause = {};
  n.account_name = "shop-prod";
  EXPECT_TRUE(message_of(n).ends_with(" in eu-west-1 is running"));
  n.is_of_many = true;
  EXPECT_TRUE(message_of(n).ends_with(" in shop-prod, eu-west-1 is running")) << message_of(n);
  n.account_name = {};
  EXPECT_TRUE(message_of(n).ends_with(" in 123456789012, eu-west-1 is running")) << message_of(n);
  n.resource.type = "AWS::IAM::Role";
  EXPECT_TRUE(message_of(n).ends_with(" in 123456789012 is running")) << message_of(n);
  n.is_of_many = false;
  EXPECT_TRUE(message_of(n).ends_with("60001) is running")) << message_of(n);
}

TEST(Message, a_late_call_is_told_with_who_made_it) {
  Notification n = bucket_call(NotificationKind::amended, "StopLogging");
  n.phase = Phase::gone;
  n.value = "DeleteTrail";
  n.cause = {.kind = CauseKind::human, .actor = "eve", .call = "DeleteTrail", .evidence = "e2"};
  n.has_late_observation = true;
  n.late_value = "StopLogging";
  n.late_phase = Phase::stopped;
  n.late_time = n.recorded = *parse_time("2026-11-23T03:01:04Z");
  n.late_cause = {.kind = CauseKind::human,
                  .actor = "root",
                  .tool = "console",
                  .call = "StopLogging",
                  .evidence = "e1"};
  n.since = n.late_time + minutes(1);
  n.delay = minutes(9);
  EXPECT_EQ(message_of(n),
            "S3 bucket invoices in eu-west-1 was stopped by root in the console at 03:01:04 UTC, "
            "before it was deleted (arrived 9 min late)");
  EXPECT_EQ(fact_of(parts_of(n), "Cause"), "human (guess): root, console, StopLogging");
  n.since = n.late_time - minutes(1);
  n.is_late = false;
  n.delay = {};
  EXPECT_TRUE(message_of(n).ends_with(" was stopped by root in the console at 03:01:04 UTC"))
      << message_of(n);
  n.is_late = true;
  n.delay = minutes(9);
  n.late_cause = {};
  n.late_value = "stopping";
  n.late_phase = Phase::changing;
  n.recorded += std::chrono::hours(24);
  EXPECT_EQ(message_of(n),
            "S3 bucket invoices in eu-west-1 was already stopping at 2026-11-23 03:01:04 UTC; by "
            "whom is not known (arrived 9 min late)");
  n.late_value = "running";
  n.late_phase = Phase::stable;
  n.delay = std::chrono::hours(5);
  EXPECT_TRUE(message_of(n).ends_with(" was running at 2026-11-23 03:01:04 UTC (arrived 5 h late)"))
      << message_of(n);
  EXPECT_EQ(fact_of(parts_of(n), "Cause"), "unknown");
}

TEST(Message, what_has_no_time_is_not_called_late) {
  Notification n = bucket_call(NotificationKind::amended, "");
  n.phase = Phase::stable;
  n.value = "running";
  n.cause = {};
  n.has_late_observation = n.is_untimed = true;
  n.late_value = "stopped";
  n.late_phase = Phase::stopped;
  n.late_time = n.time = n.recorded = *parse_time("2026-11-23T03:01:04Z");
  EXPECT_EQ(message_of(n),
            "S3 bucket invoices in eu-west-1 was said to be stopped (when is not known)");
}

TEST(Message, what_was_taken_away_does_not_read_as_added) {
  Notification n = bucket_call(NotificationKind::changed, "DeregisterTargets");
  const std::vector<Change> changes = {{"targets", "i-1", ""}, {"targets", "i-2", ""}};
  n.changes = changes;
  EXPECT_TRUE(message_of(n).ends_with(": DeregisterTargets (targets no longer i-1, i-2)"))
      << message_of(n);
  EXPECT_EQ(fact_of(parts_of(n), "Changes"), "targets no longer i-1\ntargets no longer i-2");
}

TEST(Message, a_state_that_repeats_the_deed_is_said_once) {
  Notification n = example_notification();
  n.phase = Phase::gone;
  n.value = "terminated";
  n.cause = {};
  n.cause.kind = CauseKind::autoscaling;
  n.cause.actor = "web";
  n.cause.actor_type = "AutoScalingGroup";
  n.cause.tool = "scale-in";
  n.cause.confidence = Confidence::certain;
  EXPECT_EQ(message_of(n),
            "EC2 instance web-1 (i-0a1b2c3d4e5f60001) in eu-west-1 was terminated by Auto Scaling "
            "group web: scale-in");
  n.cause.actor_type = n.cause.tool = "";
  n.cause.actor = "autoscaling.amazonaws.com";
  EXPECT_TRUE(message_of(n).ends_with("was terminated by Auto Scaling"));
  n.cause.actor = "";
  EXPECT_TRUE(message_of(n).ends_with("was terminated by Auto Scaling"));
}

TEST(Message, a_stack_is_deployed) {
  Notification n = example_notification();
  n.resource.id = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/6f3c1c80-0e6a-11ee";
  n.resource.type = "AWS::CloudFormation::Stack";
  n.name = "shop";
  n.value = "CREATE_COMPLETE";
  n.cause = {};
  n.cause.kind = CauseKind::deployment;
  n.cause.actor = "ci-deployer";
  n.cause.confidence = Confidence::likely;
  EXPECT_EQ(message_of(n), "stack shop in eu-west-1 is created; deployed by ci-deployer");
}

TEST(Message, a_call_that_moved_the_phase_is_told_as_what_it_did) {
  Notification n = bucket_call(NotificationKind::transition, "CreateBucket");
  n.phase = Phase::stable;
  n.value = "CreateBucket";
  n.cause.tool = "terraform";
  EXPECT_EQ(message_of(n),
            "S3 bucket invoices in eu-west-1 was created by ci-deployer with Terraform");
  n.phase = Phase::provisioning;
  EXPECT_EQ(message_of(n),
            "S3 bucket invoices in eu-west-1 is being created by ci-deployer with Terraform");
}

TEST(Message, a_refused_call_says_who_and_why) {
  Notification n = bucket_call(NotificationKind::failed, "DeleteBucket");
  n.error = "AccessDenied";
  EXPECT_EQ(
      message_of(n),
      "S3 bucket invoices in eu-west-1: DeleteBucket by ci-deployer was refused: AccessDenied");
}

TEST(Message, only_what_was_not_permitted_was_refused) {
  Notification n = bucket_call(NotificationKind::failed, "StartInstances");
  for (const std::string_view error :
       {"AccessDenied: no", "UnauthorizedOperation: no", "AccessDeniedException", "Forbidden"}) {
    n.error = error;
    EXPECT_TRUE(message_of(n).ends_with(" was refused: " + std::string(error))) << message_of(n);
  }
  for (const std::string_view error :
       {"InsufficientInstanceCapacity: none: AccessDenied", "MalformedPolicy", "X: Forbidden"}) {
    n.error = error;
    EXPECT_TRUE(message_of(n).ends_with(" failed: " + std::string(error))) << message_of(n);
  }
  n = example_notification();
  n.kind = NotificationKind::failed;
  n.origin.type = "EC2 Instance Launch Unsuccessful";
  n.error = "no capacity";
  EXPECT_TRUE(message_of(n).ends_with("eu-west-1 could not launch an instance: no capacity"))
      << message_of(n);
}

TEST(Message, a_configuring_call_is_named) {
  Notification n = bucket_call(NotificationKind::changed, "PutBucketVersioning");
  n.cause.via = "cloudformation.amazonaws.com";
  EXPECT_EQ(
      message_of(n),
      "S3 bucket invoices in eu-west-1 was given settings of versioning by ci-deployer through "
      "CloudFormation: PutBucketVersioning");
}

TEST(Message, a_configuring_call_says_what_it_set) {
  Notification n = bucket_call(NotificationKind::changed, "PutBucketVersioning");
  const std::string long_value(kMessageChangeBytesMax + 1, 'x');
  std::vector<Change> changes = {{"Status", "Enabled", "Suspended"}, {"policy", "", long_value}};
  n.changes = changes;
  EXPECT_EQ(message_of(n),
            "S3 bucket invoices in eu-west-1 was given settings of versioning by ci-deployer: "
            "PutBucketVersioning (Status Enabled → Suspended, policy)");
  changes = {{"groups", "", "sg-1"}, {"groups", "", "sg-2"}, {"size", "", "3"}, {"type", "", "x"}};
  n.changes = changes;
  EXPECT_TRUE(message_of(n).ends_with(" (groups sg-1, sg-2, size 3, …)"));
}

TEST(Message, tags_are_told_by_key_and_value) {
  Notification n = bucket_call(NotificationKind::changed, "PutBucketTagging");
  std::vector<Tag> tags = {{"env", "prod"}, {"note", ""}};
  n.tags_set = tags;
  EXPECT_EQ(message_of(n),
            "S3 bucket invoices in eu-west-1 was tagged by ci-deployer: env=prod, note");
  n.are_tags_removed = true;
  EXPECT_TRUE(message_of(n).ends_with(" was relieved of tags by ci-deployer: env, note"));
  tags.insert(tags.end(), 3, Tag{"k", ""});
  n.tags_set = tags;
  EXPECT_TRUE(message_of(n).ends_with(": env, note, k, …")) << message_of(n);
}

TEST(Message, a_change_that_has_nothing_to_say_takes_no_comma) {
  Notification n = bucket_call(NotificationKind::changed, "ModifyX");
  const std::string long_value(kMessageChangeBytesMax + 1, 'x');
  const auto said = [&](const std::vector<Change>& changes) {
    n.changes = changes;
    return message_of(n).substr(message_of(n).find("ModifyX"));
  };
  EXPECT_EQ(said({{"ids", "", "sg-1"}, {"ids", "", ""}}), "ModifyX (ids sg-1)");
  EXPECT_EQ(said({{"ids", "", "sg-1"}, {"ids", "", long_value}, {"ids", "", "sg-2"}}),
            "ModifyX (ids sg-1, sg-2)");
  EXPECT_EQ(said({{"ids", "", ""}, {"ids", "", "sg-2"}}), "ModifyX (ids sg-2)");
  EXPECT_EQ(said({{"a", "", "1"}, {"a", "", ""}, {"b", "", "2"}, {"c", "", "3"}, {"c", "", ""}}),
            "ModifyX (a 1, b 2, c 3)");
}

TEST(Message, deletion_that_can_be_taken_back_is_not_told_as_done) {
  Notification n = bucket_call(NotificationKind::transition, "ScheduleKeyDeletion");
  n.phase = Phase::deprovisioning;
  n.value = "ScheduleKeyDeletion";
  EXPECT_TRUE(message_of(n).ends_with(" was scheduled for deletion by ci-deployer"))
      << message_of(n);
  n.cause.call = n.origin.type = n.value = "CancelKeyDeletion";
  n.phase = Phase::stopped;
  EXPECT_TRUE(message_of(n).ends_with(" was saved from deletion by ci-deployer")) << message_of(n);
}

TEST(Message, phase_that_stands_before_the_news_is_not_said_again) {
  Notification n = bucket_call(NotificationKind::transition, "DeleteBucket");
  n.phase = Phase::deprovisioning;
  n.value = "DeleteBucket";
  const MessageParts parts = parts_of(n);
  EXPECT_EQ(parts.badge + ": " + parts.news, "deprovisioning: being deleted by ci-deployer");
  std::string line;
  append_text(n, line);
  EXPECT_TRUE(line.ends_with("  being deleted by ci-deployer")) << line;
}

TEST(Message, names_are_those_that_people_use) {
  Notification n = bucket_call(NotificationKind::changed, "UpdateFunctionCode20150331v2");
  n.cause.via = "AWSReservedSSO_AdministratorAccess_0123456789abcdef";
  EXPECT_TRUE(message_of(n).ends_with(
      " was given new code by ci-deployer through AdministratorAccess: UpdateFunctionCode"))
      << message_of(n);
  EXPECT_EQ(fact_of(parts_of(n), "Cause"), "deployment (certain): ci-deployer, UpdateFunctionCode");
  n.kind = NotificationKind::failed;
  EXPECT_NE(message_of(n).find(": UpdateFunctionCode by "), std::string::npos) << message_of(n);
  EXPECT_EQ(call_name("GetDistribution2020_05_31"), "GetDistribution");
  EXPECT_EQ(call_name("CreateFunction20150331"), "CreateFunction");
  for (const std::string_view same : {"", "v2", "20150331", "ListObjectsV2", "Sum10150331", "x2"}) {
    EXPECT_EQ(call_name(same), same);
  }
  EXPECT_EQ(role_name("AWSReservedSSO_Read_Only_01"), "Read_Only");
  for (const std::string_view same : {"AWSReservedSSO_", "AWSReservedSSO_x", "admin_1"}) {
    EXPECT_EQ(role_name(same), same);
  }
}

TEST(Message, root_user_is_no_user_of_iam) {
  Notification n = bucket_call(NotificationKind::changed, "ConsoleLogin");
  n.resource.id = "arn:aws:iam::123456789012:root";
  n.resource.type = "AWS::IAM::User";
  n.resource.region = {};
  n.name = "root";
  n.cause.actor = "root";
  n.cause.tool = "console";
  n.headline = "was used to sign in";
  EXPECT_EQ(message_of(n), "root user was used to sign in (root in the console)");
  n.resource.account = "123456789012";
  EXPECT_TRUE(message_of(n).starts_with("root user of account 123456789012 was used to sign in"));
  n.account_name = "shop-prod";
  EXPECT_TRUE(message_of(n).starts_with("root user of shop-prod was used to sign in"));
}

TEST(Message, a_headline_stands_for_the_call) {
  Notification n = bucket_call(NotificationKind::changed, "PutBucketAcl");
  n.headline = "is open to everyone by its ACL";
  n.cause.tool = "console";
  EXPECT_EQ(message_of(n),
            "S3 bucket invoices in eu-west-1 is open to everyone by its ACL (ci-deployer in the "
            "console)");
  n.cause = {};
  EXPECT_TRUE(message_of(n).ends_with(" is open to everyone by its ACL"));
}

TEST(Message, with_all_that_there_can_be_it_has_room) {
  Notification n = bucket_call(NotificationKind::changed, "PutBucketVersioning");
  const std::vector<Change> changes = {
      {"a", "1", "2"}, {"b", "1", "2"}, {"c", "1", "2"}, {"d", "1", "2"}};
  n.changes = changes;
  n.name = "a name";
  n.resource.type = "AWS::Some::Thing";
  n.cause.actor_type = "AutoScalingGroup";
  n.cause.via = "example.amazonaws.com";
  n.cause.tool = "a tool";
  EXPECT_EQ(message_of(n),
            "Some thing a name (invoices) in eu-west-1 was given settings of versioning by Auto "
            "Scaling group ci-deployer through example with a tool: PutBucketVersioning (a 1 → 2, "
            "b 1 → 2, "
            "c 1 → 2, …)");
  n.kind = NotificationKind::retracted;
  EXPECT_FALSE(message_of(n).empty());
}

TEST(Message, an_amendment_of_the_cause_says_that_it_completes_what_was_told) {
  Notification n = example_notification();
  n.kind = NotificationKind::amended;
  n.since = *parse_time("2026-11-23T09:05:58Z");
  EXPECT_EQ(message_of(n),
            "Now known: EC2 instance web-1 (i-0a1b2c3d4e5f60001) in eu-west-1, running since "
            "09:05:58 UTC, was started by alice in the console");
  EXPECT_EQ(parts_of(n).news,
            "now known: started by alice in the console (running since 09:05:58 UTC)");
  EXPECT_EQ(parts_of(n).badge, "amended");
  n.phase = Phase::gone;
  n.value = "terminated";
  n.cause.actor = "carol";
  n.cause.tool = "";
  n.cause.call = "TerminateInstances";
  EXPECT_EQ(message_of(n),
            "Now known: EC2 instance web-1 (i-0a1b2c3d4e5f60001) in eu-west-1 was terminated by "
            "carol at 09:05:58 UTC");
  // The late call is the one that did it: who did it is the news.
  n.has_late_observation = true;
  n.late_value = "TerminateInstances";
  EXPECT_TRUE(message_of(n).ends_with("was terminated by carol at 09:05:58 UTC")) << message_of(n);
}

TEST(Message, what_is_taken_back_says_so_first) {
  Notification n = example_notification();
  n.kind = NotificationKind::retracted;
  n.subscription = "pager";
  n.why = "cause.kind is human";
  EXPECT_EQ(
      message_of(n),
      "Taken back: EC2 instance web-1 (i-0a1b2c3d4e5f60001) in eu-west-1 is running; started "
      "by alice in the console; had this been known, you would not have been told (EC2 Instance "
      "State-change Notification told it later)");
  EXPECT_EQ(parts_of(n).badge, "taken back");
  EXPECT_EQ(parts_of(n).why,
            "Sent to pager because it was told of this, and wants only what meets: cause.kind is "
            "human");
  n.why = "";
  EXPECT_EQ(parts_of(n).why,
            "Sent to pager because it was told of this, and wants only what is not ignored");
}

TEST(Message, a_subject_that_begins_with_a_drift_says_it_once) {
  Notification n = example_notification();
  n.drift = Drift::out_of_band;
  n.owner = {.tool = "terraform", .stack = "shop", .address = "aws_instance.web"};
  EXPECT_TRUE(message_of(n).ends_with("; out of band: declared as aws_instance.web in shop"));
  const std::string line = parts_of(n).line;
  EXPECT_TRUE(line.starts_with("out of band: EC2 instance web-1")) << line;
  EXPECT_TRUE(line.ends_with("in the console; declared as aws_instance.web in shop")) << line;
}

TEST(Message, what_an_inventory_finds_says_who_did_it) {
  Notification n = example_notification();
  n.kind = NotificationKind::changed;
  n.is_of_inventory = true;
  n.drift = Drift::unmanaged;
  EXPECT_TRUE(message_of(n).ends_with(" is declared by no code; started by alice in the console"));
  n.drift = Drift::out_of_band;
  n.touch = {.actor = "bob", .what = "ModifyInstanceAttribute"};
  EXPECT_TRUE(message_of(n).ends_with(
      " is no longer as its code declares it; last changed by bob: ModifyInstanceAttribute"));
}

// One line says who changed it, and none below says that nobody knows.
TEST(Message, what_an_inventory_finds_has_the_last_change_and_no_unknown_cause) {
  const auto fact_of = [](const Notification& n, std::string_view label) {
    std::string text;
    for (const MessageFact& fact : parts_of(n).facts) {
      if (fact.label == label) text = fact.value;
    }
    return text;
  };
  Notification n = example_notification();
  n.cause = {};
  n.drift = Drift::out_of_band;
  n.touch = {.actor = "bob", .tool = "console", .what = "ModifyInstanceAttribute"};
  EXPECT_EQ(fact_of(n, "Cause"), "unknown");
  EXPECT_EQ(fact_of(n, "Last change"), "");
  n.kind = NotificationKind::changed;
  n.is_of_inventory = true;
  EXPECT_EQ(fact_of(n, "Cause"), "");
  EXPECT_EQ(fact_of(n, "Last change"), "ModifyInstanceAttribute by bob, console");
}

TEST(Message, a_limit_names_whose_it_is) {
  Notification n = example_notification();
  n.kind = NotificationKind::receipt;
  n.receipt = "more than 6 in an hour";
  n.subscription = "tasks";
  EXPECT_EQ(message_of(n), "Limit of messages to tasks reached: more than 6 in an hour");
  n.receipt = "1,204 × EC2 instance gone";
  n.receipt_count = 1'204;
  EXPECT_EQ(message_of(n),
            "1,204 more notifications to tasks, counted but not sent: 1,204 × EC2 instance gone");
  EXPECT_EQ(parts_of(n).why,
            "Sent to tasks because its limit of messages an hour (per_hour) is reached");
}

TEST(Message, a_service_is_named_once) {
  Notification n = example_notification();
  n.cause.actor = "AWSServiceRoleForAutoScaling";
  n.cause.via = "autoscaling.amazonaws.com";
  n.cause.tool = "";
  EXPECT_TRUE(message_of(n).ends_with("; started by Auto Scaling"));
  n.cause.actor = "ci";
  EXPECT_TRUE(message_of(n).ends_with("; started by ci through Auto Scaling"));
  n.cause.via = "cloudformation.amazonaws.com";
  n.cause.tool = "cloudformation";
  EXPECT_TRUE(message_of(n).ends_with("; started by ci with CloudFormation"));
  n.cause.actor = "shop";
  n.cause.actor_type = "Stack";
  EXPECT_TRUE(message_of(n).ends_with("; started by stack shop with CloudFormation"));
}

TEST(Message, actors_without_a_name_are_said_by_their_kind) {
  Notification n = example_notification();
  n.cause.actor = n.cause.tool = "";
  const auto ending = [&](CauseKind kind) {
    n.cause.kind = kind;
    const std::string message = message_of(n);
    return message.substr(message.rfind("; ") + 2);
  };
  EXPECT_EQ(ending(CauseKind::human), "started by a person");
  EXPECT_EQ(ending(CauseKind::schedule), "started by a schedule");
  EXPECT_EQ(ending(CauseKind::provider), "started by AWS");
  EXPECT_EQ(ending(CauseKind::deployment), "started by a deployment");
}

TEST(Message, is_cut_at_its_limit_of_characters) {
  const std::string name(3000, 'x');
  std::string wide;
  for (int i = 0; i < 3000; ++i) wide += "日";
  for (const std::string& actor : {name, wide}) {
    Notification n = example_notification();
    n.cause.actor = actor;
    const std::string message = message_of(n);
    EXPECT_EQ(clean_characters(message), kMessageCharactersMax);
    EXPECT_TRUE(message.ends_with("…"));
  }
}

TEST(Message, is_not_cut_inside_a_number) {
  Notification n = example_notification();
  n.cause.actor = "";
  const size_t left = kMessageCharactersMax - message_of(n).find("a person");
  for (const std::string_view number : {"1,234.56", "10.0.0.1", "7"}) {
    for (size_t before = 1; before <= number.size(); ++before) {
      std::string actor(left - before, 'x');
      actor.append(number).append(" or more");
      n.cause.actor = actor;
      const std::string message = message_of(n);
      EXPECT_LE(clean_characters(message), kMessageCharactersMax);
      EXPECT_TRUE(message.ends_with("x…") || message.ends_with(std::string(number) + "…"))
          << message.substr(message.size() - 20);
    }
  }
}

TEST(Message, of_exactly_the_limit_is_whole) {
  Notification n = example_notification();
  n.cause.actor = "";
  const size_t rest = message_of(n).size() - std::string_view("a person").size();
  const std::string actor(kMessageCharactersMax - rest, 'x');
  n.cause.actor = actor;
  EXPECT_EQ(message_of(n).size(), kMessageCharactersMax);
  EXPECT_TRUE(message_of(n).ends_with("x in the console"));
}

TEST(Message, cut_never_leaves_nothing_to_end_with) {
  for (size_t size = 990; size < 1030; ++size) {
    const std::string name(size, 'x');
    Notification n = example_notification();
    n.name = name;
    EXPECT_LE(clean_characters(message_of(n)), kMessageCharactersMax) << size;
  }
}

std::string type_name(std::string_view type) {
  Words words;
  add_type_name(type, words);
  std::string out;
  words.append_to(out);
  return out;
}

TEST(Names, types_are_said_as_people_do) {
  EXPECT_EQ(type_name("AWS::EC2::Instance"), "EC2 instance");
  EXPECT_EQ(type_name("AWS::S3::Bucket"), "S3 bucket");
  EXPECT_EQ(type_name("AWS::Lambda::Function"), "Lambda function");
  EXPECT_EQ(type_name("AWS::IAM::Role"), "IAM role");
  EXPECT_EQ(type_name("AWS::Glue::Job"), "Glue job");
  EXPECT_EQ(type_name("AWS::EC2::SubnetRouteTableAssociation"),
            "EC2 subnet route table association");
  EXPECT_EQ(type_name("AWS::RDS::DBShardGroup"), "RDS DB shard group");
  EXPECT_EQ(type_name("AWS::X::EC2Fleet"), "X EC2 fleet");
  EXPECT_EQ(type_name("AWS::X::WebACL"), "X web ACL");
  const std::string longest(200, 'T');
  EXPECT_EQ(type_name("AWS::X::" + longest), "X " + longest);
  EXPECT_EQ(type_name("AWS::Odd"), "Odd");
  EXPECT_EQ(type_name("Pod"), "Pod");
  EXPECT_EQ(type_name(""), "");
}

TEST(Names, bare_id_is_what_people_say) {
  EXPECT_EQ(bare_id("arn:aws:s3:::invoices"), "invoices");
  EXPECT_EQ(bare_id("arn:aws:lambda:eu-west-1:1:function:pay"), "pay");
  EXPECT_EQ(bare_id("arn:aws:iam::1:role/service/deployer"), "deployer");
  EXPECT_EQ(bare_id("arn:aws:cloudformation:eu-west-1:1:stack/shop/6f3c"), "shop");
  EXPECT_EQ(bare_id("arn:aws:cloudformation:eu-west-1:1:stack/shop"), "shop");
  EXPECT_EQ(bare_id("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/50dc"), "web");
  EXPECT_EQ(bare_id("arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/pay:*"), "/aws/lambda/pay");
  EXPECT_EQ(bare_id("/subscriptions/1/resourceGroups/shop"), "shop");
  EXPECT_EQ(bare_id("arn:aws:s3"), "arn:aws:s3");
  EXPECT_EQ(bare_id("x/"), "x/");
  EXPECT_EQ(bare_id(""), "");
}

}  // namespace
}  // namespace statewire
