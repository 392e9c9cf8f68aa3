// What the identity of an API call says about who made it. Texts are the parser's.
#pragma once

#include <string_view>

#include "catalog/event_view.h"
#include "model/tool_words.h"

namespace statewire {

// userIdentity, read in one walk. What is not said is empty.
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
  bool is_issued = false;  // To a function, a task or an instance, as the record says.
};

Caller caller_of(const EventView& view);

// Also for a short time, from another account.
bool is_root(const Caller& caller);

// A user of this account or of another one.
bool is_user(const Caller& caller);

// By name, also where only the ARN has it; empty where none is told.
std::string_view user_of(const Caller& caller);

// Known as a person whatever the call: by single sign-on, by a mail address, by a typed code, by
// federation, or root.
bool is_person(const Caller& caller);

// A session that carries a person's name: a person, and not root or a user.
bool is_of_person(const Caller& caller);

// The program that the caller is named after, by who vouched for the session, by its source
// identity, by its own name, or by that of the role or user where no person works in it: "jenkins"
// for jenkins-deploy.
// Null where none is known.
const ToolWord* program_of(const Caller& caller);

// A session of a program: on an instance, by the token of a pod or pipeline, by a certificate.
bool is_of_program(const Caller& caller);

// Whether somebody named the user, the session or else the role as programs are named. Says nothing
// of those who are known as persons.
bool is_named_as_robot(const Caller& caller);

// Whether a source identity is the subject of a certificate.
bool is_certificate(std::string_view source);

// In a role that StackSets made in a member account, and nobody else assumes.
bool has_stack_sets_role(const Caller& caller);

// A role that belongs to a service: AWSServiceRoleFor…, or "aws:ec2-instance", as no name of a role
// that somebody made has a colon.
bool has_service_role(const Caller& caller);

// A role that `service` took up to do its own work, as the name of the session tells. Else the
// service works in the name of who called it, in the caller's session.
bool is_role_of_service(const Caller& caller, std::string_view service);

}  // namespace statewire
