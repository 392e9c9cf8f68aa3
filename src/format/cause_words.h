// Who did it and how, in words. All functions are pure; any thread.
#pragma once

#include <string_view>

#include "format/words.h"
#include "model/notification.h"

namespace statewire {

// What the cause did to the resource: "started", "terminated", "deployed".
std::string_view verb_for(const Notification& notification);

// "alice", "Auto Scaling group web", "a schedule"; nothing where nothing is known.
void add_actor(const Notification& notification, Words& words);

// " by alice in the console", " by ci-deployer with Terraform through CloudFormation".
void add_by_whom(const Notification& notification, Words& words);

// True where something is known of who or why.
bool is_cause_known(const Cause& cause);

}  // namespace statewire
