// Within which time resources are expected to arrive: what was learned, what is configured, and
// why.
#include "ingest/expectations.h"
#include "api/queries.h"
#include "base/json_writer.h"

namespace statewire {
namespace {

std::string why(const Expected& expected) {
  if (expected.is_configured) return expected.within ? "configured" : "configured: never";
  if (expected.is_learned) return "learned";
  const std::string seen =
      std::to_string(expected.seen) + " of " + std::to_string(kSeenToExpect) + " seen";
  return expected.seen >= kSeenToExpect ? "too many took longer than 12 h" : seen;
}

void write_seconds(const char* name, std::optional<Duration> duration, JsonWriter& json) {
  if (!duration) return;
  json.key_line(name);
  json.number(static_cast<uint64_t>(*duration / std::chrono::seconds(1)));
}

void write_expected(std::string_view type, size_t place, const Expected& expected,
                    JsonWriter& json) {
  json.begin_object();
  json.line("type", type);
  json.word("phase", name_of(kPassingPhases[place]));
  json.number("seen", expected.seen);
  write_seconds("median_seconds", expected.median, json);
  write_seconds("p99_seconds", expected.p99, json);
  write_seconds("within_seconds", expected.within, json);
  json.line("why", why(expected));
  json.end_object();
}

}  // namespace

// Of what was seen, and what is configured for a type by its name.
std::string Queries::expectations() const {
  const ExpectRules none;
  const ExpectRules& rules = parts_.rules == nullptr ? none : parts_.rules->expect;
  auto learned = parts_.store.learned();
  for (const auto& [type, times] : rules.types) learned.try_emplace(type);
  return json_of([&](JsonWriter& json) {
    json.begin_array();
    for (const auto& [type, sketches] : learned) {
      const auto named = rules.types.find(type);
      for (size_t place = 0; place < kPassingPhases.size(); ++place) {
        const Expected expected = expected_of(rules, type, place, sketches[place]);
        const bool is_named = named != rules.types.end() && named->second.within[place];
        if (expected.seen != 0 || is_named) write_expected(type, place, expected, json);
      }
    }
    json.end_array();
  });
}

}  // namespace statewire
