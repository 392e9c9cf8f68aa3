// Whose a resource is: its account and region, as far as what names it tells.
#pragma once

#include <simdjson.h>

#include <string_view>

#include "model/arn.h"

namespace statewire {

// Empty where not told.
struct Whereabouts {
  std::string_view account;
  std::string_view region;
};

// Of a name as requests give it: an ARN, the URL of a queue, or an account before a name
// ("123456789012:function:api").
Whereabouts whereabouts_of_name(std::string_view name);

// Of the element of a CloudTrail record's `resources` that is `id`, an ARN, or whose ARN ends in
// it.
Whereabouts whereabouts_in(simdjson::dom::array resources, std::string_view id);

// The account that all of these resources are in; empty where they say none, or several.
std::string_view only_account_in(simdjson::dom::array resources);

}  // namespace statewire
