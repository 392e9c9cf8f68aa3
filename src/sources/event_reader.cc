// The form of a text is told by its first line. Where more follows a line that is a whole JSON
// value, these are JSON lines; otherwise the text is one document. A document that cannot be read,
// but has a line that is a whole object, was meant as lines and begins with a broken one: the
// events that can be read are read.
//
// Events are parsed where they are, one at a time: an array is cut at its commas first, which takes
// no parser. The parser reads beyond the end of an event, into the next one, which does no harm;
// beyond the last one is what the caller guarantees.
#include "sources/event_reader.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "sources/json_fault.h"

namespace statewire {
namespace {

using simdjson::error_code;
namespace dom = simdjson::dom;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view name_of_type(dom::element_type type) {
  switch (type) {
    case dom::element_type::ARRAY:
      return "an array";
    case dom::element_type::STRING:
      return "a string";
    case dom::element_type::BOOL:
      return "true or false";
    case dom::element_type::NULL_VALUE:
      return "null";
    case dom::element_type::OBJECT:
      return "an object";
    default:
      return "a number";
  }
}

// CloudTrail's files hold {"Records":[…]}. Notifications of S3 do too, but are one event that
// names its source "aws:s3".
bool is_cloudtrail_record(const dom::element& record) {
  std::string_view source;
  return record.is_object() && record["eventVersion"].is_string() &&
         record["eventSource"].get(source) == simdjson::SUCCESS && !source.starts_with("aws:");
}

UnreadableEvent unreadable(const ElementTexts::Element& value, std::string reason) {
  return {.was_parsed = false,
          .line = value.line,
          .index = value.index,
          .reason = std::move(reason),
          .sample = cut_utf8(value.text, kUnreadableSampleBytesMax)};
}

UnreadableEvent refused(const ElementTexts::Element& value, const std::string& place,
                        std::string reason) {
  UnreadableEvent event = unreadable(value, place + std::move(reason));
  event.was_parsed = true;
  return event;
}

std::string too_long(size_t size, size_t size_max) {
  return with_thousands(size) + " bytes long; at most " + with_thousands(size_max);
}

std::string too_many(size_t events_max) {
  return "more than " + with_thousands(events_max) + " events; send fewer at a time";
}

std::string place_of_line(uint64_t line) { return "line " + std::to_string(line) + ": "; }

}  // namespace

EventReader::EventReader(EventLimits limits) : limits_(limits) {
  // The parser calls it too deep to be at its maximum. No memory: capacity is still 0 and grows.
  CHECK(parser_.allocate(0, limits_.depth_max + 1) == simdjson::SUCCESS);
}

void EventReader::read(std::string_view text, uint64_t first_line, const OnEvent& on_event,
                       const OnUnreadable& on_unreadable) {
  EventReading reading = begin(text, first_line);
  while (!reading.is_over()) read_next(reading, on_event, on_unreadable);
}

EventReading EventReader::begin(std::string_view text, uint64_t first_line) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const size_t begin = std::min(text.find_first_not_of(kJsonBlanks), text.size());
  EventReading reading;
  reading.line_ =
      first_line + static_cast<uint64_t>(std::count(text.data(), text.data() + begin, '\n'));
  reading.rest_ = without_blanks(text);
  reading.is_document_ = true;
  return reading;
}

size_t EventReader::read_next(EventReading& reading, const OnEvent& on_event,
                              const OnUnreadable& on_unreadable) {
  const Handlers handlers{on_event, on_unreadable};
  size_t bytes = 0;
  if (reading.array_) {
    bytes = read_element(reading, handlers);
  } else if (reading.is_document_) {
    bytes = reading.rest_.size();
    read_document(reading, handlers);
  } else if (!reading.rest_.empty()) {
    bytes = read_line(reading, handlers);
  }
  if (reading.array_ && reading.array_->is_at_end()) reading.array_.reset();
  if (parser_.capacity() > kParserBytesKept) {
    parser_ = simdjson::dom::parser();
    CHECK(parser_.allocate(0, limits_.depth_max + 1) == simdjson::SUCCESS);
  }
  return bytes;
}

void EventReader::read_document(EventReading& reading, const Handlers& handlers) {
  const std::string_view text = std::exchange(reading.rest_, {});
  reading.is_document_ = false;
  if (text.empty()) return;
  bool is_lines = form_.begins_with_a_whole_line(text) ||
                  (text.size() > bytes_max(text) && form_.has_event_line(text));
  if (!is_lines && read_value(text, reading, handlers) == Outcome::broken) {
    is_lines = form_.has_event_line(text);
    if (!is_lines) handlers.on_unreadable(unreadable({text, reading.line_, 0}, fault_));
  }
  if (!is_lines) return;
  reading.rest_ = text;
  begin_lines(reading, handlers);
}

// A text of too many events is refused before its first is read.
void EventReader::begin_lines(EventReading& reading, const Handlers& handlers) {
  const std::string_view text = reading.rest_;
  if (text.size() / 2 < limits_.events_max) return;
  const auto lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  if (lines <= limits_.events_max) return;
  handlers.on_unreadable(refused({text, reading.line_, 0}, "", too_many(limits_.events_max)));
  reading.rest_ = {};
}

