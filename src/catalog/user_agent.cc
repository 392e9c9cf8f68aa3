#include "catalog/user_agent.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

constexpr std::string_view kExecutionEnvironment = "exec-env/";

// A token of the agent begins with the word, in whatever case.
struct ToolToken {
  std::string_view word;
  std::string_view tool;
  ToolRank rank;
};
constexpr ToolToken kTools[] = {
    {"terraform", "terraform", ToolRank::deploys},
    {"opentofu", "opentofu", ToolRank::deploys},
    {"pulumi", "pulumi", ToolRank::deploys},
    {"aws-cdk", "cdk", ToolRank::deploys},
    {"aws-sam-cli", "sam", ToolRank::deploys},
    {"awssamcli", "sam", ToolRank::deploys},
    {"serverless", "serverless", ToolRank::deploys},
    {"ansible", "ansible", ToolRank::deploys},
    {"eksctl", "eksctl", ToolRank::deploys},
    {"kops", "kops", ToolRank::deploys},
    {"crossplane", "crossplane", ToolRank::deploys},
    {"upjet", "crossplane", ToolRank::deploys},
    {"aws-controllers-k8s", "ack", ToolRank::deploys},
    {"aws-copilot", "copilot", ToolRank::deploys},
    {"aws-chalice", "chalice", ToolRank::deploys},
    {"amplify-cli", "amplify", ToolRank::deploys},
    {"sst/", "sst", ToolRank::deploys},
    {"cloudformation.amazonaws.com", "cloudformation", ToolRank::deploys},
    {"karpenter", "karpenter", ToolRank::scales},
    {"cluster-autoscaler", "cluster-autoscaler", ToolRank::scales},
    {"cloudcustodian", "cloud-custodian", ToolRank::automates},
    {"cloud-custodian", "cloud-custodian", ToolRank::automates},
    {"c7n", "cloud-custodian", ToolRank::automates},
    {"packer", "packer", ToolRank::automates},
    {"kubernetes", "kubernetes", ToolRank::automates},
    {"elbv2.k8s.aws", "kubernetes", ToolRank::automates},
    {"ebs.csi.aws.com", "kubernetes", ToolRank::automates},
    {"external-dns", "external-dns", ToolRank::automates},
    {"console.", "console", ToolRank::console},
    {"signin.", "console", ToolRank::console},
    {"mozilla/", "console", ToolRank::console},
    {"aws-internal/", "console", ToolRank::console},
    {"aws-cli/", "aws-cli", ToolRank::command_line},
    {"aws-shell/", "aws-shell", ToolRank::command_line},
    {"awspowershell", "powershell", ToolRank::command_line},
    {"aws.tools", "powershell", ToolRank::command_line},
    {"ec2-api-tools", "ec2-api-tools", ToolRank::command_line},
    {"eb-cli", "eb-cli", ToolRank::command_line},
    {"ecs-cli", "ecs-cli", ToolRank::command_line},
    {"amazon-ecs-cli", "ecs-cli", ToolRank::command_line},
    {"aws-toolkit", "aws-toolkit", ToolRank::command_line},
    {"s3browser", "s3browser", ToolRank::command_line},
    {"cyberduck", "cyberduck", ToolRank::command_line},
    {"boto3/", "boto3", ToolRank::sdk},
    {"boto/", "boto", ToolRank::sdk},
    {"botocore/", "botocore", ToolRank::sdk},
    {"aiobotocore/", "botocore", ToolRank::sdk},
};

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// By their first letter: most tokens begin none of the words.
constexpr std::array<bool, 256> kFirst = [] {
  std::array<bool, 256> first{};
  for (const ToolToken& each : kTools) first[static_cast<unsigned char>(each.word.front())] = true;
  return first;
}();

bool begins(std::string_view token, std::string_view word) {
  return token.size() >= word.size() &&
         std::equal(word.begin(), word.end(), token.begin(),
                    [](char of_word, char of_token) { return of_word == lower(of_token); });
}

bool is_separator(char c) {
  return c == ' ' || c == '[' || c == '(' || c == ',' || c == ';' || c == ')' || c == ']';
}

// "S3Console/0.4", "Console" of "RDS Console", "EC2ConsoleBackend".
bool is_console(std::string_view token) {
  return token.substr(0, token.find('/')).find("Console") != std::string_view::npos;
}

Tool tool_of_token(std::string_view token, bool has_console) {
  if (kFirst[static_cast<unsigned char>(lower(token.front()))]) {
    if (begins(token, "aws-sdk-")) return {token.substr(0, token.find('/')), ToolRank::sdk};
    for (const ToolToken& each : kTools) {
      if (begins(token, each.word)) return {each.tool, each.rank};
    }
  }
  if (has_console && is_console(token)) return {"console", ToolRank::console};
  return {};
}

}  // namespace

Tool tool_of(std::string_view agent) {
  agent = agent.substr(0, kUserAgentBytesMax);
  const bool has_console = agent.find("Console") != std::string_view::npos;
  Tool best;
  for (size_t at = 0; at < agent.size();) {
    if (is_separator(agent[at])) {
      ++at;
      continue;
    }
    size_t end = at + 1;
    while (end < agent.size() && !is_separator(agent[end])) ++end;
    const Tool tool = tool_of_token(agent.substr(at, end - at), has_console);
    // Others use Terraform's provider, and say so.
    const bool is_within = tool.rank == best.rank && best.name == "terraform";
    if (tool.rank > best.rank || is_within) best = tool;
    at = end;
  }
  return best;
}

std::string_view execution_environment(std::string_view agent) {
  const size_t begin = agent.find(kExecutionEnvironment);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = agent.substr(begin + kExecutionEnvironment.size());
  return rest.substr(0, std::find_if(rest.begin(), rest.end(), is_separator) - rest.begin());
}

}  // namespace statewire
