// Who made a call, by the first of these that holds:
//   1. a service made it, for itself or for someone (invokedBy): those that deploy, scale or run on
//      a schedule are told so; one that runs what somebody wrote is automation; any other is a
//      service, but in a session of the console a person;
//   2. it came with a role that belongs to a service;
//   3. the user agent is a tool that deploys, scales or automates, or the call came out of a
//      pipeline, which deploys;
//   4. it came from the console, or by the root user, or by a person at a command line: any user
//      there but one who is named as robots are;
//   5. it came from a program.
//
// The actor is the service where it works by a role of its own, and who called it where it works in
// his name. A person in a role is the session, a program the role: the session only says which copy
// of the program it was.
#include "catalog/who.h"

#include "catalog/caller.h"
#include "catalog/clean.h"
#include "catalog/letters.h"
#include "catalog/service_caller.h"
#include "catalog/session.h"
#include "catalog/user_agent.h"

namespace statewire {
namespace {

constexpr std::string_view kAnonymous = "ANONYMOUS_PRINCIPAL";
constexpr std::string_view kServiceEvent = "AwsServiceEvent";
constexpr std::string_view kInternal = "AWS Internal";
constexpr std::string_view kCloudShell = "CloudShell";
constexpr std::string_view kCloudFormation = "cloudformation";

bool is_internal(const Caller& caller, const CallFields& call) {
  return call.user_agent == kInternal || caller.invoked_by == kInternal;
}

// Of the services that the console is made of, and of others that work by a role.
bool is_within_aws(const Caller& caller, const CallFields& call) {
  return is_internal(caller, call) || call.user_agent.starts_with("Coral/") ||
         call.user_agent.find("aws-internal/") != std::string_view::npos;
}

// What the call says, read once.
struct Call {
  const EventView& view;
  const Caller caller;
  const std::string_view service;  // That made it, for itself or for the caller; empty: none did.
  const bool is_by_service_role;   // The service works by a role of its own.
  const Tool tool;

