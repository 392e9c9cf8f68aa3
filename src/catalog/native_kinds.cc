// Which kinds of a provider's own events the entries are about, out of their patterns.
#include <simdjson.h>

#include "base/check.h"
#include "catalog/catalog.h"
#include "catalog/compiled.h"

namespace statewire {
namespace {

// The literal texts of a field of a pattern; other tests on it are left out.
std::vector<std::string> literals_of(const simdjson::dom::element& pattern,
                                     std::string_view field) {
  std::vector<std::string> texts;
  simdjson::dom::array tests;
  if (pattern.at_key(field).get(tests)) return texts;
  for (const simdjson::dom::element test : tests) {
    if (std::string_view text; !test.get(text)) texts.emplace_back(text);
  }
  return texts;
}

}  // namespace

std::vector<NativeKind> Catalog::native_kinds() const {
  std::vector<NativeKind> kinds;
  simdjson::dom::parser parser;
  for (const EntrySpec& entry : compiled_->spec.entries) {
    if (entry.when.empty()) continue;
    simdjson::dom::element pattern;
    CHECK(!parser.parse(entry.when).get(pattern));  // It was compiled.
    std::vector<std::string> types = literals_of(pattern, "detail-type");
    const bool is_ignored = entry.effect == EntryEffect::ignore;
    // What is ignored only under conditions is not ignored.
    if (is_ignored && simdjson::dom::object(pattern).size() > 2) types.clear();
    if (types.empty()) types.emplace_back();
    for (const std::string& source : literals_of(pattern, "source")) {
      for (const std::string& type : types) {
        kinds.push_back(
            {.source = source, .detail_type = type, .is_ignored = is_ignored && !type.empty()});
      }
    }
  }
  return kinds;
}

}  // namespace statewire
