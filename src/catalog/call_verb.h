// What the name of a call says that it does.
#pragma once

#include <string_view>

namespace statewire {

// True where it begins with a verb that changes nothing ("DescribeInstances", "BatchGetItem"), and
// no other verb follows that does ("GetOrCreateThing"). Pure.
bool only_reads(std::string_view call);

// True where it begins with a verb that takes away what its parameters name ("RevokeIngress",
// "DetachPolicy"). Pure.
bool takes_away(std::string_view call);

}  // namespace statewire
