#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pattern/pattern_set.h"

namespace statewire {

inline Pattern compiled(std::string_view json) {
  auto result = Pattern::compile(json);
  if (auto* error = std::get_if<PatternError>(&result)) {
    ADD_FAILURE() << json << ": " << error->path << ": " << error->text;
    return Pattern::everything();
  }
  return std::get<Pattern>(std::move(result));
}

inline PatternSet sealed(const std::vector<std::string>& patterns) {
  PatternSet set;
  uint32_t id = 1;
  for (const std::string& pattern : patterns) set.add(id++, compiled(pattern));
  set.seal();
  return set;
}

// Asks sets of events that are given as JSON.
class SetAsker {
 public:
  std::vector<uint32_t> ids(const PatternSet& set, std::string_view event) {
    const auto ids = set.match(parser_.parse(std::string(event)).value(), scratch_).value();
    return {ids.begin(), ids.end()};
  }

 private:
  simdjson::dom::parser parser_;
  PatternScratch scratch_;
};

}  // namespace statewire
