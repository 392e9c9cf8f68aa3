#include "aws/role.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "config/map_reader.h"

namespace statewire {
namespace {

// The characters of the API reference of AssumeRole, and its bounds.
bool is_word(std::string_view text, std::string_view marks, size_t bytes_max) {
  return text.size() >= 2 && text.size() <= bytes_max && std::ranges::all_of(text, [&](char c) {
           return is_letter_or_digit(c) || marks.find(c) != marks.npos;
         });
}

std::string arn_of(const Node& node) {
  std::string arn = node.text();
  if (node && (!arn.starts_with("arn:") || arn.find(":role/") == arn.npos)) {
    node.error("wanted the ARN of a role, such as arn:aws:iam::123456789012:role/NAME");
  }
  return arn;
}

}  // namespace

AwsRole read_aws_role(const Node& node) {
  if (!node.is_map()) return {.arn = arn_of(node)};
  MapReader keys(node);
  AwsRole role{.arn = arn_of(keys.required("arn"))};
  if (const Node id = keys.optional("external_id")) {
    role.external_id = id.text();
    if (!is_word(role.external_id, "_+=,.@:/-", kAwsExternalIdBytesMax)) {
      id.error("an external id has 2 to 1,224 letters, digits and any of _+=,.@:/-");
    }
  }
  if (const Node name = keys.optional("session_name")) {
    role.session_name = name.text();
    if (!is_word(role.session_name, "_+=,.@-", kAwsSessionNameBytesMax)) {
      name.error("a session name has 2 to 64 letters, digits and any of _+=,.@-");
    }
  }
  role.duration =
      keys.optional("duration").duration({}, std::chrono::minutes(15), kAwsRoleDurationMax);
  return role;
}

}  // namespace statewire
