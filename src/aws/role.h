// A role to assume first, as the configuration names it.
#pragma once

#include <compare>
#include <string>

#include "base/time.h"
#include "config/node.h"

namespace statewire {

// The longest that STS gives credentials of a role for.
inline constexpr std::chrono::seconds kAwsRoleDurationMax = std::chrono::hours(12);

struct AwsRole {
  std::string arn;                         // Empty: none.
  std::string external_id = {};            // What the role's trust policy may ask for.
  std::string session_name = "statewire";  // How CloudTrail names it.
  Duration duration{};                     // Of its credentials; zero: an hour, as STS decides.

  bool empty() const { return arn.empty(); }
  auto operator<=>(const AwsRole&) const = default;
};

// "arn:aws:iam::123456789012:role/reader", or a map with `arn`, and what else is wanted of
// `external_id`, `session_name` and `duration`. Problems are told at their node. None where `node`
// is absent.
AwsRole read_aws_role(const Node& node);

}  // namespace statewire
