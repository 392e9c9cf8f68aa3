#include "store/delivery_codec.h"

namespace statewire {
namespace {

constexpr uint8_t kDeliveryFormat = 2;
constexpr uint64_t kStageCount = 7;

// Writes fields: number:varint, length:varint, bytes. Leaves out what is zero or empty.
class FieldWriter {
 public:
  explicit FieldWriter(ByteWriter& out) : out_(out) { out_.byte(kDeliveryFormat); }

  void text(uint64_t field, std::string_view value) {
    if (value.empty()) return;
    out_.varint(field);
    out_.text(value);
  }
  void number(uint64_t field, uint64_t value) {
    if (value == 0) return;
    piece_.clear();
    piece_.varint(value);
    text(field, piece_.view());
  }
  void signed_number(uint64_t field, int64_t value) { number(field, zigzag(value)); }
  void time(uint64_t field, Time value) { signed_number(field, to_ns(value)); }

 private:
  ByteWriter& out_;
  ByteWriter piece_;
};

// Hands over one field after the other. False at the end, or where the bytes are damaged.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : in_(bytes) {
    if (in_.byte() != kDeliveryFormat) in_.fail();
  }
  bool next() {
    if (!in_.ok() || in_.at_end()) return false;
    field_ = in_.varint();
    value_ = in_.text();
    return in_.ok();
  }
  uint64_t field() const { return field_; }
  std::string_view text() const { return value_; }
  uint64_t number() {
    ByteReader in(value_);
    const uint64_t number = in.varint();
    if (!in.ok() || !in.at_end()) in_.fail();
    return number;
  }
  int64_t signed_number() { return unzigzag(number()); }
  Time time() { return from_ns(signed_number()); }
  void fail() { in_.fail(); }
  bool ok() const { return in_.ok(); }

 private:
  ByteReader in_;
  uint64_t field_ = 0;
  std::string_view value_;
};

Error damaged_value(std::string_view what) {
  return damaged("a stored " + std::string(what) + " is damaged or of a newer format");
}

// Numbers of fields: never renumber.
enum StateField : uint64_t {
  kCursor = 1,
  kNextNumber = 2,
  kRows = 3,
  kIsGone = 4,
  kRateSent = 5,
  kRateEnds = 6,
  kBeginsAfter = 7,
};

enum DeliveryField : uint64_t {
  kStage = 1,
  kFirstSequence = 2,
  kMoreSequences = 3,  // The last member's sequence, less the first's.
  kMoreMembers = 4,    // Beyond one.
  kId = 5,
  kResource = 6,
  kType = 7,
  kContentType = 8,
  kPayload = 9,
  kAttempts = 10,
  kTriedFor = 11,  // Nanoseconds and one.
  kDue = 12,
  kLastDetail = 13,
  kIsRedriven = 14,
  kEntry = 15,
  kWaitsForCause = 16,
  kWaitsForTags = 17,
  kDigestKind = 18,  // Once for each kind: its count, then its name.
  kDigestFirstTime = 19,
  kDigestSeverity = 20,
  kWait = 21,
  kHeader = 22,
  kSettledRecipients = 23,
  kForm = 24,
  kTriedAt = 25,
  kRecipients = 26,
  kRecorded = 27,
  kDigestKindSeverity = 28,
  kGroup = 29,
};

enum GroupField : uint64_t {
  kGroupKey = 1,
  kGroupTool = 2,
  kGroupStack = 3,
  kGroupActor = 4,
  kGroupAccount = 5,
  kGroupRegion = 6,
  kGroupLastTime = 7,
  kGroupEndTime = 8,
  kGroupTellsEnd = 9,
  kGroupLatest = 10,
  kGroupTold = 11,
  kGroupToldMembers = 12,
  kGroupHasNews = 13,
  kGroupResources = 14,
  kGroupFailure = 15,  // Once for each.
  kGroupFailuresTold = 16,
  kGroupBegan = 17,  // Before, it was kDigestFirstTime.
  kGroupName = 18,   // Once for each.
  kGroupStackId = 19,
  kGroupBeginTime = 20,
};

