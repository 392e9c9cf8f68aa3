// Templates in the form of AWS's Serverless Application Model.
#pragma once

#include <yaml-cpp/node/node.h>

namespace statewire {

// A template of CloudFormation as one of SAM: a function has the queues that it reads as its
// events, so that SAM makes of it what stood in the template before. Roles stay: those that SAM
// would make may read every queue. Throws what yaml-cpp throws. REQUIRES: a mapping's name begins
// with that of its function, as SAM names them.
YAML::Node sam_form(const YAML::Node& plain);

}  // namespace statewire
