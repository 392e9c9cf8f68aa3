// Who made a call, by the first of these that holds:
//   1. a service made it, for itself or for someone (invokedBy): cloudformation is a deployment,
//      autoscaling and the schedulers are what they are called, any other is a service;
//   2. it came with a role that belongs to a service;
//   3. the user agent is a tool that deploys;
//   4. it came from the console, or by the root user, or by a person at a command line;
//   5. it came from a program.
#include "catalog/who.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "catalog/clean.h"

namespace statewire {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view kServiceSuffix = ".amazonaws.com";
constexpr std::string_view kServiceRole = "AWSServiceRoleFor";

// Tokens of a user agent, in the order of what they tell: a tool that deploys uses an SDK too.
enum class ToolRank { none, sdk, command_line, console, deploys };
struct ToolToken {
  std::string_view prefix;
  std::string_view tool;
  ToolRank rank;
};
constexpr ToolToken kTools[] = {
    {"Terraform", "terraform", ToolRank::deploys},
    {"terraform", "terraform", ToolRank::deploys},
    {"OpenTofu", "opentofu", ToolRank::deploys},
    {"opentofu", "opentofu", ToolRank::deploys},
    {"Pulumi", "pulumi", ToolRank::deploys},
    {"pulumi", "pulumi", ToolRank::deploys},
    {"aws-cdk", "cdk", ToolRank::deploys},
    {"Ansible", "ansible", ToolRank::deploys},
    {"ansible", "ansible", ToolRank::deploys},
    {"cloudformation.amazonaws.com", "cloudformation", ToolRank::deploys},
    {"console.", "console", ToolRank::console},
    {"signin.", "console", ToolRank::console},
    {"Mozilla/", "console", ToolRank::console},
    {"aws-cli/", "aws-cli", ToolRank::command_line},
    {"Boto3/", "boto3", ToolRank::sdk},
    {"Botocore/", "botocore", ToolRank::sdk},
    {"botocore/", "botocore", ToolRank::sdk},
};

struct Tool {
  std::string_view name;
  ToolRank rank = ToolRank::none;
};

bool is_separator(char c) {
  return c == ' ' || c == '[' || c == '(' || c == ',' || c == ';' || c == ')' || c == ']';
}

Tool tool_of_token(std::string_view token) {
  switch (token.front()) {
    case 'T':
    case 't':
    case 'O':
    case 'o':
    case 'P':
    case 'p':
    case 'a':
    case 'A':
    case 'c':
    case 's':
    case 'M':
    case 'B':
    case 'b':
      break;
    default:
      // "S3Console/0.4", and "Console" of "RDS Console".
      if (token.find("Console") == std::string_view::npos) return {};
      return {"console", ToolRank::console};
  }
  for (const ToolToken& each : kTools) {
    if (token.starts_with(each.prefix)) return {each.tool, each.rank};
  }
  if (token.starts_with("aws-sdk-")) return {token.substr(0, token.find('/')), ToolRank::sdk};
  return {};
}

Tool best_tool(std::string_view agent) {
  agent = agent.substr(0, kUserAgentBytesMax);
  Tool best;
  for (size_t at = 0; at < agent.size();) {
    if (is_separator(agent[at])) {
      ++at;
      continue;
    }
    size_t end = at + 1;
    while (end < agent.size() && !is_separator(agent[end])) ++end;
    const Tool tool = tool_of_token(agent.substr(at, end - at));
    if (tool.rank == ToolRank::deploys) return tool;
    if (tool.rank > best.rank) best = tool;
    at = end;
  }
  return best;
}

// userIdentity, read in one walk.
struct Caller {
  std::string_view type;
  std::string_view arn;
  std::string_view user_name;
  std::string_view principal_id;
  std::string_view account_id;
  std::string_view invoked_by;
  std::string_view role;     // Of an assumed role.
  std::string_view session;  // Its name.
};

std::string_view text_of(element value) {
  std::string_view text;
  return value.get_string().get(text) ? std::string_view() : text;
}

void read_role(std::optional<element> context, Caller& caller) {
  element name;
  if (context && !context->at_key("sessionIssuer").at_key("userName").get(name)) {
    caller.role = text_of(name);
  }
  // arn:aws:sts::123456789012:assumed-role/ROLE/SESSION
  const size_t last = caller.arn.rfind('/');
  if (last == std::string_view::npos) return;
  caller.session = caller.arn.substr(last + 1);
  const size_t first = caller.arn.find('/');
  if (caller.role.empty() && first < last) {
    caller.role = caller.arn.substr(first + 1, last - first - 1);
  }
}

Caller caller_of(const EventView& view) {
  Caller caller;
  if (!view.call.identity) return caller;
  std::optional<element> context;
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
    } else if (field.key == "sessionContext") {
      context = field.value;
    }
  }
  if (caller.type == "AssumedRole") read_role(context, caller);
  return caller;
}

