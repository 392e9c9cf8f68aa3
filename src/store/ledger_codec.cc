// Each row, value and delta has a varint of bits for the fields that newer programs add: they come
// last in it, each as length and bytes (ByteReader::skip_fields). This program adds none. Counts of
// fates that a reader does not know count as unrecognised, so that its ledger adds up.
#include "store/ledger_codec.h"

namespace statewire {
namespace {

constexpr uint8_t kLedgerFormat = 2;
constexpr uint64_t kNoNewerFields = 0;

void put_counts(const LedgerRow& row, ByteWriter& out) {
  out.varint(row.received);
  out.varint(kFateCount);
  for (const uint64_t count : row.fates) out.varint(count);
}

void get_counts(ByteReader& in, LedgerRow& row) {
  row.received = in.varint();
  const size_t fates = in.count();
  for (size_t i = 0; i < fates && in.ok(); ++i) {
    const bool is_known = i < static_cast<size_t>(kFateCount);
    row.fates[is_known ? i : static_cast<size_t>(Fate::unrecognised)] += in.varint();
  }
}

void put_refusal(const Refusal& refusal, ByteWriter& out) {
  out.varint(kNoNewerFields);
  out.text(refusal.source);
  out.text(refusal.place);
  out.varint(static_cast<uint64_t>(refusal.fate));
  out.text(refusal.reason);
  out.text(refusal.sample);
  out.time(refusal.time, Time{});
}

Refusal get_refusal(ByteReader& in) {
  Refusal refusal;
  const uint64_t newer = in.varint();
  refusal.source = in.text();
  refusal.place = in.text();
  const uint64_t fate = in.varint();
  refusal.fate = fate < uint64_t{kFateCount} ? static_cast<Fate>(fate) : Fate::rejected;
  refusal.reason = in.text();
  refusal.sample = in.text();
  refusal.time = in.time(Time{});
  in.skip_fields(newer);
  return refusal;
}

LedgerRow get_row(ByteReader& in) {
  LedgerRow row;
  const uint64_t newer = in.varint();
  row.source = in.text();
  row.account = in.text();
  row.region = in.text();
  get_counts(in, row);
  in.skip_fields(newer);
  return row;
}

UnrecognisedRow get_unrecognised(ByteReader& in) {
  UnrecognisedRow row;
  const uint64_t newer = in.varint();
  row.source = in.text();
  row.origin_source = in.text();
  row.origin_type = in.text();
  row.count = in.varint();
  row.last = in.time(Time{});
  row.sample = in.text();
  in.skip_fields(newer);
  return row;
}

template <typename Row>
void get_rows(ByteReader& in, std::vector<Row>& rows, Row (*get)(ByteReader&)) {
  for (size_t left = in.count(); left > 0 && in.ok(); --left) rows.push_back(get(in));
}

void begin_value(ByteWriter& out) {
  out.byte(kLedgerFormat);
  out.varint(kNoNewerFields);
}

// The bits of newer fields.
uint64_t begin_value(ByteReader& in) {
  if (in.byte() != kLedgerFormat) in.fail();
  return in.varint();
}

Result<void> end_value(ByteReader& in, uint64_t newer) {
  in.skip_fields(newer);
  if (!in.ok() || !in.at_end()) return damaged("a ledger value is damaged or of a newer format");
  return {};
}

}  // namespace

void encode_delta(const LedgerDelta& delta, ByteWriter& out) {
  out.varint(kNoNewerFields);
  out.varint(delta.rows.size());
  for (const LedgerRow& row : delta.rows) {
    out.varint(kNoNewerFields);
    out.text(row.source);
    out.text(row.account);
    out.text(row.region);
    put_counts(row, out);
  }
  out.varint(delta.unrecognised.size());
  for (const UnrecognisedRow& row : delta.unrecognised) {
    out.varint(kNoNewerFields);
    out.text(row.source);
    out.text(row.origin_source);
    out.text(row.origin_type);
    out.varint(row.count);
    out.time(row.last, Time{});
    out.text(row.sample);
  }
  out.varint(delta.refusals.size());
  for (const Refusal& refusal : delta.refusals) put_refusal(refusal, out);
}

Result<LedgerDelta> decode_delta(std::string_view bytes) {
  ByteReader in(bytes);
  LedgerDelta delta;
  const uint64_t newer = in.varint();
  get_rows(in, delta.rows, get_row);
  get_rows(in, delta.unrecognised, get_unrecognised);
  get_rows(in, delta.refusals, get_refusal);
  if (auto whole = end_value(in, newer); !whole) return whole.error();
  return delta;
}

void encode_counts(const LedgerRow& row, ByteWriter& out) {
  begin_value(out);
  put_counts(row, out);
}

Result<void> decode_counts(std::string_view bytes, LedgerRow& row) {
  ByteReader in(bytes);
  const uint64_t newer = begin_value(in);
  get_counts(in, row);
  return end_value(in, newer);
}

void encode_unrecognised(const UnrecognisedRow& row, ByteWriter& out) {
  begin_value(out);
  out.varint(row.count);
  out.time(row.last, Time{});
}

Result<void> decode_unrecognised(std::string_view bytes, UnrecognisedRow& row) {
  ByteReader in(bytes);
  const uint64_t newer = begin_value(in);
  row.count = in.varint();
  row.last = in.time(Time{});
  return end_value(in, newer);
}

void encode_refusal(const Refusal& refusal, ByteWriter& out) {
  out.byte(kLedgerFormat);
  put_refusal(refusal, out);
}

Result<Refusal> decode_refusal(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.byte() != kLedgerFormat) in.fail();
  Refusal refusal = get_refusal(in);
  if (auto whole = end_value(in, 0); !whole) return whole.error();
  return refusal;
}

}  // namespace statewire
