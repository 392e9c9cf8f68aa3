#include "config/environment.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace statewire {
namespace {

bool is_name(std::string_view text) {
  auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && is_letter(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return is_letter(c) || is_digit(c); });
}

// The value of what stands between "${" and "}", or nothing and the reason in `errors`.
std::optional<std::string> value_of(std::string_view inside, const Environment& environment,
                                    std::vector<std::string>& errors) {
  const size_t colon = inside.find(":-");
  const std::string name(inside.substr(0, colon));
  const bool has_default = colon != std::string_view::npos;
  if (!is_name(name) || (has_default && inside.find("${", colon) != std::string_view::npos)) {
    errors.push_back("\"${\" begins a variable, ${NAME} or ${NAME:-default}; write $${ for itself");
    return std::nullopt;
  }
  std::optional<std::string> value = environment(name);
  if (has_default && (!value || value->empty())) value = inside.substr(colon + 2);
  if (!value) {
    errors.push_back("environment variable " + name + " is not set; ${" + name +
                     ":-default} gives one that may be absent");
  } else if (!is_utf8(*value)) {
    errors.push_back("environment variable " + name + " is not valid UTF-8");
    value.reset();
  }
  return value;
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::string expand_variables(std::string_view text, const Environment& environment,
                             std::vector<std::string>& errors) {
  std::string out;
  size_t at = 0;
  while (at < text.size()) {
    const size_t dollar = text.find("${", at);
    if (!environment || dollar == std::string_view::npos) break;
    if (dollar > at && text[dollar - 1] == '$') {
      out.append(text.substr(at, dollar - at)).append("{");
      at = dollar + 2;
      continue;
    }
    out.append(text.substr(at, dollar - at));
    const size_t end = std::min(text.find('}', dollar), text.size());
    const std::string_view inside = text.substr(dollar + 2, end - dollar - 2);
    at = std::min(end + 1, text.size());
    if (end == text.size()) {
      errors.push_back("\"${\" is not closed by \"}\"; write $${ for itself");
      out.append(text.substr(dollar));
    } else if (const auto value = value_of(inside, environment, errors)) {
      out.append(*value);
    } else {
      out.append(text.substr(dollar, at - dollar));
    }
  }
  return out.append(text.substr(at));
}

}  // namespace statewire
