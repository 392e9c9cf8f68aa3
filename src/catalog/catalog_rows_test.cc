// The rows that are built into the program, by rules that hold for all of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "catalog/call_verb.h"
#include "catalog/compiled.h"
#include "catalog/row_table.h"

namespace statewire {
namespace {

class CatalogRows : public testing::Test {
 protected:
  static const CompiledCatalog& compiled() {
    static const Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
    CHECK(catalog.ok());
    return catalog->compiled();
  }
  template <typename Visit>
  void each_row(const Visit& visit) {
    const RowTable& rows = *compiled().rows;
    for (uint32_t i = 0; i < rows.size(); ++i) visit(rows.table_of(i), rows.row_of(i), i);
  }
  static std::string name_of_row(const CallTable& table, const CallRow& row) {
    return table.file + ":" + std::to_string(row.line) + " " + row.name;
  }
};

// Whether a text begins with one of the words.
bool begins_with(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.starts_with(word); });
}

TEST_F(CatalogRows, know_most_of_what_changes_anything) {
  size_t known = 0;
  std::set<std::string> sources;
  each_row([&](const CallTable& table, const CallRow&, uint32_t) {
    ++known;
    sources.insert(table.sources.begin(), table.sources.end());
  });
  EXPECT_GT(known, 9000u);
  EXPECT_GT(sources.size(), 300u);
}

TEST_F(CatalogRows, each_makes_an_entry) {
  each_row([&](const CallTable& table, const CallRow& row, uint32_t position) {
    EXPECT_NE(compiled().rows->entry(position, compiled()), nullptr) << name_of_row(table, row);
  });
}

TEST_F(CatalogRows, sources_and_types_are_spelt_as_such) {
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    for (const std::string& source : table.sources) {
      EXPECT_TRUE(source.ends_with(".amazonaws.com")) << table.file;
    }
    if (row.effect == EntryEffect::ignore) return;
    const bool is_type = row.type.starts_with("AWS::") && std::ranges::count(row.type, ':') == 4;
    EXPECT_TRUE(is_type || row.type == "*") << name_of_row(table, row) << " " << row.type;
    const bool is_capital = is_type && row.type[5] >= 'A' && row.type[5] <= 'Z';
    EXPECT_TRUE(is_capital || !is_type) << name_of_row(table, row) << " " << row.type;
    // Whatever an ARN names may be tagged or configured; it says itself what it is.
    const bool takes_any = row.effect == EntryEffect::tag || row.effect == EntryEffect::configure;
    EXPECT_TRUE(is_type || takes_any) << name_of_row(table, row);
  });
}

TEST_F(CatalogRows, ways_to_an_id_start_in_the_record) {
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    for (const std::string& way : split_ids(row.ids)) {
      const bool is_of_record = way.find("{detail.requestParameters.") != way.npos ||
                                way.find("{detail.responseElements.") != way.npos;
      // There is one such resource in an account and region.
      const bool is_one_of_account = way == "{account}" || way.starts_with("arn:{partition}:");
      EXPECT_TRUE(is_of_record || is_one_of_account ||
                  (way.starts_with("{.") && !row.more().each.empty()))
          << name_of_row(table, row) << ": " << way;
    }
  });
}

// "{}/listener/{}" of "{detail.requestParameters.a}/listener/{.b}".
std::string skeleton_of(std::string_view way) {
  std::string skeleton;
  for (size_t at = 0; at < way.size(); ++at) {
    skeleton += way[at];
    if (way[at] == '{') at = std::min(way.find('}', at), way.size()) - 1;
  }
  return skeleton;
}

TEST_F(CatalogRows, nearly_all_say_where_their_resource_is_named) {
  size_t without = 0;
  each_row([&](const CallTable&, const CallRow& row, uint32_t) {
    if (row.effect != EntryEffect::ignore && row.ids.empty()) ++without;
  });
  EXPECT_LE(without, 15u);
}

TEST_F(CatalogRows, bare_ids_are_put_together_as_the_arn_is) {
  size_t checked = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    for (const TypeSpec& type : table.types) {
      if (type.type != row.type || type.shape.empty()) continue;
      for (const std::string& way : split_ids(row.ids)) {
        const std::string skeleton = skeleton_of(way);
        if (skeleton == "{}" || way.starts_with("arn:")) continue;  // It may be an ARN itself.
        const std::string_view head = std::string_view(type.id).substr(0, type.id.size() - 2);
        EXPECT_EQ(std::string(head) + skeleton, type.shape)
            << name_of_row(table, row) << ": " << way;
        ++checked;
      }
    }
  });
  EXPECT_GT(checked, 500u);
}

