// Reads a map whose keys are known:
//   MapReader reader(node);
//   const Node sink = reader.required("sink");
//   const Duration timeout = reader.optional("timeout").duration(30s);
//   reader.finish();
// A key that is in the map and was never asked for is an error, with the nearest key that was.
#pragma once

#include <span>
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
  // The same, of which all keys are known before any is asked for. Then a misspelt key stands for
  // the one that is meant, so that what is wrong below it is reported too; it is an error still.
  // `keys` outlives this. REQUIRES of optional() and required() then: `key` is among them.
  MapReader(Node map, std::span<const std::string_view> keys);
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
  Node misspelt(std::string_view key) const;

  Node map_;
  std::span<const std::string_view> keys_;  // Empty: they are not known before.
  std::vector<std::string> known_;
  bool is_finished_ = false;
};

}  // namespace statewire