  bool is_from_console() const { return view.call.is_from_console == true; }
  bool is_service_event() const { return view.call.event_type == kServiceEvent; }
};

std::string_view service_of(const Caller& caller, const CallFields& call) {
  const std::string_view by = is_terminal(caller.invoked_by) ? "" : caller.invoked_by;
  for (const std::string_view name : {by, call.user_agent, call.source_address}) {
    if (!bare_service(name).empty()) return name;
  }
  if (has_stack_sets_role(caller)) return "cloudformation.amazonaws.com";
  if (call.user_agent.starts_with("AmazonEventBridgeScheduler")) return "scheduler.amazonaws.com";
  if (call.user_agent == "awslambda-worker") return "lambda.amazonaws.com";
  return caller.type == "AWSService" ? caller.invoked_by : std::string_view();
}

// In a session that a program named, or where programs run.
bool is_program(const Caller& caller, std::string_view agent) {
  const std::string_view environment = execution_environment(agent);
  return environment != kCloudShell &&
         (is_where_programs_run(environment) || is_of_program(caller));
}

// A user, or a person in a role as far as the call tells.
bool is_of_somebody(const Caller& caller) {
  if (caller.type == "IAMUser" || is_person(caller)) return true;
  const std::string_view name = name_in_session(caller.session);
  return !name.empty() && !has_word(caller.role, name);  // A function and its role.
}

// The Serverless Framework names itself in the address of its template alone.
bool is_serverless(const EventView& view) {
  std::string_view url;
  return view.call.event_source == "cloudformation.amazonaws.com" && view.request &&
         !view.request->at_pointer("/templateURL").get_string().get(url) &&
         url.find("/serverless/") != std::string_view::npos;
}

// By the agent where it is a tool at work; else by whom the caller is named after; else by what the
// agent says of how the call was made.
Tool tool_used(const EventView& view, const Caller& caller, std::string_view service,
               bool is_by_service_role) {
  const std::string_view label = service_label(service);
  if (kind_of_service(service) == CauseKind::deployment) return {label, ToolRank::deploys};
  // What its agent says is how the service is made.
  if (is_by_service_role || (caller.type == "AWSService" && !service.empty())) return {};
  // Of nobody, nothing is known; and what the provider does by itself, it does with no tool.
  const bool is_by_provider = view.call.event_type == kServiceEvent && caller.type.empty();
  if (is_by_provider || caller.account_id == kAnonymous) return {};
  const Tool tool = tool_of(view.call.user_agent);
  if (tool.rank >= ToolRank::console) return tool;
  if (is_serverless(view)) return {"serverless", ToolRank::deploys};
  const ToolWord* const program = program_of(caller);
  // Behind a service it matters whether a pipeline called that.
  if (program != nullptr && (service.empty() || program->rank == ToolRank::pipeline)) {
    return {program->tool, program->rank};
  }
  if (tool.rank > ToolRank::sdk) return tool;
  if (execution_environment(view.call.user_agent) == kCloudShell) return tool;
  const bool is_within = is_within_aws(caller, view.call);
  if (view.call.is_from_console == true || (is_within && is_of_somebody(caller))) {
    return {"console", ToolRank::console};
  }
  return is_within ? Tool() : tool;
}

// Identity Center's portal tells as events of a service what people do there.
bool is_at_portal(const Call& call) {
  return call.is_service_event() && call.service.empty() && call.caller.type == "Unknown" &&
         !call.caller.principal_id.empty();
}

struct Judgement {
  CauseKind kind = CauseKind::unknown;
  Confidence confidence = Confidence::guess;
};

Judgement judge_service(const Call& call) {
  const Caller& caller = call.caller;
  // What is not in invokedBy is only where the call came from.
  const bool is_said = caller.invoked_by == call.service || caller.type == "AWSService";
  const CauseKind kind = kind_of_service(call.service);
  // An alarm acts by the role of the events that it is told by, and whoever makes a rule for events
  // is no schedule.
  const bool is_alarm = caller.session.find("Alarm") != std::string_view::npos;
  const bool is_on_schedule = (caller.type == "AWSService" || call.is_by_service_role) && !is_alarm;
  if (caller.session.find("MaintenanceWindow") != std::string_view::npos &&
      call.is_by_service_role) {
    return {CauseKind::schedule, Confidence::likely};
  }
  if (kind != CauseKind::service && (kind != CauseKind::schedule || is_on_schedule)) {
    return {kind, is_said ? Confidence::certain : Confidence::likely};
  }
  if (call.is_from_console()) return {CauseKind::human, Confidence::likely};
  if (caller.type == "AWSService") return {CauseKind::service, Confidence::certain};
  // In the name of a pipeline.
  if (call.tool.rank == ToolRank::pipeline && !call.is_by_service_role) {
    return {CauseKind::deployment, Confidence::likely};
  }
  const bool is_written = runs_programs(call.service) && !has_service_role(caller);
  return {is_written ? CauseKind::automation : CauseKind::service, Confidence::likely};
}

// Of callers that are no service, with tools that say no more than how.
Judgement judge_person(const Call& call) {
  const Caller& caller = call.caller;
  const std::string_view agent = call.view.call.user_agent;
  if (caller.principal_id == "Anonymous") return {};
  if (call.tool.rank == ToolRank::console || call.is_from_console()) {
    return {CauseKind::human, call.is_from_console() ? Confidence::certain : Confidence::likely};
  }
  // Of another account, without a word of who: nobody is known.
  if (caller.type == "AWSAccount" && caller.principal_id.empty()) return {};
  const bool is_at_command_line = call.tool.rank == ToolRank::command_line;
  const bool is_at_desk = is_at_command_line || call.tool.rank == ToolRank::desktop;
  const bool is_by_program = is_program(caller, agent) && !is_of_person(caller);
  if (is_person(caller)) return {CauseKind::human, Confidence::likely};
  if (is_by_program) return {CauseKind::automation, Confidence::likely};
  // Scripts use the command line, too.
  if (is_at_command_line && is_named_as_robot(caller)) {
    return {CauseKind::automation, Confidence::guess};
  }
  if (is_user(caller) && is_at_desk) return {CauseKind::human, Confidence::likely};
  if (caller.type == "AssumedRole" && is_at_desk) {
    return {ends_with_uuid(caller.session) ? CauseKind::automation : CauseKind::human,
            Confidence::guess};
  }
  if (call.tool.rank != ToolRank::sdk) return {};
  const bool is_named = is_user(caller) || !name_in_session(caller.session).empty();
  return {is_named && is_on_mac(agent) ? CauseKind::human : CauseKind::automation,
          Confidence::guess};
}

Judgement judge(const Call& call) {
  const Caller& caller = call.caller;
  const bool is_sign_in = call.tool.rank == ToolRank::console && !caller.user_name.empty();
  if (is_at_portal(call)) {
    return {caller.user_name.empty() ? CauseKind::unknown : CauseKind::human, Confidence::likely};
  }
  if (call.is_service_event() && !is_sign_in) {
    const CauseKind kind = kind_of_service(call.service);
    return {kind == CauseKind::service ? CauseKind::provider : kind, Confidence::likely};
  }
  if (!call.service.empty()) return judge_service(call);
  if (has_service_role(caller)) return {kind_of_service_role(caller.role), Confidence::certain};
  switch (call.tool.rank) {
    case ToolRank::deploys:
    case ToolRank::pipeline:
      return {CauseKind::deployment, Confidence::likely};
    case ToolRank::scales:
      return {CauseKind::autoscaling, Confidence::likely};
    case ToolRank::automates:
      return {CauseKind::automation, Confidence::likely};
    case ToolRank::none:
    case ToolRank::sdk:
    case ToolRank::command_line:
    case ToolRank::desktop:
    case ToolRank::console:
      break;
  }
  const Judgement person = judge_person(call);
  if (person.kind == CauseKind::unknown && is_within_aws(call.caller, call.view.call)) {
    return {CauseKind::service, Confidence::guess};
  }
  // A program that makes a stack deploys.
  const std::string_view source = service_label(call.view.call.event_source);
  if (person.kind == CauseKind::automation && source == kCloudFormation) {
    return {CauseKind::deployment, person.confidence};
  }
  return person;
}

// The person in a role, by what is known of the session and of the call; empty where it is a
// program.
std::string_view person_in_role(const Call& call, CauseKind kind) {
  const Caller& caller = call.caller;
  if (call.is_by_service_role && !call.is_from_console()) return {};
  // A certificate is that of a host, as Roles Anywhere has it.
  if (!caller.source.empty() && !is_certificate(caller.source)) return caller.source;
  if (is_made_up(caller.session)) return {};
  if (kind == CauseKind::human || is_of_person(caller) || call.is_from_console()) {
    return caller.session;
  }
  // What a service, or a tool that deploys, did in his name.
  const bool is_for_somebody = kind == CauseKind::deployment || !call.service.empty();
  if (!is_for_somebody || is_program(caller, call.view.call.user_agent)) return {};
  const std::string_view name = name_in_session(caller.session);
  return has_word(caller.role, name) ? std::string_view() : name;  // A function and its role.
}

std::string_view actor_of(const Call& call, CauseKind kind) {
  const Caller& caller = call.caller;
  if (is_root(caller)) return "root";
  if (caller.type == "AWSService" && !call.service.empty()) return call.service;
  if (caller.type == "AssumedRole") {
    const std::string_view person = person_in_role(call, kind);
    if (!person.empty()) return person;
    if (call.is_by_service_role) return call.service;
    return caller.role.empty() ? caller.session : caller.role;
  }
  if (!caller.user_name.empty()) return caller.user_name;
  if (caller.account_id == kAnonymous) return "anonymous";
  // Of a person in a role of another account, only the session is told.
  const bool is_foreign_role =
      caller.type == "AWSAccount" && caller.principal_id.starts_with("AROA");
  if (is_foreign_role && kind == CauseKind::human && call.service.empty() &&
      !is_made_up(caller.session)) {
    return caller.session;
  }
  if (caller.type == "AWSAccount" && !caller.account_id.empty()) return caller.account_id;
  if (const std::string_view user = user_of(caller); !user.empty()) return user;
  if (!caller.user_id.empty()) return caller.user_id;
  if (!caller.principal_id.empty() && caller.type != "Unknown") return caller.principal_id;
  // A service that is not in invokedBy is only where the event came from.
  const bool is_by_provider =
      call.is_service_event() && (call.service.empty() || caller.invoked_by != call.service);
  if (is_by_provider && !is_at_portal(call)) return call.view.call.event_source;
  return call.service;
}

// Numeric; empty where the call came from a service.
std::string_view address_of(std::string_view source) {
  const bool is_number = source.find_first_not_of("0123456789abcdefABCDEF.:") == source.npos;
  return is_number && source.find_first_of(".:") != source.npos ? source : std::string_view();
}

Call read_call(const EventView& view) {
  const Caller caller = caller_of(view);
  const std::string_view service = service_of(caller, view.call);
  const bool is_by_service_role = is_role_of_service(caller, service);
  return {.view = view,
          .caller = caller,
          .service = service,
          .is_by_service_role = is_by_service_role,
          .tool = tool_used(view, caller, service, is_by_service_role)};
}

}  // namespace

CallCause who_called(const EventView& view, std::string_view evidence, Arena& arena) {
  const Call call = read_call(view);
  const Caller& caller = call.caller;
  const Judgement judgement = judge(call);
  const std::string_view actor = actor_of(call, judgement.kind);
  const bool is_person = !person_in_role(call, judgement.kind).empty();
  CallCause result;
  Cause& cause = result.cause;
  cause.kind = judgement.kind;
  cause.confidence = judgement.confidence;
  cause.actor = copy_clean(arena, actor);
  cause.actor_type = copy_clean(arena, caller.type);
  cause.tool = copy_clean(arena, call.tool.name);
  cause.via = copy_clean(arena, call.service.empty() && is_person ? caller.role : call.service);
  cause.session = copy_clean(arena, caller.session);
  cause.role = copy_clean(arena, actor == caller.role ? std::string_view() : caller.role);
  cause.address = copy_clean(arena, address_of(view.call.source_address));
  cause.call = copy_clean(arena, view.call.event_name);
  cause.evidence = evidence;
  cause.account = copy_clean(arena, caller.account_id);
  result.principal = copy_clean(arena, caller.arn);
  return result;
}

}  // namespace statewire
