// What comes from CloudTrail and is no usual record of a call.
#include "catalog/test_catalog.h"

namespace statewire {
namespace {

const char* const kBuckets = R"(
- name: create bucket
  call: s3.amazonaws.com CreateBucket
  resource: {type: AWS::S3::Bucket, id: "arn:{partition}:s3:::{detail.requestParameters.bucketName}"}
  effect: create
)";

const std::string kRestOfRecord = R"("eventID":"c1","eventTime":"2026-11-23T09:00:00Z",)"
                                  R"("awsRegion":"eu-west-1","recipientAccountId":"123456789012",)"
                                  R"("requestParameters":{"bucketName":"logs"}})";

TEST(Records, without_version_are_known_by_their_service) {
  const Recognised call(
      kBuckets, R"({"eventSource":"s3.amazonaws.com","eventName":"CreateBucket",)" + kRestOfRecord);
  EXPECT_EQ(call.only().resource.id, "arn:aws:s3:::logs");
  EXPECT_EQ(call->origin.system, "aws.cloudtrail");
  EXPECT_EQ(call->account, "123456789012");
  const Recognised stranger(
      kBuckets, R"({"eventSource":"s3.example.com","eventName":"CreateBucket",)" + kRestOfRecord);
  EXPECT_EQ(stranger->origin.system, "custom");
}

TEST(Records, that_no_entry_knows_have_a_kind) {
  struct Case {
    std::string fields;
    std::string source;
    std::string type;
  };
  for (const Case& each :
       {Case{R"("eventSource":"s3.amazonaws.com","eventName":"CreateThing")", "aws.s3",
             "CreateThing"},
        Case{R"("eventVersion":"1.08","eventName":"CreateThing")", "aws.cloudtrail", "CreateThing"},
        Case{R"("eventSource":"s3.amazonaws.com","eventName":null,)"
             R"("eventType":"AwsServiceEvent")",
             "aws.s3", "AwsServiceEvent"}}) {
    const Recognised record(kBuckets, "{" + each.fields + "," + kRestOfRecord);
    EXPECT_EQ(record->fate, Fate::unrecognised) << each.fields;
    EXPECT_EQ(record->origin.source, each.source) << each.fields;
    EXPECT_EQ(record->origin.type, each.type) << each.fields;
    EXPECT_EQ(record->region, "eu-west-1") << each.fields;
  }
}

const std::string kInsightFields =
    R"("eventTime":"2026-11-23T09:00:00Z","awsRegion":"eu-west-1","eventID":"i1",)"
    R"("recipientAccountId":"123456789012","insightDetails":{"state":"Start","eventSource":)"
    R"("s3.amazonaws.com","eventName":"CreateBucket","insightType":"ApiCallRateInsight"})";

TEST(Records, of_insights_are_ignored_and_say_why) {
  const std::string insight = R"({"eventVersion":"1.08","eventType":"AwsCloudTrailInsight",)" +
                              kInsightFields + R"(,"eventCategory":"Insight"})";
  for (const std::string& event :
       {insight, R"({"eventCategory":"Insight",)" + kInsightFields + "}",
        R"({"version":"0","id":"e1","source":"aws.cloudtrail","detail-type":)"
        R"("AWS Insight via CloudTrail","account":"123456789012","region":"eu-west-1","detail":)" +
            insight + "}"}) {
    const Recognised seen(kBuckets, event);
    EXPECT_EQ(seen->fate, Fate::ignored) << event;
    EXPECT_EQ(seen->reason, "an insight: it tells how often calls are made") << event;
    EXPECT_EQ(seen->account, "123456789012") << event;
  }
  // Unless an entry asks for them.
  EXPECT_EQ(Recognised(R"([{name: unusual, when: {detail: {eventType: [AwsCloudTrailInsight]}},
                            resource: {type: Insight, id: "{detail.eventID}"}, effect: cause}])",
                       insight)
                ->fate,
            Fate::recognised);
}

TEST(Records, digests_are_ignored_and_say_why) {
  const Recognised digest(
      kBuckets,
      R"({"awsAccountId":"123456789012","digestStartTime":"2026-11-23T08:00:00Z",)"
      R"("digestEndTime":"2026-11-23T09:00:00Z","digestS3Bucket":"trail","digestS3Object":"a/b",)"
      R"("digestSignatureAlgorithm":"SHA256withRSA","previousDigestSignature":null,)"
      R"("logFiles":[{"s3Bucket":"trail","s3Object":"c","hashValue":"0","oldestEventTime":"x"}]})");
  EXPECT_EQ(digest->fate, Fate::ignored);
  EXPECT_EQ(digest->reason, "a digest of CloudTrail's");
}

}  // namespace
}  // namespace statewire