enum ParkedField : uint64_t {
  kParkedDelivery = 1,
  kParkedTime = 2,
  kLastStatus = 3,
  kReason = 4,
  kIsGap = 5,
};

enum BatchField : uint64_t {
  kBatchId = 1,
  kFrozen = 2,
  kNumbers = 3,
  kBatchFirstSequence = 4,
  kBatchLastSequence = 5,
};

void put_digest(const DigestCounts& digest, FieldWriter& fields) {
  ByteWriter kind;
  for (const DigestKind& each : digest.kinds) {
    kind.clear();
    kind.varint(each.count);
    kind.bytes(each.name);
    fields.text(kDigestKind, kind.view());
    fields.number(kDigestKindSeverity, each.severity);
  }
  fields.time(kDigestFirstTime, digest.first_time);
  fields.number(kDigestSeverity, digest.severity);
}

void read_digest_kind(FieldReader& fields, DigestCounts& digest) {
  ByteReader in(fields.text());
  const uint64_t count = in.varint();
  const std::string_view name = in.bytes(in.left());
  if (!in.ok()) return fields.fail();
  digest.kinds.push_back({.name = std::string(name), .count = count});
}

// Of the kind before it.
void read_digest_kind_severity(FieldReader& fields, DigestCounts& digest) {
  const auto severity = static_cast<uint8_t>(fields.number());
  if (digest.kinds.empty()) return fields.fail();
  digest.kinds.back().severity = severity;
}

// Hashes grow: each is told by its distance from the one before.
void put_resources(const std::vector<GroupResource>& resources, ByteWriter& out) {
  uint64_t before = 0;
  for (const GroupResource& resource : resources) {
    out.varint(resource.hash - before);
    out.varint(uint64_t{resource.kind} * 2 + (resource.is_told ? 1 : 0));
    before = resource.hash;
  }
}

void put_name(const GroupName& name, ByteWriter& out) {
  out.varint(name.hash);
  for (const std::string* text : {&name.type, &name.name, &name.id}) {
    out.varint(text->size());
    out.bytes(*text);
  }
}

void put_group(const GroupCounts& group, FieldWriter& delivery) {
  ByteWriter out;
  FieldWriter fields(out);
  fields.text(kGroupKey, group.key);
  fields.text(kGroupTool, group.tool);
  fields.text(kGroupStack, group.stack);
  fields.text(kGroupStackId, group.stack_id);
  fields.text(kGroupActor, group.actor);
  fields.text(kGroupAccount, group.account);
  fields.text(kGroupRegion, group.region);
  fields.time(kGroupBegan, group.times.began);
  fields.time(kGroupLastTime, group.times.last);
  fields.time(kGroupBeginTime, group.times.announced);
  fields.time(kGroupEndTime, group.times.ended);
  fields.number(kGroupTellsEnd, group.times.tells_end ? 1 : 0);
  fields.time(kGroupLatest, group.latest);
  fields.text(kGroupTold, group.told);
  fields.number(kGroupToldMembers, group.told_members);
  fields.number(kGroupHasNews, group.has_news ? 1 : 0);
  ByteWriter resources;
  put_resources(group.resources, resources);
  fields.text(kGroupResources, resources.view());
  for (const std::string& failure : group.failures) fields.text(kGroupFailure, failure);
  fields.number(kGroupFailuresTold, group.failures_told);
  ByteWriter name;
  for (const GroupName& each : group.names) {
    name.clear();
    put_name(each, name);
    fields.text(kGroupName, name.view());
  }
  delivery.text(kGroup, out.view());
}

void read_resources(FieldReader& fields, std::vector<GroupResource>& resources) {
  ByteReader in(fields.text());
  uint64_t before = 0;
  while (in.ok() && !in.at_end()) {
    const uint64_t hash = before + in.varint();
    const uint64_t kind = in.varint();
    const bool is_in_order = resources.empty() || hash > before;
    if (!is_in_order || kind / 2 > UINT32_MAX) return fields.fail();
    resources.push_back(
        {.hash = hash, .kind = static_cast<uint32_t>(kind / 2), .is_told = kind % 2 != 0});
    before = hash;
  }
  if (!in.ok()) fields.fail();
}