TEST_F(CatalogRows, calls_put_a_type_s_bare_id_together_in_one_way) {
  std::map<std::string, std::set<std::string>> skeletons;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    for (const std::string& way : split_ids(row.ids)) {
      const std::string skeleton = skeleton_of(way);
      if (skeleton != "{}" && row.type != "*")
        skeletons[table.file + " " + row.type].insert(skeleton);
    }
  });
  EXPECT_GT(skeletons.size(), 200u);
  for (const auto& [type, ways] : skeletons) {
    EXPECT_EQ(ways.size(), 1u) << type << ": " << testing::PrintToString(ways);
  }
}

// Each call has another.
TEST_F(CatalogRows, no_token_of_a_request_is_in_an_id) {
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    for (const std::string_view token :
         {"changeToken", "updateToken", "ientToken", "RequestToken"}) {
      EXPECT_EQ(row.ids.find(token), row.ids.npos) << name_of_row(table, row) << ": " << row.ids;
    }
  });
}

// Else what others tell of the resource would be of another one.
TEST_F(CatalogRows, arn_of_a_type_named_by_less_has_its_bare_id_as_alias) {
  // All calls name them by their ARNs.
  const std::set<std::string> by_arn = {"AWS::Lambda::Alias", "AWS::SSMContacts::ContactChannel",
                                        "AWS::WellArchitected::Lens"};
  std::set<std::string> types;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t position) {
    const bool makes = row.effect == EntryEffect::create || row.effect == EntryEffect::put;
    const TypeRule* type = compiled().rule_of_type(row.type);
    if (!makes || type == nullptr || type->arn.text != kNoArn || by_arn.contains(row.type)) return;
    const std::vector<std::string> ways = split_ids(row.ids);
    if (ways.empty()) return;
    const bool tells_arn = ways.front().ends_with("Arn}") || ways.front().ends_with(".arn}") ||
                           ways.front().ends_with("ARN}");
    if (!tells_arn || ways.front().rfind('{') != 0) return;
    types.insert(row.type);
    EXPECT_GT(ways.size(), 1u) << name_of_row(table, row);
    EXPECT_FALSE(compiled().rows->entry(position, compiled())->aliases.empty())
        << name_of_row(table, row);
  });
  EXPECT_GE(types.size(), 25u);
}

TEST_F(CatalogRows, arn_templates_are_whole) {
  for (const CallTable& table : compiled().spec.tables) {
    for (const TypeSpec& type : table.types) {
      if (type.id.empty()) continue;
      EXPECT_TRUE(type.id.starts_with("arn:{partition}:")) << table.file << " " << type.type;
      EXPECT_GE(std::ranges::count(type.id, ':'), 5) << table.file << " " << type.type;
      EXPECT_TRUE(type.id.ends_with("{}")) << table.file << " " << type.type;
      EXPECT_EQ(type.id.find('$'), std::string::npos) << table.file << " " << type.type;
      EXPECT_NE(compiled().rule_of_type(type.type), nullptr);
    }
  }
}

// The letters of a name, small.
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c))) plain += static_cast<char>(std::tolower(c));
  }
  return plain;
}

// What follows the verb: "BucketPolicy" of DeleteBucketPolicy.
std::string_view noun_of(std::string_view call) {
  const size_t verb = std::min(call.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1), call.size());
  return call.substr(verb);
}

TEST_F(CatalogRows, call_that_names_more_than_the_type_does_not_end_one) {
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (row.effect != EntryEffect::remove) return;
    const std::string noun = plain_name(noun_of(row.name));
    const std::string type = plain_name(std::string_view(row.type).substr(row.type.rfind(':') + 1));
    if (!noun.starts_with(type)) return;
    // What is called more fully in calls than as a type.
    const std::set<std::string> known = {"",
                                         "s",
                                         "es",
                                         "byname",
                                         "configuration",
                                         "uration",
                                         "definition",
                                         "service",
                                         "association",
                                         "byprincipalid",
                                         "requests",
                                         "forobjectlambda"};
    EXPECT_TRUE(known.contains(noun.substr(type.size())))
        << name_of_row(table, row) << " " << row.type;
  });
}

