#include "config/plain_name.h"

#include <algorithm>

#include "base/text.h"

namespace statewire {

bool is_plain_name(std::string_view name, size_t bytes_max) {
  return !name.empty() && name.size() <= bytes_max && name.front() != '.' &&
         std::ranges::all_of(name, [](char c) {
           return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace statewire
