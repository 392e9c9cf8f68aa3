// Services of AWS as callers: "ecs.application-autoscaling.amazonaws.com".
#pragma once

#include <string_view>

#include "model/lifecycle.h"

namespace statewire {

// Without the domain: "ecs.application-autoscaling"; empty where it is no service's name. The
// console is none.
std::string_view bare_service(std::string_view principal);

// The last label of it, which is the service proper: "application-autoscaling".
std::string_view service_label(std::string_view principal);

// A service that lends its user a terminal: what is called there is called by the user.
bool is_terminal(std::string_view principal);

// Why a service calls: to deploy, to scale, on a schedule; else it is a service like others.
CauseKind kind_of_service(std::string_view principal);

// The same, by the name of its role.
CauseKind kind_of_service_role(std::string_view role);

// A service that runs what somebody wrote, by a role: a state machine, a runbook.
bool runs_programs(std::string_view principal);

// A service that works at its own time, and so by a role that it was given and not in the name of
// who is calling it.
bool works_by_role(std::string_view principal);

}  // namespace statewire
