#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <utility>

#include "pattern/pattern.h"

namespace statewire {

inline Pattern compiled(std::string_view json) {
  auto result = Pattern::compile(json);
  if (auto* error = std::get_if<PatternError>(&result)) {
    ADD_FAILURE() << json << ": " << error->path << ": " << error->text;
    return Pattern::everything();
  }
  return std::get<Pattern>(std::move(result));
}

}  // namespace statewire
