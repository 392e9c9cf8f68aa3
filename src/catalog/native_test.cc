// What entries make of native events in general: types by ARNs, changes, events that come twice.
#include "catalog/test_catalog.h"

namespace statewire {
namespace {

const std::string kTypes = R"(
types:
  AWS::EC2::Instance: {id: "arn:{partition}:ec2:{region}:{account}:instance/{}"}
  AWS::Braket::Device: {id: "arn:{partition}:braket:{region}:{account}:device/{}"}
)";

std::string about(const std::string& source, const std::string& resource,
                  const std::string& rest = R"("account":"123456789012","detail":{})") {
  return R"({"id":"n1","source":")" + source + R"(","detail-type":"T","region":"eu-west-1",)" +
         R"("time":"2026-11-23T09:00:00Z","resources":[")" + resource + "\"]," + rest + "}";
}

std::string entry_by(const std::string& type) {
  return "entries:\n- name: any\n  when: {detail-type: [T]}\n  resource: {type: " + type +
         ", id: \"{resources.0}\"}\n  state: ok\n  otherwise: stable\n" + kTypes;
}

TEST(Native, type_is_told_by_the_arn) {
  const std::pair<const char*, const char*> cases[] = {
      {"arn:aws:ec2:eu-west-1:123456789012:instance/i-1", "AWS::EC2::Instance"},
      {"arn:aws:braket:eu-west-1:123456789012:quantum-task/1", "AWS::Braket::QuantumTask"},
      {"arn:aws:omics:eu-west-1:123456789012:run/1", "AWS::Omics::Run"},
      {"arn:aws:kms:eu-west-1:123456789012:alias", ""},
      {"i-1", ""}};
  for (const auto& [arn, type] : cases) {
    const Recognised event(entry_by("arn"), about("aws.tag", arn));
    const bool is_told = *type != '\0';
    EXPECT_EQ(event->fate, is_told ? Fate::recognised : Fate::incomplete) << arn;
    if (is_told) {
      EXPECT_EQ(event.only().resource.type, type);
    }
  }
}

TEST(Native, own_arn_is_of_the_service_that_speaks) {
  const std::string arn = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1";
  EXPECT_EQ(Recognised(entry_by("own arn"), about("aws.ec2", arn))->fate, Fate::recognised);
  EXPECT_EQ(Recognised(entry_by("own arn"), about("aws.guardduty", arn))->fate, Fate::incomplete);
}

// An entry for what names its resource in `resources`, and an event that has none there.
Recognised named_in_detail(const std::string& detail_type, const std::string& detail) {
  return Recognised(
      "words: {active: stable, created: stable}\nentries:\n- name: any\n"
      "  when: {source: [{prefix: aws.}], resources: [{prefix: \"arn:\"}]}\n"
      "  resource: {type: own arn, id: \"{resources.0}\"}\n"
      "  state: [\"{detail.status}\", \"{detail-type}\"]\n  otherwise: words\n" +
          kTypes,
      R"({"id":"n1","source":"aws.braket","detail-type":")" + detail_type +
          R"(","account":"123456789012","region":"eu-west-1",)"
          R"("time":"2026-11-23T09:00:00Z","resources":[],"detail":)" +
          detail + "}");
}

TEST(Native, resource_that_only_the_detail_names_is_read_where_it_is_one) {
  const std::string device = "arn:aws:braket:eu-west-1:123456789012:device/d1";
  const std::string other = "arn:aws:braket:eu-west-1:123456789012:quantum-task/t1";
  const auto field = [](const std::string& key, const std::string& value) {
    return "\"" + key + "\":\"" + value + "\",";
  };
  const std::string status = R"("status":"ACTIVE"})";
  const std::string role = field("roleArn", "arn:aws:iam::123456789012:role/r");
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {"State Change", field("arn", device) + role + status, device},
      {"State Change", R"("data":{"resourceArn":")" + device + "\"}," + status, device},
      {"Device Created", field("DeviceARN", device) + R"("n":1})", device},
      {"Quantum Task State Change", field("a_arn", device) + field("arn", other) + status, other},
      {"State Change", field("a_arn", device) + field("arn", other) + status, ""},
      {"Device State Change", field("arn", device) + field("parentArn", device + "2") + status, ""},
      // It is about what the detail-type names, of which no ARN is told.
      {"Job State Change", field("deviceArn", device) + field("jobId", "j1") + status, ""},
      {"Job State Change", field("deviceArn", device) + field("jobArn", "j1") + status, ""},
      {"State Change", field("note", device) + status, ""},
      {"State Change", role + status, ""},
      {"State Change", R"("all":[{"arn":")" + device + "\"}]," + status, ""},
      // Nothing says in which state.
      {"Device Calibrated", field("arn", device) + R"("status":"odd"})", ""},
  };
  for (const auto& [detail_type, fields, id] : cases) {
    const Recognised event = named_in_detail(detail_type, "{" + fields);
    EXPECT_EQ(event->fate, id.empty() ? Fate::unrecognised : Fate::recognised) << fields;
    EXPECT_EQ(event.all().empty() ? "" : event.only().resource.id, id) << fields;
  }
}