// A call that ends a part of a resource is a change of the whole.
TEST_F(CatalogRows, only_a_verb_that_ends_something_ends_it) {
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (row.effect != EntryEffect::remove) return;
    EXPECT_TRUE(
        row.from == "hand" || begins_with(row.name, {"Disassociate"}) ||
        (row.from == "cfn" && begins_with(row.name, {"Disable", "Cancel"})) ||
        begins_with(row.name, {"Delete", "Deregister", "Release", "Terminate", "Remove", "Destroy",
                               "Unregister", "Deprovision", "Batch", "Bulk", "Admin"}))
        << name_of_row(table, row);
    EXPECT_NE(row.from, "part") << name_of_row(table, row);
    EXPECT_NE(row.type, "*") << name_of_row(table, row);
  });
}

// What is made and ended under one name is one type, and its end is an end.
TEST_F(CatalogRows, what_one_name_makes_and_ends_is_one_type) {
  std::map<std::string, std::pair<std::string, EntryEffect>> calls;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    calls[table.file + " " + row.name] = {row.type, row.effect};
  });
  size_t pairs = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (row.effect != EntryEffect::create || !row.name.starts_with("Create")) return;
    const auto end = calls.find(table.file + " Delete" + row.name.substr(6));
    if (end == calls.end() || end->second.second == EntryEffect::ignore) return;
    EXPECT_EQ(end->second, std::pair(row.type, EntryEffect::remove)) << name_of_row(table, row);
    ++pairs;
  });
  EXPECT_GT(pairs, 1500u);
}

// "RepositoryAssociation" is made by AssociateRepository, and ended by its opposite.
TEST_F(CatalogRows, opposite_calls_make_and_end_the_same) {
  std::map<std::string, std::pair<std::string, EntryEffect>> calls;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    calls[table.file + row.name] = {row.type, row.effect};
  });
  size_t made = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (row.from == "hand" || !begins_with(row.name, {"Associate", "Disassociate"})) return;
    const bool makes = row.name.starts_with("Associate");
    const EntryEffect own = makes ? EntryEffect::create : EntryEffect::remove;
    if (row.effect != own) return;
    const std::string other = makes ? "Disa" + row.name.substr(1) : "A" + row.name.substr(4);
    const auto found = calls.find(table.file + other);
    ASSERT_NE(found, calls.end()) << name_of_row(table, row);
    const EntryEffect opposite = makes ? EntryEffect::remove : EntryEffect::create;
    EXPECT_EQ(found->second, std::pair(row.type, opposite)) << name_of_row(table, row);
    ++made;
  });
  EXPECT_GT(made, 10u);
}

// A call is about what it names by an ARN, or about a part of it, and not about what it is tied to.
TEST_F(CatalogRows, association_is_not_known_by_what_it_ties) {
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (row.from == "hand" || !begins_with(row.name, {"Associate", "Disassociate"})) return;
    if (row.effect == EntryEffect::ignore || row.type == "*") return;
    EXPECT_EQ(row.ids.find("requestParameters.resourceId"), std::string::npos)
        << name_of_row(table, row) << " " << row.ids;
  });
}

// Work that is started has an id in the answer, or a name that nothing else has.
TEST_F(CatalogRows, what_starts_again_is_not_made) {
  size_t starts = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (!begins_with(row.name, {"StartInstance", "StartInputDevice", "StartDbNode", "StartGateway",
                                "StartMetricStreams"}))
      return;
    if (begins_with(row.name, {"StartInputDeviceMaintenanceWindow", "StartInstances",
                               "StartInstanceRefresh", "StartInstanceOnboardingJob"}))
      return;
    EXPECT_EQ(row.effect, EntryEffect::state) << name_of_row(table, row);
    ++starts;
  });
  EXPECT_GE(starts, 5u);
}

