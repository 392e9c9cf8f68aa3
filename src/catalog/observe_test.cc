// What each kind of entry makes of an event.
#include "catalog/observe.h"

#include "base/limits.h"
#include "catalog/test_catalog.h"

namespace statewire {
namespace {

std::string call(const std::string& name, const std::string& rest) {
  return R"({"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":")" + name +
         R"(","eventID":"c1","eventTime":"2026-11-23T09:00:00Z","awsRegion":"eu-west-1",)" +
         R"("recipientAccountId":"123456789012","eventType":"AwsApiCall")" + rest + "}";
}

std::string native(const std::string& type, const std::string& detail) {
  return R"({"id":"n1","source":"aws.x","detail-type":")" + type +
         R"(","account":"123456789012","region":"eu-west-1","time":"2026-11-23T09:00:00Z",)" +
         R"("detail":)" + detail + "}";
}

std::string bucket_entry(const std::string& rest) {
  return R"(
entries:
- name: bucket
  call: s3.amazonaws.com Do
  resource: {type: AWS::S3::Bucket, physical_id: "{detail.requestParameters.bucketName}"}
)" + rest +
         R"(
types:
  AWS::S3::Bucket: {id: "arn:{partition}:s3:::{}", reusable: true, name: "{}"}
)";
}

const char* const kBucket = R"(,"requestParameters":{"bucketName":"invoices"})";

TEST(Observe, create_and_delete_move_the_phase_by_the_call) {
  const Recognised created(bucket_entry("  effect: create"), call("Do", kBucket));
  EXPECT_EQ(created.only().effect, Effect::state);
  EXPECT_EQ(created.only().phase, Phase::stable);
  EXPECT_EQ(created.only().value, "Do");
  EXPECT_EQ(created.only().key.stage, 0);
  EXPECT_EQ(created.only().key.phase_rank, 3);
  EXPECT_EQ(created.only().resource.id, "arn:aws:s3:::invoices");
  EXPECT_EQ(created.only().resource.name, "invoices");
  EXPECT_EQ(created.only().resource.account, "123456789012");
  EXPECT_EQ(created.only().resource.region, "eu-west-1");
  EXPECT_TRUE(created.only().has(kReusableId));
  const Recognised deleted(bucket_entry("  effect: delete"), call("Do", kBucket));
  EXPECT_EQ(deleted.only().phase, Phase::gone);
}

// Their times are seconds, and each of these takes less.
TEST(Observe, of_one_time_what_is_under_way_comes_before_where_it_arrives) {
  const std::string entries = R"(
- name: state
  when: {source: [aws.x], detail-type: [State]}
  resource: {type: AWS::X::Y, id: "arn:aws:x:::y"}
  state: "{detail.state}"
  phases: {creating: provisioning, updating: changing, available: stable, cleaning: changing,
           failed: degraded, stopped: stopped, deleting: deprovisioning, deleted: gone}
)";
  const auto key = [&](const std::string& state) {
    return Recognised(entries, native("State", R"({"state":")" + state + "\"}")).only().key;
  };
  EXPECT_LT(key("creating"), key("available"));
  EXPECT_LT(key("updating"), key("available"));
  EXPECT_LT(key("cleaning"), key("available"));
  EXPECT_LT(key("updating"), key("failed"));
  EXPECT_LT(key("updating"), key("stopped"));
  EXPECT_LT(key("deleting"), key("deleted"));
}

TEST(Observe, native_settling_leaves_the_arrival_to_a_native_event) {
  EXPECT_EQ(Recognised(bucket_entry("  effect: create\n  settles: native"), call("Do", kBucket))
                .only()
                .phase,
            Phase::provisioning);
  EXPECT_EQ(Recognised(bucket_entry("  effect: delete\n  settles: native"), call("Do", kBucket))
                .only()
                .phase,
            Phase::deprovisioning);
}