void read_name(FieldReader& fields, std::vector<GroupName>& names) {
  ByteReader in(fields.text());
  GroupName name{.hash = in.varint()};
  for (std::string* text : {&name.type, &name.name, &name.id}) *text = in.bytes(in.varint());
  if (!in.ok()) return fields.fail();
  names.push_back(std::move(name));
}

void read_group_text(FieldReader& fields, GroupCounts& group) {
  switch (fields.field()) {
    case kGroupKey:
      group.key = fields.text();
      break;
    case kGroupTool:
      group.tool = fields.text();
      break;
    case kGroupStack:
      group.stack = fields.text();
      break;
    case kGroupStackId:
      group.stack_id = fields.text();
      break;
    case kGroupActor:
      group.actor = fields.text();
      break;
    case kGroupAccount:
      group.account = fields.text();
      break;
    case kGroupRegion:
      group.region = fields.text();
      break;
    case kGroupTold:
      group.told = fields.text();
      break;
    case kGroupFailure:
      group.failures.emplace_back(fields.text());
      break;
    default:
      break;  // Of a later version.
  }
}

void read_group(FieldReader& delivery, GroupCounts& group) {
  FieldReader fields(delivery.text());
  while (fields.next()) {
    switch (fields.field()) {
      case kGroupLastTime:
        group.times.last = fields.time();
        break;
      case kGroupBeginTime:
        group.times.announced = fields.time();
        break;
      case kGroupEndTime:
        group.times.ended = fields.time();
        break;
      case kGroupTellsEnd:
        group.times.tells_end = fields.number() != 0;
        break;
      case kGroupBegan:
        group.times.began = fields.time();
        break;
      case kGroupName:
        read_name(fields, group.names);
        break;
      case kGroupLatest:
        group.latest = fields.time();
        break;
      case kGroupToldMembers:
        group.told_members = fields.number();
        break;
      case kGroupHasNews:
        group.has_news = fields.number() != 0;
        break;
      case kGroupFailuresTold:
        group.failures_told = fields.number();
        break;
      case kGroupResources:
        read_resources(fields, group.resources);
        break;
      default:
        read_group_text(fields, group);
        break;
    }
  }
  if (!fields.ok()) delivery.fail();
}

// Whether it can be counted on with it.
bool is_group_whole(const DeliveryRow& row) {
  if (row.stage == Stage::group && row.group.key.empty()) return false;
  for (const GroupResource& resource : row.group.resources) {
    if (resource.kind >= row.digest.kinds.size()) return false;
  }
  return row.group.told_members <= row.members &&
         row.group.failures_told <= row.group.failures.size();
}

void read_stage(FieldReader& fields, DeliveryRow& row) {
  const uint64_t stage = fields.number();
  if (stage >= kStageCount) return fields.fail();
  row.stage = static_cast<Stage>(stage);
}

void read_numbers(FieldReader& fields, BatchRow& row) {
  ByteReader in(fields.text());
  uint64_t number = 0;
  while (in.ok() && !in.at_end()) {
    number += static_cast<uint64_t>(unzigzag(in.varint()));
    row.numbers.push_back(number);
  }
  if (!in.ok()) fields.fail();
}

void read_delivery_text(FieldReader& fields, DeliveryRow& row) {
  switch (fields.field()) {
    case kId:
      row.id = fields.text();
      break;
    case kResource:
      row.resource = fields.text();
      break;
    case kType:
      row.type = fields.text();
      break;
    case kContentType:
      row.content_type = fields.text();
      break;
    case kPayload:
      row.payload = fields.text();
      break;
    case kLastDetail:
      row.last_detail = fields.text();
      break;
    case kEntry:
      row.entry = fields.text();
      break;
    case kHeader:
      row.header = fields.text();
      break;
    case kSettledRecipients:
      row.settled_recipients = fields.text();
      break;
    case kForm:
      row.form = fields.text();
      break;
    case kRecipients:
      row.recipients = fields.text();
      break;
    default:
      break;  // Of a later version.
  }
}