// Types are named as calls name them, and not as IAM abbreviates them.
TEST_F(CatalogRows, types_are_named_as_calls_name_them) {
  const std::map<std::string, std::string> cases = {
      {"DeregisterStreamConsumer", "AWS::Kinesis::StreamConsumer"},
      {"DeleteSourceServer", "AWS::MGN::SourceServer AWS::DRS::SourceServer"},
      {"RevokeRevision", "AWS::DataExchange::Revision"},
      {"DeleteBlueGreenDeployment", "AWS::RDS::Deployment"},
      {"PurchaseReservedDBInstancesOffering", "AWS::RDS::ReservedDBInstance"},
      {"TerminateJobFlows", "AWS::EMR::Cluster"},
      {"TerminateProvisionedProduct", "AWS::ServiceCatalog::CloudFormationProvisionedProduct"}};
  std::set<std::string> seen;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    EXPECT_FALSE(row.type.ends_with("Resource") && !row.name.ends_with("Resource") &&
                 begins_with(row.type, {"AWS::MGN", "AWS::DRS"}))
        << name_of_row(table, row) << " " << row.type;
    const auto found = cases.find(row.name);
    if (found == cases.end()) return;
    seen.insert(row.name);
    EXPECT_NE(found->second.find(row.type), std::string::npos) << row.name << " " << row.type;
  });
  EXPECT_EQ(seen.size(), cases.size());
}

TEST_F(CatalogRows, phase_is_not_moved_where_native_events_announce_the_start) {
  const NativePhases told = native_phases(compiled().spec.entries);
  size_t checked = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t position) {
    const auto phases = told.find(row.type);
    if (phases == told.end()) return;
    const EntrySpec spec = compiled().rows->spec_of(position);
    const bool tells_start = (phases->second & phase_bit(Phase::provisioning)) != 0;
    const bool tells_gone = (phases->second & phase_bit(Phase::gone)) != 0;
    EXPECT_FALSE(tells_start && spec.effect == EntryEffect::create) << name_of_row(table, row);
    const bool ends_by_itself = spec.effect == EntryEffect::remove && !spec.settles_natively;
    EXPECT_FALSE(tells_gone && ends_by_itself) << name_of_row(table, row);
    const bool is_made_at_once =
        row.effect == EntryEffect::create && row.settles_after.count() == 0;
    EXPECT_FALSE(is_made_at_once && !tells_start && spec.settles_natively)
        << name_of_row(table, row);
    ++checked;
  });
  EXPECT_GT(checked, 50u);
}

// Of what an account has one of, a call need not say which.
TEST_F(CatalogRows, what_there_is_one_of_is_known_without_a_name) {
  size_t singles = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (row.type != "AWS::Glue::Rootcatalog" && row.type != "AWS::S3::AccessGrantsInstance") return;
    ++singles;
    EXPECT_TRUE(row.ids.find("{account}:") != std::string::npos || row.effect == EntryEffect::tag)
        << name_of_row(table, row);
  });
  EXPECT_GT(singles, 5u);
}

// Of types that share an ARN, a call is about the one that it names.
TEST_F(CatalogRows, type_is_the_one_that_the_call_names) {
  const std::map<std::string, std::string> cases = {
      {"CreateBackupVault", "AWS::Backup::BackupVault"},
      {"CreateLogicallyAirGappedBackupVault", "AWS::Backup::LogicallyAirGappedBackupVault"},
      {"UpdateProvisioningArtifact", "AWS::ServiceCatalog::CloudFormationProduct"},
      {"UpdateRequesterGateway", "AWS::RTBFabric::RequesterGateway"},
      // Under a longer name, too.
      {"CreateDistributionWithTags", "AWS::CloudFront::Distribution"},
      {"CreateAutoMLJobV2", "AWS::SageMaker::AutoMLJob"},
      {"CreateRecipeJob", "AWS::DataBrew::Job"},
      {"CreateCustomRoutingListener", "AWS::GlobalAccelerator::Listener"},
      {"CreateCachediSCSIVolume", "AWS::StorageGateway::Volume"}};
  std::set<std::string> seen;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    const auto found = cases.find(row.name);
    if (found == cases.end()) return;
    seen.insert(row.name);
    EXPECT_EQ(row.type, found->second) << name_of_row(table, row);
    const bool creates = row.name.starts_with("Create");
    EXPECT_EQ(row.effect == EntryEffect::create, creates) << name_of_row(table, row);
  });
  EXPECT_EQ(seen.size(), cases.size());
}

