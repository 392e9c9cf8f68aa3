// The layout is described in entry_layout.h.
#include <algorithm>

#include "store/entry_codec.h"
#include "store/entry_layout.h"

namespace statewire {

using namespace layout;

std::string_view EntryDecoder::shared() {
  if (texts_ == nullptr) return own();
  const auto text = texts_->find(in_.varint());
  if (!text) return in_.fail(), std::string_view{};
  return kept(*text);
}

// Bits that this program does not know change what follows: nothing after them can be read.
uint64_t EntryDecoder::bits(uint64_t known) {
  const uint64_t bits = in_.varint();
  if (bits & ~known) return in_.fail(), uint64_t{0};
  return bits;
}

template <typename Tag>
Id<Tag> EntryDecoder::id() {
  Id<Tag> result;
  const std::string_view bytes = in_.bytes(result.bytes.size());
  std::copy(bytes.begin(), bytes.end(), result.bytes.begin());
  return result;
}

template <typename T>
std::span<T> EntryDecoder::items() {
  const size_t count = in_.count();
  T* const place = reinterpret_cast<T*>(arena_.allocate(count * sizeof(T)));
  return {place, count};
}

Entry EntryDecoder::entry(uint64_t sequence, Time recorded) {
  Entry result;
  result.sequence = sequence;
  const uint64_t head = bits(kObservationBits);
  result.source = shared();
  result.received = in_.time(recorded);
  result.recorded = head & kRecordedDiffers ? in_.time(recorded) : recorded;
  if (head & kHasPrevious) result.previous_sequence = sequence - in_.varint();
  result.observation = observation(head, recorded);
  result.told = told(recorded);
  result.after = record(result);
  return result;
}

Observation EntryDecoder::observation(uint64_t head, Time recorded) {
  Observation seen;
  seen.key = sort_key(head & kHasVersion, head & kHasIndex, recorded);
  seen.origin.system = shared();
  seen.origin.source = shared();
  seen.origin.type = shared();
  seen.origin.id = own();
  seen.resource = identity(Identity{});
  const uint8_t effect = in_.byte();
  if ((effect & 0x0f) > static_cast<uint8_t>(kLastEffect) || effect >> 4 >= kPhaseCount) {
    in_.fail();
    return {};
  }
  seen.effect = static_cast<Effect>(effect & 0x0f);
  seen.phase = static_cast<Phase>(effect >> 4);
  seen.value = shared();
  if (head & kHasToward) seen.toward = in_.byte();
  seen.cause = cause(seen.origin.id);
  if (head & kHasFlags) seen.flags = in_.byte();
  if (head & kHasSeverity) seen.severity = in_.byte();
  if (head & kHasError) seen.error = shared();
  if (head & kHasTraceparent) seen.traceparent = own();
  seen.entry = shared();
  if (head & kHasTags) seen.tags = tags();
  if (head & kHasChanges) seen.changes = changes();
  if (head & kHasAliases) seen.aliases = aliases();
  if (head & kSettlesAfter) seen.settles_after = Duration(unzigzag(in_.varint()));
  return seen;
}

Told EntryDecoder::told(Time recorded) {
  Told result;
  const uint8_t head = in_.byte();
  const uint8_t kind = head & kToldKindMask;
  if (kind > static_cast<uint8_t>(NotificationKind::failed) || head & 0x80) in_.fail();
  if (!in_.ok()) return {};
  result.kind = static_cast<NotificationKind>(kind);
  result.late = head & kIsLate;
  result.too_late = head & kIsTooLate;
  if (head & kHasId) result.id = id<NotificationIdTag>();
  if (head & kHasAmends) result.amends = id<NotificationIdTag>();
  result.previous = previous(Previous{}, recorded);
  return result;
}

Record EntryDecoder::record(const Entry& base) {
  const Observation& seen = base.observation;
  const uint64_t head = bits(kRecordBits);
  Record result;
  result.resource = identity(seen.resource);
  const uint8_t phase = head & kPhaseDiffers ? in_.byte() : static_cast<uint8_t>(seen.phase);
  if (phase >= kPhaseCount) in_.fail();
  if (!in_.ok()) return {};
  result.phase = static_cast<Phase>(phase);
  result.value = head & kValueDiffers ? shared() : seen.value;
  result.since = head & kSinceDiffers ? in_.time(base.recorded) : seen.time();
  result.previous = previous(base.told.previous, base.recorded);
  result.cause = cause(seen.origin.id);
  if (head & kHasRecordFlags) result.flags = in_.byte();
  result.newest = seen.key;
  if (head & kNewestDiffers) {
    result.newest = sort_key(head & kHasNewestVersion, head & kHasNewestIndex, base.recorded);
  }
  result.tags = head & kTagsDiffer ? tags() : seen.tags;
  if (head & kHasHints) result.hints = hints(base.recorded, seen.origin.id);
  result.revision = in_.varint();
  result.told = head & kToldDiffers ? id<NotificationIdTag>() : base.told.id;
  result.recorded = head & kRecordRecordedDiffers ? in_.time(base.recorded) : base.recorded;
  result.last_sequence = head & kLastSequenceDiffers ? in_.varint() : base.sequence;
  if (head & kSettlesAt) result.settles_at = in_.time(base.recorded);
  return result;
}

SortKey EntryDecoder::sort_key(bool has_version, bool has_index, Time recorded) {
  SortKey key;
  key.time_ns = to_ns(in_.time(recorded));
  if (has_version) key.version = in_.varint();
  key.stage = in_.byte();
  key.phase_rank = in_.byte();
  key.value_rank = in_.byte();
  key.event_id = id<EventIdTag>();
  if (has_index) {
    const uint64_t index = in_.varint();
    if (index > UINT16_MAX) in_.fail();
    key.index = static_cast<uint16_t>(index);
  }
  return key;
}

Identity EntryDecoder::identity(const Identity& base) {
  const uint8_t mask = in_.byte();
  Identity result = base;
  if (mask & kIdDiffers) result.id = own();
  if (mask & kTypeDiffers) result.type = shared();
  if (mask & kProviderDiffers) result.provider = shared();
  if (mask & kAccountDiffers) result.account = shared();
  if (mask & kRegionDiffers) result.region = shared();
  if (mask & kZoneDiffers) result.zone = shared();
  if (mask & kServiceDiffers) result.service = shared();
  if (mask & kNameDiffers) result.name = own();
  return result;
}

Cause EntryDecoder::cause(std::string_view origin_id) {
  const uint8_t head = in_.byte();
  if (head & kSameCause) {
    const size_t number = head & ~kSameCause;
    if (number >= causes_count_) return in_.fail(), Cause{};
    return causes_seen_[number];
  }
  const uint8_t confidence = (head >> 3) & 0x03;
  if (head & ~kCauseBits || confidence > static_cast<uint8_t>(Confidence::certain)) {
    return in_.fail(), Cause{};
  }
  Cause result;
  result.kind = static_cast<CauseKind>(head & 0x07);
  result.confidence = static_cast<Confidence>(confidence);
  if (!(head & kCauseHasTexts)) return result;
  const uint8_t mask = in_.byte();
  if (mask & kHasActor) result.actor = shared();
  if (mask & kHasActorType) result.actor_type = shared();
  if (mask & kHasTool) result.tool = shared();
  if (mask & kHasVia) result.via = shared();
  if (mask & kHasSession) result.session = shared();
  if (mask & kHasCall) result.call = shared();
  if (mask & kHasEvidence) result.evidence = own();
  if (mask & kEvidenceIsOrigin) result.evidence = origin_id;
  if (causes_count_ < kCausesSeenMax) causes_seen_[causes_count_++] = result;
  return result;
}

Previous EntryDecoder::previous(const Previous& base, Time recorded) {
  const uint8_t head = in_.byte();
  if (head == kSamePrevious) return base;
  if (head & ~kPreviousBits) return in_.fail(), Previous{};
  Previous result;
  result.phase = static_cast<Phase>(head & 0x07);
  if (head & kPreviousHasValue) result.value = shared();
  if (head & kPreviousHasSince) result.since = in_.time(recorded);
  return result;
}

std::span<const Tag> EntryDecoder::tags() {
  const std::span<Tag> result = items<Tag>();
  for (Tag& tag : result) {
    const std::string_view key = shared();
    tag = {key, shared()};
  }
  return result;
}

std::span<const Change> EntryDecoder::changes() {
  const std::span<Change> result = items<Change>();
  for (Change& change : result) {
    const std::string_view path = shared();
    const std::string_view from = own();
    change = {path, from, own()};
  }
  return result;
}

std::span<const std::string_view> EntryDecoder::aliases() {
  const std::span<std::string_view> result = items<std::string_view>();
  for (std::string_view& alias : result) alias = own();
  return result;
}

std::span<const Hint> EntryDecoder::hints(Time recorded, std::string_view origin_id) {
  const std::span<Hint> result = items<Hint>();
  for (Hint& hint : result) {
    const Cause why = cause(origin_id);
    const Time time = in_.time(recorded);
    hint = {why, time, in_.byte()};
  }
  return result;
}

}  // namespace statewire
