// Events that are JSON text, as leaves, without parsing what nobody looks at.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "lines/blocks.h"
#include "pattern/leaves.h"

namespace statewire::lines {

// For one thread. Keeps its memory from event to event.
class JsonReader {
 public:
  JsonReader();

  // False where the event is not JSON, as far as it was read. An event that is no object has no
  // leaves, and is_object() says so. Leaves are good as long as the text is, until the next event.
  // REQUIRES: simdjson's padding may be read behind the text.
  bool read(std::string_view event, const pattern::Paths& paths, pattern::Leaves& leaves);
  bool is_object() const { return is_object_; }

 private:
  friend class JsonWalk;

  const ReadBlock read_block_ = block_readers().front().read;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;  // For escapes.
  bool is_object_ = false;
  std::vector<uint8_t> unescaped_;
};

}  // namespace statewire::lines
