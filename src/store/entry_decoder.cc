// The layout is described in entry_layout.h.
#include <algorithm>

#include "model/told_time.h"
#include "store/entry_codec.h"
#include "store/entry_layout.h"

namespace statewire {

using namespace layout;

namespace {

// A number that this program has no word for is of a newer one; it is read as `otherwise`.
template <typename Enum>
Enum known(uint64_t number, Enum last, Enum otherwise) {
  return number <= static_cast<uint64_t>(last) ? static_cast<Enum>(number) : otherwise;
}

Phase known_phase(uint64_t number) { return known(number, Phase::gone, Phase::unknown); }
static_assert(static_cast<int>(Phase::gone) == kPhaseCount - 1);

Effect known_effect(uint8_t byte) { return known(byte & 0x0fu, kLastEffect, Effect::cause); }

}  // namespace

std::string_view EntryDecoder::shared() {
  if (texts_ == nullptr) return own();
  const auto text = texts_->find(in_.varint());
  if (!text) return in_.fail(), std::string_view{};
  return kept(*text);
}

PhaseSet EntryDecoder::phases() { return static_cast<PhaseSet>(in_.varint() ^ kAllPhases); }

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
  const uint64_t head = begin(result, recorded);
  result.observation = observation(head, recorded);
  result.told = told(recorded);
  result.after = record(result);
  return result;
}

uint64_t EntryDecoder::begin(Entry& entry, Time recorded) {
  const uint64_t head = in_.varint();
  entry.source = shared();
  entry.received = in_.time(recorded);
  entry.recorded = head & kRecordedDiffers ? in_.time(recorded) : recorded;
  if (head & kHasPrevious) entry.previous_sequence = entry.sequence - in_.varint();
  return head;
}

Time EntryDecoder::time_of_entry(Time recorded) {
  Entry entry;
  const uint64_t head = begin(entry, recorded);
  const SortKey key = sort_key(head & kHasVersion, head & kHasIndex, recorded);
  origin();
  identity(Identity{});
  return told_time(known_effect(in_.byte()), key, entry.received);
}

Observation EntryDecoder::observation(uint64_t head, Time recorded) {
  Observation seen;
  seen.key = sort_key(head & kHasVersion, head & kHasIndex, recorded);
  seen.origin = origin();
  seen.resource = identity(Identity{});
  const uint8_t byte = in_.byte();
  seen.effect = known_effect(byte);
  seen.phase = known_phase(byte >> 4);
  seen.value = shared();
  if (head & kHasToward) seen.toward = phases();
  seen.cause = cause(seen.origin.id);
  if (head & kHasFlags) seen.flags = static_cast<uint8_t>(in_.varint());
  if (head & kHasSeverity) seen.severity = static_cast<uint8_t>(in_.varint());
  if (head & kHasError) seen.error = shared();
  if (head & kHasTraceparent) seen.traceparent = own();
  seen.entry = shared();
  if (head & kHasTags) seen.tags = tags();
  if (head & kHasChanges) seen.changes = changes();
  if (head & kHasAliases) seen.aliases = aliases();
  if (head & kSettlesAfter) seen.settles_after = Duration(unzigzag(in_.varint()));
  if (head & kHasHeadline) seen.headline = own();
  if (head & kHasDeclared) seen.declared = own();
  if (head & kHasExpected) seen.expected = own();
  if (head & kHasEnvelope) seen.envelope_id = own();
  in_.skip_fields(head & ~uint64_t{kObservationBits});
  return seen;
}

Origin EntryDecoder::origin() {
  Origin result;
  result.system = shared();
  result.source = shared();
  result.type = shared();
  result.id = own();
  return result;
}

Told EntryDecoder::told(Time recorded) {
  Told result;
  const uint64_t head = in_.varint();
  result.kind = known(head >> kToldKindAt & kKindMask, kLastKind, NotificationKind::none);
  result.late = head & kIsLate;
  result.too_late = head & kIsTooLate;
  if (head & kHasId) result.id = id<NotificationIdTag>();
  if (head & kHasAmends) result.amends = id<NotificationIdTag>();
  result.previous = previous(Previous{}, recorded);
  in_.skip_fields(head & ~uint64_t{kToldBits});
  return result;
}

