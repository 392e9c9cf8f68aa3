#include "route/deployment.h"

#include "format/names.h"

namespace statewire {
namespace {

constexpr std::string_view kStackType = "AWS::CloudFormation::Stack";
// The type of the actor of what only the stack's own events tell.
constexpr std::string_view kStackActorType = "Stack";

bool is_stack(const Notification& notification) { return notification.resource.type == kStackType; }

std::string_view stack_of(const Notification& notification) {
  if (is_stack(notification)) {
    return notification.name.empty() ? bare_id(notification.resource.id) : notification.name;
  }
  if (notification.cause.actor_type == kStackActorType) return notification.cause.actor;
  const bool is_its_own = notification.owner.tool == notification.cause.tool;
  return is_its_own ? notification.owner.stack : std::string_view();
}

bool is_deed(const Notification& notification) {
  switch (notification.kind) {
    case NotificationKind::transition:
    case NotificationKind::changed:
    case NotificationKind::amended:
    case NotificationKind::failed:
      return !notification.is_of_inventory;
    default:
      return false;
  }
}

}  // namespace

std::string DeploymentName::key() const {
  std::string key(tool);
  for (const std::string_view part : {region.empty() ? actor : stack, account, region}) {
    key.append("\x1f").append(part);
  }
  return key;
}

std::optional<DeploymentName> deployment_of(const Notification& notification) {
  const Cause& cause = notification.cause;
  if (!is_deed(notification)) return std::nullopt;
  if (cause.kind != CauseKind::deployment && !is_stack(notification)) return std::nullopt;
  if (is_stack(notification) && notification.value == kStackInReview) return std::nullopt;
  DeploymentName name{.tool = is_stack(notification) ? kStackTool : cause.tool,
                      .stack = stack_of(notification),
                      .account = notification.resource.account,
                      .is_of_stack = is_stack(notification)};
  if (cause.actor_type != kStackActorType) name.actor = cause.actor;
  if (name.tool == kStackTool && !name.stack.empty()) name.region = notification.resource.region;
  return name;
}

bool is_deployment_failure(const Notification& notification) {
  if (notification.kind == NotificationKind::failed || notification.phase == Phase::degraded) {
    return true;
  }
  // A stack that rolled back is well again, and what was to be deployed is not there. Why, it says
  // when it begins to roll back.
  const bool rolls_back = is_stack(notification) && tells_state(notification.kind) &&
                          notification.value.find("ROLLBACK") != std::string_view::npos;
  return rolls_back && (is_settled(notification.phase) || !notification.cause.reason.empty());
}

}  // namespace statewire
