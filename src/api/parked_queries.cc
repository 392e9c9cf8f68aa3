// Parked deliveries, and what became of those that a person acted on.
#include <charconv>

#include "api/json_parts.h"
#include "api/queries.h"
#include "base/text.h"

namespace statewire {
namespace {

// Without the closing brace.
void write_parked(const ParkedRow& parked, uint64_t payload_bytes, JsonWriter& json) {
  const DeliveryRow& delivery = parked.delivery;
  json.text(R"({"subscription":)", delivery.subscription);
  write_number(R"(,"number":)", delivery.number, json);
  const uint64_t sequence = parked.is_gap ? delivery.first_sequence : delivery.last_sequence;
  write_number(R"(,"sequence":)", sequence, json);
  if (parked.is_gap) write_number(R"(,"range_last_sequence":)", delivery.last_sequence, json);
  json.known_text(R"(,"id":)", delivery.id);
  json.known_text(R"(,"resource":)", delivery.resource);
  json.known_text(R"(,"type":)", delivery.type);
  write_number(R"(,"attempts":)", delivery.attempts, json);
  if (parked.last_status > 0) {
    write_number(R"(,"status":)", static_cast<uint64_t>(parked.last_status), json);
  }
  json.text(R"(,"reason":)", parked.reason);
  write_time(R"(,"parked":)", parked.parked, json);
  write_number(R"(,"payload_bytes":)", payload_bytes, json);
}

void write_list(std::span<const ParkedRow> rows, JsonWriter& json) {
  json.raw("[");
  Commas commas;
  for (const ParkedRow& parked : rows) {
    commas.next(json);
    write_parked(parked, parked.delivery.payload.size(), json);
    json.raw("}");
  }
  json.raw("]");
}

// "42/pager": a name may hold a slash, a number does not.
std::string place_text(const DeliveryKey& key) {
  return std::to_string(key.number) + "/" + key.subscription;
}

Result<DeliveryKey> read_place(std::string_view text) {
  DeliveryKey key;
  if (text.empty()) return key;
  const char* const end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, key.number);
  if (fault != std::errc() || rest == end || *rest != '/') {
    return bad_input("after is the `next` of the page before");
  }
  key.subscription.assign(rest + 1, end);
  return key;
}

}  // namespace

Result<std::string> Queries::parked(const ParkedFilter& filter, std::string_view after,
                                    size_t limit) const {
  const Result<DeliveryKey> from = read_place(after);
  if (!from) return from.error();
  const Result<ParkedPage> page = list_parked(parts_.store, filter, *from, limit);
  if (!page) return page.error();
  return json_of([&](JsonWriter& json) {
    json.raw(R"({"parked":[)");
    Commas commas;
    for (size_t i = 0; i < page->rows.size(); ++i) {
      commas.next(json);
      write_parked(page->rows[i], page->payload_bytes[i], json);
      json.raw("}");
    }
    json.raw("]");
    if (page->next) json.text(R"(,"next":)", place_text(*page->next));
    json.raw("}");
  });
}

Result<std::string> Queries::parked_one(std::string_view subscription, uint64_t sequence) const {
  std::vector<ParkedRow> rows;  // One for each recipient of a mail that was refused by itself.
  std::vector<uint64_t> payload_bytes;
  const ParkedFilter filter{.subscription = std::string(subscription), .sequence = sequence};
  const auto visit = [&](const DeliveryKey& key, Result<ParkedRow> row) {
    if (key.subscription != subscription) return false;
    if (!row || !filter.matches(*row)) return true;
    payload_bytes.push_back(row->delivery.payload.size());
    if (!rows.empty()) row->delivery.payload = {};
    rows.push_back(*std::move(row));
    return rows.size() < kParkedListedMax;
  };
  const Result<void> read = parts_.store.each_parked({filter.subscription, 0}, visit);
  if (!read) return read.error();
  if (rows.empty()) {
    return not_found("nothing is parked for " + std::string(subscription) + " at sequence " +
                     std::to_string(sequence));
  }
  return json_of([&](JsonWriter& json) {
    write_parked(rows[0], payload_bytes[0], json);
    // Not cleaned, as all other texts are: this is what would be sent.
    std::string payload;
    append_json_string(payload, rows[0].delivery.payload);
    json.raw(R"(,"payload":)");
    json.raw(std::string_view(payload));
    json.text(R"(,"content_type":)", rows[0].delivery.content_type);
    if (rows.size() > 1) json.raw(R"(,"others":[)");
    Commas commas;
    for (size_t i = 1; i < rows.size(); ++i) {
      commas.next(json);
      write_parked(rows[i], payload_bytes[i], json);
      json.raw("}");
    }
    json.raw(rows.size() > 1 ? "]}" : "}");
  });
}

std::string redriven_json(const ParkedChange& change, bool is_dry_run) {
  return json_of([&](JsonWriter& json) {
    json.raw(R"({"moved":)");
    write_list(change.rows, json);
    json.raw(R"(,"moot":)");
    write_list(change.moot, json);
    write_number(R"(,"moved_count":)", change.count, json);
    write_number(R"(,"moot_count":)", change.moot_count, json);
    write_bool(R"(,"dry_run":)", is_dry_run, json);
    json.raw("}");
  });
}

std::string dropped_json(const ParkedChange& change, bool is_dry_run) {
  return json_of([&](JsonWriter& json) {
    json.raw(R"({"dropped":)");
    write_list(change.rows, json);
    write_number(R"(,"dropped_count":)", change.count, json);
    write_bool(R"(,"dry_run":)", is_dry_run, json);
    json.raw("}");
  });
}

}  // namespace statewire
