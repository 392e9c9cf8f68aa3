// Names that people give to what works alone. IAM does not tell a person from a program: both are
// users with a key, and the name is all that differs.
#pragma once

#include <string_view>

namespace statewire {

// "deploy-bot", "svc_orders", "CiRunner", "ci2"; also a tool beside no other word:
// "terraform-prod". Not "abbot" and "platform-admin", and of names like "ci.lee" only those that
// nobody is called by: "service.account", "svc.orders". Linear in the name.
bool names_robot(std::string_view name);

// A name with a word of robots and none of anything else: "ci-deploy-role", not "release-guild". A
// role is named after what is done in it, by whomever; of a tool, too.
bool names_robot_alone(std::string_view name);

}  // namespace statewire
