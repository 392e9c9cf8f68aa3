#include "catalog/recogniser.h"

#include "base/limits.h"
#include "catalog/test_catalog.h"

namespace statewire {
namespace {

const char* const kInstance = R"(
- name: instance state
  when: {source: [aws.ec2], detail-type: [EC2 Instance State-change Notification]}
  resource:
    type: AWS::EC2::Instance
    id: "arn:{partition}:ec2:{region}:{account}:instance/{detail.instance-id}"
  state: "{detail.state}"
  phases: {pending: provisioning, running: stable, terminated: gone}
- name: run instances
  call: ec2.amazonaws.com RunInstances
  each: detail.responseElements.instancesSet.items
  resource:
    type: AWS::EC2::Instance
    physical_id: "{.instanceId}"
    tags: {each: detail.requestParameters.tagSpecificationSet.items,
           where: {resourceType: [instance]}, list: tags, key: key, value: value}
  effect: cause
  toward: [provisioning, stable]
)";

std::string instance_event(const std::string& detail, const std::string& region = "eu-west-1") {
  return R"({"version":"0","id":"e1","source":"aws.ec2","account":"123456789012","region":")" +
         region + R"(","time":"2026-11-23T09:00:00Z",)" +
         R"("detail-type":"EC2 Instance State-change Notification","detail":)" + detail + "}";
}

// A CloudTrail record; `rest` begins with a comma where it is not empty.
std::string call(const std::string& source, const std::string& name, const std::string& rest) {
  return R"({"eventVersion":"1.08","eventSource":")" + source + R"(","eventName":")" + name +
         R"(","eventID":"c1","eventTime":"2026-11-23T09:00:00Z","awsRegion":"eu-west-1",)" +
         R"("recipientAccountId":"123456789012","eventType":"AwsApiCall")" + rest + "}";
}

std::string enveloped(const std::string& record, const std::string& source) {
  return R"({"version":"0","id":"other","source":")" + source +
         R"(","account":"123456789012","region":"eu-west-1","time":"2026-11-23T09:00:07Z",)" +
         R"("detail-type":"AWS API Call via CloudTrail","detail":)" + record + "}";
}

TEST(Recogniser, native_event_tells_the_state_reached) {
  const Recognised event(kInstance, instance_event(R"({"instance-id":"i-1","state":"running"})"));
  EXPECT_EQ(event->fate, Fate::recognised);
  EXPECT_EQ(event->entry_place, "test.yaml:2");
  const Observation& seen = event.only();
  EXPECT_EQ(seen.resource.id, "arn:aws:ec2:eu-west-1:123456789012:instance/i-1");
  EXPECT_EQ(seen.resource.type, "AWS::EC2::Instance");
  EXPECT_EQ(seen.resource.provider, "aws");
  EXPECT_EQ(seen.resource.service, "ec2");
  EXPECT_EQ(seen.resource.account, "123456789012");
  EXPECT_EQ(seen.resource.region, "eu-west-1");
  EXPECT_EQ(seen.effect, Effect::state);
  EXPECT_EQ(seen.phase, Phase::stable);
  EXPECT_EQ(seen.value, "running");
  EXPECT_EQ(seen.entry, "instance state");
  EXPECT_EQ(seen.cause.kind, CauseKind::unknown);
  EXPECT_EQ(seen.key.stage, 1);
  EXPECT_EQ(seen.key.phase_rank, 3);
  EXPECT_EQ(seen.key.value_rank, 1);
  EXPECT_EQ(format_time(seen.time()), "2026-11-23T09:00:00Z");
  EXPECT_EQ(seen.origin.system, "aws.eventbridge");
  EXPECT_EQ(seen.origin.source, "aws.ec2");
  EXPECT_EQ(seen.origin.type, "EC2 Instance State-change Notification");
  EXPECT_EQ(seen.origin.id, "e1");
}

