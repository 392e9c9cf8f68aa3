// What became of the events, what no entry knows, what was refused; and what entries there are.
#include "api/json_parts.h"
#include "api/queries.h"

namespace statewire {
namespace {

void write_row(const LedgerRow& row, JsonWriter& json) {
  json.text(R"({"source":)", row.source);
  json.text(R"(,"account":)", row.account);
  json.text(R"(,"region":)", row.region);
  write_number(R"(,"received":)", row.received, json);
  for (int i = 0; i < kFateCount; ++i) {
    json.text(",", name_of(static_cast<Fate>(i)));
    write_number(":", row.fates[i], json);
  }
  write_bool(R"(,"adds_up":)", row.adds_up(), json);
  json.raw("}");
}

void write_row(const UnrecognisedRow& row, JsonWriter& json) {
  json.text(R"({"source":)", row.source);
  json.text(R"(,"origin_source":)", row.origin_source);
  json.text(R"(,"origin_type":)", row.origin_type);
  write_number(R"(,"count":)", row.count, json);
  write_time(R"(,"last":)", row.last, json);
  json.text(R"(,"sample":)", row.sample);
  json.raw("}");
}

void write_row(const Refusal& row, JsonWriter& json) {
  json.text(R"({"source":)", row.source);
  json.known_text(R"(,"place":)", row.place);
  json.text(R"(,"fate":)", name_of(row.fate));
  json.text(R"(,"reason":)", row.reason);
  json.text(R"(,"sample":)", row.sample);
  write_time(R"(,"time":)", row.time, json);
  json.raw("}");
}

void write_row(const CatalogRow& row, JsonWriter& json) {
  json.text(R"({"name":)", row.name);
  json.text(R"(,"place":)", row.place);
  json.text(R"(,"match":)", row.match);
  json.text(R"(,"type":)", row.type);
  json.text(R"(,"effect":)", row.effect);
  json.known_text(R"(,"reference":)", row.reference);
  json.raw("}");
}

template <typename Row>
std::string list_json(const std::vector<Row>& rows) {
  return json_of([&](JsonWriter& json) {
    json.raw("[");
    Commas commas;
    for (const Row& row : rows) {
      commas.next(json);
      write_row(row, json);
    }
    json.raw("]");
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
