#include "config/map_reader.h"

#include <algorithm>

#include "base/text.h"

namespace statewire {

MapReader::MapReader(Node map) : map_(map) {
  if (map_.is_map()) return;
  map_.entries();  // Says that this is no map.
  map_ = {};
}

Node MapReader::optional(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return map_.find(key);
}

Node MapReader::required(std::string_view key) {
  const Node value = optional(key);
  if (!value) map_.error("missing key \"" + std::string(key) + "\"");
  return value;
}

void MapReader::finish() {
  if (is_finished_) return;
  is_finished_ = true;
  if (!map_) return;
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const Node& entry : map_.entries()) {
    if (std::find(known.begin(), known.end(), entry.key()) != known.end()) continue;
    std::string text = "unknown key";
    const std::string_view near = nearest(entry.key(), known);
    if (!near.empty()) text.append("; did you mean \"").append(near).append("\"?");
    entry.error_at_key(std::move(text));
  }
}

}  // namespace statewire
