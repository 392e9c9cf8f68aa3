// Whose a resource is: its account and region, as far as what names it tells.
#pragma once

#include <simdjson.h>

#include <string_view>

namespace statewire {

// Empty where not told.
struct Whereabouts {
  std::string_view account;
  std::string_view region;
};

// arn:partition:service:region:account:resource
struct ArnFields {
  std::string_view service;
  std::string_view region;
  std::string_view account;
};
// All empty where `id` is no ARN.
ArnFields arn_fields(std::string_view id);

// Of a name as requests give it: an ARN, the URL of a queue, or an account before a name
// ("123456789012:function:api").
Whereabouts whereabouts_of_name(std::string_view name);

// Of the element of a CloudTrail record's `resources` that is `id`, an ARN, or whose ARN ends in
// it.
Whereabouts whereabouts_in(simdjson::dom::array resources, std::string_view id);

}  // namespace statewire
