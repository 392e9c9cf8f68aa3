#include "catalog/session.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "catalog/letters.h"

namespace statewire {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kCdk = "aws-cdk-";

struct PipelineWord {
  std::string_view word;
  std::string_view tool;
};

// By a part of the name of whoever vouched for the session.
constexpr PipelineWord kIssuers[] = {
    {"token.actions.githubusercontent.com", "github-actions"},
    {"gitlab", "gitlab"},
    {"circleci.com", "circleci"},
    {"bitbucket.org", "bitbucket-pipelines"},
    {"buildkite.com", "buildkite"},
    {"app.terraform.io", "terraform-cloud"},
    {"vstoken.dev.azure.com", "azure-pipelines"},
    {"spacelift.io", "spacelift"},
    {"env0.com", "env0"},
    {"codefresh.io", "codefresh"},
    {"semaphoreci.com", "semaphore"},
    {"harness.io", "harness"},
    {"vercel.com", "vercel"},
};

// By how the session's name begins.
constexpr PipelineWord kSessions[] = {
    {"awscodebuild-", "codebuild"}, {"githubactions", "github-actions"}, {"gitlab-ci", "gitlab"},
    {"circleci", "circleci"},       {"buildkite", "buildkite"},          {"jenkins", "jenkins"},
    {"spacelift", "spacelift"},
};

// By a part of the name of the role or user that a program was given, where its agent says no more
// than which SDK it uses.
constexpr PipelineWord kPrograms[] = {
    {"jenkins", "jenkins"},
    {"teamcity", "teamcity"},
    {"octopus-deploy", "octopus-deploy"},
    {"octopusdeploy", "octopus-deploy"},
    {"buildkite", "buildkite"},
    {"circleci", "circleci"},
    {"spacelift", "spacelift"},
    {"atlantis", "atlantis"},
    {"spinnaker", "spinnaker"},
    {"cluster-autoscaler", "cluster-autoscaler"},
    {"clusterautoscaler", "cluster-autoscaler"},
    {"karpenter", "karpenter"},
    {"velero", "velero"},
    {"prowler", "prowler"},
    {"cloud-custodian", "cloud-custodian"},
    {"cloudcustodian", "cloud-custodian"},
    {"external-dns", "external-dns"},
    {"externaldns", "external-dns"},
    {"external-secrets", "external-secrets"},
    {"cert-manager", "cert-manager"},
    {"ebs-csi", "aws-ebs-csi-driver"},
    {"efs-csi", "aws-efs-csi-driver"},
    {"load-balancer-controller", "aws-load-balancer-controller"},
    {"instance-scheduler", "instance-scheduler"},
};

// Words in names of sessions that are not of people.
constexpr std::string_view kMachineWords[] = {
    "admin",       "agent",   "ansible",  "apply",      "argo",      "argocd",     "atlantis",
    "automation",  "aws",     "bot",      "build",      "builder",   "cd",         "cdk",
    "ci",          "cloud",   "cron",     "crossplane", "default",   "deploy",     "deployer",
    "deployment",  "dev",     "ec2",      "eks",        "eksctl",    "gha",        "github",
    "gitlab",      "infra",   "jenkins",  "job",        "lambda",    "nightly",    "ops",
    "opentofu",    "packer",  "pipeline", "plan",       "prod",      "production", "provision",
    "provisioner", "pulumi",  "release",  "role",       "root",      "run",        "runner",
    "serverless",  "service", "session",  "spinnaker",  "stage",     "staging",    "svc",
    "system",      "task",    "teamcity", "temp",       "terraform", "terragrunt", "test",
    "tf",          "tfc",     "tofu",     "ubuntu",     "user",      "web",        "worker",
    "workflow",
};

bool is_letter(char c) { return lower_letter(c) >= 'a' && lower_letter(c) <= 'z'; }

bool is_machine_word(std::string_view word) {
  return std::ranges::any_of(kMachineWords, [word](std::string_view each) {
    return each.size() == word.size() && begins_with(word, each);
  });
}

bool is_made_by_sdk(std::string_view session) {
  return session.starts_with("botocore-session-") || session.starts_with("aws-go-sdk-") ||
         session.starts_with("aws-sdk-") || session.starts_with("AWSCLI-Session");
}

}  // namespace

std::string_view pipeline_of(std::string_view federation, std::string_view session) {
  if (!federation.empty()) {
    for (const PipelineWord& each : kIssuers) {
      if (has_word(federation, each.word)) return each.tool;
    }
  }
  for (const PipelineWord& each : kSessions) {
    if (begins_with(session, each.word)) return each.tool;
  }
  return {};
}

std::string_view program_named(std::string_view principal) {
  for (const PipelineWord& each : kPrograms) {
    if (has_word(principal, each.word)) return each.tool;
  }
  return {};
}

bool is_made_up(std::string_view session) {
  return is_made_by_sdk(session) || session.find_first_not_of(kDigits) == std::string_view::npos;
}

std::string_view name_in_session(std::string_view session) {
  if (is_named_session(session)) return {};
  const std::string_view name = session.starts_with(kCdk) ? session.substr(kCdk.size()) : session;
  for (size_t begin = 0;;) {
    const size_t end = name.find_first_of(".-_", begin);
    const std::string_view word = name.substr(begin, end - begin);
    if (word.empty() || !std::ranges::all_of(word, is_letter) || is_machine_word(word)) return {};
    if (end == std::string_view::npos) return name;
    begin = end + 1;
  }
}

bool is_named_after(std::string_view session, std::string_view label) {
  if (begins_with(session, "aws")) session.remove_prefix(3);
  if (session.starts_with('-')) session.remove_prefix(1);
  size_t at = 0;
  for (const char c : label) {
    if (!is_letter_or_digit(c)) continue;
    if (at == session.size() || lower_letter(session[at]) != c) return false;
    ++at;
  }
  return at > 0;
}

bool is_named_session(std::string_view session) {
  return has_word(session, "session") && !is_made_by_sdk(session);
}

bool is_like_id(std::string_view session) {
  constexpr size_t kIdWithDigits = 12;
  constexpr size_t kIdOfLetters = 20;
  if (is_made_by_sdk(session)) return false;
  if (session.find_first_of(kDigits) != std::string_view::npos)
    return session.size() >= kIdWithDigits;
  return session.size() >= kIdOfLetters && std::ranges::all_of(session, is_letter_or_digit);
}

}  // namespace statewire
