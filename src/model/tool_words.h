// The words in user agents that name tools.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace statewire {

// In the order of what they tell: a tool that deploys uses an SDK too, and runs in a pipeline.
enum class ToolRank { none, sdk, command_line, console, automates, scales, pipeline, deploys };

// A token of the agent begins with the word, in whatever case; a word with a blank is of two.
struct ToolWord {
  std::string_view word;
  std::string_view tool;
  ToolRank rank;
};

// The first that fits counts: the longest of those that begin alike stands first.
inline constexpr ToolWord kToolWords[] = {
    {"terraform", "terraform", ToolRank::deploys},
    {"opentofu", "opentofu", ToolRank::deploys},
    {"terragrunt", "terragrunt", ToolRank::deploys},
    {"pulumi", "pulumi", ToolRank::deploys},
    {"aws-cdk", "cdk", ToolRank::deploys},
    {"aws-sam-cli", "sam", ToolRank::deploys},
    {"awssamcli", "sam", ToolRank::deploys},
    {"serverless", "serverless", ToolRank::deploys},
    {"ansible", "ansible", ToolRank::deploys},
    {"chef-", "chef", ToolRank::deploys},
    {"chef/", "chef", ToolRank::deploys},
    {"puppet", "puppet", ToolRank::deploys},
    {"saltstack", "salt", ToolRank::deploys},
    {"salt/", "salt", ToolRank::deploys},
    {"eksctl", "eksctl", ToolRank::deploys},
    {"kops", "kops", ToolRank::deploys},
    {"crossplane", "crossplane", ToolRank::deploys},
    {"upjet", "crossplane", ToolRank::deploys},
    {"aws-controllers-k8s", "ack", ToolRank::deploys},
    {"aws.cluster.x-k8s.io", "cluster-api", ToolRank::deploys},
    {"aws-copilot", "copilot", ToolRank::deploys},
    {"aws-chalice", "chalice", ToolRank::deploys},
    {"amplify-cli", "amplify", ToolRank::deploys},
    {"sst/", "sst", ToolRank::deploys},
    {"spinnaker", "spinnaker", ToolRank::deploys},
    {"argocd", "argocd", ToolRank::deploys},
    {"argo-cd", "argocd", ToolRank::deploys},
    {"zappa", "zappa", ToolRank::deploys},
    {"cloudformation.amazonaws.com", "cloudformation", ToolRank::deploys},
    {"openshift/4.x", "openshift", ToolRank::deploys},
    {"gitlab", "gitlab", ToolRank::pipeline},
    {"jenkins", "jenkins", ToolRank::pipeline},
    {"buildkite", "buildkite", ToolRank::pipeline},
    {"circleci", "circleci", ToolRank::pipeline},
    {"bitbucket", "bitbucket-pipelines", ToolRank::pipeline},
    {"azure-pipelines", "azure-pipelines", ToolRank::pipeline},
    {"aws-toolkit-for-vsts", "azure-pipelines", ToolRank::pipeline},
    {"teamcity", "teamcity", ToolRank::pipeline},
    {"octopus", "octopus-deploy", ToolRank::pipeline},
    {"harness", "harness", ToolRank::pipeline},
    {"atlantis", "atlantis", ToolRank::pipeline},
    {"spacelift", "spacelift", ToolRank::pipeline},
    {"tfc-agent", "terraform-cloud", ToolRank::pipeline},
    {"karpenter", "karpenter", ToolRank::scales},
    {"cluster-autoscaler", "cluster-autoscaler", ToolRank::scales},
    {"keda", "keda", ToolRank::scales},
    {"castai", "cast-ai", ToolRank::scales},
    {"spotinst", "spot", ToolRank::scales},
    {"autospotting", "autospotting", ToolRank::scales},
    {"cloudcustodian", "cloud-custodian", ToolRank::automates},
    {"cloud-custodian", "cloud-custodian", ToolRank::automates},
    {"c7n", "cloud-custodian", ToolRank::automates},
    {"aws-nuke", "aws-nuke", ToolRank::automates},
    {"cloud-nuke", "cloud-nuke", ToolRank::automates},
    {"packer", "packer", ToolRank::automates},
    {"elbv2.k8s.aws", "aws-load-balancer-controller", ToolRank::automates},
    {"aws-load-balancer-controller", "aws-load-balancer-controller", ToolRank::automates},
    {"ebs.csi.aws.com", "aws-ebs-csi-driver", ToolRank::automates},
    {"aws-ebs-csi-driver", "aws-ebs-csi-driver", ToolRank::automates},
    {"efs.csi.aws.com", "aws-efs-csi-driver", ToolRank::automates},
    {"aws-efs-csi-driver", "aws-efs-csi-driver", ToolRank::automates},
    {"amazon-vpc-cni", "amazon-vpc-cni", ToolRank::automates},
    {"kubernetes", "kubernetes", ToolRank::automates},
    {"external-dns", "external-dns", ToolRank::automates},
    {"externaldns", "external-dns", ToolRank::automates},
    {"external-secrets", "external-secrets", ToolRank::automates},
    {"cert-manager", "cert-manager", ToolRank::automates},
    {"velero", "velero", ToolRank::automates},
    {"openshift", "openshift", ToolRank::automates},
    {"rundeck", "rundeck", ToolRank::automates},
    {"airflow", "airflow", ToolRank::automates},
    {"apache-airflow", "airflow", ToolRank::automates},
    {"datadog", "datadog", ToolRank::automates},
    {"prowler", "prowler", ToolRank::automates},
    {"awssolution/so0030", "instance-scheduler", ToolRank::automates},
    {"cloudquery", "cloudquery", ToolRank::automates},
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
    {"awstoolkit", "aws-toolkit", ToolRank::command_line},
    {"s3 browser", "s3browser", ToolRank::command_line},
    {"s3browser", "s3browser", ToolRank::command_line},
    {"cyberduck", "cyberduck", ToolRank::command_line},
    {"winscp", "winscp", ToolRank::command_line},
    {"rclone", "rclone", ToolRank::command_line},
    {"s3cmd", "s3cmd", ToolRank::command_line},
    {"boto3/", "boto3", ToolRank::sdk},
    {"boto/", "boto", ToolRank::sdk},
    {"botocore/", "botocore", ToolRank::sdk},
    {"aiobotocore/", "botocore", ToolRank::sdk},
    {"rusoto", "rusoto", ToolRank::sdk},
    {"python-requests/", "python-requests", ToolRank::sdk},
    {"python-urllib", "python-urllib", ToolRank::sdk},
    {"go-http-client/", "go-http-client", ToolRank::sdk},
    {"apache-httpclient/", "apache-httpclient", ToolRank::sdk},
    {"okhttp/", "okhttp", ToolRank::sdk},
    {"axios/", "axios", ToolRank::sdk},
};

// By what a tool is called, not by an agent's words; none where the table does not have it.
constexpr ToolRank rank_of_tool(std::string_view tool) {
  const auto* const found = std::ranges::find(kToolWords, tool, &ToolWord::tool);
  return found == std::end(kToolWords) ? ToolRank::none : found->rank;
}

}  // namespace statewire
