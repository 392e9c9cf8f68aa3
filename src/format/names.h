// The names that people use for things that machines name otherwise. All functions are pure; any
// thread.
#pragma once

#include <string_view>

#include "format/words.h"

namespace statewire {

// "EC2 instance" for AWS::EC2::Instance; "Glue job" for AWS::Glue::Job, which has no name here; a
// type of another form as it is. REQUIRES: as for `Words::add_split`.
void add_type_name(std::string_view type, Words& words);

// The part of an ARN or a full id that people say: "i-0a1b2c3d4e5f60001", "invoices".
// A view of `id`.
std::string_view bare_id(std::string_view id);

// What people call a resource: its name, else the bare part of its id. A view of one of them.
std::string_view short_name(std::string_view name, std::string_view id);

// " in the console", " with Terraform", ": scale-in"; nothing where `tool` is empty.
void add_tool(std::string_view tool, Words& words);

// "Terraform" for terraform, "AWS CLI" for aws-cli; else as it is.
std::string_view tool_name(std::string_view tool);

// "Auto Scaling group " for AutoScalingGroup; empty where the actor's name says enough.
std::string_view actor_type_words(std::string_view actor_type);

// "Auto Scaling" for autoscaling.amazonaws.com and for AWSServiceRoleForAutoScaling; "example" for
// example.amazonaws.com; the name of a role as `role_name`
// has it; else as it is.
std::string_view service_name(std::string_view principal);

// "UpdateFunctionCode" for UpdateFunctionCode20150331v2: without the version of its API.
std::string_view call_name(std::string_view call);

// "AdministratorAccess" for AWSReservedSSO_AdministratorAccess_0123456789abcdef, the role of a set
// of permissions; else as it is.
std::string_view role_name(std::string_view role);

// "a spot interruption": what the provider reports by events of this type; empty where the event
// itself says it.
std::string_view report_name(std::string_view event_type);

// "could not launch an instance" for events of this type, which tell that something failed; empty
// where there are no such words.
std::string_view failure_words(std::string_view event_type);

// "AWS" for aws; empty where the provider has no name here.
std::string_view provider_name(std::string_view provider);

}  // namespace statewire