TEST(Observe, settling_by_itself_leaves_the_arrival_to_a_reminder) {
  const Recognised created(bucket_entry("  effect: create\n  settles: {after: 5m}"),
                           call("Do", kBucket));
  EXPECT_EQ(created.only().phase, Phase::provisioning);
  EXPECT_EQ(created.only().settles_after, std::chrono::minutes(5));
  const Recognised deleted(bucket_entry("  effect: delete\n  settles: {after: 90s}"),
                           call("Do", kBucket));
  EXPECT_EQ(deleted.only().phase, Phase::deprovisioning);
  EXPECT_EQ(deleted.only().settles_after, std::chrono::seconds(90));
  const Recognised refused(bucket_entry("  effect: create\n  settles: {after: 5m}"),
                           call("Do", std::string(kBucket) + R"(,"errorCode":"AccessDenied")"));
  EXPECT_EQ(refused.only().settles_after, Duration::zero());
  for (const char* settles : {"call", "native"}) {
    const Recognised other(bucket_entry("  effect: create\n  settles: " + std::string(settles)),
                           call("Do", kBucket));
    EXPECT_EQ(other.only().settles_after, Duration::zero());
  }
}

TEST(Observe, a_reminder_tells_that_time_has_passed_for_what_it_was_set_for) {
  const Recognised reminder(
      "- name: t\n  when: {source: [statewire.reminders]}\n"
      "  resource: {type: \"{detail.type}\", id: \"{detail.id}\"}\n"
      "  effect: settle\n  state: \"{detail.state}\"\n  otherwise: gone\n"
      // That the type has native events does not make it a cause.
      "- name: n\n  when: {source: [x]}\n  resource: {type: AWS::S3::Bucket, id: x}\n"
      "  state: x\n  otherwise: stable\n",
      R"({"id":"t1","source":"statewire.reminders","detail-type":"Settle",
      "account":"123456789012","region":"eu-west-1","time":"2026-11-23T09:01:00Z","detail":
      {"source":"aws.s3","type":"AWS::S3::Bucket","id":"arn:aws:s3:::b","state":"DeleteBucket"}})");
  EXPECT_EQ(reminder.only().effect, Effect::state);
  EXPECT_TRUE(reminder.only().has(kSettle));
  EXPECT_EQ(reminder.only().phase, Phase::gone);
  EXPECT_EQ(reminder.only().value, "DeleteBucket");
  EXPECT_EQ(reminder.only().key.stage, 2);
  EXPECT_EQ(reminder.only().key.phase_rank, 0);
  EXPECT_EQ(reminder.only().origin.system, "statewire");
  EXPECT_EQ(reminder.only().origin.source, "aws.s3");
  EXPECT_EQ(reminder.only().resource.provider, "aws");
  EXPECT_EQ(reminder.only().cause.kind, CauseKind::unknown);
  EXPECT_EQ(reminder.only().time(), *parse_time("2026-11-23T09:01:00Z"));
}

TEST(Observe, refused_call_is_a_failure_that_changes_nothing) {
  for (const char* effect : {"create", "delete", "configure", "cause", "tag"}) {
    const Recognised event(
        bucket_entry("  effect: " + std::string(effect)),
        call("Do", std::string(kBucket) + R"(,"errorCode":"Client.AccessDenied")"));
    EXPECT_EQ(event.only().effect, Effect::fail) << effect;
    EXPECT_EQ(event.only().error, "AccessDenied");
    EXPECT_EQ(event.only().phase, Phase::unknown);
    EXPECT_TRUE(event.only().value.empty());
    EXPECT_TRUE(event.only().changes.empty());
  }
}

TEST(Observe, refused_call_says_what_the_provider_says) {
  const auto error = [](const std::string& message) {
    const Recognised event(
        bucket_entry("  effect: delete"),
        call("Do", std::string(kBucket) + R"(,"errorCode":"Client.Conflict","errorMessage":")" +
                       message + "\""));
    return std::string(event.only().error);
  };
  EXPECT_EQ(error("Cannot delete protected DB Instance"),
            "Conflict: Cannot delete protected DB Instance");
  EXPECT_EQ(error(""), "Conflict");
  EXPECT_EQ(error("Con flict"), "Conflict");
  EXPECT_EQ(error("two\\nlines"), "Conflict: two lines");
  EXPECT_EQ(error("Not authorized. Encoded authorization failure message: q83v"),
            "Conflict: Not authorized.");
  EXPECT_EQ(error(std::string(kErrorMessageBytesMax, 'x')),
            "Conflict: " + std::string(kErrorMessageBytesMax, 'x'));
  EXPECT_EQ(error(std::string(kErrorMessageBytesMax + 1, 'x')),
            "Conflict: " + std::string(kErrorMessageBytesMax - 3, 'x') + "…");
}

