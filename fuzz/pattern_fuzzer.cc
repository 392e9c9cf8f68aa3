// The first line is a pattern, the rest an event. Whatever compiles must match alone, in a set, and
// from text as from a DOM, and explain itself where it does not match; whatever does not must say
// where, inside the text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "lines/line_matches.h"

namespace {

void check_errors(const std::vector<statewire::PatternError>& errors, std::string_view json) {
  CHECK(!errors.empty());
  size_t column = 1;
  for (const statewire::PatternError& error : errors) {
    CHECK(!error.text.empty());
    CHECK(error.line == 1 && error.column >= column && error.column <= json.size() + 1);
    column = error.column;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using Ids = std::vector<uint32_t>;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(input.find('\n'), size);
  const std::string_view json = input.substr(0, end);
  auto checked = statewire::Pattern::check(json);
  if (const auto* errors = std::get_if<std::vector<statewire::PatternError>>(&checked)) {
    check_errors(*errors, json);
    return 0;
  }
  const auto& pattern = std::get<statewire::Pattern>(checked);
  CHECK(!pattern.fields().empty());

  statewire::PatternSet set;
  set.add(7, pattern);
  set.seal();
  statewire::PatternScratch scratch;
  statewire::LineScratch line_scratch;
  const simdjson::padded_string text(input.substr(std::min(end + 1, size)));

  simdjson::dom::parser parser;
  simdjson::dom::element event;
  if (parser.parse(text).get(event)) return 0;
  const bool is_match = pattern.matches(event);
  const auto mismatch = pattern.explain(event);
  CHECK(mismatch.has_value() == !is_match);
  CHECK(is_match || !mismatch->text.empty());
  const Ids wanted = is_match ? Ids{7} : Ids{};
  CHECK(std::ranges::equal(set.match(event, scratch).value(), wanted));
  const simdjson::padded_string line(simdjson::minify(event));
  statewire::LineMatches lines(set, line_scratch, line);
  CHECK(lines.next() && lines.is_json() && std::ranges::equal(lines.ids(), wanted));
  return 0;
}
