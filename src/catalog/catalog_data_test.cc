// The catalog that is built into the program, against its own examples.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "catalog/compiled.h"
#include "catalog/examples.h"
#include "catalog/load_folder.h"
#include "catalog/named_arn.h"

namespace statewire {
namespace {

const std::string kRoot = SOURCE_DIR;

Catalog built_in() {
  Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
  EXPECT_TRUE(catalog.ok()) << catalog.error().text;
  return std::move(*catalog);
}

std::vector<CatalogExample> examples() {
  Problems problems;
  std::vector<CatalogExample> loaded = load_examples(kRoot + "/catalog", "catalog", problems);
  EXPECT_TRUE(problems.ok()) << problems.to_text();
  return loaded;
}

TEST(CatalogData, holds_entries) { EXPECT_GT(built_in().size(), 100u); }

TEST(CatalogData, every_example_is_recognised_as_it_says) {
  const Catalog catalog = built_in();
  for (const CatalogExample& example : examples()) {
    const Result<void> checked = check_example(catalog, example, kRoot);
    EXPECT_TRUE(checked.ok()) << example.entry_place << example.rule_place << ": "
                              << checked.error().text;
  }
}

TEST(CatalogData, every_entry_has_an_example) {
  std::set<std::string> places;
  for (const CatalogExample& example : examples()) places.insert(example.entry_place);
  const Catalog catalog = built_in();
  for (const CatalogRow& row : catalog.rows()) {
    EXPECT_TRUE(places.contains(std::string(row.place))) << row.place;
  }
}

TEST(CatalogData, every_rule_has_an_example) {
  std::set<std::string> places;
  for (const CatalogExample& example : examples()) places.insert(example.rule_place);
  const Catalog catalog = built_in();
  const std::vector<RuleSpec>& rules = catalog.compiled().spec.rules;
  EXPECT_GT(rules.size(), 30u);
  for (const RuleSpec& rule : rules) EXPECT_TRUE(places.contains(rule.place)) << rule.place;
}

TEST(CatalogData, an_arn_is_of_the_type_that_leaves_least_of_it_open) {
  const Catalog catalog = built_in();
  const std::string elb = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:";
  const std::string api = "arn:aws:apigateway:eu-west-1::";
  const std::string lambda = "arn:aws:lambda:eu-west-1:123456789012:";
  const std::string rds = "arn:aws:rds:eu-west-1:123456789012:";
  for (const auto& [arn, type] : std::vector<std::pair<std::string, std::string>>{
           {elb + "loadbalancer/shop", "AWS::ElasticLoadBalancing::LoadBalancer"},
           {elb + "loadbalancer/app/shop/0a1b", "AWS::ElasticLoadBalancingV2::LoadBalancer"},
           {elb + "loadbalancer/net/shop/0a1b", "AWS::ElasticLoadBalancingV2::LoadBalancer"},
           {elb + "loadbalancer/gwy/shop/0a1b", "AWS::ElasticLoadBalancingV2::LoadBalancer"},
           {elb + "targetgroup/shop/0a1b", "AWS::ElasticLoadBalancingV2::TargetGroup"},
           {elb + "listener/app/shop/0a1b/2c3d", "AWS::ElasticLoadBalancingV2::Listener"},
           {api + "/restapis/abc", "AWS::ApiGateway::RestApi"},
           {api + "/restapis/abc/stages/prod", "AWS::ApiGateway::Stage"},
           {api + "/restapis/abc/resources/r1", "AWS::ApiGateway::Resource"},
           {api + "/apis/abc", "AWS::ApiGatewayV2::Api"},
           {api + "/apis/abc/stages/prod", "AWS::ApiGatewayV2::Stage"},
           {lambda + "function:shop", "AWS::Lambda::Function"},
           {lambda + "layer:common:3", "AWS::Lambda::LayerVersion"},
           {rds + "db:s", "AWS::RDS::DBInstance"},
           {rds + "cluster:s", "AWS::RDS::DBCluster"},
           {rds + "snapshot:s", "AWS::RDS::DBSnapshot"},
           {rds + "cluster-snapshot:s", "AWS::RDS::DBClusterSnapshot"},
           {rds + "pg:s", "AWS::RDS::DBParameterGroup"},
           {rds + "cluster-pg:s", "AWS::RDS::DBClusterParameterGroup"},
           {rds + "og:s", "AWS::RDS::OptionGroup"},
           {rds + "subgrp:s", "AWS::RDS::DBSubnetGroup"},
           {rds + "es:s", "AWS::RDS::EventSubscription"},
           {rds + "db-proxy:prx-0a", "AWS::RDS::DBProxy"},
           {rds + "db-proxy-endpoint:prx-endpoint-0a", "AWS::RDS::DBProxyEndpoint"},
           {rds + "cluster-endpoint:s", "AWS::RDS::DBClusterEndpoint"},
           {rds + "secgrp:s", "AWS::RDS::DBSecurityGroup"},
           {rds + "ri:s", "AWS::RDS::ReservedDBInstance"},
           {rds + "deployment:bgd-0a", "AWS::RDS::Deployment"},
           {rds + "target-group:prx-tg-0a", "AWS::RDS::DBProxyTargetGroup"},
           {rds + "auto-backup:ab-0a", "AWS::RDS::DBInstanceAutomatedBackup"},
           {rds + "cluster-auto-backup:ab-0a", "AWS::RDS::DBClusterAutomatedBackup"},
           {rds + "integration:0a1b", "AWS::RDS::Integration"},
           {rds + "shard-group:shardgroup-0a", "AWS::RDS::DBShardGroup"},
           {rds + "tenant-database:tdb-0a", "AWS::RDS::TenantDatabase"},
           {"arn:aws:es:eu-west-1:123456789012:domain/logs", "AWS::OpenSearchService::Domain"},
           {"arn:aws:firehose:eu-west-1:123456789012:deliverystream/d",
            "AWS::KinesisFirehose::DeliveryStream"},
           {"arn:aws:ses:eu-west-1:123456789012:identity/shop.example", "AWS::SES::EmailIdentity"},
           {"arn:aws:ecs:eu-west-1:123456789012:service/main/shop", "AWS::ECS::Service"},
           {"arn:aws:logs:eu-west-1:123456789012:log-group:/shop:*", "AWS::Logs::LogGroup"}}) {
    EXPECT_EQ(type_of_arn(catalog.compiled(), arn), type) << arn;
  }
}

// Where two types have one ARN, nothing tells them apart.
TEST(CatalogData, no_two_types_share_an_arn_but_as_aws_has_it) {
  const std::set<std::string> as_aws_has_it = {
      "apigateway:{}::/domainnames/{}", "apigateway:{}::/vpclinks/{}",
      // One API in two versions.
      "connect-campaigns:{}:{}:campaign/{}", "kinesisanalytics:{}:{}:application/{}",
      "greengrass:{}:{}:/greengrass/things/{}/connectivityInfo",
      "groundstation:{}:{}:dataflow-endpoint-group/{}", "resiliencehub:{}:{}:app/{}",
      "aws-marketplace:{}:{}:DeploymentParameter:catalogs/{}/products/{}/{}",
      // Kinds of one thing.
      "appsync:{}:{}:apis/{}", "backup:{}:{}:backup-vault:{}", "cloudwatch:{}:{}:alarm:{}",
      "directconnect:{}:{}:dxvif/{}", "ds:{}:{}:directory/{}",
      "ec2:{}:{}:transit-gateway-attachment/{}", "iam::{}:policy/{}",
      "mobiletargeting:{}:{}:templates/{}/EMAIL", "networkmanager::{}:attachment/{}",
      "rtbfabric:{}:{}:gateway/{}", "rtbfabric:{}:{}:gateway/{}/link/{}",
      "servicediscovery:{}:{}:namespace/{}", "states:{}:{}:stateMachine:{}:{}",
      // A part that has the ARN of its whole.
      "appconfig:{}:{}:application/{}/configurationprofile/{}",
      "mediapackagev2:{}:{}:channelGroup/{}/channel/{}",
      "mediapackagev2:{}:{}:channelGroup/{}/channel/{}/originEndpoint/{}"};
  std::map<std::string, std::set<std::string>> types;
  const auto add = [&](const TypeSpec& type) {
    std::string shape = type.shape.empty() ? type.arn.empty() ? type.id : type.arn : type.shape;
    shape = std::regex_replace(shape, std::regex(R"(\{[^}]*\})"), "{}");
    const std::string head = "arn:{}:";
    if (shape.starts_with(head)) types[shape.substr(head.size())].insert(type.type);
  };
  const Catalog catalog = built_in();
  const CatalogSpec& spec = catalog.compiled().spec;
  for (const TypeSpec& type : spec.types) add(type);
  for (const CallTable& table : spec.tables) {
    for (const TypeSpec& type : table.types) add(type);
  }
  EXPECT_GT(types.size(), 1000u);
  for (const auto& [shape, names] : types) {
    if (as_aws_has_it.contains(shape)) continue;
    EXPECT_EQ(names.size(), 1u) << shape << ": " << testing::PrintToString(names);
  }
}

// Whether an entry knows the call by a pattern.
bool is_in_a_pattern(const Catalog& catalog, const CallSpec& call) {
  return std::ranges::any_of(catalog.compiled().spec.entries, [&](const EntrySpec& entry) {
    return entry.when.find('"' + call.source + '"') != std::string::npos &&
           entry.when.find('"' + call.name + '"') != std::string::npos;
  });
}

// A rule for a call that no entry knows would never be asked.
TEST(CatalogData, every_call_of_a_rule_is_known_to_an_entry) {
  const Catalog catalog = built_in();
  for (const RuleSpec& rule : catalog.compiled().spec.rules) {
    for (const CallSpec& call : rule.calls) {
      const auto* known = catalog.compiled().entries_of_call(call.source, call.name);
      EXPECT_TRUE(known != nullptr || is_in_a_pattern(catalog, call))
          << rule.place << ": " << call.source << " " << call.name;
    }
  }
}

TEST(CatalogData, no_call_is_known_to_two_entries) {
  const Catalog catalog = built_in();
  std::set<std::pair<std::string, std::string>> calls;
  for (const EntrySpec& entry : catalog.compiled().spec.entries) {
    for (const CallSpec& call : entry.calls) {
      EXPECT_TRUE(calls.insert({call.source, call.name}).second)
          << entry.place << ": " << call.source << " " << call.name;
    }
  }
}

// The table of words reads what is left: it must not hide what knows more.
TEST(CatalogData, what_reads_any_event_stands_behind_all_that_know_one) {
  const Catalog catalog = built_in();
  bool is_behind = false;
  for (const EntrySpec& entry : catalog.compiled().spec.entries) {
    const bool is_general = entry.place.starts_with("catalog/aws/words.yaml");
    EXPECT_TRUE(is_general || !is_behind || !entry.place.starts_with("catalog/aws/"))
        << entry.place;
    is_behind = is_behind || is_general;
  }
  EXPECT_TRUE(is_behind);
}

// Else the call and the event would each tell the end, and the second one without who and why.
TEST(CatalogData, where_an_event_tells_the_end_the_call_leaves_it_to_it) {
  const Catalog catalog = built_in();
  const std::vector<EntrySpec>& entries = catalog.compiled().spec.entries;
  std::set<std::string> ends_are_told;
  for (const EntrySpec& entry : entries) {
    const bool is_end = std::ranges::any_of(
        entry.phases, [](const PhaseRow& row) { return row.phase == Phase::gone; });
    if (entry.calls.empty() && is_end) ends_are_told.insert(entry.resource.type.text);
  }
  EXPECT_GT(ends_are_told.size(), 5u);
  for (const EntrySpec& entry : entries) {
    if (entry.effect != EntryEffect::remove || !ends_are_told.contains(entry.resource.type.text)) {
      continue;
    }
    EXPECT_TRUE(entry.settles_natively || entry.settles_after > Duration()) << entry.place;
  }
}

}  // namespace
}  // namespace statewire
