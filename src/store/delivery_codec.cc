#include "store/delivery_codec.h"

namespace statewire {
namespace {

constexpr uint8_t kFormat = 1;

// Of a pending delivery.
constexpr uint8_t kRedriven = 1;
constexpr uint8_t kHeld = 2;
constexpr uint8_t kInDigest = 4;

void check_format(ByteReader& in) {
  if (in.byte() != kFormat) in.fail();
}

Error damaged_value(std::string_view what) {
  return damaged("a stored " + std::string(what) + " is damaged or of a newer format");
}

void put(const Pending& pending, ByteWriter& out) {
  out.text(pending.subscription);
  out.varint(pending.sequence);
  out.text(pending.id);
  out.text(pending.resource);
  out.text(pending.type);
  out.text(pending.content_type);
  out.text(pending.payload);
  out.varint(pending.attempts);
  out.time(pending.first_attempt, Time{});
  out.time(pending.due, pending.first_attempt);
  out.text(pending.last_detail);
  out.byte(static_cast<uint8_t>((pending.is_redriven ? kRedriven : 0) |
                                (pending.is_held ? kHeld : 0) |
                                (pending.is_in_digest ? kInDigest : 0)));
  if (!pending.is_held) return;
  out.varint(pending.cause_sequence);
  out.varint(pending.tags_sequence);
}

Pending get_pending(ByteReader& in) {
  Pending pending;
  pending.subscription = in.text();
  pending.sequence = in.varint();
  pending.id = in.text();
  pending.resource = in.text();
  pending.type = in.text();
  pending.content_type = in.text();
  pending.payload = in.text();
  pending.attempts = static_cast<uint32_t>(in.varint());
  pending.first_attempt = in.time(Time{});
  pending.due = in.time(pending.first_attempt);
  pending.last_detail = in.text();
  const uint8_t flags = in.byte();
  pending.is_redriven = flags & kRedriven;
  pending.is_held = flags & kHeld;
  pending.is_in_digest = flags & kInDigest;
  if (!pending.is_held) return pending;
  pending.cause_sequence = in.varint();
  pending.tags_sequence = in.varint();
  return pending;
}

}  // namespace

void encode_state(const SubscriptionState& state, ByteWriter& out) {
  out.byte(kFormat);
  out.varint(state.cursor);
  out.byte(state.is_gone ? 1 : 0);
}

Result<SubscriptionState> decode_state(std::string_view bytes) {
  ByteReader in(bytes);
  check_format(in);
  SubscriptionState state;
  state.cursor = in.varint();
  state.is_gone = in.byte() != 0;
  if (!in.ok() || !in.at_end()) return damaged_value("cursor");
  return state;
}

void encode_pending(const Pending& pending, ByteWriter& out) {
  out.byte(kFormat);
  put(pending, out);
}

Result<Pending> decode_pending(std::string_view bytes) {
  ByteReader in(bytes);
  check_format(in);
  Pending pending = get_pending(in);
  if (!in.ok() || !in.at_end()) return damaged_value("pending delivery");
  return pending;
}

void encode_parked(const Parked& parked, ByteWriter& out) {
  out.byte(kFormat);
  put(parked.delivery, out);
  out.time(parked.parked, parked.delivery.first_attempt);
  out.varint(zigzag(parked.last_status));
  out.text(parked.reason);
  out.varint(parked.range_last_sequence);
}

Result<Parked> decode_parked(std::string_view bytes) {
  ByteReader in(bytes);
  check_format(in);
  Parked parked;
  parked.delivery = get_pending(in);
  parked.parked = in.time(parked.delivery.first_attempt);
  parked.last_status = static_cast<int>(unzigzag(in.varint()));
  parked.reason = in.text();
  parked.range_last_sequence = in.varint();
  if (!in.ok() || !in.at_end()) return damaged_value("parked delivery");
  return parked;
}

// Members mostly follow each other: each is told by its distance from the one before.
void encode_group(const Group& group, ByteWriter& out) {
  out.byte(kFormat);
  out.text(group.subscription);
  out.text(group.id);
  out.time(group.frozen, Time{});
  out.varint(group.members.size());
  uint64_t before = 0;
  for (const uint64_t member : group.members) {
    out.varint(zigzag(static_cast<int64_t>(member - before)));
    before = member;
  }
}

Result<Group> decode_group(std::string_view bytes) {
  ByteReader in(bytes);
  check_format(in);
  Group group;
  group.subscription = in.text();
  group.id = in.text();
  group.frozen = in.time(Time{});
  uint64_t member = 0;
  for (uint64_t left = in.varint(); left > 0 && in.ok(); --left) {
    member += static_cast<uint64_t>(unzigzag(in.varint()));
    group.members.push_back(member);
  }
  if (!in.ok() || !in.at_end() || group.members.empty())
    return damaged_value("group of deliveries");
  return group;
}

}  // namespace statewire
