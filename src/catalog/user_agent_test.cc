#include "catalog/user_agent.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace statewire {
namespace {

std::string_view name_of_tool(std::string_view agent) { return tool_of(agent).name; }

TEST(UserAgent, names_its_tool) {
  EXPECT_EQ(name_of_tool("[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488]"), "console");
  EXPECT_EQ(name_of_tool("RDS Console, aws-internal/3 aws-sdk-java/1.11"), "console");
  EXPECT_EQ(name_of_tool("console.amazonaws.com"), "console");
  EXPECT_EQ(name_of_tool("[Boto3/1.26.165 Botocore/1.29]"), "boto3");
  EXPECT_EQ(name_of_tool("aws-sdk-go-v2/1.21.0 os/linux"), "aws-sdk-go-v2");
  EXPECT_EQ(name_of_tool("aws-sdk-js/2.1 aws-cdk/1.0"), "cdk");
  EXPECT_EQ(name_of_tool("APN/1.0 Pulumi/1.0 PulumiAWS/5"), "pulumi");
  EXPECT_EQ(name_of_tool("APN/1.0 Ansible/2.14"), "ansible");
  EXPECT_EQ(name_of_tool("OpenTofu/1.6"), "opentofu");
  EXPECT_EQ(name_of_tool(""), "");
  EXPECT_EQ(name_of_tool(" [(,;)] "), "");
  EXPECT_EQ(name_of_tool("aws-cli/2.15 md/prompt#off exec-env/CloudShell"), "aws-cli");
  EXPECT_EQ(name_of_tool("AWSPowerShell.Common/4.1.398 .NET_Core/6.0"), "powershell");
  EXPECT_EQ(name_of_tool("[aws-internal/3]"), "") << "of the console, and of other services";
  EXPECT_EQ(name_of_tool("EC2ConsoleBackend, aws-internal/3"), "console");
  EXPECT_EQ(name_of_tool("TagEditorConsole/1.0"), "console");
  EXPECT_EQ(name_of_tool("Boto/2.49.0 Python/2.7"), "boto");
  EXPECT_EQ(name_of_tool("Botocore/1.29 aws-sam-cli/1.100.0"), "sam");
}

// Tools have no common way to name themselves.
TEST(UserAgent, names_its_tool_in_whatever_form) {
  const std::pair<const char*, const char*> kForms[] = {
      {"aws-sdk-go-v2/1.32 os/linux lang/go#1.23 app/terraform", "terraform"},
      {"Boto3/1.35 md/Botocore#1.35 lib/aws-cdk", "cdk"},
      {"aws-sdk-go-v2/1.32 md/GOOS#linux md/karpenter#1.1", "karpenter"},
      {"deployer/1.0 (+https://www.pulumi.com) aws-sdk-go/1.44", "pulumi"},
      {"nuke/2 (+https://github.com/rebuy-de/aws-nuke) aws-sdk-go/1.44", "aws-nuke"},
      {"[S3 Browser/11.6.7 (https://s3browser.com)]", "s3browser"},
      {"aws-sdk-nodejs/2.1571 linux amazon-ecs-deploy-task-definition-for-github-actions promise",
       "github-actions"},
      {"aws-sdk-go/1.44 APN/1.0 HashiCorp/1.0 Terraform/1.3 JenkinsAgent/i-12345678", "terraform"},
      {"aws-sdk-java/1.12 JenkinsAgent/i-12345678", "jenkins"},
      {"aws-sdk-ruby3/3.190 lang/ruby#3.1 chef-aws-cookbook/9.1.1", "chef"},
      {"aws-sdk-java/1.12 groovy/3.0 spinnaker/1.32.3", "spinnaker"},
      {"ExternalDNS/v0.14.0 aws-sdk-go/1.46.7", "external-dns"},
      {"elbv2.k8s.aws/v2.7.1 aws-sdk-go/1.49", "aws-load-balancer-controller"},
      {"aws-sdk-go/1.50 (go1.21.7; linux; amd64) aws-nuke/v2.25.0", "aws-nuke"},
      {"aws-sdk-go-v2/1.27.0 api/ec2#1.162.0 cloud-nuke/v0.37.1", "cloud-nuke"},
      {"openshift.io hypershift/control-plane-operator", "openshift"},
      {"python-requests/2.31.0", "python-requests"},
      // Parts of an SDK, and addresses of others.
      {"aws-sdk-dotnet-coreclr/3.7 md/aws-sdk-dotnet-core#3.7", "aws-sdk-dotnet-coreclr"},
      {"x y (+https://github.com/) (+https://www.) app/ lib/ md/", ""},
  };
  for (const auto& [agent, tool] : kForms) EXPECT_EQ(name_of_tool(agent), tool) << agent;
}

TEST(UserAgent, program_that_no_word_is_known_of_is_named_in_place_of_its_sdk) {
  const auto told = [](const char* agent) {
    const Tool tool = tool_of(agent);
    return std::string(tool.name) + (tool.rank == ToolRank::sdk ? " by an sdk" : "") +
           (tool.rank > ToolRank::sdk ? " by a word" : "");
  };
  EXPECT_EQ(told("curl/8.7.1"), "curl");
  EXPECT_EQ(told("MinIO (linux; amd64) minio-go/v7.0.80"), "minio-go");
  EXPECT_EQ(told("aws-sdk-go/1.55 (go1.22; linux; amd64) Tracer/1.18 (+https://example.org)"),
            "Tracer by an sdk");
  EXPECT_EQ(told("aws-sdk-go/1.55 Tracer/1.18 Terraform/1.9"), "terraform by a word");
  // What SDKs say of themselves and of where they run.
  for (const char* const agent :
       {"aws-sdk-java/1.12 Linux/5.10 OpenJDK_64-Bit_Server_VM/11.0 java/11 vendor/Amazon groovy/2",
        "aws-sdk-java/1.11 com.amazonaws.services.s3.transfer.TransferManager/1.11",
        "aws-sdk-cpp/1.7 Linux/5.10 x86_64 GCC/7.3", "aws-sdk-php/3.62 GuzzleHttp/6 curl/7 PHP/5",
        "aws-sdk-dotnet/1.4 .NET Runtime/4.0 .NET Framework/4.0 OS/6.1.7601",
        "aws-sdk-nodejs/2.1 win32/v20.18 promise",
        "aws-sdk-dotnet-coreclr/3.7 ua/2.0 os/windows#10 .NET_Core/8.0 md/ClientAsync",
        "aws-sdk-go-v2/1.32 ua/2.1 os/linux lang/go#1.23 api/ec2#1.190.0 m/E,g"}) {
    const std::string_view name = std::string_view(agent).substr(0, std::string(agent).find('/'));
    EXPECT_EQ(told(agent), std::string(name) + " by an sdk");
  }
}

TEST(UserAgent, every_word_is_found_and_none_hides_another) {
  for (const ToolWord& each : kToolWords) {
    if ((each.places & kInAgent) == 0) continue;
    const char* const ending = (each.places & kAmbiguous) != 0 ? "/1" : "1";
    EXPECT_EQ(name_of_tool("x " + std::string(each.word) + ending), each.tool) << each.word;
  }
}

TEST(UserAgent, environment_names_who_set_it) {
  EXPECT_EQ(name_of_tool("aws-cli/2.17 Python/3.11 exec-env/GitHubActions"), "github-actions");
  EXPECT_EQ(name_of_tool("AWS-VSTS/1.15.0 exec-env/VSTS-S3Upload"), "azure-pipelines");
  EXPECT_EQ(name_of_tool("aws-sdk-go-v2/1.32 exec-env/ebs-csi-driver-v1.37.0"),
            "aws-ebs-csi-driver");
  EXPECT_EQ(name_of_tool("aws-sdk-java/2.29 exec-env/AWS_ECS_FARGATE"), "aws-sdk-java");
  EXPECT_TRUE(is_where_programs_run("AWS_Lambda_python3.12"));
  EXPECT_TRUE(is_where_programs_run("EC2"));
  EXPECT_FALSE(is_where_programs_run("CloudShell"));
  EXPECT_FALSE(is_where_programs_run("AmazonQ-For-CLI"));
  EXPECT_FALSE(is_where_programs_run(""));
}

TEST(UserAgent, tells_a_mac) {
  EXPECT_TRUE(is_on_mac("Boto3/1.34 ua/2.0 os/macos#23.3.0"));
  EXPECT_TRUE(is_on_mac("aws-cli/2.15 Python/3.11 Darwin/23.4.0"));
  EXPECT_TRUE(is_on_mac("aws-sdk-go/1.55.5 (go1.22.8; darwin; arm64)"));
  EXPECT_FALSE(is_on_mac("Boto3/1.34 ua/2.0 os/linux"));
  EXPECT_FALSE(is_on_mac(""));
}

TEST(UserAgent, says_where_the_program_ran) {
  EXPECT_EQ(execution_environment("Boto3/1 exec-env/AWS_Lambda_python3.12 Botocore/1"),
            "AWS_Lambda_python3.12");
  EXPECT_EQ(execution_environment("aws-cli/2.15 exec-env/CloudShell"), "CloudShell");
  EXPECT_EQ(execution_environment("aws-cli/2.15"), "");
  EXPECT_EQ(execution_environment("exec-env/"), "");
}

}  // namespace
}  // namespace statewire