Record EntryDecoder::record(const Entry& base) {
  const Observation& seen = base.observation;
  const uint64_t head = in_.varint();
  Record result;
  result.resource = identity(seen.resource);
  result.phase = head & kPhaseDiffers ? known_phase(in_.varint()) : seen.phase;
  result.value = head & kValueDiffers ? shared() : seen.value;
  result.since = head & kSinceDiffers ? in_.time(base.recorded) : seen.time();
  result.previous = previous(base.told.previous, base.recorded);
  result.cause = cause(seen.origin.id);
  if (head & kHasRecordFlags) result.flags = static_cast<uint8_t>(in_.varint());
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
  if (head & kHasOwner) owner(result);
  result.phase_since = result.since;
  if (head & kHasCourse) course(result);
  in_.skip_fields(head & ~uint64_t{kRecordBits});
  return result;
}

// A drift of a newer program is read as unknown.
void EntryDecoder::owner(Record& record) {
  ByteReader in(in_.text());
  const uint8_t head = in.byte();
  record.drift = known(head & 0x7fu, Drift::lost, Drift::unknown);
  if (head & kHasDriftSince) {
    record.drift_since = from_ns(static_cast<int64_t>(in.fixed<uint64_t>()));
  }
  record.declared = kept(in.text());
  record.touch = kept(in.bytes(in.left()));
  if (!in.ok()) in_.fail();
}

// More turns than this program keeps are no damage: the newest count.
void EntryDecoder::course(Record& record) {
  ByteReader in(in_.text());
  const uint8_t head = in.byte();
  const auto time = [&] { return from_ns(static_cast<int64_t>(in.fixed<uint64_t>())); };
  record.is_stuck = head & kIsStuck;
  record.is_flapping = head & kIsFlapping;
  if (head & kPhaseSinceDiffers) record.phase_since = time();
  const size_t turns = head >> kTurnsAt;
  record.turn_count = static_cast<uint8_t>(std::min(turns, kFlapTurns));
  for (size_t i = 0; i < turns; ++i) {
    const Time turn = time();
    if (i + kFlapTurns >= turns) record.turns[i + record.turn_count - turns] = turn;
  }
  if (!in.ok()) in_.fail();
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
  const uint64_t mask = in_.varint();
  Identity result = base;
  if (mask & kIdDiffers) result.id = own();
  if (mask & kTypeDiffers) result.type = shared();
  if (mask & kProviderDiffers) result.provider = shared();
  if (mask & kAccountDiffers) result.account = shared();
  if (mask & kRegionDiffers) result.region = shared();
  if (mask & kServiceDiffers) result.service = shared();
  if (mask & kNameDiffers) result.name = own();
  if (mask & kZoneDiffers) result.zone = shared();
  in_.skip_fields(mask & ~uint64_t{kIdentityBits});
  return result;
}

Cause EntryDecoder::cause(std::string_view origin_id) {
  const uint64_t head = in_.varint();
  if (head & kSameCause) {
    const uint64_t number = head >> 1;
    if (number >= causes_count_) return in_.fail(), Cause{};
    return causes_seen_[number];
  }
  Cause result;
  result.kind = known(head >> kCauseKindAt, CauseKind::automation, CauseKind::unknown);
  result.confidence =
      known(head >> kConfidenceAt & kConfidenceMask, Confidence::certain, Confidence::guess);
  if (!(head & kCauseHasTexts)) return result;
  const uint64_t mask = in_.varint();
  if (mask & kHasActor) result.actor = shared();
  if (mask & kHasActorType) result.actor_type = shared();
  if (mask & kHasTool) result.tool = shared();
  if (mask & kHasVia) result.via = shared();
  if (mask & kHasSession) result.session = shared();
  if (mask & kHasCall) result.call = shared();
  if (mask & kHasEvidence) result.evidence = own();
  if (mask & kEvidenceIsOrigin) result.evidence = origin_id;
  if (mask & kHasRole) result.role = own();
  if (mask & kHasAddress) result.address = own();
  if (mask & kHasCauseAccount) result.account = own();
  if (mask & kHasReason) result.reason = own();
  in_.skip_fields(mask & ~uint64_t{kCauseTextBits});
  if (causes_count_ < kCausesSeenMax) causes_seen_[causes_count_++] = result;
  return result;
}

Previous EntryDecoder::previous(const Previous& base, Time recorded) {
  const uint64_t head = in_.varint();
  if (head == kSamePrevious) return base;
  Previous result;
  result.phase = known_phase(head >> kPreviousPhaseAt & kKindMask);
  if (head & kPreviousHasValue) result.value = shared();
  if (head & kPreviousHasSince) result.since = in_.time(recorded);
  in_.skip_fields(head & ~uint64_t{kPreviousBits});
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
    hint = {why, time, phases()};
  }
  return result;
}

}  // namespace statewire