TEST(Observe, configure_lists_what_the_call_set) {
  const Recognised event(bucket_entry("  effect: configure"),
                         call("Do", R"(,"requestParameters":{"bucketName":"invoices","acl":null,
      "rules":[{"days":30,"on":true},[]],"empty":{},"long":")" +
                                        std::string(300, 'x') + "\"}"));
  const auto changes = event.only().changes;
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0], (Change{"rules[0].days", "", "30"}));
  EXPECT_EQ(changes[1], (Change{"rules[0].on", "", "true"}));
  EXPECT_EQ(changes[2].to.size(), 256u);
}

TEST(Observe, configure_lists_twenty_changes_at_most) {
  std::string parameters = R"("bucketName":"b")";
  for (int i = 0; i < 100; ++i) parameters += ",\"k" + std::to_string(i) + "\":1";
  const Recognised event(bucket_entry("  effect: configure"),
                         call("Do", ",\"requestParameters\":{" + parameters + "}"));
  EXPECT_EQ(event.only().changes.size(), 20u);
}

TEST(Observe, what_a_call_takes_away_was_there_before) {
  const std::string yaml = R"(
entries:
- name: bucket
  call: [s3.amazonaws.com DetachThing, s3.amazonaws.com AttachThing]
  resource: {type: T, id: "t:{detail.requestParameters.bucketName}"}
  effect: configure
)";
  const char* const kParameters = R"(,"requestParameters":{"bucketName":"b","port":"22"})";
  const Recognised taken(yaml, call("DetachThing", kParameters));
  ASSERT_FALSE(taken.only().changes.empty());
  EXPECT_EQ(taken.only().changes.back(), (Change{"port", "22", ""}));
  const Recognised given(yaml, call("AttachThing", kParameters));
  EXPECT_EQ(given.only().changes.back(), (Change{"port", "", "22"}));
}

TEST(Observe, reason_is_the_first_that_the_event_gives) {
  const std::string yaml = R"yaml(
- name: x
  when: {source: [aws.x]}
  resource: {type: T, id: "t:{detail.a}"}
  state: "{detail.s}"
  phases: {bad: {phase: stable, severity: warn}, good: stable}
  reason: ["{detail.why} (exit code {detail.code})", "{detail.why}"]
)yaml";
  const auto reason = [&](const std::string& rest) {
    const Recognised event(yaml, native("t", R"({"a":1,"s":"good")" + rest + "}"));
    return std::string(event.only().cause.reason);
  };
  EXPECT_EQ(reason(""), "");
  EXPECT_EQ(reason(R"(,"why":"no\nspace")"), "no space");
  EXPECT_EQ(reason(R"(,"why":"dead","code":137)"), "dead (exit code 137)");
  const std::string cut = reason(R"(,"why":")" + std::string(600, 'x') + "\"");
  EXPECT_EQ(cut.size(), kReasonBytesMax);
  EXPECT_TRUE(cut.ends_with("x…"));
  EXPECT_EQ(reason(R"(,"why":")" + std::string(3000, 'x') + "\""), "") << "and it is observed";
  const Recognised bad(yaml, native("t", R"({"a":1,"s":"bad"})"));
  EXPECT_EQ(bad.only().severity, 13);
  EXPECT_EQ(bad.only().value, "bad");
}

TEST(Observe, caller_of_another_account_is_told_with_it) {
  const auto account = [](const std::string& id) {
    const Recognised event(
        bucket_entry("  effect: configure"),
        call("Do", std::string(kBucket) + R"(,"userIdentity":{"type":"IAMUser","userName":"eve",)" +
                       R"("accountId":")" + id + "\"}"));
    return std::string(event.only().cause.account);
  };
  EXPECT_EQ(account("123456789012"), "");
  EXPECT_EQ(account("210987654321"), "210987654321");
}

TEST(Observe, ignored_call_is_ignored) {
  const Recognised event(bucket_entry("  effect: ignore"), call("Do", kBucket));
  EXPECT_EQ(event->fate, Fate::ignored);
  EXPECT_EQ(event->entry_name, "bucket");
}

