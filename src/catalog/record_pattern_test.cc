#include "catalog/record_pattern.h"

#include "catalog/test_catalog.h"

namespace statewire {
namespace {

TEST(RecordPattern, is_asked_of_bare_records_where_the_envelope_says_so) {
  const std::pair<const char*, bool> cases[] = {
      {R"({"source":["aws.ec2"]})", true},
      {R"({"detail-type":["AWS Service Event via CloudTrail"]})", true},
      {R"({"detail-type":[{"prefix":"AWS "}]})", true},
      {R"({"detail-type":["EC2 Instance State-change Notification"]})", false},
      {R"({"detail-type":[{"anything-but":{"suffix":" via CloudTrail"}}]})", false},
      {R"({"detail":{"eventName":["Do"]}})", true},
      {R"({"Records":{"eventSource":["aws:s3"]}})", false},
      {R"({"Records":[{"exists":false}]})", true},
      {R"({"$or":[{"source":["a"]},{"source":["b"]}]})", false}};
  for (const auto& [when, can] : cases) EXPECT_EQ(record_pattern(when).has_value(), can) << when;
}

TEST(RecordPattern, is_about_records_by_what_it_asks_for) {
  const std::pair<const char*, bool> cases[] = {
      {R"({"detail":{"eventSource":["s3.amazonaws.com"]}})", true},
      {R"({"detail":{"eventName":["DeleteBucket"]}})", true},
      {R"({"eventSource":["s3.amazonaws.com"]})", true},
      {R"({"detail-type":["AWS API Call via CloudTrail"]})", true},
      {R"({"detail-type":["ECS Service Action"],"detail":{"eventName":["X"]}})", false},
      {R"({"source":["aws.ec2"],"detail":{"state":["running"]}})", false}};
  for (const auto& [when, is] : cases) EXPECT_EQ(is_about_records(when), is) << when;
}

const std::string kRecord =
    R"({"eventVersion":"1.08","eventID":"c1","eventSource":"events.amazonaws.com",)"
    R"("eventName":"DisableRule","eventType":"AwsApiCall","eventTime":"2026-11-23T09:00:00Z",)"
    R"("awsRegion":"eu-west-1","recipientAccountId":"123456789012",)"
    R"("requestParameters":{"name":"nightly"}ERROR})";

std::string record(const std::string& error) {
  std::string text = kRecord;
  return text.replace(text.find("ERROR"), 5, error);
}

std::string in_envelope(const std::string& text) {
  return R"({"version":"0","id":"e1","source":"aws.events","detail-type":)"
         R"("AWS API Call via CloudTrail","account":"123456789012","region":"eu-west-1",)"
         R"("time":"2026-11-23T09:00:00Z","detail":)" +
         text + "}";
}

TEST(RecordPattern, without_detail_matches_a_record_in_both_forms) {
  const std::string entry =
      "- name: quiet\n  when: {source: [aws.events], account: [\"123456789012\"]}\n"
      "  effect: ignore\n";
  EXPECT_EQ(Recognised(entry, record(""))->fate, Fate::ignored);
  EXPECT_EQ(Recognised(entry, in_envelope(record("")))->fate, Fate::ignored);
}

// A call says what was asked for, whether `call` or `when` matches it.
TEST(RecordPattern, a_refused_call_is_a_failure_whatever_matches_it) {
  const std::string rest =
      "  resource: {type: AWS::Events::Rule, id: \"{detail.requestParameters.name}\"}\n"
      "  state: \"{call}\"\n  phases: {DisableRule: stopped}\n  effect: state\n";
  const std::string forms[] = {
      "- name: rule\n  call: events.amazonaws.com DisableRule\n" + rest,
      "- name: rule\n  when: {detail: {eventName: [DisableRule]}}\n" + rest,
      "- name: rule\n  when: {source: [aws.events]}\n" + rest};
  for (const std::string& entry : forms) {
    for (const std::string& event : {record(""), in_envelope(record(""))}) {
      const Recognised done(entry, event);
      EXPECT_EQ(done.only().phase, Phase::stopped) << entry << event;
      EXPECT_EQ(done.only().key.stage, 0) << entry << event;
    }
    const std::string refused = record(R"(,"errorCode":"AccessDenied")");
    for (const std::string& event : {refused, in_envelope(refused)}) {
      const Recognised failed(entry, event);
      EXPECT_EQ(failed.only().effect, Effect::fail) << entry << event;
      EXPECT_EQ(failed.only().error, "AccessDenied");
      EXPECT_EQ(failed.only().phase, Phase::unknown);
    }
  }
}

// Else what a deployment reports of a rule would be no more than a cause.
TEST(RecordPattern, of_calls_gives_its_type_no_native_events) {
  const std::string entries =
      "- name: rule\n  when: {detail: {eventSource: [events.amazonaws.com]}}\n"
      "  resource: {type: AWS::Events::Rule, id: r}\n  state: \"{call}\"\n  otherwise: stable\n"
      "- name: resource\n  when: {source: [aws.cloudformation]}\n"
      "  resource: {type: \"{detail.type}\", id: r}\n  state: DONE\n  otherwise: gone\n";
  const Recognised told(entries, R"({"id":"n1","source":"aws.cloudformation","detail-type":"R",
      "account":"123456789012","region":"eu-west-1","time":"2026-11-23T09:00:00Z",
      "detail":{"type":"AWS::Events::Rule"}})");
  EXPECT_EQ(told.only().effect, Effect::state);
  EXPECT_EQ(told.only().phase, Phase::gone);
}

}  // namespace
}  // namespace statewire
