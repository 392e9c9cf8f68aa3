#include "model/arn.h"

#include <algorithm>

#include "base/text.h"

namespace statewire {

ArnFields arn_fields(std::string_view id) {
  ArnFields fields;
  if (!id.starts_with("arn:")) return fields;
  take_until(id, ':');
  take_until(id, ':');
  fields.service = take_until(id, ':');
  fields.region = take_until(id, ':');
  fields.account = take_until(id, ':');
  fields.resource = id;
  return fields;
}

bool is_account(std::string_view text) {
  constexpr size_t kAccountDigits = 12;
  return text.size() == kAccountDigits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view service_in_type(std::string_view type) {
  constexpr std::string_view kAws = "AWS::";
  if (!type.starts_with(kAws)) return {};
  type.remove_prefix(kAws.size());
  return type.substr(0, type.find(':'));
}

}  // namespace statewire