TEST(Native, changes_stand_where_the_entry_says) {
  const std::string entry = R"(
- name: change
  when: {detail-type: [T]}
  resource: {type: x, id: "{resources.0}"}
  effect: configure
  changes: {map: detail.diff, from: before, to: after}
)";
  const Recognised event(entry,
                         about("aws.config", "r", R"("account":"123456789012","detail":{"diff":{
          "size":{"before":1,"after":2},"on":{"before":null,"after":true},
          "rule":{"before":{"port":22},"after":null},"same":{}}})"));
  const std::vector<Change> changes(event.only().changes.begin(), event.only().changes.end());
  const std::vector<Change> wanted{
      {"size", "1", "2"}, {"on", "", "true"}, {"rule", R"({"port":22})", ""}};
  EXPECT_EQ(changes, wanted);
}

TEST(Native, what_is_sent_twice_under_two_ids_is_one_event) {
  const std::string entry = R"(
- name: health
  when: {detail-type: [T]}
  resource: {type: x, id: "{resources.0}", region: "{detail.eventRegion}"}
  effect: configure
  once: "{account}/{detail.communicationId}"
  time: detail.updated
)";
  const auto told = [&](const std::string& id, const std::string& region,
                        const std::string& communication, const std::string& time) {
    return Recognised(entry, R"({"id":")" + id + R"(","source":"aws.health","detail-type":"T",)" +
                                 R"("account":"123456789012","region":")" + region +
                                 R"(","time":")" + time + R"(","resources":["r"],"detail":{)" +
                                 R"("communicationId":")" + communication +
                                 R"(","eventRegion":"eu-west-1","updated":)" +
                                 R"("Mon, 23 Nov 2026 09:00:00 GMT"}})");
  };
  const Recognised first = told("a", "eu-west-1", "c1-1", "2026-11-23T09:00:02Z");
  const Recognised backup = told("b", "us-west-2", "c1-1", "2026-11-23T09:00:09Z");
  EXPECT_EQ(first.only().key, backup.only().key);
  EXPECT_EQ(first.only().resource.region, backup.only().resource.region);
  EXPECT_EQ(first->event_id, first.only().event_id());
  EXPECT_NE(first.only().key, told("a", "eu-west-1", "c2-1", "2026-11-23T09:00:02Z").only().key);
}

TEST(Native, account_that_came_as_a_number_has_its_zeros_again) {
  const std::string entry =
      "- name: any\n  when: {detail-type: [T]}\n  resource: {type: x, id: \"{account}\"}\n"
      "  state: ok\n  otherwise: stable\n"
      "- name: call\n  call: x.amazonaws.com Do\n  resource: {type: x, id: \"{account}\"}\n"
      "  effect: create\n";
  EXPECT_EQ(Recognised(entry, about("aws.x", "r", R"("account":12345678,"detail":{})"))->account,
            "000012345678");
  const std::string call =
      R"({"eventVersion":"1.08","eventSource":"x.amazonaws.com","eventName":"Do",)"
      R"("eventTime":"2026-11-23T09:00:00Z","awsRegion":"eu-west-1",)";
  for (const char* rest :
       {R"("recipientAccountId":12345678})", R"("userIdentity":{"accountId":12345678}})",
        R"("userIdentity":{"accountId":"000012345678"}})"}) {
    const Recognised event(entry, call + rest);
    EXPECT_EQ(event.only().resource.id, "000012345678") << rest;
  }
  EXPECT_EQ(Recognised(entry, about("aws.x", "r", R"("account":-1,"detail":{})"))->account, "-");
  EXPECT_EQ(
      Recognised(entry, about("aws.x", "r", R"("account":1234567890123,"detail":{})"))->account,
      "-");
}

}  // namespace
}  // namespace statewire
