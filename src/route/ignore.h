// `ignore:`: resources that nobody wants to hear of.
#pragma once

#include <string>
#include <vector>

#include "route/when.h"

namespace statewire {

// By what is known at once (type, account, region, …) an observation is dropped before the fold
// and counted as ignored. By tags, which may come later, the resource is tracked, and told to
// nobody.
struct IgnoreRules {
  std::vector<Pattern> before;  // Over {"resource": {…}} of an observation.
  std::vector<When> after;      // Over a notification.
  // How people find each rule: "statewire.yaml:75 {"resource":{"type":["AWS::Logs::LogGroup"]}}".
  std::vector<std::string> before_names;
  std::vector<std::string> after_names;
};

// `node` may be absent. What is wrong is told where it stands.
IgnoreRules read_ignore(const Node& node);

}  // namespace statewire
