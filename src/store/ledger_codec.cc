#include "store/ledger_codec.h"

namespace statewire {
namespace {

constexpr uint8_t kFormat = 1;

void put_counts(const LedgerRow& row, ByteWriter& out) {
  out.varint(row.received);
  for (const uint64_t count : row.fates) out.varint(count);
}

void get_counts(ByteReader& in, LedgerRow& row) {
  row.received = in.varint();
  for (uint64_t& count : row.fates) count = in.varint();
}

void put_refusal(const Refusal& refusal, ByteWriter& out) {
  out.text(refusal.source);
  out.text(refusal.place);
  out.byte(static_cast<uint8_t>(refusal.fate));
  out.text(refusal.reason);
  out.text(refusal.sample);
  out.time(refusal.time, Time{});
}

Refusal get_refusal(ByteReader& in) {
  Refusal refusal;
  refusal.source = in.text();
  refusal.place = in.text();
  const uint8_t fate = in.byte();
  if (fate >= kFateCount) in.fail();
  refusal.fate = in.ok() ? static_cast<Fate>(fate) : Fate::malformed;
  refusal.reason = in.text();
  refusal.sample = in.text();
  refusal.time = in.time(Time{});
  return refusal;
}

void get_rows(ByteReader& in, std::vector<LedgerRow>& rows) {
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    LedgerRow& row = rows.emplace_back();
    row.source = in.text();
    row.account = in.text();
    row.region = in.text();
    get_counts(in, row);
  }
}

void get_unrecognised(ByteReader& in, std::vector<UnrecognisedRow>& rows) {
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    UnrecognisedRow& row = rows.emplace_back();
    row.source = in.text();
    row.origin_source = in.text();
    row.origin_type = in.text();
    row.count = in.varint();
    row.last = in.time(Time{});
    row.sample = in.text();
  }
}

void check_format(ByteReader& in) {
  if (in.byte() != kFormat) in.fail();
}

Result<void> done(const ByteReader& in) {
  if (!in.ok() || !in.at_end()) return bad_input("a ledger value is damaged or of a newer format");
  return {};
}

}  // namespace

void encode_delta(const LedgerDelta& delta, ByteWriter& out) {
  out.varint(delta.rows.size());
  for (const LedgerRow& row : delta.rows) {
    out.text(row.source);
    out.text(row.account);
    out.text(row.region);
    put_counts(row, out);
  }
  out.varint(delta.unrecognised.size());
  for (const UnrecognisedRow& row : delta.unrecognised) {
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
  get_rows(in, delta.rows);
  get_unrecognised(in, delta.unrecognised);
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    delta.refusals.push_back(get_refusal(in));
  }
  if (auto whole = done(in); !whole) return whole.error();
  return delta;
}

void encode_counts(const LedgerRow& row, ByteWriter& out) {
  out.byte(kFormat);
  put_counts(row, out);
}

Result<void> decode_counts(std::string_view bytes, LedgerRow& row) {
  ByteReader in(bytes);
  check_format(in);
  get_counts(in, row);
  return done(in);
}

void encode_unrecognised(const UnrecognisedRow& row, ByteWriter& out) {
  out.byte(kFormat);
  out.varint(row.count);
  out.time(row.last, Time{});
}

Result<void> decode_unrecognised(std::string_view bytes, UnrecognisedRow& row) {
  ByteReader in(bytes);
  check_format(in);
  row.count = in.varint();
  row.last = in.time(Time{});
  return done(in);
}

void encode_refusal(const Refusal& refusal, ByteWriter& out) {
  out.byte(kFormat);
  put_refusal(refusal, out);
}

Result<Refusal> decode_refusal(std::string_view bytes) {
  ByteReader in(bytes);
  check_format(in);
  Refusal refusal = get_refusal(in);
  if (auto whole = done(in); !whole) return whole.error();
  return refusal;
}

}  // namespace statewire
