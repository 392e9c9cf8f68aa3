#include "catalog/caller.h"

#include "base/dom_text.h"
#include "base/text.h"
#include "catalog/letters.h"
#include "catalog/robot_name.h"
#include "catalog/service_caller.h"
#include "catalog/session.h"
#include "catalog/tool_table.h"

namespace statewire {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::string_view text_at(const object& parent, std::string_view key) {
  return text_of(parent.at_key(key));
}

std::string_view text_at(const object& parent, std::string_view key, std::string_view inner_key) {
  object inner;
  return parent.at_key(key).get_object().get(inner) ? std::string_view()
                                                    : text_at(inner, inner_key);
}

void read_context(element value, Caller& caller) {
  object context;
  if (value.get_object().get(context)) return;
  caller.role = text_at(context, "sessionIssuer", "userName");
  caller.federation = text_at(context, "webIdFederationData", "federatedProvider");
  caller.source = text_at(context, "sourceIdentity");
  caller.is_issued = caller.is_issued || !text_at(context, "ec2RoleDelivery").empty();
  bool is_mfa = false;
  element mfa;
  if (!context["attributes"]["mfaAuthenticated"].get(mfa)) {
    caller.is_mfa = text_of(mfa) == "true" || (!mfa.get_bool().get(is_mfa) && is_mfa);
  }
}

// AROA…:SESSION
std::string_view session_in(std::string_view principal_id) {
  const size_t colon = principal_id.rfind(':');
  return colon == std::string_view::npos ? std::string_view() : principal_id.substr(colon + 1);
}

// arn:aws:sts::123456789012:assumed-role/ROLE/SESSION
void read_session(Caller& caller) {
  const size_t last = caller.arn.rfind('/');
  if (last == std::string_view::npos) {
    caller.session = session_in(caller.principal_id);
    return;
  }
  caller.session = caller.arn.substr(last + 1);
  const size_t first = caller.arn.find('/');
  if (caller.role.empty() && first < last) {
    caller.role = caller.arn.substr(first + 1, last - first - 1);
  }
}

// Of a mail address what stands before its '@', and else all.
std::string_view local_part(std::string_view name) {
  return has_mail_form(name) ? name.substr(0, name.find('@')) : name;
}

bool is_persons_mail(std::string_view name) {
  return has_mail_form(name) && !names_robot(local_part(name));
}

// "codebuild-web-service-role", "CodeDeployServiceRole", "AWSGlueServiceRole-crawler": made for the
// service of this label, and not for what runs in it.
bool is_made_for(std::string_view role, std::string_view label) {
  return has_word(role, label) && (has_word(role, "servicerole") || has_word(role, "service-role"));
}

}  // namespace

Caller caller_of(const EventView& view) {
  Caller caller;
  if (!view.call.identity) return caller;
  for (const auto field : *view.call.identity) {
    if (is(field.key, "type")) {
      caller.type = text_of(field.value);
    } else if (is(field.key, "arn")) {
      caller.arn = text_of(field.value);
    } else if (is(field.key, "userName")) {
      caller.user_name = text_of(field.value);
    } else if (is(field.key, "principalId")) {
      caller.principal_id = text_of(field.value);
    } else if (is(field.key, "accountId")) {
      caller.account_id = text_of(field.value);
    } else if (is(field.key, "invokedBy")) {
      caller.invoked_by = text_of(field.value);
    } else if (is(field.key, "identityProvider")) {
      caller.federation = text_of(field.value);
    } else if (is(field.key, "sessionContext")) {
      read_context(field.value, caller);
    } else if (is(field.key, "inScopeOf")) {
      object scope;
      const bool is_there = !field.value.get_object().get(scope);
      if (is_there && !text_at(scope, "credentialsIssuedTo").empty()) caller.is_issued = true;
    } else if (is(field.key, "onBehalfOf")) {
      object user;
      if (!field.value.get_object().get(user)) caller.user_id = text_at(user, "userId");
    }
  }
  if (caller.type == "AssumedRole") {
    read_session(caller);
    return caller;
  }
  caller.role = {};  // Of a federated user it is the user who asked for the session.
  if (caller.type == "AWSAccount") caller.session = session_in(caller.principal_id);
  return caller;
}

bool is_root(const Caller& caller) {
  return caller.type == "Root" || caller.type == "AssumedRoot" ||
         (caller.type.empty() && caller.arn.ends_with(":root"));
}

bool is_user(const Caller& caller) {
  return caller.type == "IAMUser" ||
         (caller.type == "AWSAccount" && caller.principal_id.starts_with("AIDA"));
}

std::string_view user_of(const Caller& caller) {
  if (!caller.user_name.empty()) return caller.user_name;
  const bool is_in_arn = caller.type == "IAMUser" || caller.type == "FederatedUser";
  const size_t slash = caller.arn.rfind('/');
  return is_in_arn && slash != caller.arn.npos ? caller.arn.substr(slash + 1) : std::string_view();
}

bool is_of_person(const Caller& caller) {
  return caller.role.starts_with("AWSReservedSSO_") || caller.is_mfa ||
         is_persons_mail(caller.session) || is_persons_mail(caller.source) ||
         !name_in_session(caller.source).empty();
}

bool is_person(const Caller& caller) {
  return is_root(caller) || is_of_person(caller) || caller.type == "SAMLUser" ||
         caller.type == "IdentityCenterUser" ||
         (caller.type == "FederatedUser" && !is_named_as_robot(caller));
}

bool is_named_as_robot(const Caller& caller) {
  if (caller.type != "AssumedRole") return names_robot(user_of(caller));
  if (!caller.source.empty()) return names_robot(local_part(caller.source));
  const std::string_view session = local_part(caller.session);
  return names_robot(session) ||
         (name_in_session(session).empty() && names_robot_alone(caller.role));
}

bool is_certificate(std::string_view source) { return source.starts_with("CN="); }

const ToolWord* program_of(const Caller& caller) {
  if (const ToolWord* const issuer = tool_of_issuer(caller.federation); issuer != nullptr) {
    return issuer;
  }
  if (is_person(caller)) return nullptr;
  for (const std::string_view name : {caller.source, caller.session}) {
    if (const ToolWord* const word = tool_in_name(name); word != nullptr) return word;
  }
  if (!name_in_session(caller.session).empty()) return nullptr;
  return tool_in_name(caller.type == "AssumedRole" ? caller.role : caller.user_name);
}

bool is_of_program(const Caller& caller) {
  return caller.is_issued || !caller.federation.empty() || is_host_name(caller.session) ||
         is_certificate(caller.source) || tool_in_name(caller.session) != nullptr;
}

bool has_stack_sets_role(const Caller& caller) {
  return caller.role.starts_with("stacksets-exec-") ||
         caller.role.starts_with("AWSCloudFormationStackSet");
}

bool has_service_role(const Caller& caller) {
  return caller.role.starts_with("AWSServiceRoleFor") || caller.role.starts_with("aws:");
}

bool is_role_of_service(const Caller& caller, std::string_view service) {
  if (caller.type != "AssumedRole" || service.empty()) return false;
  if (has_service_role(caller) || has_stack_sets_role(caller)) return true;
  const std::string_view label = service_label(service);
  if (label.empty() || is_of_person(caller)) return false;
  if (is_made_for(caller.role, label)) return true;
  if (is_of_program(caller) || !caller.source.empty()) return false;
  if (is_named_after(caller.session, label)) return true;
  if (is_made_up(caller.session) && has_word(caller.role, label)) return true;
  if (is_named_session(caller.session)) return true;
  return works_by_role(service) && is_like_id(caller.session);
}

}  // namespace statewire
