// Rows of the built-in catalog that a person decided, by the calls that they were decided for.
#include <gtest/gtest.h>
#include <simdjson.h>

#include "base/check.h"
#include "catalog/compiled.h"
#include "catalog/recogniser.h"

namespace statewire {
namespace {

struct Call {
  std::string service;
  std::string name;
  std::string request;
  std::string response;
  std::string said;  // The types and ids, a line each.
};

std::string said_of(const Catalog& catalog, const Call& call) {
  const std::string event =
      R"({"eventVersion":"1.11","eventTime":"2026-11-23T09:00:00Z","awsRegion":"eu-west-1",)"
      R"("recipientAccountId":"123456789012","eventID":"e1","readOnly":false,"eventSource":")" +
      call.service + R"(.amazonaws.com","eventName":")" + call.name + R"(","requestParameters":)" +
      call.request + R"(,"responseElements":)" + call.response + "}";
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  CHECK(!parser.parse(event).get(element));
  Recogniser recogniser(catalog);
  Arena arena;
  std::vector<Observation> all;
  recogniser.recognise(element, event, *parse_time("2026-11-23T09:00:01Z"), arena, all);
  std::string said;
  for (const Observation& each : all) {
    said += std::string(each.resource.type) + ' ' + std::string(each.resource.id) + '\n';
  }
  return said;
}

