#include "api/wanted.h"

#include <algorithm>

#include "base/text.h"

namespace statewire {

bool is_of_type(std::string_view wanted, std::string_view type) {
  const std::string part = lower_case(wanted);
  const std::string whole = lower_case(type);
  for (size_t at = whole.find(part); at != whole.npos; at = whole.find(part, at + 1)) {
    const size_t end = at + part.size();
    const bool begins = at == 0 || !is_letter_or_digit(whole[at - 1]);
    if (begins && (end == whole.size() || !is_letter_or_digit(whole[end]))) return true;
  }
  return false;
}

bool is_wanted_actor(std::string_view wanted, std::string_view actor) {
  const auto is_it = [&](std::string_view name) {
    return std::ranges::equal(wanted, name, {}, lower_letter, lower_letter);
  };
  return wanted.empty() || is_it(actor) || is_it(actor.substr(0, actor.find('@')));
}

bool is_end_of(std::string_view end, std::string_view id) {
  if (end.size() >= id.size() || !id.ends_with(end)) return false;
  const char before = id[id.size() - end.size() - 1];
  return before == '/' || before == ':';
}

}  // namespace statewire
