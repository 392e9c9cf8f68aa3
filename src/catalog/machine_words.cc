#include "catalog/machine_words.h"

#include <algorithm>

#include "catalog/letters.h"

namespace statewire {
namespace {

constexpr std::string_view kMachineWords[] = {
    "access",      "account",      "admin",      "agent",       "agents",     "amazon",
    "apply",       "argo",         "atc",        "automation",  "aws",        "backend",
    "bot",         "build",        "builder",    "cd",          "cdk",        "ci",
    "client",      "cloud",        "controller", "controllers", "cookbook",   "core",
    "cron",        "default",      "delegate",   "deploy",      "deployer",   "deployment",
    "dev",         "ec2",          "ecs",        "eks",         "eu",         "executor",
    "gha",         "github",       "infra",      "instance",    "irsa",       "job",
    "lambda",      "main",         "managed",    "manager",     "master",     "nightly",
    "node",        "operator",     "ops",        "pipeline",    "pipelines",  "plan",
    "plugin",      "pod",          "pr",         "prod",        "production", "provision",
    "provisioner", "provisioning", "reconciler", "release",     "role",       "root",
    "run",         "runner",       "runners",    "scaffolder",  "server",     "service",
    "session",     "stage",        "staging",    "svc",         "sync",       "system",
    "task",        "temp",         "test",       "tf",          "tfc",        "tofu",
    "ubuntu",      "us",           "user",       "web",         "worker",     "workers",
    "workflow",
};

constexpr std::string_view kPartsOfPrograms[] = {
    "agent",  "agents",    "atc",    "cd",      "ci",     "executor", "pipeline",
    "plugin", "pipelines", "runner", "runners", "server", "worker",   "workers",
};

}  // namespace

bool names_machine(std::string_view word) { return is_one_of(word, kMachineWords); }

bool names_part_of_program(std::string_view word) { return is_one_of(word, kPartsOfPrograms); }

bool is_full_name(std::string_view name) {
  const size_t dot = name.find('.');
  if (dot == 0 || dot == name.npos || dot + 1 == name.size()) return false;
  const std::string_view first = name.substr(0, dot);
  return std::ranges::all_of(first, is_letter) &&
         std::ranges::all_of(name.substr(dot + 1), is_letter) && !names_machine(first);
}

}  // namespace statewire
