#include "format/message.h"

#include <algorithm>

#include "base/text.h"
#include "format/names.h"

namespace statewire {
namespace {

struct Verb {
  std::string_view call;  // How its name begins.
  std::string_view done;
};

// The first that fits counts: the longest of those that begin alike stands first.
constexpr Verb kVerbs[] = {
    {"ScheduleKeyDeletion", "scheduled for deletion"},
    {"CancelKeyDeletion", "saved from deletion"},
    {"Run", "started"},
    {"Start", "started"},
    {"Create", "created"},
    {"Delete", "deleted"},
    {"Terminate", "terminated"},
    {"Stop", "stopped"},
    {"Update", "changed"},
    {"Modify", "changed"},
    {"Put", "changed"},
    {"Set", "changed"},
    {"Change", "changed"},
    {"Reboot", "rebooted"},
    {"Restart", "restarted"},
    {"Resume", "resumed"},
    {"Suspend", "suspended"},
    {"Pause", "paused"},
    {"Restore", "restored"},
    {"Copy", "copied"},
    {"Import", "imported"},
    {"Allocate", "allocated"},
    {"Release", "released"},
    {"Register", "registered"},
    {"Deregister", "deregistered"},
    {"Enable", "enabled"},
    {"Disable", "disabled"},
    {"Attach", "attached"},
    {"Detach", "detached"},
    {"Associate", "associated"},
    {"Disassociate", "disassociated"},
    {"Add", "added"},
    {"Remove", "removed"},
    {"Request", "requested"},
    {"Cancel", "cancelled"},
    {"Execute", "started"},
    {"Failover", "failed over"},
    {"Promote", "promoted"},
};

// "StopInstances" begins with the word "Stop", and "Settle" does not with "Set".
bool begins_with_word(std::string_view call, std::string_view word) {
  if (!call.starts_with(word)) return false;
  if (call.size() == word.size()) return true;
  const char next = call[word.size()];
  return next < 'a' || next > 'z';
}

std::string_view verb_of_call(std::string_view call) {
  if (call.empty() || call.front() < 'A' || call.front() > 'Z') return {};
  for (const Verb& verb : kVerbs) {
    if (verb.call.front() == call.front() && begins_with_word(call, verb.call)) return verb.done;
  }
  return {};
}

std::string_view verb_of_phase(const Notification& notification) {
  switch (notification.phase) {
    case Phase::provisioning:
      return "created";
    case Phase::stable:
      if (notification.previous.phase == Phase::provisioning) return "created";
      return notification.previous.phase == Phase::changing ? "changed" : "started";
    case Phase::stopped:
      return "stopped";
    case Phase::deprovisioning:
    case Phase::gone:
      if (notification.resource.type == "AWS::ECS::Task") return "stopped";
      return notification.resource.type == "AWS::EC2::Instance" ? "terminated" : "deleted";
    case Phase::changing:
    case Phase::degraded:
    case Phase::unknown:
      return notification.phase == Phase::changing ? "changed" : "caused";
  }
  return "changed";
}

// "CloudFormation" is "cloudformation".
bool is_same_word(std::string_view word, std::string_view other) {
  return std::ranges::equal(word, other, {}, lower_letter, lower_letter);
}

// The actor in general words, where no name is known.
std::string_view anonymous(const Notification& notification) {
  switch (notification.cause.kind) {
    case CauseKind::deployment:
      return "a deployment";
    case CauseKind::human:
      return "a person";
    case CauseKind::autoscaling:
      return "Auto Scaling";
    case CauseKind::schedule:
      return "a schedule";
    case CauseKind::provider: {
      const std::string_view name = provider_name(notification.resource.provider);
      return name.empty() ? "the provider" : name;
    }
    case CauseKind::service:
      return "a service";
    case CauseKind::automation:
      return "automation";
    case CauseKind::unknown:
      return {};
  }
  return {};
}

// A role that the service named as the actor was given; its own says no more than its name.
std::string_view role_of_service(const Cause& cause) {
  const bool is_own = cause.role.starts_with("AWSServiceRoleFor");
  return cause.actor == cause.via && !is_own ? cause.role : std::string_view();
}

// The role itself, where the person or program that used it is not known.
bool is_role(const Cause& cause) {
  constexpr std::string_view kServiceRole = "AWSServiceRoleFor";
  return cause.actor_type == "AssumedRole" && cause.role.empty() &&
         !cause.actor.starts_with(kServiceRole) && !cause.actor.ends_with(".amazonaws.com");
}

// Where a call was seen, it is certain that it was made, and in doubt only by whom.
void add_doubt_of_person(const Cause& cause, Words& words) {
  const bool is_in_doubt = cause.confidence == Confidence::guess && !cause.call.empty();
  if (is_in_doubt && is_role(cause)) words.add(" (who used it is not known)");
}

// " of account 210987654321": of another account than the resource.
void add_account(const Cause& cause, Words& words) {
  if (!cause.account.empty() && cause.account != cause.actor) {
    words.add(" of account ", cause.account);
  }
}

// " through CloudFormation", " as nightly-stop", " in the console".
void add_means(const Cause& cause, Words& words) {
  const std::string_view via = service_name(cause.via);
  // A service is often the actor itself, or the tool.
  const bool is_tool = !cause.tool.empty() && cause.via.starts_with(cause.tool);
  if (!via.empty() && !is_tool && via != service_name(cause.actor)) words.add(" through ", via);
  add_account(cause, words);
  const std::string_view role = role_of_service(cause);
  if (!role.empty()) words.add(" as ", role);
  add_tool(tool_beside_actor(cause), words);
}

}  // namespace

std::string_view verb_for(const Notification& notification) {
  const std::string_view call = notification.cause.call;
  const std::string_view verb = verb_of_call(call);
  if (!verb.empty()) return verb;
  // If a call moved the phase, the state's value is the name of the call.
  const std::string_view verb_of_value = verb_of_call(notification.value);
  if (!verb_of_value.empty()) return verb_of_value;
  if (notification.cause.kind == CauseKind::deployment) {
    const bool is_ending =
        notification.phase == Phase::gone || notification.phase == Phase::deprovisioning;
    return is_ending ? "removed" : "deployed";
  }
  // A resource that runs was started, even where it was made to run for the first time.
  if (notification.value == "running") return "started";
  return verb_of_phase(notification);
}

void add_actor(const Notification& notification, Words& words) {
  const Cause& cause = notification.cause;
  if (cause.actor.empty()) return words.add(anonymous(notification));
  // Who is nobody is in no account.
  const bool is_account =
      cause.actor_type == "AWSAccount" && cause.actor[0] >= '0' && cause.actor[0] <= '9';
  words.add(is_account       ? "account "
            : is_role(cause) ? "role "
                             : actor_type_words(cause.actor_type),
            service_name(cause.actor));
}

std::string_view tool_beside_actor(const Cause& cause) {
  const std::string_view actor = cause.actor.substr(0, cause.actor.find(".amazonaws.com"));
  return is_same_word(actor, cause.tool) || is_same_word(service_name(cause.actor), cause.tool)
             ? std::string_view()
             : cause.tool;
}

void add_by_whom(const Notification& notification, Words& words) {
  if (is_cause_known(notification.cause)) {
    words.add(" by ");
    add_actor(notification, words);
  }
  add_means(notification.cause, words);
  add_doubt_of_person(notification.cause, words);
}

void add_who_in_brackets(const Notification& notification, Words& words) {
  if (!is_cause_known(notification.cause)) return;
  words.add(" (");
  add_actor(notification, words);
  add_means(notification.cause, words);
  words.add(")");
}

bool is_cause_known(const Cause& cause) {
  return cause.kind != CauseKind::unknown || !cause.actor.empty();
}

}  // namespace statewire