TEST(DecidedRows, name_what_they_change) {
  const Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
  CHECK(catalog.ok());
  const std::string rule =
      "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/shop/l1/r";
  const std::string import = "import-task-0a1b2c3d4e5f60001";
  for (
      const Call& call :
      {Call{"codeartifact", "DeletePackage",
            R"({"domain":"d","repository":"r","format":"npm","package":"p"})", "null",
            "AWS::CodeArtifact::Package "
            "arn:aws:codeartifact:eu-west-1:123456789012:package/d/r/npm//p\n"},
       Call{"codeartifact", "UpdatePackageVersionsStatus",
            R"({"domain":"d","repository":"r","format":"npm","namespace":"types","package":"p"})",
            "null",
            "AWS::CodeArtifact::Package "
            "arn:aws:codeartifact:eu-west-1:123456789012:package/d/r/npm/types/p\n"},
       Call{"discovery", "DeleteApplications", R"({"configurationIds":["d-1","d-2"]})", "null",
            "AWS::ApplicationDiscoveryService::Application "
            "urn:aws:123456789012:eu-west-1:AWS::ApplicationDiscoveryService::Application:d-1\n"
            "AWS::ApplicationDiscoveryService::Application "
            "urn:aws:123456789012:eu-west-1:AWS::ApplicationDiscoveryService::Application:d-2\n"},
       Call{"ec2", "AssociateKmsKeyId", R"({"AssociateKmsKeyIdRequest":{"SnapshotId":"snap-1"}})",
            "null", "AWS::EC2::Snapshot arn:aws:ec2:eu-west-1::snapshot/snap-1\n"},
       Call{"es", "CreateApplication", R"({"name":"logs"})",
            R"({"name":"logs","id":"a1",)"
            R"("arn":"arn:aws:opensearch:eu-west-1:123456789012:application/a1"})",
            "AWS::OpenSearchService::Application "
            "arn:aws:opensearch:eu-west-1:123456789012:application/a1\n"},
       Call{"es", "DeleteApplication", R"({"id":"a1"})", "null",
            "AWS::OpenSearchService::Application "
            "arn:aws:opensearch:eu-west-1:123456789012:application/a1\n"},
       Call{"mq", "CreateBroker", R"({"brokerName":"b"})",
            R"({"brokerId":"b-1","brokerArn":"arn:aws:mq:eu-west-1:123456789012:broker:b:b-1"})",
            "AWS::AmazonMQ::Broker urn:aws:123456789012:eu-west-1:AWS::AmazonMQ::Broker:b-1\n"},
       Call{
           "apiportal", "CreatePortal", "{}",
           R"({"portalId":"p-1","portalArn":"arn:aws:apiportal:eu-west-1:123456789012:portal/p-1"})",
           "AWS::APIPortal::Portal urn:aws:123456789012:eu-west-1:AWS::APIPortal::Portal:p-1\n"},
       Call{"mq", "DeleteBroker", R"({"broker-id":"b-1"})", R"({"brokerId":"b-1"})",
            "AWS::AmazonMQ::Broker urn:aws:123456789012:eu-west-1:AWS::AmazonMQ::Broker:b-1\n"},
       Call{"cloudformation", "RegisterType", R"({"type":"RESOURCE","typeName":"Acme::Web::Site"})",
            R"({"registrationToken":"t"})",
            "AWS::CloudFormation::Type "
            "arn:aws:cloudformation:eu-west-1:123456789012:type/resource/Acme-Web-Site\n"},
       Call{"cloudformation", "DeregisterType",
            R"({"arn":"arn:aws:cloudformation:eu-west-1:123456789012:type/module/Acme-Web"})",
            "null",
            "AWS::CloudFormation::Type "
            "arn:aws:cloudformation:eu-west-1:123456789012:type/module/Acme-Web\n"},
       Call{"workspaces-instances", "DeleteVolume", R"({"volumeId":"vol-1"})", "null",
            "AWS::EC2::Volume arn:aws:ec2:eu-west-1:123456789012:volume/vol-1\n"},
       Call{"elasticloadbalancing", "SetRulePriorities",
            R"({"rulePriorities":[{"priority":1,"ruleArn":")" + rule +
                R"(1"},{"priority":2,"ruleArn":")" + rule + R"(2"}]})",
            "null",
            "AWS::ElasticLoadBalancingV2::ListenerRule " + rule + "1\n" +
                "AWS::ElasticLoadBalancingV2::ListenerRule " + rule + "2\n"},
       Call{"elasticloadbalancing", "DeleteRule", R"({"ruleArn":")" + rule + R"(1"})", "null",
            "AWS::ElasticLoadBalancingV2::ListenerRule " + rule + "1\n"},
       Call{"discovery", "StartImportTask", R"({"name":"servers","importUrl":"s3://b/k"})",
            R"({"task":{"importTaskId":")" + import + R"("}})",
            "AWS::ApplicationDiscoveryService::ImportTask urn:aws:123456789012:eu-west-1:"
            "AWS::ApplicationDiscoveryService::ImportTask:" +
                import + "\n"},
       Call{"discovery", "BatchDeleteImportData", R"({"importTaskIds":[")" + import + R"("]})",
            "null",
            "AWS::ApplicationDiscoveryService::ImportTask urn:aws:123456789012:eu-west-1:"
            "AWS::ApplicationDiscoveryService::ImportTask:" +
                import + "\n"},
       Call{"elasticbeanstalk", "CreateEnvironment", R"({"environmentName":"prod"})",
            R"({"environmentArn":)"
            R"("arn:aws:elasticbeanstalk:eu-west-1:123456789012:environment/shop/prod"})",
            "AWS::ElasticBeanstalk::Environment "
            "arn:aws:elasticbeanstalk:eu-west-1:123456789012:environment/shop/prod\n"},
       Call{"elasticbeanstalk", "UpdateTagsForResource",
            R"({"resourceArn":)"
            R"("arn:aws:elasticbeanstalk:eu-west-1:123456789012:environment/shop/prod",)"
            R"("tagsToAdd":[{"key":"a","value":"b"}]})",
            "null",
            "AWS::ElasticBeanstalk::Environment "
            "arn:aws:elasticbeanstalk:eu-west-1:123456789012:environment/shop/prod\n"}}) {
    EXPECT_EQ(said_of(*catalog, call), call.said) << call.service << ' ' << call.name;
  }
}

}  // namespace
}  // namespace statewire
