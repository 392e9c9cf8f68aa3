// Bytes as a text of events. Nothing may crash, be read beyond its end, or vanish: a text that is
// not blank has events or reasons, unless it is an empty array of them.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "sources/event_reader.h"

namespace {

constexpr std::string_view kOfContainers[] = {"CloudTrailEvent", "logEvents", "awslogs",
                                              "ecords",          "Events",    "TopicArn",
                                              "data_base64",     "H4sI",      "\\u"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace statewire;
  // Exactly as large as promised, for AddressSanitizer to see a byte too many.
  const auto buffer = std::make_unique<char[]>(size + kPaddingBytes);
  if (size > 0) std::memcpy(buffer.get(), bytes, size);
  const std::string_view text(buffer.get(), size);
  const auto is_inside = [&](std::string_view part) {
    return part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size();
  };

  // Events that are texts in others are unescaped, decoded and unpacked elsewhere. Keys may be
  // escaped themselves.
  const bool may_unwrap =
      std::ranges::any_of(kOfContainers, [&](auto word) { return text.find(word) != text.npos; });
  static EventReader reader({.event_bytes_max = 256, .depth_max = 8});
  uint64_t last_line = 0;
  size_t seen = 0;
  reader.read(
      text, 1,
      [&](const ParsedEvent& event) {
        ++seen;
        CHECK(event.element.is_object());
        CHECK(is_inside(event.bytes) || may_unwrap);
        CHECK(event.bytes.front() == '{' && event.bytes.back() == '}');
        CHECK(event.bytes.size() <= 256);
        CHECK(event.line >= last_line && event.line >= 1);
        last_line = event.line;
      },
      [&](const UnreadableEvent& event) {
        ++seen;
        CHECK(event.reason.starts_with("line ") && is_utf8(event.reason));
        CHECK(is_inside(event.sample) || may_unwrap);
        CHECK(event.line >= last_line);
        last_line = event.line;
      });
  const bool may_be_empty =
      text.find_first_not_of(" \t\r\n\x1e\xEF\xBB\xBF") == text.npos || text.find(']') != text.npos;
  CHECK(seen > 0 || may_be_empty);
  return 0;
}
