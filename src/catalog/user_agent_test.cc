#include "catalog/user_agent.h"

#include <gtest/gtest.h>

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
  EXPECT_EQ(name_of_tool("[aws-internal/3]"), "console");
  EXPECT_EQ(name_of_tool("EC2ConsoleBackend, aws-internal/3"), "console");
  EXPECT_EQ(name_of_tool("TagEditorConsole/1.0"), "console");
  EXPECT_EQ(name_of_tool("Boto/2.49.0 Python/2.7"), "boto");
  EXPECT_EQ(name_of_tool("Botocore/1.29 aws-sam-cli/1.100.0"), "sam");
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
