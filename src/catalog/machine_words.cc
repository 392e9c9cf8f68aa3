#include "catalog/machine_words.h"

#include "catalog/letters.h"

namespace statewire {
namespace {

constexpr std::string_view kMachineWords[] = {
    "access",      "account",    "admin",   "agent",    "agents",     "apply",       "argo",
    "atc",         "automation", "aws",     "backend",  "bot",        "build",       "builder",
    "cd",          "cdk",        "ci",      "cloud",    "controller", "controllers", "core",
    "cron",        "default",    "deploy",  "deployer", "deployment", "dev",         "ec2",
    "ecs",         "eks",        "eu",      "executor", "gha",        "github",      "infra",
    "instance",    "irsa",       "job",     "lambda",   "main",       "managed",     "manager",
    "master",      "nightly",    "node",    "operator", "ops",        "pipeline",    "pipelines",
    "plan",        "plugin",     "pod",     "pr",       "prod",       "production",  "provision",
    "provisioner", "reconciler", "release", "role",     "root",       "run",         "runner",
    "runners",     "scaffolder", "server",  "service",  "session",    "stage",       "staging",
    "svc",         "sync",       "system",  "task",     "temp",       "test",        "tf",
    "tfc",         "tofu",       "ubuntu",  "us",       "user",       "web",         "worker",
    "workers",     "workflow",
};

}  // namespace

bool names_machine(std::string_view word) { return is_one_of(word, kMachineWords); }

}  // namespace statewire
