// Views of nothing: for an observation that stands alone, and follows nothing.
#pragma once

#include <optional>
#include <vector>

#include "track/fold.h"

namespace statewire {

class NoViews final : public Views {
 public:
  Result<void> records(std::span<const std::string_view> ids, Arena&,
                       std::vector<std::optional<Record>>& out) override {
    out.assign(ids.size(), std::nullopt);
    return {};
  }
  Result<std::string_view> resource_of_alias(std::string_view, Arena&) override {
    return std::string_view{};
  }
  Result<Entry> entry(uint64_t, Arena&) override { return not_found("there is no journal"); }
};

}  // namespace statewire
