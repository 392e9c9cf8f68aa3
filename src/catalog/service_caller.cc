#include "catalog/service_caller.h"

#include <algorithm>

namespace statewire {
namespace {

struct Service {
  std::string_view label;
  CauseKind kind;
};

// Those that do more than call for somebody.
constexpr Service kServices[] = {
    {"cloudformation", CauseKind::deployment},
    {"cloudcontrolapi", CauseKind::deployment},
    {"amplify", CauseKind::deployment},
    {"servicecatalog", CauseKind::deployment},
    {"codebuild", CauseKind::deployment},
    {"codepipeline", CauseKind::deployment},
    {"codedeploy", CauseKind::deployment},
    {"controltower", CauseKind::deployment},
    {"elasticbeanstalk", CauseKind::deployment},
    {"proton", CauseKind::deployment},
    {"events", CauseKind::schedule},
    {"scheduler", CauseKind::schedule},
    {"remediation.config", CauseKind::automation},  // By a runbook that somebody chose.
};

constexpr std::string_view kByRole[] = {"codepipeline", "datapipeline", "events", "iot",
                                        "pipes",        "scheduler",    "ssm",    "states"};

}  // namespace

std::string_view bare_service(std::string_view principal) {
  constexpr std::string_view kDomain = ".amazonaws.com";
  if (principal.ends_with(".cn")) principal.remove_suffix(3);
  if (!principal.ends_with(kDomain) || principal.find(' ') != std::string_view::npos) return {};
  principal.remove_suffix(kDomain.size());
  const std::string_view first = principal.substr(0, principal.find('.'));
  return first == "console" || first == "signin" ? std::string_view() : principal;
}

std::string_view service_label(std::string_view principal) {
  const std::string_view name = bare_service(principal);
  return name.substr(name.rfind('.') + 1);
}

bool is_terminal(std::string_view principal) {
  const std::string_view label = service_label(principal);
  return label == "cloud9" || label == "cloudshell";
}

CauseKind kind_of_service(std::string_view principal) {
  const std::string_view label = service_label(principal);
  if (label.find("autoscaling") != std::string_view::npos) return CauseKind::autoscaling;
  const auto service = std::ranges::find_if(kServices, [&](const Service& each) {
    return each.label == label || each.label == bare_service(principal);
  });
  return service == std::end(kServices) ? CauseKind::service : service->kind;
}

CauseKind kind_of_service_role(std::string_view role) {
  const auto has = [role](std::string_view part) { return role.find(part) != role.npos; };
  if (has("AutoScaling")) return CauseKind::autoscaling;
  return has("CloudFormation") || has("ServiceCatalog") || has("CodeDeploy") ? CauseKind::deployment
                                                                             : CauseKind::service;
}

bool runs_programs(std::string_view principal) {
  const std::string_view label = service_label(principal);
  return label == "states" || label == "ssm";
}

bool works_by_role(std::string_view principal) {
  return std::ranges::find(kByRole, service_label(principal)) != std::end(kByRole);
}

}  // namespace statewire