size_t EventReader::read_line(EventReading& reading, const Handlers& handlers) {
  size_t bytes = 0;
  std::string_view line;
  while (line.empty() && !reading.rest_.empty() && bytes < kBlankBytesAtATime) {
    line = first_line_of(reading.rest_);
    const size_t size = std::min(line.size() + 1, reading.rest_.size());
    reading.rest_.remove_prefix(size);
    bytes += size;
    line = without_blanks(line);
    if (line.empty()) ++reading.line_;
  }
  if (line.empty()) return bytes;
  // Lines may be arrays: how many events they hold shows only now.
  if (reading.events_++ >= limits_.events_max) {
    handlers.on_unreadable(refused({line, reading.line_, 0}, place_of_line(reading.line_),
                                   too_many(limits_.events_max)));
    reading.rest_ = {};
  } else if (read_value(line, reading, handlers) == Outcome::broken) {
    handlers.on_unreadable(unreadable({line, reading.line_, 0}, fault_));
  }
  ++reading.line_;
  return bytes;
}

size_t EventReader::bytes_max(std::string_view text) const {
  return array_of_events(text).empty() ? limits_.event_bytes_max : kEventDocumentBytesMax;
}

EventReader::Outcome EventReader::read_value(std::string_view text, EventReading& reading,
                                             const Handlers& handlers) {
  const ElementTexts::Element value{text, reading.line_, 0};
  const std::string_view array_text = array_of_events(text);
  const bool is_array = text.size() <= kEventDocumentBytesMax && !array_text.empty() &&
                        (text.starts_with('[') || begins_with_cloudtrail_record(array_text));
  if (is_array) return begin_array(text, array_text, reading, handlers);
  return read_object(value, false, handlers);
}

EventReader::Outcome EventReader::begin_array(std::string_view text, std::string_view array_text,
                                              EventReading& reading, const Handlers& handlers) {
  const auto before = static_cast<size_t>(array_text.data() - text.data());
  const auto lines = static_cast<uint64_t>(std::count(text.begin(), array_text.begin(), '\n'));
  ElementTexts array(array_text, reading.line_ + lines, limits_.events_max);
  if (array.has_too_many()) {
    handlers.on_unreadable(refused({text, reading.line_, 0}, place_of_line(reading.line_),
                                   too_many(limits_.events_max)));
    return Outcome::read;
  }
  const std::string_view behind =
      array.is_whole() ? array_text.substr(array.end()) : std::string_view();
  const bool ends_well = before == 0 ? without_blanks(behind).empty() : is_end_of_object(behind);
  if (!array.is_whole() || !ends_well) {
    const size_t fault = array.is_whole() ? array.end() : array.fault_at();
    fault_ = syntax_fault_at(text, reading.line_, before + fault).to_text();
    return Outcome::broken;
  }
  reading.array_ = std::move(array);
  return Outcome::read;
}

size_t EventReader::read_element(EventReading& reading, const Handlers& handlers) {
  const std::optional<ElementTexts::Element> element = reading.array_->next();
  if (!element) return 0;
  ++reading.events_;
  if (read_object(*element, true, handlers) == Outcome::broken) {
    handlers.on_unreadable(unreadable(*element, fault_));
  }
  return element->text.size();
}

EventReader::Outcome EventReader::read_object(const ElementTexts::Element& object, bool is_element,
                                              const Handlers& handlers) {
  const auto refuse = [&](std::string reason) {
    std::string place = place_of_line(object.line);
    if (is_element) place += "element " + std::to_string(object.index) + ": ";
    handlers.on_unreadable(refused(object, place, std::move(reason)));
    return Outcome::read;
  };
  if (object.text.size() > limits_.event_bytes_max) {
    return refuse(too_long(object.text.size(), limits_.event_bytes_max));
  }
  dom::element element;
  const error_code error =
      parser_.parse(object.text.data(), object.text.size(), false).get(element);
  if (error == simdjson::DEPTH_ERROR) {
    return refuse("nested deeper than " + std::to_string(limits_.depth_max));
  }
  if (error != simdjson::SUCCESS) {
    fault_ = find_fault(object.text, object.line, error).to_text();
    return Outcome::broken;
  }
  if (!element.is_object()) {
    return refuse("an event must be an object, not " + std::string(name_of_type(element.type())));
  }
  handlers.on_event(
      {.element = element, .bytes = object.text, .line = object.line, .index = object.index});
  return Outcome::read;
}

// Told by the first that can be read, so that one that cannot costs only itself.
bool EventReader::begins_with_cloudtrail_record(std::string_view array_text) {
  size_t at = 0;
  for (size_t i = 0; i < kBrokenRecordsMax; ++i) {
    at = std::min(array_text.find_first_not_of(kJsonBlanks, at + 1), array_text.size());
    if (at < array_text.size() && array_text[at] == ']') return i == 0;
    const size_t end = end_of_json_value(array_text, at);
    dom::element element;
    if (end == at || end - at > limits_.event_bytes_max) return false;
    if (parser_.parse(array_text.data() + at, end - at, false).get(element) == simdjson::SUCCESS) {
      return is_cloudtrail_record(element);
    }
    at = array_text.find_first_not_of(kJsonBlanks, end);
    if (at == array_text.npos || array_text[at] != ',') return false;
  }
  return false;
}

// Whether it ends an object whose last member stands before it.
bool EventReader::is_end_of_object(std::string_view text) {
  if (without_blanks(text) == "}") return true;
  if (text.size() > limits_.event_bytes_max) return false;
  const simdjson::padded_string object("{\"\":0" + std::string(text));
  return parser_.parse(object).error() == simdjson::SUCCESS;
}

}  // namespace statewire
