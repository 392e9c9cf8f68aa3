// The programs that call AWS, by the words that name them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace statewire {

// In the order of what they tell: a tool that deploys uses an SDK too, and runs in a pipeline.
enum class ToolRank {
  none,
  sdk,
  command_line,  // Of people and of scripts.
  desktop,       // A program with windows, and so a person.
  console,
  automates,
  scales,
  pipeline,
  deploys,
};

// Where a word names its tool.
enum ToolPlace : uint8_t {
  kInAgent = 1,   // A token of the user agent begins with it.
  kInName = 2,    // It is a part of the name of a role, a user or a session.
  kInIssuer = 4,  // It is a part of the address of who vouched for a session.
  // A word that people use for other things: it counts only where a program's name stands, as in
  // "concourse-worker", and not in "concourse-display" or "alice-concourse-test"; and as a product
  // that tells its version.
  kAmbiguous = 8,
};

// In lower case. Hyphens, underscores and blanks do not count: "externaldns" is also
// "external-dns", "External DNS" and "ExternalDNS".
struct ToolWord {
  std::string_view word;
  std::string_view tool;
  ToolRank rank;
  uint8_t places = kInAgent;
};

// Of programs that work alone, by a role or a user of their own, and often do not name themselves.
// Tools that deploy do, and so roles that are named after them say nothing of who used them.
inline constexpr uint8_t kAnywhere = kInAgent | kInName;
inline constexpr uint8_t kAsProgram = kAnywhere | kAmbiguous;

