// Any JSON, recognised with the whole catalog. What is observed must be whole: an id and a type,
// clean text within its bounds, no more than the limits allow; and the same again, the same.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "catalog/clean.h"
#include "catalog/recogniser.h"
#include "model/record.h"

namespace {

using namespace statewire;

void check_text(std::string_view text) {
  CHECK(text.size() <= kEventTextBytesMax);
  CHECK(is_utf8(text) && !has_control(text));
}

void check_observation(const Observation& seen) {
  CHECK(!seen.resource.id.empty() && !seen.resource.type.empty());
  CHECK(seen.effect == Effect::state || seen.phase == Phase::unknown);
  CHECK((seen.effect == Effect::fail) == !seen.error.empty());
  CHECK(seen.cause.kind == CauseKind::unknown || !seen.cause.evidence.empty());
  for (const std::string_view text :
       {seen.resource.id, seen.resource.type, seen.resource.account, seen.resource.region,
        seen.resource.zone, seen.resource.service, seen.resource.name, seen.value, seen.error,
        seen.origin.source, seen.origin.type, seen.origin.id, seen.cause.actor, seen.cause.session,
        seen.cause.tool, seen.traceparent}) {
    check_text(text);
  }
  CHECK(seen.tags.size() <= kTagsMax);
  for (const Tag& tag : seen.tags) {
    check_text(tag.key);
    check_text(tag.value);
  }
  for (const Change& change : seen.changes) {
    check_text(change.path);
    check_text(change.to);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Catalog catalog = *Catalog::from_compiled(compiled_catalog_bytes());
  static Recogniser recogniser(catalog);
  static simdjson::dom::parser parser;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  simdjson::dom::element event;
  if (parser.parse(text.data(), text.size()).get(event)) return 0;

  const Time received = from_ns(1'800'000'000'000'000'000);
  Arena arena;
  std::vector<Observation> seen;
  const Recognition first = recogniser.recognise(event, text, received, arena, seen);
  CHECK(seen.size() <= kObservationsMax);
  CHECK(first.fate == Fate::recognised || seen.empty());
  CHECK(!first.account.empty() && !first.region.empty());
  CHECK(first.time <= received + std::chrono::hours(1));
  check_text(first.reason.substr(0, kEventTextBytesMax));
  for (const Observation& each : seen) check_observation(each);

  std::vector<Observation> again;
  const Recognition second = recogniser.recognise(event, text, received, arena, again);
  CHECK(second.event_id == first.event_id && again.size() == seen.size());
  for (size_t i = 0; i < seen.size(); ++i) CHECK(again[i].key == seen[i].key);
  return 0;
}
