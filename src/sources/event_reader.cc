// A line that is a JSON value is read as it is. Where it is none, the value is cut out of the text
// by its brackets: it may go over several lines, or others may follow in its line. What has no end
// is passed over up to the next line that begins an event, and reported once.
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
#include "base/whole_json.h"
#include "sources/json_fault.h"
#include "sources/value_end.h"

namespace statewire {
namespace {

using simdjson::error_code;
namespace dom = simdjson::dom;

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

UnreadableEvent unreadable(const ElementTexts::Element& value, std::string reason) {
  return {.was_parsed = false,
          .line = value.line,
          .index = value.index,
          .reason = std::move(reason),
          .sample = cut_utf8(value.text, kUnreadableSampleBytesMax)};
}

std::string too_long(size_t size, size_t size_max) {
  return with_thousands(size) + " bytes long; at most " + with_thousands(size_max);
}

std::string too_many(size_t events_max) {
  return "more than " + with_thousands(events_max) + " events; send fewer at a time";
}

std::string place_of_line(uint64_t line) { return "line " + std::to_string(line) + ": "; }

}  // namespace

EventReader::EventReader(EventLimits limits, OnFiles on_files)
    : limits_(limits), on_files_(std::move(on_files)) {
  // The parser calls it too deep to be at its maximum. No memory: capacity is still 0 and grows.
  CHECK(parser_.allocate(0, limits_.depth_max + 1) == simdjson::SUCCESS);
}

void EventReader::read(std::string_view text, uint64_t first_line, const OnEvent& on_event,
                       const OnUnreadable& on_unreadable) {
  EventReading reading = begin(text, first_line);
  while (!reading.is_over()) read_next(reading, on_event, on_unreadable);
}

EventReading EventReader::begin(std::string_view text, uint64_t first_line, ByteShare share,
                                bool are_cloud_events) {
  EventReading reading;
  reading.are_cloud_events_ = are_cloud_events;
  reading.share_ = std::move(share);
  reading.text_ = text;
  reading.rest_ = text.substr(0, text.find_last_not_of(kJsonBlanks) + 1);
  reading.line_ = first_line;
  return reading;
}

size_t EventReader::read_next(EventReading& reading, const OnEvent& on_event,
                              const OnUnreadable& on_unreadable) {
  const Handlers handlers{on_event, on_unreadable};
  size_t bytes = 0;
  if (reading.is_inside_) {
    bytes = read_inner(reading, handlers);
  } else if (reading.array_) {
    bytes = read_element(reading, handlers);
  } else if (!reading.has_begun_ && has_too_many_lines(reading.rest_)) {
    bytes = refuse_rest(reading, "", handlers);
  } else if (!reading.rest_.empty()) {
    bytes = read_next_value(reading, handlers);
  }
  reading.has_begun_ = true;
  if (reading.array_ && reading.array_->is_at_end()) reading.array_.reset();
  if (parser_.capacity() > kParserBytesKept) {
    parser_ = simdjson::dom::parser();
    CHECK(parser_.allocate(0, limits_.depth_max + 1) == simdjson::SUCCESS);
  }
  return bytes;
}

UnreadableEvent EventReader::refused(const ElementTexts::Element& value, const std::string& place,
                                     std::string reason) {
  UnreadableEvent event = unreadable(value, place + std::move(reason));
  event.was_parsed = true;
  return event;
}

std::string EventReader::place_of(const ElementTexts::Element& value, bool is_element) {
  const std::string line = place_of_line(value.line);
  return is_element ? line + "element " + std::to_string(value.index) + ": " : line;
}

// A text of too many events is refused before its first is read.
bool EventReader::has_too_many_lines(std::string_view text) {
  if (text.size() / 2 < limits_.events_max) return false;
  const auto lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  if (lines <= limits_.events_max) return false;
  return form_.begins_with_a_whole_line(text.substr(skip_between_values(text, 0)));
}

size_t EventReader::refuse_rest(EventReading& reading, const std::string& place,
                                const Handlers& handlers) {
  const std::string_view text = std::exchange(reading.rest_, {});
  handlers.on_unreadable(refused({text, reading.line_, 0}, place, too_many(limits_.events_max)));
  return text.size();
}

void EventReader::pass(EventReading& reading, size_t bytes) {
  const std::string_view passed = reading.rest_.substr(0, bytes);
  reading.line_ += static_cast<uint64_t>(std::count(passed.begin(), passed.end(), '\n'));
  reading.rest_.remove_prefix(bytes);
}

size_t EventReader::read_next_value(EventReading& reading, const Handlers& handlers) {
  const std::string_view looked_at = reading.rest_.substr(0, kBlankBytesAtATime);
  const size_t blanks = skip_between_values(looked_at, 0);
  pass(reading, blanks);
  if (blanks == looked_at.size()) return blanks;
  if (!reading.is_inside_line_) {
    const std::string_view line = first_line_of(reading.rest_);
    if (read_line(without_blanks(line), reading, handlers)) {
      const size_t bytes = std::min(line.size() + 1, reading.rest_.size());
      reading.rest_.remove_prefix(bytes);
      ++reading.line_;
      return blanks + bytes;
    }
  }
  const size_t bytes = read_cut_value(reading, handlers);
  pass(reading, bytes);
  const size_t next = reading.rest_.find_first_not_of(" \t\r");
  reading.is_inside_line_ = bytes > 0 && next != reading.rest_.npos &&
                            reading.rest_[next] != '\n' && reading.rest_.data()[-1] != '\n';
  return blanks + bytes;
}

// The usual case. False, and nothing was handed to a handler, where the line is no value that may
// be an event or an array of them.
bool EventReader::read_line(std::string_view line, EventReading& reading,
                            const Handlers& handlers) {
  if (!array_of_events(line).empty()) {
    return read_value(line, reading, handlers) == Outcome::read;
  }
  dom::element element;
  if (line.size() > limits_.event_bytes_max || parse_json(parser_, line, element)) return false;
  hand_over({line, reading.line_, 0}, element, false, reading, handlers);
  return true;
}

// The bytes of the value that is next, or of what is none.
size_t EventReader::read_cut_value(EventReading& reading, const Handlers& handlers) {
  const std::string_view rest = reading.rest_;
  if (is_packed_text(rest)) {
    const std::string_view text = rest.substr(0, rest.find_first_of(kJsonBlanks));
    enter({.key = "base64", .text = text}, {text, reading.line_, 0}, false, reading, handlers);
    return text.size();
  }
  ValueEnd end{.kind = ValueEnd::Kind::broken};
  if (rest.starts_with('{') || rest.starts_with('[')) end = end_of_value(rest);
  const bool is_whole = end.kind == ValueEnd::Kind::whole;
  const size_t bytes = is_whole ? end.at : end_of_broken(rest, end);
  const std::string_view text = without_blanks(rest.substr(0, bytes));
  // A parser for what may be as long as all is more than it is worth.
  const bool is_long =
      !is_whole && end.kind != ValueEnd::Kind::too_deep && text.size() > limits_.event_bytes_max;
  if (is_long) fault_ = syntax_fault_at(text, reading.line_, end.at);
  const Outcome outcome = is_long ? Outcome::broken
                          : is_whole
                              ? read_value(text, reading, handlers)
                              : read_object({text, reading.line_, 0}, false, reading, handlers);
  if (outcome == Outcome::broken) {
    report_fault({text, reading.line_, 0}, false, reading, handlers);
  }
  return bytes;
}

// Of its first byte, from 0. Values are asked for in order: each byte is searched once.
size_t EventReader::column_of(std::string_view value, EventReading& reading) {
  const auto at = static_cast<size_t>(value.data() - reading.text_.data());
  const std::string_view since = reading.text_.substr(reading.searched_, at - reading.searched_);
  const size_t feed = since.rfind('\n');
  if (feed != since.npos) reading.line_begin_ = reading.searched_ + feed + 1;
  reading.searched_ = at;
  return at - reading.line_begin_;
}

// `value` may begin behind others in its line.
void EventReader::report_fault(const ElementTexts::Element& value, bool is_element,
                               EventReading& reading, const Handlers& handlers) {
  if (fault_.column > 0 && fault_.line == value.line) {
    fault_.column += column_of(value.text, reading);
  }
  if (is_element) fault_.what.insert(0, "element " + std::to_string(value.index) + ": ");
  handlers.on_unreadable(unreadable(value, fault_.to_text()));
}

EventReader::Outcome EventReader::read_value(std::string_view text, EventReading& reading,
                                             const Handlers& handlers) {
  ArrayText array{array_of_events(text), Elements::events};
  if (text.size() <= kEventDocumentBytesMax && !array.text.empty()) {
    if (!text.starts_with('[')) array.elements = elements_by_first(array.text);
    if (array.elements) return begin_array(text, array, reading, handlers);
  }
  if (text.size() > limits_.event_bytes_max && text.size() <= kEventDocumentBytesMax &&
      find_array_in(text, reading, handlers) == Outcome::read) {
    return Outcome::read;
  }
  const Outcome outcome = read_object({text, reading.line_, 0}, false, reading, handlers);
  if (outcome == Outcome::read) return outcome;
  JsonFault fault = std::move(fault_);
  if (find_array_in(text, reading, handlers) == Outcome::read) return Outcome::read;
  fault_ = std::move(fault);
  return Outcome::broken;
}

// A container that is too long to be parsed, or of which something is broken: that costs itself.
EventReader::Outcome EventReader::find_array_in(std::string_view text, EventReading& reading,
                                                const Handlers& handlers) {
  std::optional<ArrayText> array = text.starts_with('{') ? find_array(text) : std::nullopt;
  if (!array) return Outcome::broken;
  if (!array->elements) array->elements = elements_by_first(array->text);
  const auto before = static_cast<size_t>(array->text.data() - text.data());
  if (!array->elements || !is_begin_of_object(text.substr(0, before))) return Outcome::broken;
  return begin_array(text, *array, reading, handlers);
}

EventReader::Outcome EventReader::begin_array(std::string_view text, const ArrayText& found,
                                              EventReading& reading, const Handlers& handlers) {
  const auto before = static_cast<size_t>(found.text.data() - text.data());
  const auto lines = static_cast<uint64_t>(std::count(text.begin(), found.text.begin(), '\n'));
  ElementTexts array(found.text, reading.line_ + lines, limits_.events_max);
  if (array.has_too_many()) {
    handlers.on_unreadable(refused({text, reading.line_, 0}, place_of_line(reading.line_),
                                   too_many(limits_.events_max)));
    return Outcome::read;
  }
  const std::string_view behind =
      array.is_whole() ? found.text.substr(array.end()) : std::string_view();
  const bool ends_well = before == 0 ? without_blanks(behind).empty() : is_end_of_object(behind);
  if (!array.is_whole() || !ends_well) {
    const size_t fault = array.is_whole() ? array.end() : array.fault_at();
    fault_ = syntax_fault_at(text, reading.line_, before + fault);
    return Outcome::broken;
  }
  reading.array_ = std::move(array);
  reading.elements_ = *found.elements;
  return Outcome::read;
}

size_t EventReader::read_element(EventReading& reading, const Handlers& handlers) {
  const std::optional<ElementTexts::Element> element = reading.array_->next();
  if (!element) return 0;
  if (read_object(*element, true, reading, handlers) == Outcome::broken) {
    report_fault(*element, true, reading, handlers);
  }
  return element->text.size();
}

EventReader::Outcome EventReader::read_object(const ElementTexts::Element& object, bool is_element,
                                              EventReading& reading, const Handlers& handlers) {
  const auto refuse = [&](std::string reason) {
    handlers.on_unreadable(refused(object, place_of(object, is_element), std::move(reason)));
    return Outcome::read;
  };
  if (object.text.size() > limits_.event_bytes_max) {
    return refuse(too_long(object.text.size(), limits_.event_bytes_max));
  }
  dom::element element;
  const error_code error = parse_json(parser_, object.text, element);
  if (error == simdjson::DEPTH_ERROR) {
    return refuse("nested deeper than " + std::to_string(limits_.depth_max));
  }
  if (error != simdjson::SUCCESS) {
    fault_ = find_fault(object.text, object.line, error);
    return Outcome::broken;
  }
  hand_over(object, element, is_element, reading, handlers);
  return Outcome::read;
}

void EventReader::hand_over(const ElementTexts::Element& object, dom::element element,
                            bool is_element, EventReading& reading, const Handlers& handlers) {
  if (element.is_object()) {
    if (open_container(object, element, is_element, reading, handlers)) return;
    return handlers.on_event(
        {.element = element, .bytes = object.text, .line = object.line, .index = object.index});
  }
  handlers.on_unreadable(
      refused(object, place_of(object, is_element),
              "an event must be an object, not " + std::string(name_of_type(element.type()))));
}

// Told by the first that can be, so that one that cannot be read costs only itself.
std::optional<Elements> EventReader::elements_by_first(std::string_view array_text) {
  size_t at = 0;
  for (size_t i = 0; i < kBrokenRecordsMax; ++i) {
    at = std::min(array_text.find_first_not_of(kJsonBlanks, at + 1), array_text.size());
    if (at < array_text.size() && array_text[at] == ']') {
      return i == 0 ? std::optional(Elements::events) : std::nullopt;
    }
    const size_t end = end_of_json_value(array_text, at);
    dom::element element;
    if (end == at || end - at > limits_.event_bytes_max) return std::nullopt;
    if (parse_json(parser_, array_text.substr(at, end - at), element) == simdjson::SUCCESS) {
      if (const auto elements = elements_like(element)) return elements;
    }
    at = array_text.find_first_not_of(kJsonBlanks, end);
    if (at == array_text.npos || array_text[at] != ',') return std::nullopt;
  }
  return std::nullopt;
}

// Whether it ends an object whose last member stands before it.
bool EventReader::is_end_of_object(std::string_view text) {
  if (without_blanks(text) == "}") return true;
  if (text.size() > limits_.event_bytes_max) return false;
  return is_json("{\"\":0" + std::string(text));
}

// Whether the value of its last member may follow.
bool EventReader::is_begin_of_object(std::string_view text) {
  if (text.size() > limits_.event_bytes_max) return false;
  return is_json(std::string(text) + "0}");
}

bool EventReader::is_json(const std::string& text) {
  dom::element element;
  return parse_json(parser_, simdjson::padded_string(text), element) == simdjson::SUCCESS;
}

}  // namespace statewire
