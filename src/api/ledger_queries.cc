// What became of the events, what no entry knows, what was refused; and what entries there are.
#include "api/json_parts.h"
#include "api/queries.h"

namespace statewire {
namespace {

void write_row(const LedgerRow& row, JsonWriter& json) {
  json.begin_object();
  json.line("source", row.source);
  json.line("account", row.account);
  json.line("region", row.region);
  json.number("received", row.received);
  for (int i = 0; i < kFateCount; ++i) {
    json.key_line(name_of(static_cast<Fate>(i)));
    json.number(row.fates[i]);
  }
  json.boolean("adds_up", row.adds_up());
  json.end_object();
}

void write_row(const UnrecognisedRow& row, JsonWriter& json) {
  json.begin_object();
  json.line("source", row.source);
  json.line("origin_source", row.origin_source);
  json.line("origin_type", row.origin_type);
  json.number("count", row.count);
  json.time("last", row.last);
  json.line("sample", row.sample);
  json.end_object();
}

void write_row(const Refusal& row, JsonWriter& json) { write_refusal(row, json); }
void write_row(const CatalogRow& row, JsonWriter& json) { write_catalog_row(row, json); }

template <typename Row>
std::string list_json(const std::vector<Row>& rows) {
  return json_of([&](JsonWriter& json) {
    json.begin_array();
    for (const Row& row : rows) {
      write_row(row, json);
    }
    json.end_array();
  });
}

template <typename Row>
Result<std::string> list_json(const Result<std::vector<Row>>& rows) {
  if (!rows) return rows.error();
  return list_json(*rows);
}

}  // namespace

Result<std::string> Queries::ledger() const { return list_json(parts_.store.ledger()); }
Result<std::string> Queries::unrecognised() const { return list_json(parts_.store.unrecognised()); }
Result<std::string> Queries::refusals() const { return list_json(parts_.store.refusals()); }
std::string Queries::catalog() const { return list_json(parts_.catalog->rows()); }

}  // namespace statewire