TEST_F(CatalogRows, link_for_one_use_changes_nothing) {
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    const bool is_link = row.name.ends_with("Url") || row.name.ends_with("URL");
    if (!is_link || !row.name.starts_with("Create")) return;
    EXPECT_EQ(row.effect, EntryEffect::ignore) << name_of_row(table, row);
  });
}

TEST_F(CatalogRows, what_is_switched_off_is_stopped) {
  size_t stops = 0;
  size_t starts = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (row.effect != EntryEffect::state) return;
    const bool is_batch = begins_with(row.name, {"Batch"});
    const std::string_view name = std::string_view(row.name).substr(is_batch ? 5 : 0);
    const bool is_stop = begins_with(
        name, {"Stop", "End", "Pause", "Suspend", "Disable", "Deactivate", "Shutdown", "Cancel"});
    EXPECT_EQ(row.more().phase, is_stop ? Phase::stopped : Phase::stable)
        << name_of_row(table, row);
    ++(is_stop ? stops : starts);
  });
  EXPECT_GT(stops, 180u);
  EXPECT_GT(starts, 60u);
}

// "StartBrowserSession", "CreateChatToken": a door that is open for a while is no change of what is
// behind it.
TEST_F(CatalogRows, what_lets_somebody_in_changes_nothing) {
  size_t passes = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    const bool opens = begins_with(row.name, {"Create", "Generate", "Start", "Stop"});
    const bool is_pass = row.name.ends_with("Session") || row.name.ends_with("Token") ||
                         row.name.ends_with("Preview") || row.name.ends_with("Claim");
    if (row.from == "hand" || !opens || !is_pass) return;
    ++passes;
    const std::string noun = plain_name(noun_of(row.name));
    const std::string type = plain_name(std::string_view(row.type).substr(row.type.rfind(':') + 1));
    const bool has_end = std::ranges::any_of(table.rows, [&](const CallRow& other) {
      return other.name == "Delete" + std::string(noun_of(row.name));
    });
    EXPECT_TRUE(row.effect == EntryEffect::ignore || type == noun || has_end)
        << name_of_row(table, row) << " " << row.type;
  });
  EXPECT_GT(passes, 40u);
}

// What goes on is told by an operation of its own, whose id is not that of the resource.
TEST_F(CatalogRows, operation_is_not_the_resource_that_it_changes) {
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    EXPECT_EQ(row.ids.find("responseElements.operation."), row.ids.npos)
        << name_of_row(table, row) << " " << row.ids;
    EXPECT_NE(row.more().state, "responseElements.operation.status") << name_of_row(table, row);
  });
}

// Where a resource may be named by its ARN or by its name, a call may give either.
TEST_F(CatalogRows, arn_that_may_be_left_out_is_not_the_only_way) {
  size_t checked = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    const bool is_firewall = row.type == "AWS::NetworkFirewall::Firewall";
    const bool is_bucket = row.type == "AWS::S3Vectors::VectorBucket";
    if (!is_firewall && !is_bucket) return;
    const std::string_view arn = is_firewall ? "s.firewallArn" : "s.vectorBucketArn";
    const std::string_view name = is_firewall ? "s.firewallName" : "s.vectorBucketName";
    // A flow operation needs the ARN.
    if (row.ids.find(arn) == row.ids.npos || begins_with(row.name, {"Create", "Start"})) return;
    EXPECT_NE(row.ids.find(name), row.ids.npos) << name_of_row(table, row) << " " << row.ids;
    ++checked;
  });
  EXPECT_GT(checked, 15u);
}

// What a call makes is what its answer names by an ARN of its own, and not what it is made of.
TEST_F(CatalogRows, what_is_made_of_something_is_not_that) {
  const std::map<std::string, std::string> cases = {
      {"StartIncident", "AWS::SSMIncidents::IncidentRecord"},
      {"CreateSolutionVersion", "AWS::Personalize::SolutionVersion"},
      {"CreatePlatformEndpoint", "AWS::SNS::PlatformEndpoint"},
      {"StartImagePipelineExecution", "AWS::ImageBuilder::Image"},
      {"CreateAccessPointForObjectLambda", "AWS::S3ObjectLambda::AccessPoint"},
      {"CreateInstancesFromSnapshot", "AWS::Lightsail::Instance"}};
  size_t seen = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    const auto found = cases.find(row.name);
    if (found == cases.end()) return;
    ++seen;
    EXPECT_EQ(row.type, found->second) << name_of_row(table, row);
    EXPECT_EQ(row.effect, EntryEffect::create) << name_of_row(table, row);
  });
  EXPECT_EQ(seen, cases.size());
}

