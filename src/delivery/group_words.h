// What a group says of its deployment, in words and for its message. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/notification.h"
#include "store/delivery_row.h"

namespace statewire {

// What a message of the group says, besides its subject: failures first, then what changed.
//   "1 failed: S3 bucket invoices …: AccessDenied; 14 changed: 10 EC2 instance stable, 4 …"
std::string group_summary(const DeliveryRow& group);
// Of one that waits: what it would say by now.
//   "Deployment of stack shop by ci-deployer: 14 changed: …"
std::string held_group_text(const DeliveryRow& group);
// What is made for it, and is in no row.
struct DeploymentTexts {
  std::string stacks;
  std::vector<std::string_view> stack_names;
  std::vector<ToldResource> resources;
};
// Texts are those of the row, and `texts`, which it writes.
DeploymentTold told_of(const DeliveryRow& group, DeploymentTexts& texts);

}  // namespace statewire
