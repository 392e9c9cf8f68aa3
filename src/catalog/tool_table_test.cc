#include "catalog/tool_table.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace statewire {
namespace {

std::string_view named(std::string_view name) {
  const ToolWord* const word = tool_in_name(name);
  return word == nullptr ? std::string_view() : word->tool;
}

TEST(ToolTable, word_stands_whole_in_a_name) {
  for (const char* const name : {"external-dns", "externaldns", "ExternalDNSRole",
                                 "my_external_dns", "prod2-ExternalDns-irsa", "EKSExternalDNS"}) {
    EXPECT_EQ(named(name), "external-dns") << name;
  }
  EXPECT_EQ(named("ci-drone2"), "drone");
  EXPECT_EQ(named("MyDroneRunner"), "drone");
  EXPECT_EQ(named("jenkinsmaster"), "jenkins") << "a long word";
  for (const char* const name : {"drones", "androne", "kedar", "", "-"}) {
    EXPECT_EQ(named(name), "") << name;
  }
}

// People use them for what they make, and are called so.
TEST(ToolTable, english_word_stands_for_a_program_beside_machines_alone) {
  for (const char* const name :
       {"concourse", "concourse-worker", "prod-concourse", "concourse-ci-4411",
        "acme-concourse-worker", "ConcourseWebRole"}) {
    EXPECT_EQ(named(name), "concourse") << name;
  }
  EXPECT_EQ(named("spinnakerManaged"), "spinnaker");
  EXPECT_EQ(named("flux-system"), "flux");
  for (const char* const name :
       {"concourse-display", "acme-concourse", "lena.bamboo", "drone-footage", "woodpecker-songs",
        "bamboo-furniture-shop", "flux-capacitor", "atlantis-resort", "spinnaker-sails"}) {
    EXPECT_EQ(named(name), "") << name;
  }
  EXPECT_EQ(tool_at("concourse/7.12.0 aws-sdk-go/1")->tool, "concourse");
  EXPECT_EQ(tool_at("bamboo-furniture/1.0 aws-sdk-go/1"), nullptr);
  EXPECT_EQ(tool_at("bam boo/1.0"), nullptr) << "two products";
  EXPECT_EQ(named("bam boo"), "bamboo");
  EXPECT_FALSE(is_tool_word("bamboo")) << "somebody's name";
}

// Whether a word is the program's or a part of somebody's free name shows in what is beside it.
TEST(ToolTable, name_of_a_program_stands_where_programs_stand) {
  struct Named {
    const char* name;
    const char* tool;
  };
  constexpr Named kNames[] = {
      // Nobody's name is before it.
      {"drone", "drone"},
      {"drone-test", "drone"},
      {"ci_drone", "drone"},
      {"prod-concourse-test", "concourse"},
      {"AtlantisRole", "atlantis"},
      {"atlantis-pr-41", "atlantis"},
      {"jenkins-user", "jenkins"},
      // Somebody's is, and a part of the program follows.
      {"acme-drone-runner-7", "drone"},
      {"MyDroneRunner", "drone"},
      {"AcmeBambooAgent", "bamboo"},
      {"team-a-woodpecker-server", "woodpecker"},
      // Free names.
      {"alice-drone-test", ""},
      {"alice_drone", ""},
      {"AliceDroneTest", ""},
      {"bob-concourse-dev", ""},
      {"carol.bamboo-user", ""},
      {"bamboo-carol", ""},
      {"dan-flux-prod", ""},
      {"erin-atlantis-admin", ""},
      {"woodpecker-erin-test", ""},
      {"frank-drone-operator", ""},
      {"gina-spinnaker-role", ""},
      {"hugo-prowler-role", ""},
      // Words that are no tool's, or are told by agents alone.
      {"alice-buddy-test", ""},
      {"atlas-runner", ""},
      {"alice-pulumi-test", ""},
      {"chef-runner", ""},
      // Last names.
      {"alice.jenkins", ""},
      {"Alice.Jenkins", ""},
      {"jenkinson", ""},
      {"jenkinsm", ""},
      {"jenkinsmaster", "jenkins"},
      {"ci.jenkins", "jenkins"},
      {"acme-jenkins", "jenkins"},
      {"jenkins.example", "jenkins"},
      // Names that no person and no role has by chance.
      {"alice-gitlab-test", "gitlab"},
  };
  for (const auto& [name, tool] : kNames) EXPECT_EQ(named(name), tool) << name;
}

// Agents name products. What is called by a common word says that it is one of its kind.
TEST(ToolTable, product_is_a_program_only_by_its_whole_name) {
  const std::pair<const char*, const char*> kProducts[] = {
      {"chef/18.2", "chef"},
      {"chef-aws-cookbook/9.1.1", "chef"},
      {"Puppet/8.4", "puppet"},
      {"puppet-agent/8.4", "puppet"},
      {"salt/3006.1", "salt"},
      {"Packer/1.10.1 (+https://www.packer.io/)", "packer"},
      {"packer-plugin-amazon/1.3.1", "packer"},
      {"harness-delegate/24.5", "harness"},
      {"Octopus.Client/14.3", "octopus-deploy"},
      {"chef-recipes/2.1", ""},
      {"puppet-theatre/1.0", ""},
      {"salt-lake-site/1.0", ""},
      {"packer-slots/1.0", ""},
      {"harness-racing/1.0", ""},
      {"octopus-card/1.0", ""},
      {"drone-footage/1.0", ""},
  };
  for (const auto& [agent, tool] : kProducts) {
    const ToolWord* const word = tool_at(agent);
    EXPECT_EQ(word == nullptr ? "" : word->tool, tool) << agent;
  }
}

TEST(ToolTable, words_stand_only_where_they_tell) {
  EXPECT_EQ(named("terraform-deploy"), "") << "others may use it";
  EXPECT_EQ(tool_at("AWSCodeBuild-1"), nullptr);
  EXPECT_EQ(named("AWSCodeBuild-1"), "codebuild");
  EXPECT_EQ(tool_of_issuer("arn:aws:iam::1:oidc-provider/gitlab.example.org")->tool, "gitlab");
  EXPECT_EQ(tool_of_issuer("arn:aws:iam::1:oidc-provider/jenkins.example.org"), nullptr);
}

TEST(ToolTable, word_of_a_program_is_all_of_it) {
  EXPECT_TRUE(is_tool_word("terraform"));
  EXPECT_TRUE(is_tool_word("Jenkins"));
  EXPECT_FALSE(is_tool_word("jenkinsmaster"));
  EXPECT_FALSE(is_tool_word("tina"));
  EXPECT_FALSE(is_tool_word(""));
}

// Every word that is told by name is found there, and none hides another.
TEST(ToolTable, every_name_is_found) {
  for (const ToolWord& each : kToolWords) {
    if ((each.places & kInName) == 0) continue;
    EXPECT_EQ(named("prod-" + std::string(each.word) + "-1"), each.tool);
  }
}

}  // namespace
}  // namespace statewire