// Some services log what the URL has as it stands there.
TEST_F(CatalogRows, names_in_a_url_are_known_in_both_forms) {
  size_t checked = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (!table.file.ends_with("/pinpoint.yaml")) return;
    if (row.ids.find("requestParameters.applicationId") == row.ids.npos) return;
    EXPECT_NE(row.ids.find("requestParameters.application-id"), row.ids.npos)
        << name_of_row(table, row) << " " << row.ids;
    ++checked;
  });
  EXPECT_GT(checked, 20u);
}

// An account of an organization is the one that the call names, and not the one that calls.
TEST_F(CatalogRows, account_of_an_organization_is_the_one_that_is_named) {
  size_t checked = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (row.type != "AWS::Organizations::Account") return;
    EXPECT_EQ(row.ids, "requestParameters.accountId") << name_of_row(table, row);
    ++checked;
  });
  EXPECT_GT(checked, 3u);
}

// What names nothing but what is to be is a setting of the account.
TEST_F(CatalogRows, call_that_names_nothing_sets_what_the_account_has) {
  const std::set<std::string> calls = {"UpdateEnrollmentStatus", "ModifyDefaultCreditSpecification",
                                       "EnableAWSServiceAccess", "UpdateEnrollmentConfiguration",
                                       "UpdateSPICECapacityConfiguration"};
  std::set<std::string> seen;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (!calls.contains(row.name)) return;
    seen.insert(row.name);
    EXPECT_TRUE(row.type.ends_with("::AccountSettings")) << name_of_row(table, row);
    EXPECT_EQ(row.effect, EntryEffect::configure) << name_of_row(table, row);
  });
  EXPECT_EQ(seen, calls);
}

TEST_F(CatalogRows, settings_are_those_of_an_account) {
  size_t settings = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (row.from == "hand" || !row.type.ends_with("::AccountSettings")) return;
    ++settings;
    EXPECT_TRUE(row.ids == "{account}" || row.ids.ends_with(".accountId"))
        << name_of_row(table, row) << " " << row.ids;
  });
  EXPECT_GT(settings, 50u);
}

// A call that says in its answer how far it got has a time after which it should be done, if the
// state can be one on the way.
TEST_F(CatalogRows, what_takes_time_has_a_time) {
  const std::set<std::string> slow = {"CreateFileCache",
                                      "CreateEndpointAccess",
                                      "CreateSolution",
                                      "CreateForecastExportJob",
                                      "DeleteFileShare",
                                      "CreateIpam",
                                      "DeleteIpam",
                                      "CreateAgentAlias",
                                      "CreateDirectConnectGateway",
                                      "DeleteVerifiedAccessEndpoint",
                                      "StartExperiment",
                                      "CreateManagedPrefixList",
                                      "CreateConnectAttachment",
                                      "DeleteBroker",
                                      "CreateServerlessCache",
                                      "CreateCanary",
                                      "CreateAccountAssignment",
                                      "StartNetworkInsightsAnalysis"};
  // What only ends slowly, and what is there as soon as it is called so.
  const std::set<std::string> quick = {"CreateNetworkInterface", "RegisterTaskDefinition",
                                       "CreateCollector",        "ImportKeyPair",
                                       "CreateRestApi",          "DeleteNetworkInterface"};
  std::set<std::string> seen;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    const bool is_slow = slow.contains(row.name);
    if (!is_slow && !quick.contains(row.name)) return;
    if (table.file.ends_with("/ec2.yaml") && row.name == "ImportKeyPair") return;
    seen.insert(row.name);
    EXPECT_EQ(row.settles_after.count() > 0, is_slow) << name_of_row(table, row);
  });
  EXPECT_EQ(seen.size(), slow.size() + quick.size()) << testing::PrintToString(seen);
}

