// Splits a text into events: one JSON value, a JSON array, JSON lines, or a CloudTrail file
// ({"Records":[…]}), told apart by their shape. CloudEvents batches are arrays.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace statewire {

// One event of a text, good until the callback returns.
struct ParsedEvent {
  simdjson::dom::element element;  // Always an object.
  std::string_view bytes;          // Its own text; empty for an element of an array.
  uint64_t line = 0;               // 1-based, where it begins; 0 where not known.
  uint64_t index = 0;              // In its array.
};

// What could not be read as an event.
struct UnreadableEvent {
  bool was_parsed = false;  // True: JSON, but over a limit or not an object (fate `rejected`).
  uint64_t line = 0;
  uint64_t index = 0;
  std::string reason;       // "line 7, column 12: …"
  std::string_view sample;  // The first bytes of it.
};

struct EventLimits {
  size_t event_bytes_max = 1 << 20;
  size_t depth_max = 64;
};

// Not thread-safe: one for each thread; it keeps its parser's memory between calls.
class EventReader {
 public:
  explicit EventReader(EventLimits limits = {});

  // Reads all events of `text`, in order. The caller guarantees kPaddingBytes readable bytes
  // after its end. A line that cannot be parsed is reported and the next one is read; a text
  // that is no JSON lines is reported once. Blank lines count nothing. `first_line` is the
  // number of the text's first line.
  void read(std::string_view text, uint64_t first_line,
            const std::function<void(const ParsedEvent&)>& on_event,
            const std::function<void(const UnreadableEvent&)>& on_unreadable);

 private:
  void read_lines(std::string_view text, uint64_t first_line,
                  const std::function<void(const ParsedEvent&)>& on_event,
                  const std::function<void(const UnreadableEvent&)>& on_unreadable);

  const EventLimits limits_;
  simdjson::dom::parser parser_;
};

constexpr size_t kPaddingBytes = simdjson::SIMDJSON_PADDING;

}  // namespace statewire
