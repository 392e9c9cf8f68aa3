// Who made a call, by the first of these that holds:
//   1. a service made it, for itself or for someone (invokedBy): those that deploy, scale or run on
//      a schedule are told so; any other is a service, but in a session of the console a person;
//   2. it came with a role that belongs to a service;
//   3. the user agent is a tool that deploys, scales or automates;
//   4. it came from the console, or by the root user, or by a person at a command line;
//   5. it came from a program.
#include "catalog/who.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "catalog/clean.h"
#include "catalog/user_agent.h"

namespace statewire {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view kServiceSuffix = ".amazonaws.com";
constexpr std::string_view kServiceRole = "AWSServiceRoleFor";
constexpr std::string_view kInternal = "AWS Internal";
constexpr std::string_view kCloudShell = "CloudShell";

// userIdentity, read in one walk.
struct Caller {
  std::string_view type;
  std::string_view arn;
  std::string_view user_name;
  std::string_view principal_id;
  std::string_view account_id;
  std::string_view invoked_by;
  std::string_view user_id;     // Of Identity Center, where the user has no name.
  std::string_view role;        // Of an assumed role.
  std::string_view session;     // Its name.
  std::string_view federation;  // Who vouched for it: "arn:…:oidc-provider/…".
  std::string_view source;      // sourceIdentity, which goes along from role to role.
  bool is_mfa = false;
};

std::string_view text_of(element value) {
  std::string_view text;
  return value.get_string().get(text) ? std::string_view() : text;
}

std::string_view text_at(const object& parent, std::string_view pointer) {
  element value;
  return parent.at_pointer(pointer).get(value) ? std::string_view() : text_of(value);
}

std::string_view after_last(std::string_view text, char separator) {
  const size_t at = text.rfind(separator);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
}

void read_context(element value, Caller& caller) {
  object context;
  if (value.get_object().get(context)) return;
  caller.role = text_at(context, "/sessionIssuer/userName");
  caller.federation = text_at(context, "/webIdFederationData/federatedProvider");
  caller.source = text_at(context, "/sourceIdentity");
  bool is_mfa = false;
  element mfa;
  if (!context.at_pointer("/attributes/mfaAuthenticated").get(mfa)) {
    caller.is_mfa = text_of(mfa) == "true" || (!mfa.get_bool().get(is_mfa) && is_mfa);
  }
}

// arn:aws:sts::123456789012:assumed-role/ROLE/SESSION, AROA…:SESSION
void read_session(Caller& caller) {
  const size_t last = caller.arn.rfind('/');
  if (last == std::string_view::npos) {
    caller.session = after_last(caller.principal_id, ':');
    return;
  }
  caller.session = caller.arn.substr(last + 1);
  const size_t first = caller.arn.find('/');
  if (caller.role.empty() && first < last) {
    caller.role = caller.arn.substr(first + 1, last - first - 1);
  }
}

Caller caller_of(const EventView& view) {
  Caller caller;
  if (!view.call.identity) return caller;
  for (const auto field : *view.call.identity) {
    if (field.key == "type") {
      caller.type = text_of(field.value);
    } else if (field.key == "arn") {
      caller.arn = text_of(field.value);
    } else if (field.key == "userName") {
      caller.user_name = text_of(field.value);
    } else if (field.key == "principalId") {
      caller.principal_id = text_of(field.value);
    } else if (field.key == "accountId") {
      caller.account_id = text_of(field.value);
    } else if (field.key == "invokedBy") {
      caller.invoked_by = text_of(field.value);
    } else if (field.key == "identityProvider") {
      caller.federation = text_of(field.value);
    } else if (field.key == "sessionContext") {
      read_context(field.value, caller);
    } else if (field.key == "onBehalfOf") {
      object user;
      if (!field.value.get_object().get(user)) caller.user_id = text_at(user, "/userId");
    }
  }
  if (caller.type == "AssumedRole") {
    read_session(caller);
    return caller;
  }
  caller.role = {};  // Of a federated user it is the user who asked for the session.
  if (caller.type == "AWSAccount") caller.session = after_last(caller.principal_id, ':');
  return caller;
}

// Without the suffix, "ecs.application-autoscaling"; empty where it is no service's name.
std::string_view service_name(std::string_view name) {
  if (name.ends_with(".cn")) name.remove_suffix(3);
  if (!name.ends_with(kServiceSuffix) || name.find(' ') != std::string_view::npos) return {};
  name.remove_suffix(kServiceSuffix.size());
  return name == "console" || name == "signin" || name.starts_with("console.") ||
                 name.starts_with("signin.")
             ? std::string_view()
             : name;
}

// The service that made the call, for itself or for the caller; empty where none did.
std::string_view service_of(const Caller& caller, const EventView& view) {
  for (const std::string_view name :
       {caller.invoked_by, view.call.user_agent, view.call.source_address}) {
    if (!service_name(name).empty()) return name;
  }
  if (caller.type == "AWSService") return caller.invoked_by;
  return {};
}

// Of services that do more than call for somebody.
CauseKind kind_of_service(std::string_view service) {
  const std::string_view name = service_name(service);
  const std::string_view label = name.substr(name.rfind('.') + 1);
  if (label == "cloudformation" || label == "cloudcontrolapi" || label == "servicecatalog" ||
      label == "codepipeline" || label == "codedeploy" || label == "proton") {
    return CauseKind::deployment;
  }
  if (label.find("autoscaling") != std::string_view::npos) return CauseKind::autoscaling;
  if (label == "events" || label == "scheduler") return CauseKind::schedule;
  return CauseKind::service;
}

CauseKind kind_of_service_role(std::string_view role) {
  const auto has = [role](std::string_view part) { return role.find(part) != role.npos; };
  if (has("AutoScaling")) return CauseKind::autoscaling;
  return has("CloudFormation") || has("ServiceCatalog") || has("CodeDeploy") ? CauseKind::deployment
                                                                             : CauseKind::service;
}

// A session that carries a person's name: by single sign-on, like a mail address, or of somebody
// who typed a code.
bool is_of_person(const Caller& caller) {
  return caller.role.starts_with("AWSReservedSSO_") || caller.is_mfa ||
         caller.session.find('@') != std::string_view::npos ||
         caller.source.find('@') != std::string_view::npos;
}

// A session of a program: on an instance, in a build, by the token of a pod or pipeline.
bool is_of_program(const Caller& caller, std::string_view environment) {
  if (environment == kCloudShell) return false;
  return !environment.empty() || caller.session.starts_with("i-") || !caller.federation.empty() ||
         caller.session.starts_with("AWSCodeBuild-") || caller.session.starts_with("GitHubActions");
}

// Named by a program that was told no name.
bool is_made_up(std::string_view session) {
  return session.empty() || session.starts_with("botocore-session-") ||
         session.starts_with("aws-go-sdk-") || session.starts_with("aws-sdk-") ||
         session.starts_with("AWSCLI-Session") ||
         session.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_federated(std::string_view type) {
  return type == "SAMLUser" || type == "IdentityCenterUser" || type == "FederatedUser";
}

// Of this account or another one.
bool is_user(const Caller& caller) {
  return caller.type == "IAMUser" ||
         (caller.type == "AWSAccount" && caller.principal_id.starts_with("AIDA"));
}

// Also for a short time, from another account.
bool is_root(const Caller& caller) {
  return caller.type == "Root" || caller.type == "AssumedRoot" ||
         (caller.type.empty() && caller.arn.ends_with(":root"));
}

bool is_person(const Caller& caller) {
  return is_root(caller) || is_of_person(caller) || is_federated(caller.type);
}

bool is_internal(const Caller& caller, const EventView& view) {
  return view.call.user_agent == kInternal || caller.invoked_by == kInternal;
}

struct Judgement {
  CauseKind kind = CauseKind::unknown;
  Confidence confidence = Confidence::guess;
};

Judgement judge_service(std::string_view service, const Caller& caller, const EventView& view) {
  // What is not in invokedBy is only where the call came from.
  const bool is_said = caller.invoked_by == service || caller.type == "AWSService";
  const CauseKind kind = kind_of_service(service);
  if (kind != CauseKind::service) {
    return {kind, is_said ? Confidence::certain : Confidence::likely};
  }
  if (view.call.is_from_console == true) return {CauseKind::human, Confidence::likely};
  return {kind, caller.type == "AWSService" ? Confidence::certain : Confidence::likely};
}

// Of callers that are no service, with tools that say no more than how.
Judgement judge_person(const Caller& caller, const Tool& tool, const EventView& view) {
  if (tool.rank == ToolRank::console || view.call.is_from_console == true) {
    return {CauseKind::human,
            view.call.is_from_console == true ? Confidence::certain : Confidence::likely};
  }
  const bool is_at_command_line = tool.rank == ToolRank::command_line;
  const bool is_program =
      is_of_program(caller, execution_environment(view.call.user_agent)) && !is_of_person(caller);
  if (is_person(caller) || (is_user(caller) && is_at_command_line && !is_program)) {
    return {CauseKind::human, Confidence::likely};
  }
  if (is_program) return {CauseKind::automation, Confidence::likely};
  if (caller.type == "AssumedRole" && is_at_command_line) {
    return {CauseKind::human, Confidence::guess};
  }
  if (tool.rank == ToolRank::sdk) return {CauseKind::automation, Confidence::guess};
  return {};
}

Judgement judge(std::string_view service, const Caller& caller, const Tool& tool,
                const EventView& view) {
  const bool is_sign_in = tool.rank == ToolRank::console && !caller.user_name.empty();
  if (view.call.event_type == "AwsServiceEvent" && !is_sign_in) {
    const CauseKind kind = kind_of_service(service);
    return {kind == CauseKind::service ? CauseKind::provider : kind, Confidence::likely};
  }
  if (!service.empty()) return judge_service(service, caller, view);
  if (caller.role.starts_with(kServiceRole)) {
    return {kind_of_service_role(caller.role), Confidence::certain};
  }
  switch (tool.rank) {
    case ToolRank::deploys:
      return {CauseKind::deployment, Confidence::likely};
    case ToolRank::scales:
      return {CauseKind::autoscaling, Confidence::likely};
    case ToolRank::automates:
      return {CauseKind::automation, Confidence::likely};
    default:
      break;
  }
  const Judgement person = judge_person(caller, tool, view);
  if (person.kind == CauseKind::unknown && is_internal(caller, view)) {
    return {CauseKind::service, Confidence::guess};
  }
  return person;
}

// A person in a role, by what is known of the session and of the call.
bool acts_in_person(const Caller& caller, CauseKind kind) {
  return caller.type == "AssumedRole" && !is_made_up(caller.session) &&
         (kind == CauseKind::human || is_of_person(caller)) &&
         !caller.role.starts_with(kServiceRole);
}

std::string_view actor_of(const Caller& caller, std::string_view service, CauseKind kind) {
  if (is_root(caller)) return "root";
  if (caller.type == "AWSService") return service;
  if (caller.type == "AssumedRole") {
    if (caller.role.starts_with(kServiceRole) && !service.empty()) return service;
    if (!acts_in_person(caller, kind)) return caller.role.empty() ? caller.session : caller.role;
    return caller.source.empty() ? caller.session : caller.source;
  }
  if (!caller.user_name.empty()) return caller.user_name;
  if (caller.account_id == "ANONYMOUS_PRINCIPAL") return "anonymous";
  if (caller.type == "AWSAccount" && !caller.account_id.empty()) return caller.account_id;
  if (caller.type == "IAMUser" || caller.type == "FederatedUser") {
    if (const std::string_view name = after_last(caller.arn, '/'); !name.empty()) return name;
  }
  if (!caller.user_id.empty()) return caller.user_id;
  return caller.principal_id.empty() ? service : caller.principal_id;
}

Tool tool_used(const EventView& view, const Caller& caller, std::string_view service) {
  if (service_name(service).ends_with("cloudformation")) {
    return {"cloudformation", ToolRank::deploys};
  }
  const Tool tool = tool_of(view.call.user_agent);
  if (tool.rank >= ToolRank::console) return tool;
  if (caller.session.starts_with("AWSCodeBuild-")) return {"codebuild", tool.rank};
  if (caller.federation.find("token.actions.githubusercontent.com") != std::string_view::npos) {
    return {"github-actions", tool.rank};
  }
  if (tool.rank == ToolRank::command_line) return tool;
  if (execution_environment(view.call.user_agent) == kCloudShell) return tool;
  const bool is_of_somebody = caller.type == "IAMUser" || is_person(caller);
  if (view.call.is_from_console == true || (is_internal(caller, view) && is_of_somebody)) {
    return {"console", ToolRank::console};
  }
  return tool;
}

}  // namespace

CallCause who_called(const EventView& view, std::string_view evidence, Arena& arena) {
  const Caller caller = caller_of(view);
  const std::string_view service = service_of(caller, view);
  const Tool tool = tool_used(view, caller, service);
  const Judgement judgement = judge(service, caller, tool, view);
  const bool is_by_role = service.empty() && acts_in_person(caller, judgement.kind);
  CallCause result;
  Cause& cause = result.cause;
  cause.kind = judgement.kind;
  cause.confidence = judgement.confidence;
  cause.actor = copy_clean(arena, actor_of(caller, service, judgement.kind));
  cause.actor_type = copy_clean(arena, caller.type);
  cause.tool = copy_clean(arena, tool.name);
  cause.via = copy_clean(arena, is_by_role ? caller.role : service);
  cause.session = copy_clean(arena, caller.session);
  cause.call = copy_clean(arena, view.call.event_name);
  cause.evidence = evidence;
  result.principal = copy_clean(arena, caller.arn);
  return result;
}

}  // namespace statewire
