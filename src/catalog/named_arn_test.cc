#include "catalog/named_arn.h"

#include "catalog/test_catalog.h"

namespace statewire {
namespace {

const char* const kTypesWithArns = R"(
types:
  AWS::Lambda::Function:
    id: "arn:{partition}:lambda:{region}:{account}:function:{}"
    arn: "arn:{partition}:lambda:{region}:{account}:function:{|first::}"
    name: "{}"
  AWS::Lambda::Alias: {id: "arn:{partition}:lambda:{region}:{account}:function:{}", arn: none}
  AWS::IAM::Role:
    id: "arn:{partition}:iam::{account}:role/{}"
    arn: "arn:{partition}:iam::{account}:role/{|last:/}"
  AWS::AutoScaling::AutoScalingGroup:
    id: "urn:aws:{account}:{region}:AWS::AutoScaling::AutoScalingGroup:{}"
    arn: "arn:{partition}:autoscaling:{region}:{account}:autoScalingGroup:{|last:/}"
  AWS::SNS::Topic: {id: "arn:{partition}:sns:{region}:{account}:{}", name: "{}"}
  AWS::S3::Bucket: {id: "arn:{partition}:s3:::{}"}
  AWS::SSM::Parameter: {id: "arn:{partition}:ssm:{region}:{account}:parameter/{|after:/}"}
)";

// A call about a `type`, whose entry finds nothing by its path.
Recognised call_about(const std::string& type, const std::string& fields,
                      const std::string& effect = "configure") {
  const std::string yaml = std::string(kTypesWithArns) + R"(
entries:
  - name: do
    call: any.amazonaws.com Do
    resource: {type: ")" + type +
                           R"(", physical_id: "{detail.requestParameters.id}"}
    effect: )" + effect;
  return Recognised(yaml,
                    R"({"eventVersion":"1.08","eventSource":"any.amazonaws.com","eventName":"Do",)"
                    R"("eventID":"c1","eventTime":"2026-11-23T09:00:00Z","awsRegion":"eu-west-1",)"
                    R"("recipientAccountId":"123456789012","eventType":"AwsApiCall")" +
                        (fields.empty() ? "" : "," + fields) + "}");
}

const std::string kNamedFunction = "arn:aws:lambda:us-east-1:222222222222:function:api";

TEST(NamedArn, is_looked_for_in_answer_resources_request_and_error_in_this_order) {
  const std::string found[] = {
      R"("responseElements":{"a":[{"functionArn":"arn:aws:lambda:us-east-1:1:function:no"},)"
      R"({"functionArn":")" +
          kNamedFunction + R"("}]})",
      R"("resources":[{"ARN":")" + kNamedFunction + R"("}])",
      R"("requestParameters":{"x":{"target":")" + kNamedFunction + R"("}})",
      R"("errorCode":"AccessDenied","errorMessage":"User: arn:aws:lambda:us-east-1:222222222222)"
      R"(:function:caller is not authorized to perform: lambda:Do on resource: )" +
          kNamedFunction +
          R"( because no policy allows arn:aws:lambda:us-east-1:222222222222:function:other")"};
  for (size_t first = 0; first < std::size(found); ++first) {
    std::string fields = found[first];
    for (size_t i = first + 1; i < std::size(found); ++i) {
      std::string other = found[i];
      for (size_t at; (at = other.find(":api")) != other.npos;) other.replace(at, 4, ":b");
      fields += "," + other;
    }
    const Recognised event = call_about("AWS::Lambda::Function", fields);
    EXPECT_EQ(event.only().resource.id, kNamedFunction) << fields;
    EXPECT_EQ(event.only().resource.account, "222222222222") << fields;
    EXPECT_EQ(event.only().resource.region, "us-east-1") << fields;
    EXPECT_EQ(event.only().resource.name, "api") << fields;
  }
}

