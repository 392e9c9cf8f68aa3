// Parked deliveries, and what became of those that a person acted on.
#include "api/json_parts.h"
#include "api/place.h"
#include "api/queries.h"

namespace statewire {
namespace {

// Leaves the object open.
void write_parked(const ParkedRow& parked, uint64_t payload_bytes, JsonWriter& json) {
  const DeliveryRow& delivery = parked.delivery;
  json.begin_object();
  json.line("subscription", delivery.subscription);
  json.number("number", delivery.number);
  const uint64_t sequence = parked.is_gap ? delivery.first_sequence : delivery.last_sequence;
  json.number("sequence", sequence);
  if (parked.is_gap) json.number("range_last_sequence", delivery.last_sequence);
  json.known_line("id", delivery.id);
  json.known_line("resource", delivery.resource);
  json.known_line("type", delivery.type);
  json.number("attempts", delivery.attempts);
  if (parked.last_status > 0) {
    json.number("status", parked.last_status);
  }
  json.line("reason", parked.reason);
  if (parked.parked != Time()) json.time("parked", parked.parked);  // Else it cannot be read.
  json.number("payload_bytes", payload_bytes);
}

void write_list(std::span<const ParkedRow> rows, JsonWriter& json) {
  json.begin_array();
  for (const ParkedRow& parked : rows) {
    write_parked(parked, parked.delivery.payload.size(), json);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

Result<std::string> Queries::parked(const ParkedFilter& filter, std::string_view after,
                                    size_t limit) const {
  const Result<DeliveryKey> from = read_place(after);
  if (!from) return from.error();
  const Result<ParkedPage> page = list_parked(parts_.store, filter, *from, limit);
  if (!page) return page.error();
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.begin_array("parked");
    for (size_t i = 0; i < page->rows.size(); ++i) {
      write_parked(page->rows[i], page->payload_bytes[i], json);
      json.end_object();
    }
    json.end_array();
    if (page->next) json.line("next", place_text(*page->next));
    json.end_object();
  });
}

Result<std::string> Queries::parked_one(std::string_view subscription, uint64_t sequence) const {
  std::vector<ParkedRow> rows;  // One for each recipient of a mail that was refused by itself.
  std::vector<uint64_t> payload_bytes;
  std::optional<Error> unreadable;  // One of those that may be meant.
  const ParkedFilter filter{.subscription = std::string(subscription), .sequence = sequence};
  const auto visit = [&](const DeliveryKey& key, Result<ParkedRow> row) {
    if (key.subscription != subscription) return false;
    if (!row) unreadable = row.error();
    if (!row || !filter.matches(*row)) return true;
    payload_bytes.push_back(row->delivery.payload.size());
    if (!rows.empty()) row->delivery.payload = {};
    rows.push_back(*std::move(row));
    return rows.size() < kParkedListedMax;
  };
  const Result<void> read = parts_.store.each_parked({filter.subscription, 0}, visit);
  if (!read) return read.error();
  if (rows.empty() && unreadable) return *unreadable;
  if (rows.empty()) {
    return not_found("nothing is parked for " + std::string(subscription) + " at sequence " +
                     std::to_string(sequence));
  }
  return json_of([&](JsonWriter& json) {
    write_parked(rows[0], payload_bytes[0], json);
    // Not cleaned, as all other texts are: this is what would be sent.
    json.text("payload", rows[0].delivery.payload);
    json.line("content_type", rows[0].delivery.content_type);
    if (rows.size() > 1) {
      json.begin_array("others");
      for (size_t i = 1; i < rows.size(); ++i) {
        write_parked(rows[i], payload_bytes[i], json);
        json.end_object();
      }
      json.end_array();
    }
    json.end_object();
  });
}

std::string redriven_json(const ParkedChange& change, bool is_dry_run) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.key("moved");
    write_list(change.rows, json);
    json.key("moot");
    write_list(change.moot, json);
    json.number("moved_count", change.count);
    json.number("moot_count", change.moot_count);
    json.boolean("dry_run", is_dry_run);
    json.end_object();
  });
}

std::string dropped_json(const ParkedChange& change, bool is_dry_run) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.key("dropped");
    write_list(change.rows, json);
    json.number("dropped_count", change.count);
    json.boolean("dry_run", is_dry_run);
    json.end_object();
  });
}

}  // namespace statewire
