// Splits a text into events: JSON values, one after another, each an event, an array of them, or a
// container (container.h), told apart by their shape. CloudEvents batches are arrays.
//
// What a container holds as a text is a text of events in its turn, up to kEnvelopesMax times; it
// may be packed with gzip and written as base64, and so may a whole text be.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_budget.h"
#include "base/limits.h"
#include "base/result.h"
#include "sources/container.h"
#include "sources/element_texts.h"
#include "sources/json_fault.h"
#include "sources/s3_notice.h"
#include "sources/text_form.h"

namespace statewire {

// One event of a text, good until the callback returns.
struct ParsedEvent {
  simdjson::dom::element element;  // Always an object.
  std::string_view bytes;          // Its own text, without the white space around it.
  // 1-based, where it begins, or the outermost container; 0 where not known.
  uint64_t line = 0;
  uint64_t index = 0;  // In its array.
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
  // Of lines of one text, and of elements of one array: one with more is refused as a whole, before
  // the first of its events is read.
  size_t events_max = SIZE_MAX;
  // Refuses those without what every CloudEvent has (cloud_event.h), and decodes their data.
  bool checks_cloud_events = true;
};

// How far a text is read. Borrows the text.
class EventReading {
 public:
  EventReading();
  ~EventReading();
  EventReading(EventReading&&) noexcept;
  EventReading& operator=(EventReading&&) noexcept;

  bool is_over() const { return rest_.empty() && !array_ && !is_inside_; }

 private:
  friend class EventReader;
  struct Inner;

  std::string_view text_;
  std::string_view rest_;
  uint64_t line_ = 1;  // Where `rest_` begins.
  bool has_begun_ = false;
  bool is_inside_line_ = false;  // A value stands before `rest_` in its line.
  size_t searched_ = 0;          // Up to there line feeds were looked for,
  size_t line_begin_ = 0;        // and there the line of that place begins.
  std::optional<ElementTexts> array_;
  Elements elements_ = Elements::events;  // Of the array.
  bool are_cloud_events_ = false;
  size_t envelopes_ = 0;          // Around the text.
  ByteShare share_;               // Of the budget for what is unpacked.
  bool is_inside_ = false;        // `inner_` is read before all that follows.
  std::unique_ptr<Inner> inner_;  // A text that a container holds.
};

// Not thread-safe: one for each thread; it keeps its parser's memory between calls. Its memory is
// that of one event, however many a text holds.
class EventReader {
 public:
  using OnEvent = std::function<void(const ParsedEvent&)>;
  using OnUnreadable = std::function<void(const UnreadableEvent&)>;
  // Takes CloudTrail's files that a notice names.
  using OnFiles = std::function<void(std::vector<S3Object>)>;

  // Without `on_files` a notice of files is unreadable.
  explicit EventReader(EventLimits limits = {}, OnFiles on_files = {});

  // Reads all events of `text`, in order. Any white space may be between them, or none. The caller
  // guarantees kPaddingBytes readable bytes after its end. What cannot be parsed is reported and
  // what follows is read: of a line, the next one; of an element of an array, the next one; of what
  // has no end, the next line that begins an event. Blank lines count nothing. `first_line` is the
  // number of the text's first line.
  void read(std::string_view text, uint64_t first_line, const OnEvent& on_event,
            const OnUnreadable& on_unreadable);

  // The same in pieces. A reader may go on with what another began. What is packed in the text is
  // unpacked at the cost of the share's budget; where that has no room, it is unreadable.
  // `are_cloud_events`: whoever sent them says so.
  EventReading begin(std::string_view text, uint64_t first_line, ByteShare share = {},
                     bool are_cloud_events = false);
  // Reads the next event, or what is no event; or passes over what is between them. The bytes that
  // it read.
  size_t read_next(EventReading& reading, const OnEvent& on_event,
                   const OnUnreadable& on_unreadable);

 private:
  struct Handlers {
    const OnEvent& on_event;
    const OnUnreadable& on_unreadable;
  };
  // Broken: nothing was handed to a handler, and fault_ says why.
  enum class Outcome { read, broken };

  bool has_too_many_lines(std::string_view text);
  size_t refuse_rest(EventReading& reading, const std::string& place, const Handlers& handlers);
  static void pass(EventReading& reading, size_t bytes);
  size_t read_next_value(EventReading& reading, const Handlers& handlers);
  bool read_line(std::string_view line, EventReading& reading, const Handlers& handlers);
  size_t read_cut_value(EventReading& reading, const Handlers& handlers);
  size_t read_element(EventReading& reading, const Handlers& handlers);
  // One JSON value: an event, or an array of them, which is then in `reading`.
  Outcome read_value(std::string_view text, EventReading& reading, const Handlers& handlers);
  Outcome begin_array(std::string_view text, const ArrayText& found, EventReading& reading,
                      const Handlers& handlers);
  Outcome find_array_in(std::string_view text, EventReading& reading, const Handlers& handlers);
  Outcome read_object(const ElementTexts::Element& object, bool is_element, EventReading& reading,
                      const Handlers& handlers);
  void hand_over(const ElementTexts::Element& object, simdjson::dom::element element,
                 bool is_element, EventReading& reading, const Handlers& handlers);
  // False where the object is an event by itself.
  bool open_container(const ElementTexts::Element& object, simdjson::dom::element element,
                      bool is_element, EventReading& reading, const Handlers& handlers);
  // False where `object` may be handed over as it is.
  bool judge_cloud_event(const ElementTexts::Element& object, simdjson::dom::object fields,
                         bool is_element, EventReading& reading, const Handlers& handlers);
  void hand_over_files(const ElementTexts::Element& object, std::vector<S3Object> files,
                       bool is_element, const Handlers& handlers);
  // What is read next is `text`, which stands under `key` at that place.
  void enter(const ContainedText& text, const ElementTexts::Element& place, bool is_element,
             EventReading& reading, const Handlers& handlers);
  size_t read_inner(EventReading& reading, const Handlers& handlers);
  static Result<bool> unpack(EventReading::Inner& inner);
  static UnreadableEvent refused(const ElementTexts::Element& value, const std::string& place,
                                 std::string reason);
  static std::string place_of(const ElementTexts::Element& value, bool is_element);
  static size_t column_of(std::string_view value, EventReading& reading);
  void report_fault(const ElementTexts::Element& value, bool is_element, EventReading& reading,
                    const Handlers& handlers);
  std::optional<Elements> elements_by_first(std::string_view array_text);
  bool is_json(const std::string& text);
  bool is_end_of_object(std::string_view text);
  bool is_begin_of_object(std::string_view text);

  const EventLimits limits_;
  const OnFiles on_files_;
  TextForm form_;
  simdjson::dom::parser parser_;
  JsonFault fault_;
};

constexpr size_t kPaddingBytes = simdjson::SIMDJSON_PADDING;

}  // namespace statewire
