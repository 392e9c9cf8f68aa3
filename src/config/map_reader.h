// Reads a map whose keys are known:
//   MapReader reader(node);
//   const Node sink = reader.required("sink");
//   const Duration timeout = reader.optional("timeout").duration(30s);
//   reader.finish();
// A key that is in the map and was never asked for is an error, with the nearest key that was.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"

namespace statewire {

class MapReader {
 public:
  // If `map` is not a map, that is the only problem, and every key counts as absent.
  // An absent `map` is an empty one in which nothing is required.
  explicit MapReader(Node map);
  // Finishes, if nobody did.
  ~MapReader() { finish(); }
  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;

  Node optional(std::string_view key);
  // An error at the map's position where the key is missing.
  Node required(std::string_view key);
  // Reports unknown keys, once.
  void finish();
  // Nothing more can be said: what the remaining keys should be depends on one that is wrong.
  void ignore_rest() { is_finished_ = true; }

  const Node& node() const { return map_; }

 private:
  Node map_;
  std::vector<std::string> known_;
  bool is_finished_ = false;
};

}  // namespace statewire