TEST(Recogniser, of_a_repeated_key_the_first_counts) {
  const std::string first =
      R"("source":"aws.ec2","detail":{"instance-id":"i-1","state":"running"})";
  const std::string second =
      R"("source":"my.app","detail":{"instance-id":"i-2","state":"pending"})";
  const std::string event =
      R"({"version":"0","id":"e1","account":"123456789012","region":"eu-west-1",)"
      R"("time":"2026-11-23T09:00:00Z","detail-type":"EC2 Instance State-change Notification",)" +
      first + "," + second + "}";
  const Recognised recognised(kInstance, event);
  EXPECT_EQ(recognised.only().value, "running");
  EXPECT_EQ(recognised.only().origin.source, "aws.ec2");
}

TEST(Recogniser, state_that_is_in_no_table_is_of_unknown_phase) {
  const Recognised event(kInstance, instance_event(R"({"instance-id":"i-1","state":"dancing"})"));
  EXPECT_EQ(event.only().phase, Phase::unknown);
  EXPECT_EQ(event.only().value, "dancing");
}

TEST(Recogniser, partition_follows_the_region) {
  const std::string detail = R"({"instance-id":"i-1","state":"running"})";
  EXPECT_TRUE(Recognised(kInstance, instance_event(detail, "cn-north-1"))
                  .only()
                  .resource.id.starts_with("arn:aws-cn:ec2:cn-north-1:"));
  EXPECT_TRUE(Recognised(kInstance, instance_event(detail, "us-gov-west-1"))
                  .only()
                  .resource.id.starts_with("arn:aws-us-gov:"));
}

TEST(Recogniser, value_of_the_wrong_type_gives_no_observation_and_a_reason) {
  for (const char* id : {"{}", "[]", "null", "\"\""}) {
    const std::string detail = R"({"state":"running","instance-id":)" + std::string(id) + "}";
    const Recognised event(kInstance, instance_event(detail));
    EXPECT_EQ(event->fate, Fate::incomplete) << id;
    EXPECT_TRUE(event.all().empty()) << id;
    EXPECT_NE(event->reason.find("detail.instance-id"), std::string_view::npos) << event->reason;
  }
}

TEST(Recogniser, number_and_boolean_are_texts_too) {
  const Recognised event(kInstance,
                         instance_event(R"({"state":true,"instance-id":18446744073709551615})"));
  EXPECT_TRUE(event.only().resource.id.ends_with("instance/18446744073709551615"));
  EXPECT_EQ(event.only().value, "true");
}

TEST(Recogniser, envelope_of_wrong_types_is_no_crash) {
  for (const char* event :
       {"[]", "\"text\"", "1", "null", "{}", R"({"source":1,"detail-type":[],"detail":"x"})",
        R"({"source":"aws.ec2","detail-type":"EC2 Instance State-change Notification","detail":3})",
        R"({"eventVersion":1,"eventSource":2,"eventName":{}})",
        R"({"specversion":"1.0","id":5,"source":"x"})"}) {
    const Recognised seen(kInstance, event);
    EXPECT_TRUE(seen.all().empty()) << event;
    EXPECT_FALSE(seen->event_id.is_zero()) << event;
    EXPECT_EQ(seen->account, "-");
    EXPECT_EQ(seen->region, "-");
  }
}

TEST(Recogniser, record_is_the_same_bare_and_in_its_envelope) {
  const std::string record = call("ec2.amazonaws.com", "RunInstances", R"(,
      "responseElements":{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}})");
  const Recognised bare(kInstance, record);
  const Recognised wrapped(kInstance, enveloped(record, "aws.ec2"));
  ASSERT_EQ(bare.all().size(), 2u);
  ASSERT_EQ(wrapped.all().size(), 2u);
  EXPECT_EQ(bare->event_id, wrapped->event_id);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(bare.all()[i].key, wrapped.all()[i].key);
    EXPECT_EQ(bare.all()[i].key.index, i);
    EXPECT_EQ(bare.all()[i].resource.id, wrapped.all()[i].resource.id);
    EXPECT_EQ(bare.all()[i].origin.system, "aws.cloudtrail");
    EXPECT_EQ(bare.all()[i].origin.source, "aws.ec2");
    EXPECT_EQ(bare.all()[i].origin.type, "RunInstances");
    EXPECT_EQ(bare.all()[i].origin.id, "c1");
  }
}

