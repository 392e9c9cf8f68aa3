// What the fold reads. It is implemented over the store; for a check of the store, over what has
// been folded so far; and for `convert`, over nothing.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/result.h"
#include "model/entry.h"

namespace statewire {

class Views {
 public:
  virtual ~Views() = default;
  // out[i] belongs to ids[i]. Texts are valid as long as `arena`.
  virtual Result<void> records(std::span<const std::string_view> ids, Arena& arena,
                               std::vector<std::optional<Record>>& out) = 0;
  // The id that `alias` stands for, in `arena`; empty where it stands for none.
  virtual Result<std::string_view> resource_of_alias(std::string_view alias, Arena& arena) = 0;
  // The journal entry of that sequence, its texts in `arena`; not_found where retention has taken
  // it. Entries that the fold has just made are found too.
  virtual Result<Entry> entry(uint64_t sequence, Arena& arena) = 0;
};

}  // namespace statewire