void read_delivery_field(FieldReader& fields, DeliveryRow& row) {
  switch (fields.field()) {
    case kStage:
      read_stage(fields, row);
      break;
    case kFirstSequence:
      row.first_sequence = fields.number();
      break;
    case kMoreSequences:
      row.last_sequence = fields.number();
      break;
    case kMoreMembers:
      row.members = fields.number() + 1;
      break;
    case kAttempts:
      row.attempts = static_cast<uint32_t>(fields.number());
      break;
    case kTriedFor:
      row.tried_for = Duration(static_cast<int64_t>(fields.number() - 1));
      break;
    case kDue:
      row.due = fields.time();
      break;
    case kWait:
      row.wait = Duration(fields.signed_number());
      break;
    case kRecorded:
      row.recorded = fields.time();
      break;
    case kTriedAt:
      row.tried_at = fields.number();
      break;
    case kIsRedriven:
      row.is_redriven = fields.number() != 0;
      break;
    case kWaitsForCause:
      row.waits_for_cause = fields.number() != 0;
      break;
    case kWaitsForTags:
      row.waits_for_tags = fields.number() != 0;
      break;
    case kDigestKind:
      read_digest_kind(fields, row.digest);
      break;
    case kDigestKindSeverity:
      read_digest_kind_severity(fields, row.digest);
      break;
    case kDigestFirstTime:
      row.digest.first_time = fields.time();
      break;
    case kGroup:
      read_group(fields, row.group);
      break;
    case kDigestSeverity:
      row.digest.severity = static_cast<uint8_t>(fields.number());
      break;
    default:
      read_delivery_text(fields, row);
      break;
  }
}

}  // namespace

void encode_state(const SubscriptionState& state, ByteWriter& out) {
  FieldWriter fields(out);
  fields.number(kCursor, state.cursor);
  fields.number(kNextNumber, state.next_number);
  fields.number(kRows, state.rows);
  fields.number(kIsGone, state.is_gone ? 1 : 0);
  fields.number(kRateSent, state.rate_sent);
  fields.time(kRateEnds, state.rate_ends);
  fields.number(kBeginsAfter, state.begins_after);
}

Result<SubscriptionState> decode_state(std::string_view bytes) {
  FieldReader fields(bytes);
  SubscriptionState state;
  while (fields.next()) {
    switch (fields.field()) {
      case kCursor:
        state.cursor = fields.number();
        break;
      case kNextNumber:
        state.next_number = fields.number();
        break;
      case kRows:
        state.rows = fields.number();
        break;
      case kIsGone:
        state.is_gone = fields.number() != 0;
        break;
      case kRateSent:
        state.rate_sent = fields.number();
        break;
      case kRateEnds:
        state.rate_ends = fields.time();
        break;
      case kBeginsAfter:
        state.begins_after = fields.number();
        break;
      default:
        break;  // Of a later version.
    }
  }
  if (!fields.ok() || state.next_number == 0) return damaged_value("cursor");
  return state;
}

void encode_delivery(const DeliveryRow& row, ByteWriter& out) {
  FieldWriter fields(out);
  fields.number(kStage, static_cast<uint64_t>(row.stage));
  fields.number(kFirstSequence, row.first_sequence);
  fields.number(kMoreSequences, row.last_sequence - row.first_sequence);
  fields.number(kMoreMembers, row.members - 1);
  fields.time(kRecorded, row.recorded);
  fields.text(kId, row.id);
  fields.text(kResource, row.resource);
  fields.text(kType, row.type);
  fields.text(kForm, row.form);
  fields.text(kContentType, row.content_type);
  fields.text(kPayload, row.payload);
  fields.text(kHeader, row.header);
  fields.number(kAttempts, row.attempts);
  if (row.tried_for) fields.number(kTriedFor, static_cast<uint64_t>(row.tried_for->count()) + 1);
  fields.time(kDue, row.due);
  fields.signed_number(kWait, row.wait.count());
  fields.number(kTriedAt, row.tried_at);
  fields.text(kLastDetail, row.last_detail);
  fields.number(kIsRedriven, row.is_redriven ? 1 : 0);
  fields.text(kRecipients, row.recipients);
  fields.text(kSettledRecipients, row.settled_recipients);
  fields.text(kEntry, row.entry);
  fields.number(kWaitsForCause, row.waits_for_cause ? 1 : 0);
  fields.number(kWaitsForTags, row.waits_for_tags ? 1 : 0);
  if (row.digest != DigestCounts()) put_digest(row.digest, fields);
  if (!row.group.key.empty()) put_group(row.group, fields);
}