TEST(NamedArn, counts_only_where_service_and_type_fit) {
  struct Case {
    std::string type;
    std::string arn;
    std::string id;  // Empty: it does not fit.
  };
  const std::string at = ":eu-west-1:123456789012:";
  const Case cases[] = {
      {"AWS::Lambda::Function", "arn:aws:iam::123456789012:role/api", ""},
      {"AWS::Lambda::Function", "arn:aws:lambda" + at + "layer:api:1", ""},
      {"AWS::Lambda::Function", "arn:aws:lambda" + at + "function:*", ""},
      {"AWS::Lambda::Function", "arn:aws:lambda" + at + "function:", ""},
      {"AWS::Lambda::Function", "arn:aws:lambda::123456789012:function:api", ""},
      {"AWS::Lambda::Function", "arn:aws:lambda" + at + "function:api:4",
       "arn:aws:lambda" + at + "function:api"},
      {"AWS::Lambda::Alias", "arn:aws:lambda" + at + "function:api", ""},
      {"AWS::IAM::Role", "arn:aws:iam::123456789012:role/service-role/api",
       "arn:aws:iam::123456789012:role/api"},
      {"AWS::IAM::Role", "arn:aws:iam::aws:role/api", ""},
      {"AWS::IAM::Role", "arn:aws:sts::123456789012:assumed-role/api/x", ""},
      {"AWS::AutoScaling::AutoScalingGroup",
       "arn:aws:autoscaling" + at + "autoScalingGroup:1-2:autoScalingGroupName/web",
       "urn:aws:123456789012:eu-west-1:AWS::AutoScaling::AutoScalingGroup:web"},
      {"AWS::SNS::Topic", "arn:aws:sns" + at + "news", "arn:aws:sns" + at + "news"},
      {"AWS::SNS::Topic", "arn:aws:sns" + at + "news:5be8f5b5", ""},
      {"AWS::S3::Bucket", "arn:aws:s3:::logs", "arn:aws:s3:::logs"},
      {"AWS::S3::Bucket", "arn:aws:s3:::logs/2026/x.gz", ""},
      {"AWS::SSM::Parameter", "arn:aws:ssm" + at + "parameter/a/b",
       "arn:aws:ssm" + at + "parameter/a/b"},
      // Types that the catalog has no rule for go by their words.
      {"AWS::ElasticLoadBalancingV2::TargetGroup",
       "arn:aws:elasticloadbalancing" + at + "targetgroup/web/6d0e",
       "arn:aws:elasticloadbalancing" + at + "targetgroup/web/6d0e"},
      {"AWS::ElasticLoadBalancingV2::LoadBalancer",
       "arn:aws:elasticloadbalancing" + at + "targetgroup/web/6d0e", ""},
      {"AWS::RolesAnywhere::TrustAnchor", "arn:aws:rolesanywhere" + at + "trust-anchor/1-2",
       "arn:aws:rolesanywhere" + at + "trust-anchor/1-2"},
      {"AWS::RolesAnywhere::TrustAnchor", "arn:aws:rolesanywhere" + at + "profile/1-2", ""},
      {"Printer", "arn:aws:rolesanywhere" + at + "printer/1", ""},
  };
  for (const Case& each : cases) {
    const Recognised event =
        call_about(each.type, R"("resources":[{"ARN":")" + each.arn + R"("}])");
    EXPECT_EQ(event->fate, each.id.empty() ? Fate::incomplete : Fate::recognised) << each.arn;
    EXPECT_EQ(event.all().empty() ? "" : event.only().resource.id, each.id) << each.arn;
  }
}

TEST(NamedArn, place_that_names_two_tells_neither) {
  const std::string other = "arn:aws:lambda:us-east-1:222222222222:function:b";
  const std::string two = R"({"a":")" + other + R"(","b":")" + kNamedFunction + R"("})";
  EXPECT_EQ(call_about("AWS::Lambda::Function", R"("requestParameters":)" + two)->fate,
            Fate::incomplete);
  EXPECT_EQ(call_about("AWS::Lambda::Function", R"("responseElements":)" + two +
                                                    R"(,"resources":[{"ARN":")" + kNamedFunction +
                                                    R"("}])")
                .only()
                .resource.id,
            kNamedFunction);
  // The same one, and one of its versions.
  EXPECT_EQ(call_about("AWS::Lambda::Function", R"("requestParameters":{"a":")" + kNamedFunction +
                                                    R"(:4","b":")" + kNamedFunction + R"("})")
                .only()
                .resource.id,
            kNamedFunction);
}

TEST(NamedArn, what_a_request_for_a_new_one_names_is_another) {
  const std::string request = R"("requestParameters":{"copyOf":")" + kNamedFunction + R"("})";
  EXPECT_EQ(call_about("AWS::Lambda::Function", request, "create")->fate, Fate::incomplete);
  EXPECT_EQ(call_about("AWS::Lambda::Function", request, "delete")->fate, Fate::recognised);
}

TEST(NamedArn, tells_the_type_that_the_table_of_an_entry_does_not_have) {
  const std::string yaml = std::string(kTypesWithArns) + R"(
entries:
  - name: notice
    when: {source: [notices]}
    each: detail.all
    resource: {type: {of: "{.|until:-}", table: {i: AWS::EC2::Instance}}, physical_id: "{.}"}
    effect: configure
  - name: make
    call: any.amazonaws.com Make
    resource: {type: AWS::ECS::Task, id: "{detail.requestParameters.id}"}
    effect: create
)";
  const Recognised event(
      yaml, R"({"id":"1","source":"notices","detail-type":"x","account":"123456789012","region":)"
            R"("eu-west-1","time":"2026-11-23T09:00:00Z","detail":{"all":["i-1",")" +
                kNamedFunction +
                R"(","UNKNOWN","arn:aws:odd:eu-west-1:123456789012:thing/x",)"
                R"("arn:aws:ecs:eu-west-1:123456789012:task/web/0f9e"]}})");
  ASSERT_EQ(event.all().size(), 3u);
  EXPECT_EQ(event.all()[0].resource.type, "AWS::EC2::Instance");
  EXPECT_EQ(event.all()[1].resource.type, "AWS::Lambda::Function");
  EXPECT_EQ(event.all()[1].resource.id, kNamedFunction);
  EXPECT_EQ(event.all()[2].resource.type, "AWS::ECS::Task");
}

