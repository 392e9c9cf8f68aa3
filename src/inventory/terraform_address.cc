#include "inventory/terraform_address.h"

#include <algorithm>

namespace statewire {

std::string_view region_of_zone(std::string_view zone) {
  const bool is_zone = zone.size() > 2 && zone.back() >= 'a' && zone.back() <= 'z' &&
                       zone[zone.size() - 2] >= '0' && zone[zone.size() - 2] <= '9';
  return is_zone ? zone.substr(0, zone.size() - 1) : std::string_view();
}

std::string without_indices(std::string_view address) {
  std::string out;
  bool is_in_index = false;
  bool is_quoted = false;
  for (size_t i = 0; i < address.size(); ++i) {
    const char c = address[i];
    if (is_quoted) {
      if (c == '\\') ++i;
      if (c == '"') is_quoted = false;
    } else if (c == '"') {
      is_quoted = is_in_index;
    } else if (c == '[') {
      is_in_index = true;
    } else if (c == ']') {
      is_in_index = false;
    } else if (!is_in_index) {
      out.push_back(c);
    }
  }
  return out;
}

std::string index_of_key(std::string_view key) {
  const std::string_view last = key.substr(key.rfind('.') + 1);
  const bool is_count = std::ranges::count(key, '.') == 2 && !last.empty() &&
                        last.find_first_not_of("0123456789") == last.npos;
  return is_count ? "[" + std::string(last) + "]" : std::string();
}

bool is_of_aws(std::string_view provider, std::string_view type) {
  constexpr std::string_view kShort = "provider.aws";
  if (provider.empty()) return type.starts_with("aws_");
  if (const size_t at = provider.find(kShort); at != provider.npos) {
    const std::string_view rest = provider.substr(at + kShort.size());
    return rest.empty() || rest.front() == '.';
  }
  // "-" is how what had no namespace yet is taken over.
  return provider.find("hashicorp/aws\"") != provider.npos ||
         provider.find("/-/aws\"") != provider.npos;
}

}  // namespace statewire
