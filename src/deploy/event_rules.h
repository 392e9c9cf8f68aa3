// The rules of EventBridge by which events reach Statewire, out of what the catalog knows.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"

namespace statewire {

struct EventRule {
  std::string name;     // "calls", "native1": letters and digits.
  std::string about;    // For people: one line.
  std::string pattern;  // JSON of at most kEventPatternBytesMax.
};

// One rule for calls, and as few as hold all sources for native events. With `services` ("ec2",
// "iam"), only for these; without, for all. bad_input where the catalog knows nothing of one, with
// the nearest that it knows.
//
// Left out are calls that only read, and what comes often and tells nothing: a spoke pays for each
// event that it forwards.
Result<std::vector<EventRule>> event_rules(const Catalog& catalog,
                                           std::span<const std::string> services);

// The names of such calls, and of such kinds of native events. In the catalog each is ignored,
// whatever the service.
std::span<const std::string_view> costly_calls();
std::span<const std::string_view> costly_types();

}  // namespace statewire