Result<DeliveryRow> decode_delivery(std::string_view bytes) {
  FieldReader fields(bytes);
  DeliveryRow row;
  row.stage = Stage::match;
  while (fields.next()) read_delivery_field(fields, row);
  row.last_sequence += row.first_sequence;
  const bool is_of_earlier = !row.group.key.empty() && row.group.times.began == Time();
  if (is_of_earlier) row.group.times.began = row.digest.first_time;
  const bool is_whole = fields.ok() && row.stage != Stage::match && row.members > 0 &&
                        row.last_sequence >= row.first_sequence &&
                        row.tried_for.value_or(Duration()) >= Duration() &&
                        row.wait >= Duration() && is_group_whole(row);
  if (!is_whole) return damaged_value("delivery");
  return row;
}

void encode_parked(const ParkedRow& row, ByteWriter& out) {
  FieldWriter fields(out);
  ByteWriter delivery;
  encode_delivery(row.delivery, delivery);
  fields.text(kParkedDelivery, delivery.view());
  fields.time(kParkedTime, row.parked);
  fields.signed_number(kLastStatus, row.last_status);
  fields.text(kReason, row.reason);
  fields.number(kIsGap, row.is_gap ? 1 : 0);
}

Result<ParkedRow> decode_parked(std::string_view bytes) {
  FieldReader fields(bytes);
  ParkedRow row;
  Result<DeliveryRow> delivery = damaged_value("parked delivery");
  while (fields.next()) {
    switch (fields.field()) {
      case kParkedDelivery:
        delivery = decode_delivery(fields.text());
        break;
      case kParkedTime:
        row.parked = fields.time();
        break;
      case kLastStatus:
        row.last_status = static_cast<int>(fields.signed_number());
        break;
      case kReason:
        row.reason = fields.text();
        break;
      case kIsGap:
        row.is_gap = fields.number() != 0;
        break;
      default:
        break;  // Of a later version.
    }
  }
  if (!fields.ok() || !delivery) return damaged_value("parked delivery");
  row.delivery = *std::move(delivery);
  return row;
}

// Numbers mostly follow each other: each is told by its distance from the one before.
void encode_batch(const BatchRow& row, ByteWriter& out) {
  FieldWriter fields(out);
  fields.text(kBatchId, row.id);
  fields.time(kFrozen, row.frozen);
  fields.number(kBatchFirstSequence, row.first_sequence);
  fields.number(kBatchLastSequence, row.last_sequence);
  ByteWriter numbers;
  uint64_t before = 0;
  for (const uint64_t number : row.numbers) {
    numbers.varint(zigzag(static_cast<int64_t>(number - before)));
    before = number;
  }
  fields.text(kNumbers, numbers.view());
}

Result<BatchRow> decode_batch(std::string_view bytes) {
  FieldReader fields(bytes);
  BatchRow row;
  while (fields.next()) {
    switch (fields.field()) {
      case kBatchId:
        row.id = fields.text();
        break;
      case kFrozen:
        row.frozen = fields.time();
        break;
      case kNumbers:
        read_numbers(fields, row);
        break;
      case kBatchFirstSequence:
        row.first_sequence = fields.number();
        break;
      case kBatchLastSequence:
        row.last_sequence = fields.number();
        break;
      default:
        break;  // Of a later version.
    }
  }
  if (!fields.ok() || row.numbers.empty()) return damaged_value("batch of deliveries");
  return row;
}

}  // namespace statewire