TEST(Observe, call_that_tells_a_state_is_still_what_was_asked_for) {
  const std::string yaml = bucket_entry("  state: \"{call}\"\n  phases: {Do: stopped}");
  const Recognised event(yaml, call("Do", kBucket));
  EXPECT_EQ(event.only().phase, Phase::stopped);
  EXPECT_EQ(event.only().key.stage, 0);
  EXPECT_EQ(
      Recognised(yaml, call("Do", std::string(kBucket) + R"(,"errorCode":"No")")).only().effect,
      Effect::fail);
}

std::string tag_entry(const std::string& tags) {
  return R"(
- name: tags
  call: s3.amazonaws.com Do
  resource:
    type: AWS::S3::Bucket
    id: "{detail.requestParameters.bucketName}"
    )" + tags +
         "\n  effect: tag\n";
}

TEST(Observe, tags_are_read_from_lists_and_maps) {
  const std::string list =
      tag_entry("tags: {each: detail.requestParameters.tags, key: K, value: V}");
  const Recognised listed(list, call("Do", R"(,"requestParameters":{"bucketName":"b",
      "tags":[{"K":"a","V":"1"},{"V":"keyless"},7,{"K":"n","V":2},{"K":"o","V":{}}]})"));
  ASSERT_EQ(listed.only().tags.size(), 2u);
  EXPECT_EQ(listed.only().tags[0], (Tag{"a", "1"}));
  EXPECT_EQ(listed.only().tags[1], (Tag{"n", "2"}));
  const Recognised mapped(
      tag_entry("tags: {map: detail.requestParameters.tags}\n    tags_whole: true"),
      call("Do", R"(,"requestParameters":{"bucketName":"b","tags":{"a":"1","b":null}})"));
  ASSERT_EQ(mapped.only().tags.size(), 1u);
  EXPECT_EQ(mapped.only().tags[0], (Tag{"a", "1"}));
  EXPECT_TRUE(mapped.only().has(kTagsWhole));
}

TEST(Observe, list_of_one_may_stand_as_its_element) {
  const std::string yaml = tag_entry("tags: {each: detail.requestParameters.tags}");
  const Recognised one(yaml, call("Do", R"(,"requestParameters":{"bucketName":"b",
      "tags":{"key":"a","value":"1"}})"));
  ASSERT_EQ(one.only().tags.size(), 1u);
  const Recognised none(yaml, call("Do", R"(,"requestParameters":{"bucketName":"b","tags":""})"));
  EXPECT_TRUE(none.only().tags.empty());
}

TEST(Observe, removed_tags_are_keys) {
  const std::string yaml = tag_entry("tags_removed: detail.requestParameters.keys");
  const Recognised event(yaml, call("Do", R"(,"requestParameters":{"bucketName":"b",
      "keys":["a",{"key":"b","value":"x"},{"Key":"c"},{},null]})"));
  ASSERT_EQ(event.only().tags.size(), 3u);
  EXPECT_EQ(event.only().tags[1], (Tag{"b", ""}));
  EXPECT_TRUE(event.only().has(kTagsRemoved));
}

TEST(Observe, fifty_tags_at_most) {
  std::string tags;
  for (int i = 0; i < 60; ++i) {
    tags += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) + "\":\"v\"";
  }
  const Recognised event(
      tag_entry("tags: {map: detail.requestParameters.tags}"),
      call("Do", R"(,"requestParameters":{"bucketName":"b","tags":{)" + tags + "}}"));
  EXPECT_EQ(event.only().tags.size(), 50u);
}

TEST(Observe, id_is_the_first_that_resolves) {
  const std::string yaml = R"(
- name: x
  when: {source: [aws.x]}
  resource: {type: T, id: ["one:{detail.a}", "two:{detail.b}"]}
  state: "{detail.state}"
  otherwise: stable
)";
  EXPECT_EQ(Recognised(yaml, native("t", R"({"b":"2","state":"s"})")).only().resource.id, "two:2");
  EXPECT_TRUE(Recognised(yaml, native("t", R"({"b":"2","state":"s"})"))->reason.empty());
  EXPECT_EQ(Recognised(yaml, native("t", R"({"a":1,"b":"2","state":"s"})")).only().resource.id,
            "one:1");
}

