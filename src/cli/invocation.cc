#include "cli/invocation.h"

#include <charconv>

namespace statewire {

std::string Invocation::text(std::string_view name, std::string_view fallback) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::string(fallback);
  return found->second.back();
}

std::vector<std::string> Invocation::texts(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

uint64_t Invocation::number(std::string_view name, uint64_t fallback) const {
  const std::string digits = text(name);
  uint64_t number = fallback;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace statewire
