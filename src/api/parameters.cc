#include "api/parameters.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/since.h"
#include "base/text.h"

namespace statewire {
namespace {

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

}  // namespace

Parameters::Parameters(std::string_view query, std::string_view known)
    : values_(parse_query(query)) {
  const std::vector<std::string_view> names = words_of(known);
  for (size_t i = 0; i < values_.size() && !error_; ++i) {
    const std::string& name = values_[i].first;
    if (std::ranges::find(names, name) == names.end()) {
      const std::string_view near = nearest(name, names);
      std::string text = "there is no parameter \"" + name + "\"";
      if (!near.empty()) text.append("; did you mean \"").append(near).append("\"?");
      error_ = bad_input(std::move(text));
    } else if (find_parameter(values_, name) != &values_[i].second) {
      wrong(name, "is there twice");
    }
  }
}

void Parameters::wrong(std::string_view name, std::string_view text) {
  if (!error_) error_ = bad_input(std::string(name).append(" ").append(text));
}

std::string Parameters::text(std::string_view name) const {
  const std::string* const value = find_parameter(values_, name);
  return value == nullptr ? std::string() : *value;
}

uint64_t Parameters::number(std::string_view name, uint64_t absent, uint64_t most) {
  const std::string value = text(name);
  if (value.empty()) return absent;
  uint64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [stopped, error] = std::from_chars(value.data(), end, number);
  if (error == std::errc() && stopped == end && number >= 1 && number <= most) return number;
  wrong(name, "must be a number from 1 to " + with_thousands(most));
  return absent;
}

std::optional<Time> Parameters::since(std::string_view name, Time now) {
  const std::string value = text(name);
  if (value.empty()) return std::nullopt;
  if (const std::optional<Time> time = parse_since(value, now)) return time;
  wrong(name, "must be " + std::string(kSinceForms));
  return std::nullopt;
}

Result<void> Parameters::check() const {
  if (error_) return *error_;
  return {};
}

}  // namespace statewire