TEST(Observe, physical_id_that_is_an_arn_is_taken_as_it_is) {
  const Recognised event(
      bucket_entry("  effect: create"),
      call("Do", R"(,"requestParameters":{"bucketName":"arn:aws:s3:us-east-1:42:x/y"})"));
  EXPECT_EQ(event.only().resource.id, "arn:aws:s3:us-east-1:42:x/y");
  EXPECT_EQ(event.only().resource.region, "us-east-1");
  EXPECT_EQ(event.only().resource.account, "42");
  EXPECT_TRUE(event.only().resource.name.empty());
}

TEST(Observe, part_of_an_id_that_is_an_arn_says_what_stands_before_it) {
  const std::string yaml = R"(
types:
  AWS::VpcLattice::Rule: {id: "arn:{partition}:vpc-lattice:{region}:{account}:service/{}"}
entries:
  - name: x
    call: s3.amazonaws.com Do
    resource:
      type: AWS::VpcLattice::Rule
      physical_id: "{detail.requestParameters.s}/listener/{detail.requestParameters.l}/rule/{detail.requestParameters.r}"
    effect: configure
)";
  const std::string service = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1";
  const std::string listener = service + "/listener/listener-1";
  const std::string rule = listener + "/rule/rule-1";
  for (const std::string& s : {std::string("svc-1"), service}) {
    for (const std::string& l : {std::string("listener-1"), listener}) {
      for (const std::string& r : {std::string("rule-1"), rule}) {
        const Recognised event(yaml, call("Do", R"(,"requestParameters":{"s":")" + s +
                                                    R"(","l":")" + l + R"(","r":")" + r + R"("})"));
        EXPECT_EQ(event.only().resource.id, rule) << s << ' ' << l << ' ' << r;
      }
    }
  }
}

TEST(Observe, text_by_table_leaves_out_what_is_not_in_it) {
  const std::string yaml = R"(
- name: tags
  call: s3.amazonaws.com Do
  each: detail.requestParameters.ids
  resource:
    type: {of: "{.|until:-}", table: {i: Instance, vol: Volume}}
    physical_id: "{.}"
  effect: tag
)";
  const Recognised event(yaml, call("Do", R"(,"requestParameters":{"ids":["i-1","x-2","vol-3"]})"));
  ASSERT_EQ(event.all().size(), 2u);
  EXPECT_EQ(event.all()[0].resource.type, "Instance");
  EXPECT_EQ(event.all()[1].resource.type, "Volume");
  EXPECT_EQ(event.all()[1].key.index, 2);
  EXPECT_NE(event->reason.find("\"x\""), std::string_view::npos);
}

TEST(Observe, row_of_phases_may_say_the_state_in_other_words) {
  const std::string yaml = R"(
- name: x
  when: {source: [aws.x]}
  resource: {type: T, id: "t:{detail.a}"}
  state: "{detail.code}"
  phases: {E-1: {phase: stopped, value: halted}, E-2: stable}
)";
  const Recognised event(yaml, native("t", R"({"a":1,"code":"E-1"})"));
  EXPECT_EQ(event.only().phase, Phase::stopped);
  EXPECT_EQ(event.only().value, "halted");
}

TEST(Observe, state_is_known_in_any_case_and_told_as_it_came) {
  const std::string yaml = R"(
- name: x
  when: {source: [aws.x]}
  resource: {type: T, id: "t:{detail.a}"}
  state: "{detail.s}"
  phases: {CREATING: provisioning, up: stable, UP: stopped, Delete Failed: {phase: degraded, value: torn}}
)";
  const auto observed = [&](const std::string& state) {
    const Recognised event(yaml, native("t", R"({"a":1,"s":")" + state + "\"}"));
    return std::pair(event.only().phase, std::string(event.only().value));
  };
  EXPECT_EQ(observed("Creating"), std::pair(Phase::provisioning, std::string("Creating")));
  EXPECT_EQ(observed("DELETE_FAILED"), std::pair(Phase::degraded, std::string("torn")));
  EXPECT_EQ(observed("DeleteFailed").first, Phase::degraded);
  EXPECT_EQ(observed("UP").first, Phase::stopped) << "as it is written comes first";
  EXPECT_EQ(observed("Up").first, Phase::stable);
  EXPECT_EQ(observed("Creatin").first, Phase::unknown);
}

