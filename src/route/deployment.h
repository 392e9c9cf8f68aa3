// Which deployment a notification belongs to: a stack's operation, or else what one actor does with
// one tool in one account. Which run of it, says route/deployment_run. The list of deployments and
// the stage `group` go by both.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/notification.h"

namespace statewire {

// Whose stacks are deployed one by one.
inline constexpr std::string_view kStackTool = "cloudformation";
// The state of a stack that waits for a person, who may begin something or not.
inline constexpr std::string_view kStackInReview = "REVIEW_IN_PROGRESS";

// Texts are those of the notification.
struct DeploymentName {
  std::string_view tool;
  std::string_view stack;  // Of CloudFormation; else of the states that declare what it changed.
  std::string_view actor;  // Empty where only the stack is known.
  std::string_view account;
  std::string_view region;   // Of a stack; else empty.
  bool is_of_stack = false;  // The notification is about the stack itself.

  // The same for all of one deployment. A stack is deployed by one at a time, whoever that is.
  std::string key() const;
};

// Nothing where no deployment made it, or where it is said of a resource later, which is done by
// nobody. Pure.
std::optional<DeploymentName> deployment_of(const Notification& notification);

// Whether it says that something of a deployment failed.
// REQUIRES: it belongs to one.
bool is_deployment_failure(const Notification& notification);

}  // namespace statewire