// The first that fits counts: the longest of those that begin alike stands first.
inline constexpr ToolWord kToolWords[] = {
    {"terraform", "terraform", ToolRank::deploys},
    {"opentofu", "opentofu", ToolRank::deploys},
    {"terragrunt", "terragrunt", ToolRank::deploys},
    {"pulumi", "pulumi", ToolRank::deploys},
    {"awscdk", "cdk", ToolRank::deploys},
    {"cdkassets", "cdk", ToolRank::deploys},
    {"awssamcli", "sam", ToolRank::deploys},
    {"serverless", "serverless", ToolRank::deploys},
    {"ansible", "ansible", ToolRank::deploys},
    {"chef", "chef", ToolRank::deploys, kInAgent | kAmbiguous},
    {"puppet", "puppet", ToolRank::deploys, kInAgent | kAmbiguous},
    {"saltstack", "salt", ToolRank::deploys},
    {"salt", "salt", ToolRank::deploys, kInAgent | kAmbiguous},
    {"eksctl", "eksctl", ToolRank::deploys},
    {"kops", "kops", ToolRank::deploys},
    {"crossplane", "crossplane", ToolRank::deploys},
    {"upjet", "crossplane", ToolRank::deploys},
    {"awscontrollersk8s", "ack", ToolRank::deploys},
    {"aws.cluster.xk8s.io", "cluster-api", ToolRank::deploys},
    {"awscopilot", "copilot", ToolRank::deploys},
    {"awschalice", "chalice", ToolRank::deploys},
    {"amplifycli", "amplify", ToolRank::deploys},
    {"sst", "sst", ToolRank::deploys},
    {"spinnaker", "spinnaker", ToolRank::deploys, kAsProgram},
    {"flux", "flux", ToolRank::deploys, kAsProgram},
    {"argocd", "argocd", ToolRank::deploys, kAnywhere},
    {"argorollouts", "argo-rollouts", ToolRank::deploys, kAnywhere},
    {"argoworkflows", "argo-workflows", ToolRank::automates, kAnywhere},
    {"zappa", "zappa", ToolRank::deploys},
    {"cloudformation.amazonaws.com", "cloudformation", ToolRank::deploys},
    {"openshift/4.x", "openshift", ToolRank::deploys},
    {"token.actions.githubusercontent.com", "github-actions", ToolRank::pipeline, kInIssuer},
    {"githubactions", "github-actions", ToolRank::pipeline, kInName},
    {"gitlab", "gitlab", ToolRank::pipeline, kAnywhere | kInIssuer},
    {"jenkins", "jenkins", ToolRank::pipeline, kAnywhere},
    {"buildkite", "buildkite", ToolRank::pipeline, kAnywhere | kInIssuer},
    {"circleci", "circleci", ToolRank::pipeline, kAnywhere | kInIssuer},
    {"bitbucket", "bitbucket-pipelines", ToolRank::pipeline, kAnywhere | kInIssuer},
    {"azurepipelines", "azure-pipelines", ToolRank::pipeline, kAnywhere},
    {"azuredevops", "azure-pipelines", ToolRank::pipeline, kAnywhere},
    {"vstoken.dev.azure.com", "azure-pipelines", ToolRank::pipeline, kInIssuer},
    {"awstoolkitforvsts", "azure-pipelines", ToolRank::pipeline},
    {"awsvsts", "azure-pipelines", ToolRank::pipeline},
    {"vsts", "azure-pipelines", ToolRank::pipeline, kInName},
    {"awscodebuild", "codebuild", ToolRank::pipeline, kInName},
    {"teamcity", "teamcity", ToolRank::pipeline, kAnywhere},
    {"octopusdeploy", "octopus-deploy", ToolRank::pipeline, kAnywhere},
    {"octopus", "octopus-deploy", ToolRank::pipeline, kInAgent | kAmbiguous},
    {"harnessdelegate", "harness", ToolRank::pipeline, kInName},
    {"harness", "harness", ToolRank::pipeline, kInAgent | kAmbiguous},
    {"harness.io", "harness", ToolRank::pipeline, kInIssuer},
    {"atlantis", "atlantis", ToolRank::pipeline, kAsProgram},
    {"spacelift", "spacelift", ToolRank::pipeline, kAnywhere | kInIssuer},
    {"env0", "env0", ToolRank::pipeline, kAnywhere | kInIssuer},
    {"tfcagent", "terraform-cloud", ToolRank::pipeline},
    {"app.terraform.io", "terraform-cloud", ToolRank::pipeline, kInIssuer},
    {"codefresh", "codefresh", ToolRank::pipeline, kAnywhere | kInIssuer},
    {"semaphoreci", "semaphore", ToolRank::pipeline, kAnywhere | kInIssuer},
    {"vercel", "vercel", ToolRank::pipeline, kAnywhere | kInIssuer},
    {"drone", "drone", ToolRank::pipeline, kAsProgram},
    {"woodpecker", "woodpecker", ToolRank::pipeline, kAsProgram},
    {"concourse", "concourse", ToolRank::pipeline, kAsProgram},
    {"bamboo", "bamboo", ToolRank::pipeline, kAsProgram},
    {"codecatalyst", "codecatalyst", ToolRank::pipeline, kInName},
    {"travisci", "travis-ci", ToolRank::pipeline, kAnywhere},
    {"tekton", "tekton", ToolRank::pipeline, kAnywhere},
    {"gocd", "gocd", ToolRank::pipeline, kAnywhere},
    {"scalr", "scalr", ToolRank::pipeline, kAnywhere | kInIssuer},
    {"karpenter", "karpenter", ToolRank::scales, kAnywhere},
    {"clusterautoscaler", "cluster-autoscaler", ToolRank::scales, kAnywhere},
    {"keda", "keda", ToolRank::scales, kAnywhere},
    {"castai", "cast-ai", ToolRank::scales},
    {"spotinst", "spot", ToolRank::scales},
    {"autospotting", "autospotting", ToolRank::scales},
    {"cloudcustodian", "cloud-custodian", ToolRank::automates, kAnywhere},
    {"c7n", "cloud-custodian", ToolRank::automates, kAnywhere},
    {"awsnuke", "aws-nuke", ToolRank::automates},
    {"cloudnuke", "cloud-nuke", ToolRank::automates},
    {"packer", "packer", ToolRank::automates, kInAgent | kAmbiguous},
    {"elbv2.k8s.aws", "aws-load-balancer-controller", ToolRank::automates},
    {"awsloadbalancercontroller", "aws-load-balancer-controller", ToolRank::automates, kAnywhere},
    {"loadbalancercontroller", "aws-load-balancer-controller", ToolRank::automates, kInName},
    {"ebs.csi.aws.com", "aws-ebs-csi-driver", ToolRank::automates},
    {"awsebscsidriver", "aws-ebs-csi-driver", ToolRank::automates},
    {"ebscsi", "aws-ebs-csi-driver", ToolRank::automates, kInName},
    {"efs.csi.aws.com", "aws-efs-csi-driver", ToolRank::automates},
    {"awsefscsidriver", "aws-efs-csi-driver", ToolRank::automates},
    {"efscsi", "aws-efs-csi-driver", ToolRank::automates, kInName},
    {"amazonvpccni", "amazon-vpc-cni", ToolRank::automates},
    {"kubernetes", "kubernetes", ToolRank::automates},
    {"externaldns", "external-dns", ToolRank::automates, kAnywhere},
    {"externalsecrets", "external-secrets", ToolRank::automates, kAnywhere},
    {"certmanager", "cert-manager", ToolRank::automates, kAnywhere},
    {"velero", "velero", ToolRank::automates, kAnywhere},
    {"openshift", "openshift", ToolRank::automates},
    {"backstage", "backstage", ToolRank::automates, kInAgent | kAmbiguous},
    {"rundeck", "rundeck", ToolRank::automates},
    {"airflow", "airflow", ToolRank::automates},
    {"apacheairflow", "airflow", ToolRank::automates},
    {"datadog", "datadog", ToolRank::automates},
    {"prowler", "prowler", ToolRank::automates, kAsProgram},
    {"steampipe", "steampipe", ToolRank::automates, kAnywhere},
    {"vault/", "vault", ToolRank::automates},
    {"instancescheduler", "instance-scheduler", ToolRank::automates, kInName},
    {"awssolution/so0030", "instance-scheduler", ToolRank::automates},
    {"awsfluentbitplugin", "fluent-bit", ToolRank::automates},
    {"cloudquery", "cloudquery", ToolRank::automates},
    {"console.", "console", ToolRank::console},
    {"signin.", "console", ToolRank::console},
    {"mozilla/", "console", ToolRank::console},
    {"awscli/", "aws-cli", ToolRank::command_line},
    {"awsshell/", "aws-shell", ToolRank::command_line},
    {"awspowershell", "powershell", ToolRank::command_line},
    {"aws.tools", "powershell", ToolRank::command_line},
    {"ec2apitools", "ec2-api-tools", ToolRank::command_line},
    {"ebcli", "eb-cli", ToolRank::command_line},
    {"ecscli", "ecs-cli", ToolRank::command_line},
    {"amazonecscli", "ecs-cli", ToolRank::command_line},
    {"awstoolkit", "aws-toolkit", ToolRank::desktop},
    {"amazonq", "amazon-q", ToolRank::desktop},
    {"s3browser", "s3browser", ToolRank::desktop},
    {"cyberduck", "cyberduck", ToolRank::desktop},
    {"winscp", "winscp", ToolRank::desktop},
    {"postmanruntime", "postman", ToolRank::desktop},
    {"insomnia/", "insomnia", ToolRank::desktop},
    {"rclone", "rclone", ToolRank::command_line},
    {"s3cmd", "s3cmd", ToolRank::command_line},
    {"boto3/", "boto3", ToolRank::sdk},
    {"boto/", "boto", ToolRank::sdk},
    {"botocore/", "botocore", ToolRank::sdk},
    {"aiobotocore/", "botocore", ToolRank::sdk},
    {"rusoto", "rusoto", ToolRank::sdk},
    {"pythonrequests/", "python-requests", ToolRank::sdk},
    {"pythonurllib", "python-urllib", ToolRank::sdk},
    {"gohttpclient/", "go-http-client", ToolRank::sdk},
    {"apachehttpclient/", "apache-httpclient", ToolRank::sdk},
    {"okhttp/", "okhttp", ToolRank::sdk},
    {"axios/", "axios", ToolRank::sdk},
    {"curl/", "curl", ToolRank::none},  // By anybody, and a part of an SDK.
    {"wget/", "wget", ToolRank::none},
};

// By what a tool is called, not by an agent's words; none where the table does not have it.
constexpr ToolRank rank_of_tool(std::string_view tool) {
  const auto* const found = std::ranges::find(kToolWords, tool, &ToolWord::tool);
  return found == std::end(kToolWords) ? ToolRank::none : found->rank;
}

}  // namespace statewire
