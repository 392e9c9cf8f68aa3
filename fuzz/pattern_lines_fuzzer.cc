// Lines against a fixed set with every operator. A line that the DOM accepts must match the same
// ids whatever stands beside it; no other line may do harm.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "lines/line_matches.h"

namespace {

statewire::PatternSet made_set() {
  statewire::PatternSet set;
  uint32_t id = 0;
  for (const char* const json :
       {R"({"a":["x","y",1,null,true]})", R"({"a":[{"prefix":"x"}]})", R"({"b":[{"suffix":"x"}]})",
        R"({"a":[{"equals-ignore-case":"xY"}]})", R"({"b":[{"wildcard":"*x*y*"}]})",
        R"({"a":[{"wildcard":"*long*"}]})", R"({"a":[{"anything-but":["x","1"]}]})",
        R"({"a":[{"numeric":[">",-1,"<=",5.5]}]})", R"({"a":[{"cidr":"10.0.0.0/8"}]})",
        R"({"a":[{"cidr":"::/1"}]})", R"({"a":{"b":[{"exists":false}],"c":[{"exists":true}]}})",
        R"({"c":{"a":["x"],"b":["y",{"exists":false}]}})", R"({"b":[{"exists":false}]})",
        R"({"$or":[{"a":["x"]},{"c":{"a":[1]}}],"b":[{"anything-but":{"prefix":"y"}}]})"}) {
    set.add(id++, std::get<statewire::Pattern>(statewire::Pattern::compile(json)));
  }
  set.seal();
  return set;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const statewire::PatternSet set = made_set();
  const simdjson::padded_string text(reinterpret_cast<const char*>(data), size);
  statewire::LineScratch scratch;
  statewire::PatternScratch other;
  simdjson::dom::parser parser;
  for (statewire::LineMatches lines(set, scratch, text); lines.next();) {
    const simdjson::padded_string line(lines.line());
    simdjson::dom::element event;
    if (parser.parse(line).get(event)) continue;
    CHECK(lines.is_json());
    CHECK(std::ranges::equal(lines.ids(), set.match(event, other).value()));
  }
  return 0;
}
