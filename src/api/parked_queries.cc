// Parked deliveries, and what became of those that a person acted on.
#include "api/json_parts.h"
#include "api/queries.h"
#include "base/text.h"

namespace statewire {
namespace {

// Without the closing brace.
void write_parked(const Parked& parked, JsonWriter& json) {
  const Pending& delivery = parked.delivery;
  json.text(R"({"subscription":)", delivery.subscription);
  write_number(R"(,"sequence":)", delivery.sequence, json);
  if (parked.range_last_sequence != 0) {
    write_number(R"(,"range_last_sequence":)", parked.range_last_sequence, json);
  }
  json.known_text(R"(,"id":)", delivery.id);
  json.known_text(R"(,"resource":)", delivery.resource);
  json.known_text(R"(,"type":)", delivery.type);
  write_number(R"(,"attempts":)", delivery.attempts, json);
  if (parked.last_status > 0) {
    write_number(R"(,"status":)", static_cast<uint64_t>(parked.last_status), json);
  }
  json.text(R"(,"reason":)", parked.reason);
  write_time(R"(,"first_attempt":)", delivery.first_attempt, json);
  write_time(R"(,"parked":)", parked.parked, json);
  write_number(R"(,"payload_bytes":)", delivery.payload.size(), json);
}

void write_list(std::span<const Parked> list, JsonWriter& json) {
  json.raw("[");
  Commas commas;
  for (const Parked& parked : list) {
    commas.next(json);
    write_parked(parked, json);
    json.raw("}");
  }
  json.raw("]");
}

}  // namespace

Result<std::string> Queries::parked(const ParkedFilter& filter) const {
  Result<void> read;
  std::string out = json_of([&](JsonWriter& json) {
    json.raw("[");
    Commas commas;
    read = parts_.store.each_parked(filter.subscription, [&](const Parked& parked) {
      if (!filter.matches(parked)) return true;
      commas.next(json);
      write_parked(parked, json);
      json.raw("}");
      return true;
    });
    json.raw("]");
  });
  if (!read) return read.error();
  return out;
}

Result<std::string> Queries::parked_one(std::string_view subscription, uint64_t sequence) const {
  std::string out;
  Result<void> read = parts_.store.each_parked(subscription, [&](const Parked& parked) {
    if (parked.delivery.sequence != sequence) return true;
    out = json_of([&](JsonWriter& json) {
      write_parked(parked, json);
      // Not cleaned, as all other texts are: this is what would be sent.
      std::string payload;
      append_json_string(payload, parked.delivery.payload);
      json.raw(R"(,"payload":)");
      json.raw(std::string_view(payload));
      json.text(R"(,"content_type":)", parked.delivery.content_type);
      json.raw("}");
    });
    return false;
  });
  if (!read) return read.error();
  if (out.empty()) {
    return not_found("nothing is parked for " + std::string(subscription) + " at sequence " +
                     std::to_string(sequence));
  }
  return out;
}

std::string redriven_json(const Redriven& redriven, bool is_dry_run) {
  return json_of([&](JsonWriter& json) {
    json.raw(R"({"moved":)");
    write_list(redriven.moved, json);
    json.raw(R"(,"moot":)");
    write_list(redriven.moot, json);
    write_bool(R"(,"dry_run":)", is_dry_run, json);
    json.raw("}");
  });
}

std::string dropped_json(std::span<const Parked> dropped, bool is_dry_run) {
  return json_of([&](JsonWriter& json) {
    json.raw(R"({"dropped":)");
    write_list(dropped, json);
    write_bool(R"(,"dry_run":)", is_dry_run, json);
    json.raw("}");
  });
}

}  // namespace statewire
