// The form of a text is told by its first line. Where more follows a line that is a whole JSON
// value, these are JSON lines; otherwise the text is one document. A document that cannot be read,
// but has a line that is a whole object, was meant as lines and begins with a broken one: the
// events that can be read are read.
//
// Lines are parsed where they are. The parser reads beyond the end of a line, into the next one,
// which does no harm; beyond the last line is what the caller guarantees.
#include "sources/event_reader.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "sources/element_texts.h"
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

// Nested in `depth_max` objects and arrays at most, its own included.
bool is_deeper_than(const dom::element& element, size_t depth_max) {
  dom::array array;
  dom::object object;
  if (element.get(array) == simdjson::SUCCESS) {
    if (depth_max == 0) return true;
    for (const dom::element item : array) {
      if (is_deeper_than(item, depth_max - 1)) return true;
    }
  } else if (element.get(object) == simdjson::SUCCESS) {
    if (depth_max == 0) return true;
    for (const dom::key_value_pair field : object) {
      if (is_deeper_than(field.value, depth_max - 1)) return true;
    }
  }
  return false;
}

// CloudTrail's files hold {"Records":[…]}. Notifications of S3 do too, but are one event that
// names its source "aws:s3".
bool is_cloudtrail_record(const dom::element& record) {
  std::string_view source;
  return record.is_object() && record["eventVersion"].is_string() &&
         record["eventSource"].get(source) == simdjson::SUCCESS && !source.starts_with("aws:");
}

UnreadableEvent unreadable(std::string_view text, uint64_t line, std::string reason) {
  return {.was_parsed = false,
          .line = line,
          .index = 0,
          .reason = std::move(reason),
          .sample = cut_utf8(text, kUnreadableSampleBytesMax)};
}

UnreadableEvent refused(std::string_view text, uint64_t line, std::string reason) {
  UnreadableEvent event =
      unreadable(text, line, "line " + std::to_string(line) + ": " + std::move(reason));
  event.was_parsed = true;
  return event;
}

std::string too_long(size_t size, size_t size_max) {
  return with_thousands(size) + " bytes long; at most " + with_thousands(size_max);
}

}  // namespace

EventReader::EventReader(EventLimits limits) : limits_(limits) {
  // The parser calls it too deep to be at its maximum. No memory: capacity is still 0 and grows.
  CHECK(parser_.allocate(0, limits_.depth_max + 1) == simdjson::SUCCESS);
}

void EventReader::read(std::string_view text, uint64_t first_line,
                       const std::function<void(const ParsedEvent&)>& on_event,
                       const std::function<void(const UnreadableEvent&)>& on_unreadable) {
  const Handlers handlers{on_event, on_unreadable};
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const size_t begin = std::min(text.find_first_not_of(kJsonBlanks), text.size());
  first_line += static_cast<uint64_t>(std::count(text.data(), text.data() + begin, '\n'));
  text = without_blanks(text);
  if (text.empty()) return;
  if (form_.begins_with_a_whole_line(text) ||
      (text.size() > bytes_max(text) && form_.has_event_line(text))) {
    read_lines(text, first_line, handlers);
  } else if (const error_code error = read_value(text, first_line, handlers)) {
    if (form_.has_event_line(text)) {
      read_lines(text, first_line, handlers);
    } else {
      on_unreadable(unreadable(text, first_line, find_fault(text, first_line, error).to_text()));
    }
  }
  if (document_parser_.capacity() > 0) document_parser_ = dom::parser();
}

void EventReader::read_lines(std::string_view text, uint64_t line, const Handlers& handlers) {
  for (; !text.empty(); ++line) {
    std::string_view event = first_line_of(text);
    text.remove_prefix(std::min(event.size() + 1, text.size()));
    event = without_blanks(event);
    if (event.empty()) continue;
    const error_code error = read_value(event, line, handlers);
    if (error == simdjson::SUCCESS) continue;
    handlers.on_unreadable(unreadable(event, line, find_fault(event, line, error).to_text()));
  }
}

size_t EventReader::bytes_max(std::string_view text) const {
  return array_of_events(text).empty() ? limits_.event_bytes_max : kEventDocumentBytesMax;
}

error_code EventReader::read_value(std::string_view text, uint64_t line, const Handlers& handlers) {
  const std::string_view array_text = array_of_events(text);
  if (const size_t size_max = bytes_max(text); text.size() > size_max) {
    handlers.on_unreadable(refused(text, line, too_long(text.size(), size_max)));
    return simdjson::SUCCESS;
  }
  dom::element element;
  const error_code error = parse(text, element);
  if (error == simdjson::DEPTH_ERROR) {
    handlers.on_unreadable(refused(text, line, "nested too deeply to be read"));
    return simdjson::SUCCESS;
  }
  if (error != simdjson::SUCCESS) return error;
  dom::array array;
  const bool is_array = element.get(array) == simdjson::SUCCESS;
  if (is_array || (!array_text.empty() && element["Records"].get(array) == simdjson::SUCCESS &&
                   (array.begin() == array.end() || is_cloudtrail_record(*array.begin())))) {
    const auto before = text.substr(0, static_cast<size_t>(array_text.data() - text.data()));
    line += static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
    read_elements(array_text, line, array, handlers);
    return simdjson::SUCCESS;
  }
  if (std::string reason = refusal_of(element, text); !reason.empty()) {
    handlers.on_unreadable(refused(text, line, std::move(reason)));
  } else {
    handlers.on_event({.element = element, .bytes = text, .line = line, .index = 0});
  }
  return simdjson::SUCCESS;
}

void EventReader::read_elements(std::string_view array_text, uint64_t line, dom::array array,
                                const Handlers& handlers) {
  ElementTexts texts(array_text, line);
  uint64_t index = 0;
  for (const dom::element element : array) {
    const auto own = texts.next();
    CHECK(own.has_value());
    if (std::string reason = refusal_of(element, own->text); !reason.empty()) {
      reason = "element " + std::to_string(index) + ": " + std::move(reason);
      UnreadableEvent event = refused(own->text, own->line, std::move(reason));
      event.index = index;
      handlers.on_unreadable(event);
    } else {
      handlers.on_event(
          {.element = element, .bytes = own->text, .line = own->line, .index = index});
    }
    ++index;
  }
}

error_code EventReader::parse(std::string_view text, dom::element& element) {
  is_deep_ = false;
  if (text.size() <= kParserBytesKept) {
    const error_code error = parser_.parse(text.data(), text.size(), false).get(element);
    if (error != simdjson::DEPTH_ERROR) return error;
  }
  is_deep_ = true;
  return document_parser_.parse(text.data(), text.size(), false).get(element);
}

std::string EventReader::refusal_of(const dom::element& element, std::string_view text) const {
  if (!element.is_object()) {
    return "an event must be an object, not " + std::string(name_of_type(element.type()));
  }
  if (text.size() > limits_.event_bytes_max) {
    return too_long(text.size(), limits_.event_bytes_max);
  }
  if (is_deep_ && is_deeper_than(element, limits_.depth_max)) {
    return "nested deeper than " + std::to_string(limits_.depth_max);
  }
  return {};
}

}  // namespace statewire
