#include "config/map_reader.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace statewire {

MapReader::MapReader(Node map) : map_(map) {
  if (map_.is_map()) return;
  map_.entries();  // Says that this is no map.
  map_ = {};
}

MapReader::MapReader(Node map, std::span<const std::string_view> keys) : MapReader(map) {
  keys_ = keys;
}

Node MapReader::misspelt(std::string_view key) const {
  if (keys_.empty() || !map_) return {};
  for (const Node& entry : map_.entries()) {
    const bool is_known = std::ranges::find(keys_, entry.key()) != keys_.end();
    if (!is_known && nearest(entry.key(), keys_) == key) return entry;
  }
  return {};
}

Node MapReader::optional(std::string_view key) {
  CHECK(keys_.empty() || std::ranges::find(keys_, key) != keys_.end());
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  const Node value = map_.find(key);
  return value ? value : misspelt(key);
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