// What an account has one of is made and ended by a switch: EnableMacie.
TEST_F(CatalogRows, switch_that_makes_a_resource_is_no_setting_of_it) {
  const std::map<std::string, EntryEffect> cases = {
      {"EnableMacie", EntryEffect::create},
      {"DisableMacie", EntryEffect::remove},
      {"EnableSecurityHubV2", EntryEffect::create},
      {"DisableSecurityHubV2", EntryEffect::remove},
      {"EnableEnhancedMonitoring", EntryEffect::configure}};
  size_t seen = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    const auto found = cases.find(row.name);
    if (found == cases.end()) return;
    ++seen;
    EXPECT_EQ(row.effect, found->second) << name_of_row(table, row);
    EXPECT_FALSE(row.type.ends_with("::AccountSettings")) << name_of_row(table, row);
  });
  EXPECT_EQ(seen, cases.size());
}

// What is put into an index or a knowledge base is data.
TEST_F(CatalogRows, documents_are_data) {
  size_t documents = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (!row.name.ends_with("Documents") && !row.name.ends_with("DeleteDocument")) return;
    ++documents;
    EXPECT_TRUE(row.effect == EntryEffect::ignore || row.type.ends_with("::Document"))
        << name_of_row(table, row);
  });
  EXPECT_GE(documents, 6u);
}

// "PurchaseReservedDBInstancesOffering" makes what is reserved.
TEST_F(CatalogRows, what_is_bought_is_made) {
  size_t purchases = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (!row.name.starts_with("Purchase") || row.name.find("Offering") == row.name.npos) return;
    ++purchases;
    EXPECT_EQ(row.effect, EntryEffect::create) << name_of_row(table, row);
    EXPECT_FALSE(row.type.ends_with("Offering")) << name_of_row(table, row);
  });
  EXPECT_GE(purchases, 6u);
}

// What users, agents and workers do all day by what others have set up, and what ends such work.
TEST_F(CatalogRows, use_of_a_data_plane_is_no_change) {
  std::set<std::string> left = {"PutSnapshotBlock",
                                "CompleteAttachmentUpload",
                                "PutJobFailureResult",
                                "PutJobSuccessResult",
                                "MeterUsage",
                                "BatchMeterUsage",
                                "ConfigureAgent",
                                "UpdateJobExecution",
                                "CommitTransaction",
                                "AcknowledgeJob",
                                "UpdateThingShadow",
                                "PutEvaluations",
                                "CancelPolicyGeneration",
                                "CancelCommand",
                                "ChangePassword"};
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (left.erase(row.name) == 0) return;
    EXPECT_EQ(row.effect, EntryEffect::ignore) << name_of_row(table, row);
  });
  EXPECT_TRUE(left.empty()) << *left.begin();
}

// A call answers the ARN, and another one names the same by less.
TEST_F(CatalogRows, arn_that_only_the_service_s_own_shapes_tell_is_known) {
  for (const char* type : {"AWS::Lambda::Runtime", "AWS::SageMaker::TrainingSession",
                           "AWS::APIPortal::ProductPage", "AWS::Continuum::Collector"}) {
    const TypeRule* const rule = compiled().rule_of_type(type);
    EXPECT_TRUE(rule != nullptr && !rule->id.is_empty()) << type;
  }
}

// Any of the service's resources may be tagged, though its tables have but one type.
TEST_F(CatalogRows, tag_by_an_arn_is_of_what_the_arn_names) {
  size_t tags = 0;
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (!table.file.ends_with("/artifact.yaml") || row.effect != EntryEffect::tag) return;
    ++tags;
    EXPECT_EQ(row.type, "*") << name_of_row(table, row);
  });
  EXPECT_EQ(tags, 2u);
}

TEST_F(CatalogRows, what_is_only_tried_is_no_change) {
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (!begins_with(row.name, {"Invoke", "Test"}) || begins_with(row.name, {"TestMigration"}))
      return;
    EXPECT_EQ(row.effect, EntryEffect::ignore) << name_of_row(table, row);
  });
}

TEST_F(CatalogRows, no_row_is_about_a_call_that_only_reads_but_to_ignore_it) {
  each_row([&](const CallTable& table, const CallRow& row, uint32_t) {
    if (row.effect != EntryEffect::ignore) {
      EXPECT_FALSE(only_reads(row.name)) << name_of_row(table, row);
    }
  });
}

}  // namespace
}  // namespace statewire