TEST(Recogniser, call_gives_the_cause_and_not_the_phase) {
  const Recognised event(kInstance, call("ec2.amazonaws.com", "RunInstances", R"(,
      "requestParameters":{"tagSpecificationSet":{"items":[
        {"resourceType":"volume","tags":[{"key":"no","value":"no"}]},
        {"resourceType":"instance","tags":[{"key":"team","value":"shop"},{"key":"bare"}]}]}},
      "responseElements":{"instancesSet":{"items":[{"instanceId":"i-1"}]}})"));
  const Observation& seen = event.only();
  EXPECT_EQ(seen.effect, Effect::cause);
  EXPECT_EQ(seen.phase, Phase::unknown);
  EXPECT_EQ(seen.toward, phase_bit(Phase::provisioning) | phase_bit(Phase::stable));
  EXPECT_EQ(seen.key.stage, 0);
  EXPECT_EQ(seen.cause.call, "RunInstances");
  EXPECT_EQ(seen.cause.evidence, "c1");
  ASSERT_EQ(seen.tags.size(), 2u);
  EXPECT_EQ(seen.tags[0], (Tag{"team", "shop"}));
  EXPECT_EQ(seen.tags[1], (Tag{"bare", ""}));
  // The type is in no table.
  EXPECT_EQ(seen.resource.id, "urn:aws:123456789012:eu-west-1:AWS::EC2::Instance:i-1");
}

TEST(Recogniser, read_only_call_is_ignored) {
  const Recognised event(kInstance,
                         call("ec2.amazonaws.com", "DescribeInstances", R"(,"readOnly":true)"));
  EXPECT_EQ(event->fate, Fate::ignored);
  EXPECT_EQ(event->reason, "read-only call");
}

TEST(Recogniser, throttled_call_is_ignored_and_says_why) {
  for (const char* code : {"ThrottlingException", "Client.RequestLimitExceeded", "SlowDown",
                           "Server.InternalError", "Client.DryRunOperation"}) {
    const Recognised event(kInstance, call("ec2.amazonaws.com", "RunInstances",
                                           R"(,"errorCode":")" + std::string(code) + "\""));
    EXPECT_EQ(event->fate, Fate::ignored) << code;
    EXPECT_FALSE(event->reason.empty()) << code;
  }
}

TEST(Recogniser, refused_call_without_a_resource_is_incomplete_and_says_so) {
  const Recognised event(kInstance,
                         call("ec2.amazonaws.com", "RunInstances",
                              R"(,"errorCode":"Client.InvalidX","responseElements":null)"));
  EXPECT_EQ(event->fate, Fate::incomplete);
  EXPECT_EQ(event->reason, "refused call names no resource");
  EXPECT_TRUE(event.all().empty());
}

TEST(Recogniser, event_that_no_entry_knows_is_unrecognised_but_described) {
  const Recognised event(kInstance, call("sqs.amazonaws.com", "CreateQueue", ""));
  EXPECT_EQ(event->fate, Fate::unrecognised);
  EXPECT_EQ(event->origin.source, "aws.sqs");
  EXPECT_EQ(event->origin.type, "CreateQueue");
  EXPECT_EQ(event->account, "123456789012");
  EXPECT_TRUE(event->entry_place.empty());
}

TEST(Recogniser, time_in_the_future_is_the_time_of_arrival) {
  const std::string event = instance_event(R"({"instance-id":"i-1","state":"running"})");
  const Recognised early(kInstance, event, "2026-11-23T07:59:59Z");
  EXPECT_TRUE(early.only().has(kFutureTime));
  EXPECT_EQ(format_time(early.only().time()), "2026-11-23T07:59:59Z");
  const Recognised within(kInstance, event, "2026-11-23T08:00:00Z");
  EXPECT_FALSE(within.only().has(kFutureTime));
  EXPECT_EQ(format_time(within.only().time()), "2026-11-23T09:00:00Z");
}

TEST(Recogniser, event_without_a_time_happened_when_it_arrived) {
  const Recognised event(
      kInstance,
      R"({"source":"aws.ec2","detail-type":"EC2 Instance State-change Notification",)"
      R"("account":"1","region":"r","time":17,"detail":{"instance-id":"i-1","state":"running"}})");
  EXPECT_TRUE(event.only().has(kNoTime));
  EXPECT_TRUE(event.only().key.is_untimed());
  EXPECT_EQ(format_time(event.only().time()), "2030-01-01T00:00:00Z");
}

