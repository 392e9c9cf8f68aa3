// The first line is a pattern, the rest an event. What compiles must give the same answer alone, in
// a set, and explained; what does not must say where, inside the text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "pattern/pattern_set.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(input.find('\n'), size);
  const std::string_view json = input.substr(0, end);
  auto compiled = statewire::Pattern::compile(json);
  if (const auto* error = std::get_if<statewire::PatternError>(&compiled)) {
    CHECK(!error->text.empty());
    CHECK(error->line == 1 && error->column >= 1 && error->column <= json.size() + 1);
    return 0;
  }
  const auto& pattern = std::get<statewire::Pattern>(compiled);
  CHECK(!pattern.fields().empty());

  simdjson::dom::parser parser;
  simdjson::dom::element event;
  const std::string_view text = input.substr(std::min(end + 1, size));
  if (parser.parse(text.data(), text.size()).get(event)) return 0;
  const bool is_match = pattern.matches(event);
  const auto mismatch = pattern.explain(event);
  CHECK(mismatch.has_value() == !is_match);
  CHECK(is_match || !mismatch->text.empty());

  statewire::PatternSet set;
  set.add(7, pattern);
  set.publish();
  statewire::PatternScratch scratch;
  std::vector<uint32_t> matched;
  set.match(event, scratch, matched);
  CHECK(matched == (is_match ? std::vector<uint32_t>{7} : std::vector<uint32_t>{}));
  return 0;
}