bool is_service(std::string_view name) {
  return name.ends_with(kServiceSuffix) && name.find(' ') == std::string_view::npos &&
         !name.starts_with("console.") && !name.starts_with("signin.");
}

// The service that made the call, for itself or for the caller; empty where none did.
std::string_view service_of(const Caller& caller, const EventView& view) {
  for (const std::string_view name :
       {caller.invoked_by, view.call.user_agent, view.call.source_address}) {
    if (is_service(name)) return name;
  }
  if (caller.type == "AWSService") return caller.invoked_by;
  return {};
}

struct Judgement {
  CauseKind kind = CauseKind::unknown;
  Confidence confidence = Confidence::guess;
};

Judgement judge_service(std::string_view service, const Caller& caller) {
  const std::string_view label = service.substr(0, service.find('.'));
  // What is not in invokedBy is only where the call came from.
  const bool is_said = caller.invoked_by == service || caller.type == "AWSService";
  const Confidence confidence = is_said ? Confidence::certain : Confidence::likely;
  if (label == "cloudformation") return {CauseKind::deployment, confidence};
  if (label == "autoscaling" || label == "application-autoscaling") {
    return {CauseKind::autoscaling, confidence};
  }
  if (label == "events" || label == "scheduler") return {CauseKind::schedule, confidence};
  return {CauseKind::service,
          caller.type == "AWSService" ? Confidence::certain : Confidence::likely};
}

// A session that carries a person's name: by single sign-on, or like a mail address.
bool is_of_person(const Caller& caller) {
  return caller.role.starts_with("AWSReservedSSO_") ||
         caller.session.find('@') != std::string_view::npos;
}

bool is_federated(std::string_view type) {
  return type == "SAMLUser" || type == "IdentityCenterUser" || type == "FederatedUser";
}

Judgement judge(std::string_view service, const Caller& caller, const Tool& tool,
                const EventView& view) {
  if (!service.empty()) return judge_service(service, caller);
  if (caller.role.starts_with(kServiceRole)) {
    const bool scales = caller.role.substr(kServiceRole.size()).starts_with("AutoScaling");
    return {scales ? CauseKind::autoscaling : CauseKind::service, Confidence::certain};
  }
  if (tool.rank == ToolRank::deploys) return {CauseKind::deployment, Confidence::likely};
  if (tool.rank == ToolRank::console) {
    return {CauseKind::human,
            view.call.is_from_console == true ? Confidence::certain : Confidence::likely};
  }
  if (caller.type == "Root" || is_of_person(caller) || is_federated(caller.type) ||
      (caller.type == "IAMUser" && tool.rank == ToolRank::command_line)) {
    return {CauseKind::human, Confidence::likely};
  }
  if (tool.rank == ToolRank::sdk || caller.session.starts_with("i-")) {
    return {CauseKind::automation, Confidence::guess};
  }
  // A function's role has a session of the function's name, and an SDK's user agent; what is left
  // of roles says nothing. An event of a service, not of a call, has no caller.
  if (caller.type.empty() && view.call.event_type == "AwsServiceEvent") {
    return {CauseKind::service, Confidence::likely};
  }
  return {};
}

std::string_view actor_of(const Caller& caller, std::string_view service) {
  if (caller.type == "Root") return "root";
  if (caller.type == "AWSService") return service;
  if (caller.type == "AssumedRole") {
    return is_of_person(caller) && !caller.session.empty() ? caller.session : caller.role;
  }
  if (!caller.user_name.empty()) return caller.user_name;
  if (caller.type == "AWSAccount") return caller.account_id;
  return caller.principal_id.empty() ? service : caller.principal_id;
}

Tool tool_used(const EventView& view, std::string_view service) {
  if (service.starts_with("cloudformation.")) return {"cloudformation", ToolRank::deploys};
  const Tool tool = best_tool(view.call.user_agent);
  if (tool.rank < ToolRank::console && view.call.is_from_console == true) {
    return {"console", ToolRank::console};
  }
  return tool;
}

}  // namespace

std::string_view tool_of(std::string_view user_agent) { return best_tool(user_agent).name; }

CallCause who_called(const EventView& view, std::string_view evidence, Arena& arena) {
  const Caller caller = caller_of(view);
  const std::string_view service = service_of(caller, view);
  const Tool tool = tool_used(view, service);
  const Judgement judgement = judge(service, caller, tool, view);
  CallCause result;
  Cause& cause = result.cause;
  cause.kind = judgement.kind;
  cause.confidence = judgement.confidence;
  cause.actor = copy_clean(arena, actor_of(caller, service));
  cause.actor_type = copy_clean(arena, caller.type);
  cause.tool = copy_clean(arena, tool.name);
  cause.via = copy_clean(arena, service);
  cause.session = copy_clean(arena, caller.session);
  cause.call = copy_clean(arena, view.call.event_name);
  cause.evidence = evidence;
  result.principal = copy_clean(arena, caller.arn);
  return result;
}

}  // namespace statewire
