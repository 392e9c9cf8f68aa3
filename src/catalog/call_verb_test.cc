#include "catalog/call_verb.h"

#include "catalog/test_catalog.h"

namespace statewire {
namespace {

TEST(CallVerb, tells_calls_that_only_read) {
  for (const char* call : {"GetObject",
                           "GetFunction20150331v2",
                           "ListBuckets",
                           "DescribeInstances",
                           "HeadBucket",
                           "BatchGetItem",
                           "BatchCheckLayerAvailability",
                           "SearchResources",
                           "LookupEvents",
                           "Query",
                           "Scan",
                           "SelectObjectContent",
                           "CheckDomainAvailability",
                           "PreviewAgents",
                           "EstimateTemplateCost",
                           "SimulatePrincipalPolicy",
                           "ValidateTemplate",
                           "Get",
                           "FilterLogEvents",
                           "DecodeAuthorizationMessage",
                           "DescribeOrderableDBInstanceOptions",
                           "ListRolesAndPolicies",
                           "GetSessionToken",
                           "GetFederationToken"}) {
    EXPECT_TRUE(only_reads(call)) << call;
  }
}

TEST(CallVerb, takes_all_other_calls_for_changes) {
  for (const char* call : {"",
                           "get",
                           "CreateBucket",
                           "BatchDeleteImage",
                           "Batch",
                           "CheckInLicense",
                           "CheckoutLicense",
                           "Getaway",
                           "GetOrCreateThing",
                           "ListAndRemoveItems",
                           "GetOrRotateKey",
                           "SelectOrDisable",
                           "ValidateAndPublish",
                           "TestFailover",
                           "VerifyEmailIdentity",
                           "StartQuery",
                           "ExportImage",
                           "Listen",
                           "Selection",
                           "AssumeRole",
                           "RunInstances",
                           "DetectStackDrift",
                           "ReadyInstance"}) {
    EXPECT_FALSE(only_reads(call)) << call;
  }
}

std::string call_named(const std::string& name, const std::string& rest) {
  return R"({"eventVersion":"1.08","eventSource":"any.amazonaws.com","eventName":")" + name + "\"" +
         rest + "}";
}

const char* const kLooksLikeReading = R"(
- name: get or make
  call: any.amazonaws.com GetId
  resource: {type: Id, id: "{detail.requestParameters.id}"}
  effect: create
)";

TEST(CallVerb, tells_calls_that_take_away_what_they_name) {
  for (const std::string_view call :
       {"RevokeSecurityGroupIngress", "DeregisterTargets", "DetachInternetGateway", "RemoveTargets",
        "UntagResource", "DeleteRolePolicy", "DisassociateAddress"}) {
    EXPECT_TRUE(takes_away(call)) << call;
  }
  for (const std::string_view call :
       {"", "AuthorizeSecurityGroupIngress", "RegisterTargets", "PutBucketPolicy", "Deletes",
        "UpdateTable", "RemovedThing", "StopLogging"}) {
    EXPECT_FALSE(takes_away(call)) << call;
  }
}

TEST(CallVerb, call_that_only_reads_is_ignored_where_the_record_does_not_say_so) {
  const Recognised read(kLooksLikeReading, call_named("DescribeThings", ""));
  EXPECT_EQ(read->fate, Fate::ignored);
  EXPECT_EQ(read->reason, "read-only call, by its name");
  EXPECT_EQ(Recognised(kLooksLikeReading, call_named("CreateThing", ""))->fate, Fate::unrecognised);
  // What the record says counts, and so does an entry.
  EXPECT_EQ(
      Recognised(kLooksLikeReading, call_named("DescribeThings", R"(,"readOnly":false)"))->fate,
      Fate::unrecognised);
  EXPECT_EQ(Recognised(kLooksLikeReading, call_named("GetId", R"(,"requestParameters":{"id":"7"})"))
                ->fate,
            Fate::recognised);
}

}  // namespace
}  // namespace statewire
