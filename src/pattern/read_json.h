// Events that are JSON text, as leaves, without parsing what nobody looks at.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "pattern/leaves.h"

namespace statewire::pattern {

// For one thread. Keeps its memory from event to event.
class JsonReader {
 public:
  // Finds where the tokens of `text` are: events one in a line, or one event. False where the text
  // as a whole is not good: then each line must be indexed alone.
  // REQUIRES: simdjson's padding may be read behind the text, which stays until the next index().
  bool index(std::string_view text);

  // Reads one event of the text that was indexed. Events come in their order. False where it is not
  // JSON, as far as it was read. An event that is no object has no leaves, and is_object() says so.
  bool read(std::string_view event, const Paths& paths, Leaves& leaves);
  bool is_object() const { return is_object_; }

 private:
  friend class JsonWalk;

  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
  std::string_view text_;
  size_t next_ = 0;  // The first token that was not passed.
  bool is_object_ = false;
  std::vector<uint32_t> seen_;  // By node: the object, counted, in which its key was last seen.
  uint32_t objects_ = 0;
  std::vector<uint8_t> unescaped_;
};

}  // namespace statewire::pattern
