// What a PatternScratch holds.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "pattern/leaves.h"
#include "pattern/pattern_set.h"
#include "pattern/read_json.h"
#include "pattern/snapshot.h"

namespace statewire {

struct PatternScratch::Content {
  // Makes the newest snapshot of a set the one that is matched against.
  const pattern::Snapshot& look_at(const std::shared_ptr<pattern::Published>& published);
  // The ids of what the leaves match, each once, ascending: in `out`, whatever it held before, or
  // where the snapshot has them.
  std::span<const uint32_t> match(std::vector<uint32_t>& out);

  std::shared_ptr<pattern::Published> seen_of;  // Kept, so that no other set has its address.
  uint64_t seen_version = 0;
  std::shared_ptr<const pattern::Snapshot> seen;

  pattern::JsonReader reader;
  pattern::Leaves leaves;
  std::vector<uint32_t> candidates;
  std::vector<uint32_t> ids;  // Of those who bring no vector.
};

}  // namespace statewire
