#include "catalog/whereabouts.h"

#include <gtest/gtest.h>

#include "catalog/test_catalog.h"

namespace statewire {
namespace {

const char* const kOfOthers = R"(
types:
  AWS::Lambda::Function: {id: "arn:{partition}:lambda:{region}:{account}:function:{}"}
  AWS::SQS::Queue: {id: "arn:{partition}:sqs:{region}:{account}:{|last:/}"}
  AWS::S3::Bucket: {id: "arn:{partition}:s3:::{}"}
  AWS::ECR::Repository: {id: "arn:{partition}:ecr:{region}:{account}:repository/{}"}
entries:
  - name: delete function
    call: lambda.amazonaws.com DeleteFunction
    resource:
      type: AWS::Lambda::Function
      physical_id: "{detail.requestParameters.functionName|after:function:|first::}"
    effect: delete
  - name: delete queue
    call: sqs.amazonaws.com DeleteQueue
    resource: {type: AWS::SQS::Queue, physical_id: "{detail.requestParameters.queueUrl}"}
    effect: delete
  - name: delete policy
    call: s3.amazonaws.com DeleteBucketPolicy
    resource: {type: AWS::S3::Bucket, physical_id: "{detail.requestParameters.bucketName}"}
    effect: configure
  - name: delete repository
    call: ecr.amazonaws.com DeleteRepository
    resource:
      type: AWS::ECR::Repository
      physical_id: "{detail.requestParameters.repositoryName}"
      account: "{detail.requestParameters.registryId}"
    effect: delete
)";

// Account 123456789012 in eu-west-1 received it.
std::string received_call(const std::string& service, const std::string& name,
                          const std::string& request, const std::string& resources = "[]") {
  return R"({"eventVersion":"1.08","eventSource":")" + service +
         R"(.amazonaws.com","eventName":")" + name +
         R"(","eventID":"c1","eventTime":"2026-11-23T09:00:00Z","awsRegion":"eu-west-1",)" +
         R"("recipientAccountId":"123456789012","eventType":"AwsApiCall","requestParameters":)" +
         request + R"(,"resources":)" + resources + "}";
}

TEST(Whereabouts, what_the_request_names_wins_over_who_received_the_record) {
  struct Case {
    std::string event;
    std::string id;
    std::string account;
    std::string region;
  };
  const Case cases[] = {
      {received_call("lambda", "DeleteFunction", R"({"functionName":"api"})"),
       "arn:aws:lambda:eu-west-1:123456789012:function:api", "123456789012", "eu-west-1"},
      {received_call("lambda", "DeleteFunction",
                     R"({"functionName":"arn:aws:lambda:us-east-1:222222222222:function:api"})"),
       "arn:aws:lambda:us-east-1:222222222222:function:api", "222222222222", "us-east-1"},
      {received_call("lambda", "DeleteFunction", R"({"functionName":"222222222222:function:api"})"),
       "arn:aws:lambda:eu-west-1:222222222222:function:api", "222222222222", "eu-west-1"},
      {received_call("sqs", "DeleteQueue",
                     R"({"queueUrl":"https://sqs.us-east-1.amazonaws.com/222222222222/jobs"})"),
       "arn:aws:sqs:us-east-1:222222222222:jobs", "222222222222", "us-east-1"},
      {received_call(
           "sqs", "DeleteQueue",
           R"({"queueUrl":"https://cn-north-1.queue.amazonaws.com.cn/222222222222/jobs"})"),
       "arn:aws-cn:sqs:cn-north-1:222222222222:jobs", "222222222222", "cn-north-1"},
      {received_call("sqs", "DeleteQueue",
                     R"({"queueUrl":"http://localhost:4566/000000000000/jobs"})"),
       "arn:aws:sqs:eu-west-1:123456789012:jobs", "123456789012", "eu-west-1"},
      {received_call("ecr", "DeleteRepository",
                     R"({"registryId":"222222222222","repositoryName":"shop/api"})"),
       "arn:aws:ecr:eu-west-1:222222222222:repository/shop/api", "222222222222", "eu-west-1"},
      {received_call("ecr", "DeleteRepository", R"({"repositoryName":"shop/api"})",
                     R"([{"ARN":"arn:aws:ecr:us-east-1:222222222222:repository/shop/api"}])"),
       "arn:aws:ecr:us-east-1:222222222222:repository/shop/api", "222222222222", "us-east-1"},
      {received_call("s3", "DeleteBucketPolicy", R"({"bucketName":"theirs"})",
                     R"([{"ARN":"arn:aws:s3:::not-theirs","accountId":"333333333333"},)"
                     R"({"ARN":"arn:aws:s3:::theirs","accountId":"222222222222"}])"),
       "arn:aws:s3:::theirs", "222222222222", "eu-west-1"},
  };
  for (const Case& each : cases) {
    const Recognised event(kOfOthers, each.event);
    EXPECT_EQ(event.only().resource.id, each.id);
    EXPECT_EQ(event.only().resource.account, each.account) << each.id;
    EXPECT_EQ(event.only().resource.region, each.region) << each.id;
  }
}

TEST(Whereabouts, names_that_tell_nothing_give_nothing) {
  for (const char* name : {"", "api", "arn:aws:s3:::bucket", "https://example.com/222222222222/x",
                           "https://sqs.eu-west-1.amazonaws.com/x/y", "22222222222:function:api",
                           "222222222222", "https://", "arn:", "key:222222222222"}) {
    EXPECT_TRUE(whereabouts_of_name(name).account.empty()) << name;
  }
}

TEST(Whereabouts, account_and_region_of_an_event_without_them_are_those_of_its_resource) {
  const Recognised event(
      kOfOthers,
      R"({"eventVersion":"1.08","eventSource":"lambda.amazonaws.com","eventName":"DeleteFunction",)"
      R"("eventTime":"2026-11-23T09:00:00Z","requestParameters":{"functionName":)"
      R"("arn:aws:lambda:us-east-1:222222222222:function:api"}})");
  EXPECT_EQ(event->account, "222222222222");
  EXPECT_EQ(event->region, "us-east-1");
}

TEST(Recogniser, event_that_names_no_resource_is_incomplete) {
  const Recognised event(kOfOthers, received_call("lambda", "DeleteFunction", "{}"));
  EXPECT_EQ(event->fate, Fate::incomplete);
  EXPECT_EQ(event->reason, "no field detail.requestParameters.functionName");
}

}  // namespace
}  // namespace statewire