TEST(Recogniser, event_id_depends_on_what_the_provider_says_makes_it_one) {
  const std::string detail = R"({"instance-id":"i-1","state":"running"})";
  const EventId here = Recognised(kInstance, instance_event(detail))->event_id;
  EXPECT_EQ(here, Recognised(kInstance, instance_event(R"({"x":1})"))->event_id);
  EXPECT_NE(here, Recognised(kInstance, instance_event(detail, "eu-west-2"))->event_id);
  EXPECT_EQ(Recognised(kInstance, call("a.b", "C", ""))->event_id.bytes, hash128("event", {"c1"}));
  EXPECT_EQ(Recognised(kInstance, R"({"specversion":"1.0","id":"7","source":"/s","type":"t"})")
                ->event_id.bytes,
            hash128("event", {"/s", "7"}));
  EXPECT_EQ(Recognised(kInstance, R"({"x":1})")->event_id.bytes, hash128("event", {R"({"x":1})"}));
}

TEST(Recogniser, control_characters_become_spaces) {
  const Recognised event(
      kInstance,
      instance_event("{\"instance-id\":\"i\\n\\u0000\\u0085\\u2028z\",\"state\":\"\\u001b[1m\"}"));
  EXPECT_TRUE(event.only().resource.id.ends_with("instance/i    z"));
  EXPECT_EQ(event.only().value, " [1m");
}

TEST(Recogniser, text_beyond_the_limit_is_rejected) {
  const std::string detail =
      R"({"state":"running","instance-id":")" + std::string(2100, 'x') + "\"}";
  const Recognised event(kInstance, instance_event(detail));
  EXPECT_EQ(event->fate, Fate::rejected);
  EXPECT_NE(event->reason.find("2048"), std::string_view::npos);
  EXPECT_TRUE(event.all().empty());
}

TEST(Recogniser, what_costs_too_much_to_match_is_rejected) {
  std::string prefixes = "x";
  for (int i = 0; i < 1'000; ++i) prefixes += ", {prefix: p" + std::to_string(i) + "}";
  std::string entry(kInstance);
  const std::string_view kWhen = "when: {source: [aws.ec2],";
  entry.insert(entry.find(kWhen) + kWhen.size(), " detail: {words: [" + prefixes + "]},");
  std::string words = R"("p7")";
  const auto recognised = [&] {
    return Recognised(entry, instance_event(R"({"instance-id":"i-1","state":"running","words":[)" +
                                            words + "]}"));
  };
  EXPECT_EQ(recognised()->fate, Fate::recognised);
  for (int i = 0; i < 40'000; ++i) words.insert(0, R"("y",)");
  const Recognised event = recognised();
  EXPECT_EQ(event->fate, Fate::rejected);
  EXPECT_NE(event->reason.find("takes too many steps"), std::string_view::npos) << event->reason;
}

TEST(Recogniser, too_many_resources_are_rejected_whole) {
  const auto with = [](size_t count) {
    std::string items;
    for (size_t i = 0; i < count; ++i) {
      items += (i == 0 ? "" : ",") + (R"({"instanceId":"i-)" + std::to_string(i) + "\"}");
    }
    return call("ec2.amazonaws.com", "RunInstances",
                R"(,"responseElements":{"instancesSet":{"items":[)" + items + "]}}");
  };
  EXPECT_EQ(Recognised(kInstance, with(kObservationsMax)).all().size(), kObservationsMax);
  const Recognised event(kInstance, with(kObservationsMax + 1));
  EXPECT_EQ(event->fate, Fate::rejected);
  EXPECT_TRUE(event.all().empty());
}

TEST(Recogniser, keeps_what_is_already_in_the_list) {
  const Catalog catalog = catalog_of(kInstance);
  Recogniser recogniser(catalog);
  Arena arena;
  std::vector<Observation> out(1);
  simdjson::dom::parser parser;
  const std::string event =
      instance_event(R"({"state":"running","instance-id":")" + std::string(2100, 'x') + "\"}");
  simdjson::dom::element element;
  ASSERT_FALSE(parser.parse(event).get(element));
  recogniser.recognise(element, event, *parse_time("2030-01-01T00:00:00Z"), arena, out);
  EXPECT_EQ(out.size(), 1u);
}