const char* const kOfInstances = R"(
types:
  AWS::EC2::Instance: {id: "arn:{partition}:ec2:{region}:{account}:instance/{}"}
entries:
  - name: instance state
    when: {source: [aws.ec2], detail-type: [State]}
    resource:
      type: AWS::EC2::Instance
      id: "arn:{partition}:ec2:{region}:{account}:instance/{detail.instance-id}"
    state: "{detail.state}"
    phases: {running: stable}
  - name: start instances
    call: ec2.amazonaws.com StartInstances
    each: detail.requestParameters.items
    resource: {type: AWS::EC2::Instance, physical_id: "{.instanceId}"}
    effect: cause
)";
const std::string kNamedInstance = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1";

TEST(NamedArn, tells_what_the_envelope_does_not) {
  const auto event = [](const std::string& fields) {
    return Recognised(kOfInstances, R"({"id":"1","source":"aws.ec2","detail-type":"State",)"
                                    R"("time":"2026-11-23T09:00:00Z",)" +
                                        fields + "}");
  };
  const std::string resources = R"(,"resources":[")" + kNamedInstance + R"("])";
  for (const std::string& fields :
       {R"("account":null,"region":null,"detail":{"instance-id":"i-1","state":"running"})" +
            resources,
        R"("account":"123456789012","region":"eu-west-1","detail":{"state":"running"})" + resources,
        R"("detail":{"instance-id":"i-1","state":"running"})" + resources}) {
    const Recognised read = event(fields);
    EXPECT_EQ(read.only().resource.id, kNamedInstance) << fields;
    EXPECT_EQ(read.only().resource.account, "123456789012") << fields;
    EXPECT_EQ(read->account, "123456789012") << fields;
    EXPECT_EQ(read->region, "eu-west-1") << fields;
  }
  const Recognised nowhere = event(R"("detail":{"instance-id":"i-1","state":"running"})");
  EXPECT_EQ(nowhere->fate, Fate::incomplete);
  EXPECT_EQ(nowhere->reason, "no field region");
}

TEST(NamedArn, stands_for_the_one_element_of_a_list_that_is_not_there) {
  const auto event = [](const std::string& request) {
    return Recognised(
        kOfInstances,
        R"({"eventVersion":"1","eventSource":"ec2.amazonaws.com","eventName":"StartInstances",)"
        R"("awsRegion":"eu-west-1","recipientAccountId":"123456789012","errorCode":"Denied",)"
        R"("errorMessage":"not authorized on resource: )" +
            kNamedInstance + R"(","requestParameters":)" + request + "}");
  };
  EXPECT_EQ(event("null").only().resource.id, kNamedInstance);
  EXPECT_EQ(event(R"({"items":[]})")->fate, Fate::incomplete);
  EXPECT_EQ(event(R"({"items":[{"x":1}]})")->fate, Fate::incomplete);
}

TEST(NamedArn, call_whose_account_nothing_tells_is_incomplete) {
  const auto call = [](const std::string& type, const std::string& fields) {
    return Recognised(
        std::string(kTypesWithArns) +
            "entries: [{name: do, call: any.amazonaws.com Do, resource: {type: \"" + type +
            "\", physical_id: \"{detail.requestParameters.id}\"}, effect: configure}]",
        R"({"eventVersion":"1","eventSource":"any.amazonaws.com","eventName":"Do",)"
        R"("requestParameters":{"id":"x"},)" +
            fields + "}");
  };
  const std::string region = R"("awsRegion":"eu-west-1")";
  for (const char* type : {"AWS::Lambda::Function", "AWS::Any::Thing"}) {
    EXPECT_EQ(call(type, region)->fate, Fate::incomplete) << type;
    EXPECT_EQ(call(type, R"("recipientAccountId":"123456789012")")->fate, Fate::incomplete) << type;
    EXPECT_EQ(call(type, region + R"(,"resources":[{"accountId":"222222222222"}],)"
                                  R"("userIdentity":{"accountId":"123456789012"})")
                  .only()
                  .resource.account,
              "222222222222");
    EXPECT_EQ(call(type, region + R"(,"userIdentity":{"accountId":"123456789012"})")
                  .only()
                  .resource.account,
              "123456789012");
  }
  EXPECT_EQ(call("AWS::S3::Bucket", region).only().resource.id, "arn:aws:s3:::x");
}

}  // namespace
}  // namespace statewire
