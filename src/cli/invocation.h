// What a person asked for: the values of one command's options and arguments.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace statewire {

// By the names that the command's table gives them: "--format", "FILES". Values were checked
// against the table before: a number is one, a choice is among its words.
class Invocation {
 public:
  void set(std::string_view name, std::vector<std::string> values) {
    values_.insert_or_assign(std::string(name), std::move(values));
  }

  bool has(std::string_view name) const { return values_.contains(name); }
  // The last value; `fallback` where there is none.
  std::string text(std::string_view name, std::string_view fallback = {}) const;
  std::vector<std::string> texts(std::string_view name) const;
  uint64_t number(std::string_view name, uint64_t fallback = 0) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

}  // namespace statewire