TEST(Recogniser, pattern_beyond_the_envelope_matches_bare_records_too) {
  const std::string yaml = R"(
- name: denied
  when:
    source: [{prefix: aws.}]
    detail-type: [AWS API Call via CloudTrail]
    account: ["123456789012"]
    detail: {requestParameters: {force: [true]}}
  effect: ignore
- name: native only
  when: {detail-type: [Something else], detail: {requestParameters: {force: [true, false]}}}
  effect: ignore
)";
  const std::string forced = call("x.amazonaws.com", "Y", R"(,"requestParameters":{"force":true})");
  EXPECT_EQ(Recognised(yaml, forced)->entry_name, "denied");
  EXPECT_EQ(Recognised(yaml, enveloped(forced, "aws.x"))->entry_name, "denied");
  const std::string mild = call("x.amazonaws.com", "Y", R"(,"requestParameters":{"force":false})");
  EXPECT_EQ(Recognised(yaml, mild)->fate, Fate::unrecognised);
}

TEST(Recogniser, first_entry_in_the_order_of_the_file_wins) {
  const std::string yaml = R"(
- {name: first, when: {detail: {eventName: [C]}}, effect: ignore}
- {name: second, call: a.amazonaws.com C, effect: ignore}
- {name: third, call: a.amazonaws.com D, effect: ignore}
- {name: fourth, when: {detail: {eventName: [D]}}, effect: ignore}
)";
  EXPECT_EQ(Recognised(yaml, call("a.amazonaws.com", "C", ""))->entry_name, "first");
  EXPECT_EQ(Recognised(yaml, call("a.amazonaws.com", "D", ""))->entry_name, "third");
  EXPECT_EQ(Recognised(yaml, enveloped(call("a.amazonaws.com", "C", ""), "aws.a"))->entry_name,
            "first");
  EXPECT_EQ(Recognised(yaml, enveloped(call("a.amazonaws.com", "D", ""), "aws.a"))->entry_name,
            "third");
}

TEST(Recogniser, events_of_other_systems_are_recognised_by_their_own_fields) {
  const std::string yaml = R"(
- name: host
  when: {type: [host.state]}
  resource:
    type: Host
    id: "urn:host:{data.hosts.0.name|lower}"
    account: "{data.site}"
    region: nowhere
    zone: "{data.rack}"
    provider: datacentre
    service: racks
    name: "{data.hosts.0.name}"
  state: "{data.state}"
  phases: {up: stable}
  otherwise: degraded
  version: data.serial
  time: data.at
  alias: ["host:{data.hosts.0.name}", "asset:{data.asset}"]
  severity: error
)";
  const Recognised event(yaml, R"({"specversion":"1.0","id":"1","source":"/dc","type":"host.state",
      "traceparent":"00-1-2-3","data":{"hosts":[{"name":"DB-1"}],"site":"north","rack":12,
      "state":"limping","serial":42,"at":"2026-11-23T08:00:00Z"}})");
  const Observation& seen = event.only();
  EXPECT_EQ(seen.resource.id, "urn:host:db-1");
  EXPECT_EQ(seen.resource.account, "north");
  EXPECT_EQ(seen.resource.region, "nowhere");
  EXPECT_EQ(seen.resource.zone, "12");
  EXPECT_EQ(seen.resource.provider, "datacentre");
  EXPECT_EQ(seen.resource.service, "racks");
  EXPECT_EQ(seen.resource.name, "DB-1");
  EXPECT_EQ(seen.phase, Phase::degraded);
  EXPECT_EQ(seen.key.version, 42u);
  EXPECT_EQ(format_time(seen.time()), "2026-11-23T08:00:00Z");
  ASSERT_EQ(seen.aliases.size(), 1u);
  EXPECT_EQ(seen.aliases[0], "host:DB-1");
  EXPECT_EQ(seen.severity, 17);
  EXPECT_EQ(seen.traceparent, "00-1-2-3");
  EXPECT_EQ(seen.origin.system, "custom");
  EXPECT_EQ(seen.origin.source, "/dc");
}

}  // namespace
}  // namespace statewire
