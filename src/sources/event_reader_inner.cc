// Texts of events that containers hold. A reading keeps the one that it is inside of, and reads it
// as any other text before it goes on.
#include <utility>

#include "base/base64.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "net/inflate.h"
#include "sources/cloud_event.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

constexpr std::string_view kGzip = "\x1f\x8b";

}  // namespace

struct EventReading::Inner {
  std::string text;
  EventReading reading;
  std::unique_ptr<Inflation> inflation;  // Until `text` is there.
  ByteShare share;                       // For what is unpacked.
  // Where it stands in the text around it.
  uint64_t line = 0;
  uint64_t index = 0;
  std::string place;  // "line 4: element 1: CloudTrailEvent: "

  void begin(EventReader& reader) {
    const size_t envelopes = reading.envelopes_;
    ByteShare others = std::move(reading.share_);
    text.reserve(text.size() + kPaddingBytes);
    reading = reader.begin(text, 1, std::move(others));
    reading.envelopes_ = envelopes;
  }
};

EventReading::EventReading() = default;
EventReading::~EventReading() = default;
EventReading::EventReading(EventReading&&) noexcept = default;
EventReading& EventReading::operator=(EventReading&&) noexcept = default;

bool EventReader::open_container(const ElementTexts::Element& object,
                                 simdjson::dom::element element, bool is_element,
                                 EventReading& reading, const Handlers& handlers) {
  const simdjson::dom::object fields = element.get_object().value_unsafe();
  if (is_element && reading.elements_ != Elements::events) {
    const std::optional<ContainedText> text = text_of_element(element, reading.elements_);
    if (text) {
      enter(*text, object, is_element, reading, handlers);
      return true;
    }
    if (reading.elements_ != Elements::function_records || is_function_record(element)) {
      const bool is_log = reading.elements_ == Elements::log_events;
      handlers.on_unreadable(
          refused(object, place_of(object, is_element),
                  is_log ? "a log event without a message" : "a record without data"));
      return true;
    }
  }
  const Contained contained = contained_in(fields);
  if (contained.text) {
    enter(*contained.text, object, is_element, reading, handlers);
    return true;
  }
  if (contained.array) {
    const std::string_view array = array_under(object.text, contained.array->key);
    if (array.empty()) return false;
    if (reading.array_) {
      // One array at a time: the object is read again by itself.
      enter({.key = contained.array->key, .text = object.text}, object, is_element, reading,
            handlers);
      return true;
    }
    return begin_array(object.text, {array, contained.array->elements}, reading, handlers) ==
           Outcome::read;
  }
  if (limits_.checks_cloud_events && (contained.is_cloud_event || reading.are_cloud_events_)) {
    return judge_cloud_event(object, fields, is_element, reading, handlers);
  }
  if (!contained.may_be_notice) return false;
  std::vector<S3Object> files = cloudtrail_files_of(fields);
  if (files.empty()) return false;
  hand_over_files(object, std::move(files), is_element, handlers);
  return true;
}

bool EventReader::judge_cloud_event(const ElementTexts::Element& object,
                                    simdjson::dom::object fields, bool is_element,
                                    EventReading& reading, const Handlers& handlers) {
  if (std::string fault = cloud_event_fault(fields); !fault.empty()) {
    handlers.on_unreadable(refused(object, place_of(object, is_element), std::move(fault)));
    return true;
  }
  const Result<std::optional<std::string>> plain = with_plain_data(fields);
  if (!plain) {
    handlers.on_unreadable(refused(object, place_of(object, is_element), plain.error().text));
    return true;
  }
  if (!*plain) return false;
  enter({.key = "data_base64", .text = **plain}, object, is_element, reading, handlers);
  return true;
}

void EventReader::hand_over_files(const ElementTexts::Element& object, std::vector<S3Object> files,
                                  bool is_element, const Handlers& handlers) {
  if (on_files_) return on_files_(std::move(files));
  handlers.on_unreadable(
      refused(object, place_of(object, is_element),
              "it names files of CloudTrail, which only a source of kind sqs fetches"));
}

