// `ignore:`: resources that nobody wants to hear of.
#pragma once

#include <string>
#include <vector>

#include "route/when.h"

namespace statewire {

// A rule on what is known at once (type, account, region, …) drops an observation before the fold,
// and it counts as ignored. With a rule on tags, which may become known later, the resource is
// tracked, and told to nobody.
struct IgnoreRules {
  std::vector<Pattern> before;  // Over {"resource": {…}} of an observation.
  std::vector<When> after;      // Over a notification.
  // Where each rule is, for people: "statewire.yaml:75
  // {"resource":{"type":["AWS::Logs::LogGroup"]}}".
  std::vector<std::string> before_names;
  std::vector<std::string> after_names;
};

// `node` may be absent. Problems are reported at their node.
IgnoreRules read_ignore(const Node& node);

}  // namespace statewire
