// Events that are JSON text, as leaves, without parsing what nobody looks at.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "pattern/blocks.h"
#include "pattern/leaves.h"

namespace statewire::pattern {

// For one thread. Keeps its memory from event to event.
class JsonReader {
 public:
  JsonReader();

  // False where the event is not JSON, as far as it was read. An event that is no object has no
  // leaves, and is_object() says so. Leaves are good as long as the text is, until the next event.
  // REQUIRES: simdjson's padding may be read behind the text.
  bool read(std::string_view event, const Paths& paths, Leaves& leaves);
  bool is_object() const { return is_object_; }

 private:
  friend class JsonWalk;

  const ReadBlock read_block_ = block_readers().front().read;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;  // For escapes.
  bool is_object_ = false;
  std::vector<uint32_t> seen_;  // By node: the object, counted, in which its key was last seen.
  uint32_t objects_ = 0;
  std::vector<uint8_t> unescaped_;
};

}  // namespace statewire::pattern