void EventReader::enter(const ContainedText& text, const ElementTexts::Element& place,
                        bool is_element, EventReading& reading, const Handlers& handlers) {
  const std::string where = place_of(place, is_element) + std::string(text.key) + ": ";
  if (reading.envelopes_ == kEnvelopesMax) {
    return handlers.on_unreadable(
        refused(place, where, "more than " + std::to_string(kEnvelopesMax) + " texts in texts"));
  }
  if (reading.inner_ == nullptr) reading.inner_ = std::make_unique<EventReading::Inner>();
  EventReading::Inner& inner = *reading.inner_;
  if (text.is_base64 || is_packed_text(text.text)) {
    std::optional<std::string> bytes = base64_decoded(text.text);
    if (!bytes) return handlers.on_unreadable(refused(place, where, "it is no base64"));
    inner.text = *std::move(bytes);
  } else {
    inner.text.reserve(text.text.size() + kPaddingBytes);
    inner.text.assign(text.text);
  }
  if (inner.text.find_first_not_of(kJsonBlanks) == std::string::npos) {
    return handlers.on_unreadable(refused(place, where, "it is empty"));
  }
  inner.line = place.line;
  inner.index = place.index;
  inner.place = where;
  inner.reading.envelopes_ = reading.envelopes_ + 1;
  inner.reading.share_ = reading.share_.another();
  reading.is_inside_ = true;
  if (!inner.text.starts_with(kGzip)) return inner.begin(*this);
  inner.share = reading.share_.another();
  inner.inflation = std::make_unique<Inflation>(std::move(inner.text), kUnpackedTextBytesMax);
  inner.text.clear();
}

size_t EventReader::read_inner(EventReading& reading, const Handlers& handlers) {
  EventReading::Inner& inner = *reading.inner_;
  size_t bytes = 0;
  if (inner.inflation != nullptr) {
    bytes = kUnpackedBytesAtATime;
    const Result<bool> is_unpacked = unpack(inner);
    if (!is_unpacked) {
      handlers.on_unreadable({.was_parsed = true,
                              .line = inner.line,
                              .index = inner.index,
                              .reason = inner.place + is_unpacked.error().text,
                              .sample = {}});
    } else if (*is_unpacked) {
      inner.begin(*this);
    } else {
      return bytes;
    }
  } else {
    const OnEvent on_event = [&](const ParsedEvent& event) {
      handlers.on_event({event.element, event.bytes, inner.line, inner.index});
    };
    const OnUnreadable on_unreadable = [&](const UnreadableEvent& event) {
      handlers.on_unreadable({.was_parsed = event.was_parsed,
                              .line = inner.line,
                              .index = inner.index,
                              .reason = inner.place + event.reason,
                              .sample = event.sample});
    };
    bytes = read_next(inner.reading, on_event, on_unreadable);
  }
  if (!inner.reading.is_over()) return bytes;
  reading.is_inside_ = false;
  if (inner.text.capacity() > kParserBytesKept) free_text(inner.text);
  inner.share.shrink_to(0);
  return bytes;
}

// True once the text is there.
Result<bool> EventReader::unpack(EventReading::Inner& inner) {
  switch (inner.inflation->step(inner.share, 0)) {
    case Inflation::Outcome::going_on:
      return false;
    case Inflation::Outcome::whole:
      inner.text = inner.inflation->take();
      inner.inflation = nullptr;
      return true;
    case Inflation::Outcome::broken:
      inner.inflation = nullptr;
      return bad_input("it is no whole gzip");
    case Inflation::Outcome::too_long:
      inner.inflation = nullptr;
      return bad_input("it unpacks to more than " + with_thousands(kUnpackedTextBytesMax) +
                       " bytes");
    case Inflation::Outcome::no_room:
      break;
  }
  inner.inflation = nullptr;
  return bad_input("there is no memory to unpack it now");
}

}  // namespace statewire