TEST(Observe, id_that_is_put_together_of_an_arn_is_none) {
  const std::string yaml = R"(
- name: x
  call: s3.amazonaws.com Do
  resource: {type: T, physical_id: "{detail.requestParameters.arn}|{detail.requestParameters.test}"}
  effect: configure
)";
  const Recognised event(
      yaml, call("Do", R"(,"requestParameters":{"arn":"arn:aws:x:r:1:service/s","test":"t"})"));
  EXPECT_TRUE(event.only().resource.id.starts_with("urn:aws:")) << event.only().resource.id;
  EXPECT_TRUE(event.only().resource.id.ends_with(":T:arn:aws:x:r:1:service/s|t"));
}

TEST(Observe, native_event_may_say_its_cause) {
  const std::string yaml = R"(
- name: x
  when: {source: [aws.x]}
  resource: {type: T, id: "t:{detail.a}"}
  effect: cause
  cause: {kind: autoscaling, actor: "{detail.group}", actor_type: Group, tool: "{detail.absent}"}
)";
  const Recognised event(yaml, native("t", R"({"a":1,"group":"web"})"));
  const Cause& cause = event.only().cause;
  EXPECT_EQ(cause.kind, CauseKind::autoscaling);
  EXPECT_EQ(cause.confidence, Confidence::certain);
  EXPECT_EQ(cause.actor, "web");
  EXPECT_EQ(cause.actor_type, "Group");
  EXPECT_TRUE(cause.tool.empty());
  EXPECT_EQ(cause.evidence, "n1");
}

TEST(Observe, cause_has_evidence_even_where_the_event_has_no_id) {
  const std::string yaml = R"(
- name: x
  when: {a: [1]}
  resource: {type: T, id: "t:{a}"}
  effect: cause
  cause: schedule
)";
  const Recognised event(yaml, R"({"a":1})");
  EXPECT_EQ(event.only().cause.evidence, to_hex(event->event_id));
}

TEST(Observe, native_failure_tells_its_error) {
  const std::string yaml = R"(
- name: x
  when: {source: [aws.x]}
  resource: {type: T, id: "t:{detail.a}"}
  effect: fail
  error: "{detail.message}"
)";
  const Recognised event(yaml, native("t", R"({"a":1,"message":"no key"})"));
  EXPECT_EQ(event.only().effect, Effect::fail);
  EXPECT_EQ(event.only().error, "no key");
}

const char* const kStack = R"(
- name: own events
  when: {source: [aws.x], detail-type: [own]}
  resource: {type: AWS::X::Own, id: "own:{detail.id}"}
  state: "{detail.state}"
  otherwise: stable
- name: resource of a stack
  when: {source: [aws.x], detail-type: [stack]}
  resource: {type: "{detail.type}", id: "own:{detail.id}"}
  state: "{detail.state}"
  phases: {CREATED: stable, UPDATING: changing, DELETED: gone}
  cause: deployment
)";

TEST(Observe, deployment_is_the_cause_where_the_type_has_events_of_its_own) {
  const auto toward = [](const char* state) {
    const Recognised event(kStack, native("stack", R"({"type":"AWS::X::Own","id":1,"state":")" +
                                                       std::string(state) + "\"}"));
    EXPECT_EQ(event.only().effect, Effect::cause);
    EXPECT_EQ(event.only().phase, Phase::unknown);
    EXPECT_TRUE(event.only().value.empty());
    EXPECT_EQ(event.only().key.stage, 0);
    return event.only().toward;
  };
  EXPECT_EQ(toward("CREATED"),
            phase_bit(Phase::provisioning) | phase_bit(Phase::stable) | phase_bit(Phase::changing));
  EXPECT_EQ(toward("UPDATING"), phase_bit(Phase::changing) | phase_bit(Phase::stable) |
                                    phase_bit(Phase::stopped) | phase_bit(Phase::degraded));
  EXPECT_EQ(toward("DELETED"), phase_bit(Phase::deprovisioning) | phase_bit(Phase::gone));
}

TEST(Observe, deployment_tells_the_state_of_a_type_without_events) {
  const Recognised event(kStack,
                         native("stack", R"({"type":"AWS::X::Other","id":1,"state":"CREATED"})"));
  EXPECT_EQ(event.only().effect, Effect::state);
  EXPECT_EQ(event.only().phase, Phase::stable);
  EXPECT_EQ(event.only().resource.service, "x");
}

}  // namespace
}  // namespace statewire
