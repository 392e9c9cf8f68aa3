#include "format/json.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/text.h"
#include "format/example_notification.h"
#include "format/format.h"
#include "format/formats_for_test.h"

namespace statewire {
namespace {

std::string json_of(const Notification& notification) {
  std::string out;
  append_json(notification, out);
  return out;
}

constexpr std::string_view kData =
    R"({"origin":{"system":"aws.eventbridge","source":"aws.ec2","type":"EC2 Instance State-change Notification","id":"7bf73129-1428-4cd3-a780-95db273d1602"},)"
    R"("resource":{"id":"arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60001","type":"AWS::EC2::Instance","provider":"aws","account":"123456789012","region":"eu-west-1","service":"ec2","name":"web-1","tags":{"Name":"web-1","team":"shop"}},)"
    R"("state":{"phase":"stable","value":"running","settled":true,"previous":{"phase":"provisioning","value":"pending","since":"2026-11-23T08:59:58Z"}},)"
    R"("revision":2,)"
    R"("cause":{"kind":"human","actor":"alice","actor_type":"IAMUser","tool":"console","confidence":"likely","evidence":["3f1f6a5e-0d3c-4a6e-9a2b-5b8f7c2d1e00"]},)"
    R"("drift":"unknown","flags":[],)"
    R"("message":"EC2 instance web-1 (i-0a1b2c3d4e5f60001) in eu-west-1 is running; started by alice in the console"})";

constexpr std::string_view kEnvelope =
    R"({"specversion":"1.0","id":"5f0c3b5d0e6a4b3f9d2a7c1e88b4f010","source":"/statewire/prod/http","type":"statewire.resource.transition.v1",)"
    R"("subject":"arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60001","partitionkey":"arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60001",)"
    R"("time":"2026-11-23T09:00:12Z","recordedtime":"2026-11-23T09:00:14.318Z","datacontenttype":"application/json","dataschema":"urn:statewire:notification:1.0",)"
    R"("sequence":"00000000000000000042","severitynumber":9,"severitytext":"INFO",)";

TEST(Json, is_exactly_what_the_documentation_shows) {
  EXPECT_EQ(json_of(example_notification()),
            std::string(kEnvelope) + "\"data\":" + std::string(kData) + "}");
  std::string data;
  append_json_data(example_notification(), data);
  EXPECT_EQ(data, kData);
}

TEST(Json, appends_to_what_is_there) {
  std::string out = "before";
  append_json(example_notification(), out);
  EXPECT_EQ(out, "before" + json_of(example_notification()));
}

TEST(Json, flat_form_has_the_members_of_both_levels_beside_each_other) {
  std::string flat;
  append_flat_json(example_notification(), flat);
  EXPECT_EQ(flat, std::string(kEnvelope) + std::string(kData.substr(1)));
}

TEST(Json, what_is_not_known_is_absent) {
  Notification n;
  n.kind = NotificationKind::failed;
  n.instance = "local";
  n.source = "convert";
  n.origin = {"aws.cloudtrail", "aws.s3", "DeleteBucket", ""};
  n.resource.id = "arn:aws:s3:::invoices";
  n.resource.type = "AWS::S3::Bucket";
  n.error = "AccessDenied";
  n.severity = 13;
  EXPECT_EQ(
      json_of(n),
      R"({"specversion":"1.0","id":"00000000000000000000000000000000","source":"/statewire/local/convert","type":"statewire.resource.failed.v1","subject":"arn:aws:s3:::invoices","partitionkey":"arn:aws:s3:::invoices","time":"1970-01-01T00:00:00Z","datacontenttype":"application/json","dataschema":"urn:statewire:notification:1.0","severitynumber":13,"severitytext":"WARN",)"
      R"("data":{"origin":{"system":"aws.cloudtrail","source":"aws.s3","type":"DeleteBucket"},"resource":{"id":"arn:aws:s3:::invoices","type":"AWS::S3::Bucket"},"state":{"phase":"unknown","settled":false},"revision":0,"cause":{"kind":"unknown","confidence":"guess","evidence":[]},"drift":"unknown","flags":[],"message":"S3 bucket invoices: DeleteBucket was refused: AccessDenied"}})");
}

TEST(Json, amendment_names_what_it_amends_and_the_late_fact) {
  Notification n = example_notification();
  n.kind = NotificationKind::amended;
  n.amends.bytes.fill(0xab);
  n.has_late_observation = true;
  n.late_value = "pending";
  n.late_phase = Phase::provisioning;
  n.late_time = *parse_time("2026-11-23T08:59:58Z");
  n.is_late = n.is_future = n.is_untimed = true;
  const std::string json = json_of(n);
  EXPECT_TRUE(has(json, R"("causationid":"abababababababababababababababab","data":)"));
  EXPECT_TRUE(has(
      json,
      R"("revision":2,"late_observation":{"value":"pending","phase":"provisioning","time":"2026-11-23T08:59:58Z"},"cause")"));
  EXPECT_TRUE(has(json, R"("flags":["late","future","untimed"])"));
  EXPECT_TRUE(has(json, R"("dataschema":"urn:statewire:notification:1.1")"));
}

TEST(Json, a_late_fact_has_its_own_cause_beside_that_of_the_state) {
  Notification n = example_notification();
  n.kind = NotificationKind::amended;
  n.amends.bytes.fill(0xab);
  EXPECT_TRUE(has(json_of(n), R"("dataschema":"urn:statewire:notification:1.0")"));
  n.has_late_observation = true;
  n.late_value = "StopLogging";
  n.late_cause = {.kind = CauseKind::human, .actor = "root", .evidence = "e1"};
  const std::string json = json_of(n);
  EXPECT_TRUE(has(json, R"("cause":{"kind":"human","actor":"root","confidence":"guess",)"
                        R"("evidence":["e1"]}},"cause":{"kind":"human","actor":"alice")"))
      << json;
  EXPECT_TRUE(has(json, R"("dataschema":"urn:statewire:notification:1.1")"));
}

TEST(Json, why_is_in_the_words_of_the_provider) {
  Notification n = example_notification();
  n.cause.reason = "Threshold Crossed";
  n.cause.account = "210987654321";
  const std::string json = json_of(n);
  EXPECT_TRUE(has(json, R"("actor_type":"IAMUser","account":"210987654321","tool")")) << json;
  EXPECT_TRUE(has(json, R"("reason":"Threshold Crossed","confidence")")) << json;
  EXPECT_TRUE(has(json, R"("dataschema":"urn:statewire:notification:1.1")"));
}

TEST(Json, changes_say_what_is_known_of_them) {
  const Change changes[] = {{"versioning", "Suspended", "Enabled"}, {"policy", "", "{\"a\":1}"}};
  Notification n = example_notification();
  n.changes = changes;
  EXPECT_TRUE(has(json_of(n),
                  R"("changes":[{"path":"versioning","from":"Suspended","to":"Enabled"},)"
                  R"({"path":"policy","to":"{\"a\":1}"}],"message")"));
}

TEST(Json, texts_are_clean_utf8_whatever_the_provider_sent) {
  Notification n = example_notification();
  n.cause.actor = "a\"b\\c\n\x1b[31m\x7f\xc2\x9b\xe2\x80\xa8 \xff é 日本";
  const std::string json = json_of(n);
  EXPECT_TRUE(has(json, "\"actor\":\"a\\\"b\\\\c  [31m    \xef\xbf\xbd é 日本\",")) << json;
  EXPECT_TRUE(is_utf8(json));
}

TEST(Json, special_characters_are_found_at_every_place_of_a_text) {
  for (size_t size = 1; size < 70; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string actor(size, 'x');
      actor[at] = '"';
      Notification n = example_notification();
      n.cause.actor = actor;
      std::string escaped = actor;
      escaped.insert(at, 1, '\\');
      ASSERT_TRUE(has(json_of(n), "\"actor\":\"" + escaped + "\",")) << size << " " << at;
    }
  }
}

TEST(Json, too_many_changes_are_cut_and_flagged) {
  const std::vector<Change> changes(3000, {"path", "a value that was before", "\"after\""});
  Notification n = example_notification();
  n.changes = changes;
  const std::string json = json_of(n);
  EXPECT_LE(json.size(), kNotificationBytesMax);
  EXPECT_GT(json.size(), kNotificationBytesMax - 100);
  EXPECT_TRUE(has(json, R"("flags":["truncated"],"changes":[{"path":"path")"));
  EXPECT_TRUE(json.ends_with("in the console\"}}"));
}

TEST(Json, changes_that_fit_are_not_cut) {
  const std::vector<Change> changes(500, {"path", "a value that was before", "\"after\""});
  Notification n = example_notification();
  n.changes = changes;
  EXPECT_TRUE(has(json_of(n), R"("flags":[],"changes")"));
}

TEST(Json, stays_in_its_limit_even_where_texts_alone_break_it) {
  const std::string huge(200'000, '\xff');
  Notification n = example_notification();
  n.resource.id = n.resource.zone = n.cause.actor = n.origin.type = n.name = n.value = huge;
  const std::vector<Tag> tags(50, {"key", huge});
  n.tags = tags;
  const std::string json = json_of(n);
  EXPECT_LE(json.size(), kNotificationBytesMax);
  EXPECT_TRUE(has(json, R"("flags":["truncated"])"));
  EXPECT_TRUE(is_utf8(json));
}

TEST(Json, tags_beyond_the_limit_are_cut_and_flagged) {
  std::vector<std::string> keys;
  for (int i = 100; i < 160; ++i) keys.push_back(std::to_string(i));
  std::vector<Tag> tags;
  for (const std::string& key : keys) tags.push_back({key, "x"});
  Notification n = example_notification();
  n.tags = tags;
  const std::string json = json_of(n);
  EXPECT_TRUE(has(json, R"("149":"x"}})"));
  EXPECT_TRUE(has(json, R"("flags":["truncated"])"));
}

TEST(Json, severity_is_named_by_its_range) {
  EXPECT_EQ(severity_text(1), "TRACE");
  EXPECT_EQ(severity_text(8), "DEBUG");
  EXPECT_EQ(severity_text(9), "INFO");
  EXPECT_EQ(severity_text(13), "WARN");
  EXPECT_EQ(severity_text(17), "ERROR");
  EXPECT_EQ(severity_text(24), "FATAL");
}

}  // namespace
}  // namespace statewire
