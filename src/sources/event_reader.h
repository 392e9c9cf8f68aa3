// Splits a text into events: one JSON value, a JSON array, JSON lines, or a CloudTrail file
// ({"Records":[…]}), told apart by their shape. CloudEvents batches are arrays.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "sources/text_form.h"

namespace statewire {

// One event of a text, good until the callback returns.
struct ParsedEvent {
  simdjson::dom::element element;  // Always an object.
  std::string_view bytes;          // Its own text, without the white space around it.
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
  size_t event_bytes_max = kEventBytesMax;
  size_t depth_max = kEventDepthMax;
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
  struct Handlers {
    const std::function<void(const ParsedEvent&)>& on_event;
    const std::function<void(const UnreadableEvent&)>& on_unreadable;
  };

  void read_lines(std::string_view text, uint64_t line, const Handlers& handlers);
  // One JSON value: an event, or an array of them. An error where it is none; nothing was handed
  // to a handler then.
  simdjson::error_code read_value(std::string_view text, uint64_t line, const Handlers& handlers);
  void read_elements(std::string_view array_text, uint64_t line, simdjson::dom::array array,
                     const Handlers& handlers);
  simdjson::error_code parse(std::string_view text, simdjson::dom::element& element);
  // Reads a text that is one event, or an array of events.
  size_t bytes_max(std::string_view text) const;
  // Why an object is refused as an event; empty where it is not.
  std::string refusal_of(const simdjson::dom::element& element, std::string_view text) const;

  const EventLimits limits_;
  TextForm form_;
  simdjson::dom::parser parser_;
  simdjson::dom::parser document_parser_;  // For what is large or deep; empty between calls.
  bool is_deep_ = false;                   // By the second: depth is yet to be looked at.
};

constexpr size_t kPaddingBytes = simdjson::SIMDJSON_PADDING;

}  // namespace statewire
