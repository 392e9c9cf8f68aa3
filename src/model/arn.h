// The names of AWS: ARNs, accounts, and types of CloudFormation.
#pragma once

#include <string_view>

namespace statewire {

// arn:partition:service:region:account:resource
struct ArnFields {
  std::string_view service;
  std::string_view region;
  std::string_view account;
  std::string_view resource;  // "table/orders"
};
// All empty where `id` is no ARN.
ArnFields arn_fields(std::string_view id);

// Twelve digits.
bool is_account(std::string_view text);

// "EC2" of "AWS::EC2::Instance"; empty where it is no type of AWS.
std::string_view service_in_type(std::string_view type);

}  // namespace statewire
