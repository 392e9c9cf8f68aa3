// The layout is described in entry_layout.h.
#include <algorithm>

#include "store/entry_codec.h"
#include "store/entry_layout.h"

namespace statewire {
namespace {

using namespace layout;

// Views of one text often share their bytes; then nothing is compared.
bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.data() == b.data() || a == b);
}

bool same(const Cause& a, const Cause& b) {
  return a.kind == b.kind && a.confidence == b.confidence && same(a.actor, b.actor) &&
         same(a.actor_type, b.actor_type) && same(a.tool, b.tool) && same(a.via, b.via) &&
         same(a.session, b.session) && same(a.call, b.call) && same(a.evidence, b.evidence) &&
         same(a.role, b.role) && same(a.address, b.address) &&

         same(a.account, b.account) && same(a.reason, b.reason);
}

bool same(const Previous& a, const Previous& b) {
  return a.phase == b.phase && a.since == b.since && same(a.value, b.value);
}

bool same(std::span<const Tag> a, std::span<const Tag> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Tag& x, const Tag& y) {
    return same(x.key, y.key) && same(x.value, y.value);
  });
}

uint32_t bit_if(bool condition, uint32_t bit) { return condition ? bit : 0; }

uint32_t bits_of(const Entry& entry, Time recorded) {
  const Observation& seen = entry.observation;
  return bit_if(entry.recorded != recorded, kRecordedDiffers) |
         bit_if(entry.previous_sequence != 0, kHasPrevious) |
         bit_if(seen.key.version != 0, kHasVersion) | bit_if(seen.key.index != 0, kHasIndex) |
         bit_if(seen.toward != kAllPhases, kHasToward) | bit_if(seen.flags != 0, kHasFlags) |
         bit_if(!seen.tags.empty(), kHasTags) | bit_if(seen.severity != 0, kHasSeverity) |
         bit_if(!seen.error.empty(), kHasError) |
         bit_if(!seen.traceparent.empty(), kHasTraceparent) |
         bit_if(!seen.changes.empty(), kHasChanges) | bit_if(!seen.aliases.empty(), kHasAliases) |
         bit_if(seen.settles_after != Duration::zero(), kSettlesAfter) |
         bit_if(!seen.headline.empty(), kHasHeadline) |
         bit_if(!seen.declared.empty(), kHasDeclared) |
         bit_if(!seen.expected.empty(), kHasExpected) |
         bit_if(!seen.envelope_id.empty(), kHasEnvelope);
}

uint32_t bits_of(const Record& record, const Entry& base) {
  const Observation& seen = base.observation;
  const bool newest_differs = record.newest != seen.key;
  return bit_if(record.phase != seen.phase, kPhaseDiffers) |
         bit_if(!same(record.value, seen.value), kValueDiffers) |
         bit_if(record.since != seen.time(), kSinceDiffers) |
         bit_if(newest_differs, kNewestDiffers) |
         bit_if(newest_differs && record.newest.version != 0, kHasNewestVersion) |
         bit_if(newest_differs && record.newest.index != 0, kHasNewestIndex) |
         bit_if(!same(record.tags, seen.tags), kTagsDiffer) |
         bit_if(!record.hints.empty(), kHasHints) |
         bit_if(record.told != base.told.id, kToldDiffers) |
         bit_if(record.flags != 0, kHasRecordFlags) |
         bit_if(record.recorded != base.recorded, kRecordRecordedDiffers) |
         bit_if(record.last_sequence != base.sequence, kLastSequenceDiffers) |
         bit_if(record.settles_at != Time{}, kSettlesAt) |
         bit_if(!record.declared.empty() || record.drift != Drift::unknown ||
                    !record.touch.empty() || record.drift_since != Time{},
                kHasOwner) |
         bit_if(record.phase_since != record.since || record.turn_count != 0 || record.is_stuck ||
                    record.is_flapping,
                kHasCourse);
}

}  // namespace

void EntryEncoder::shared(std::string_view text) {
  if (dictionary_ != nullptr) {
    out_.varint(dictionary_->id_of(text));
  } else {
    out_.text(text);
  }
}

void EntryEncoder::entry(const Entry& entry, Time recorded) {
  causes_count_ = 0;
  const uint32_t bits = bits_of(entry, recorded);
  out_.varint(bits);
  shared(entry.source);
  out_.time(entry.received, recorded);
  if (bits & kRecordedDiffers) out_.time(entry.recorded, recorded);
  if (bits & kHasPrevious) out_.varint(entry.sequence - entry.previous_sequence);
  observation(entry.observation, recorded);
  told(entry.told, recorded);
  record(entry.after, entry);
}

void EntryEncoder::observation(const Observation& seen, Time recorded) {
  sort_key(seen.key, recorded);
  shared(seen.origin.system);
  shared(seen.origin.source);
  shared(seen.origin.type);
  own(seen.origin.id);
  identity(seen.resource, Identity{});
  out_.byte(static_cast<uint8_t>(static_cast<unsigned>(seen.effect) |
                                 static_cast<unsigned>(seen.phase) << 4));
  shared(seen.value);
  if (seen.toward != kAllPhases) out_.varint(seen.toward ^ kAllPhases);
  cause(seen.cause, seen.origin.id);
  if (seen.flags != 0) out_.varint(seen.flags);
  if (seen.severity != 0) out_.varint(seen.severity);
  if (!seen.error.empty()) shared(seen.error);
  if (!seen.traceparent.empty()) own(seen.traceparent);
  shared(seen.entry);
  if (!seen.tags.empty()) tags(seen.tags);
  if (!seen.changes.empty()) {
    out_.varint(seen.changes.size());
    for (const Change& change : seen.changes) shared(change.path), own(change.from), own(change.to);
  }
  if (!seen.aliases.empty()) {
    out_.varint(seen.aliases.size());
    for (const std::string_view alias : seen.aliases) own(alias);
  }
  if (seen.settles_after != Duration::zero()) out_.varint(zigzag(seen.settles_after.count()));
  if (!seen.headline.empty()) own(seen.headline);
  if (!seen.declared.empty()) own(seen.declared);
  if (!seen.expected.empty()) own(seen.expected);
  if (!seen.envelope_id.empty()) own(seen.envelope_id);
}

void EntryEncoder::told(const Told& told, Time recorded) {
  const bool has_id = !told.id.is_zero();
  const bool has_amends = !told.amends.is_zero();
  out_.varint(static_cast<uint32_t>(told.kind) << kToldKindAt | bit_if(told.late, kIsLate) |
              bit_if(told.too_late, kIsTooLate) | bit_if(has_id, kHasId) |
              bit_if(has_amends, kHasAmends));
  if (has_id) out_.bytes(told.id.view());
  if (has_amends) out_.bytes(told.amends.view());
  previous(told.previous, Previous{}, recorded);
}

void EntryEncoder::record(const Record& record, const Entry& base) {
  const Observation& seen = base.observation;
  const uint32_t bits = bits_of(record, base);
  out_.varint(bits);
  identity(record.resource, seen.resource);
  if (bits & kPhaseDiffers) out_.varint(static_cast<uint32_t>(record.phase));
  if (bits & kValueDiffers) shared(record.value);
  if (bits & kSinceDiffers) out_.time(record.since, base.recorded);
  previous(record.previous, base.told.previous, base.recorded);
  cause(record.cause, seen.origin.id);
  if (bits & kHasRecordFlags) out_.varint(record.flags);
  if (bits & kNewestDiffers) sort_key(record.newest, base.recorded);
  if (bits & kTagsDiffer) tags(record.tags);
  if (bits & kHasHints) {
    out_.varint(record.hints.size());
    for (const Hint& hint : record.hints) {
      cause(hint.cause, seen.origin.id);
      out_.time(hint.time, base.recorded);
      out_.varint(hint.toward ^ kAllPhases);
    }
  }
  out_.varint(record.revision);
  if (bits & kToldDiffers) out_.bytes(record.told.view());
  if (bits & kRecordRecordedDiffers) out_.time(record.recorded, base.recorded);
  if (bits & kLastSequenceDiffers) out_.varint(record.last_sequence);
  if (bits & kSettlesAt) out_.time(record.settles_at, base.recorded);
  if (bits & kHasOwner) owner(record);
  if (bits & kHasCourse) course(record);
}

void EntryEncoder::course(const Record& record) {
  const bool differs = record.phase_since != record.since;
  const size_t times = record.turn_count + (differs ? 1u : 0u);
  out_.varint(1 + times * sizeof(uint64_t));
  out_.byte(static_cast<uint8_t>(
      bit_if(record.is_stuck, kIsStuck) | bit_if(record.is_flapping, kIsFlapping) |
      bit_if(differs, kPhaseSinceDiffers) | static_cast<unsigned>(record.turn_count) << kTurnsAt));
  if (differs) out_.fixed<uint64_t>(static_cast<uint64_t>(to_ns(record.phase_since)));
  for (size_t i = 0; i < record.turn_count; ++i) {
    out_.fixed<uint64_t>(static_cast<uint64_t>(to_ns(record.turns[i])));
  }
}

void EntryEncoder::owner(const Record& record) {
  const bool has_since = record.drift_since != Time{};
  out_.varint(1 + (has_since ? sizeof(uint64_t) : 0) + varint_bytes(record.declared.size()) +
              record.declared.size() + record.touch.size());
  out_.byte(static_cast<uint8_t>(static_cast<unsigned>(record.drift) |
                                 (has_since ? kHasDriftSince : 0u)));
  if (has_since) out_.fixed<uint64_t>(static_cast<uint64_t>(to_ns(record.drift_since)));
  out_.text(record.declared);
  out_.bytes(record.touch);
}

void EntryEncoder::sort_key(const SortKey& key, Time recorded) {
  out_.time(from_ns(key.time_ns), recorded);
  if (key.version != 0) out_.varint(key.version);
  out_.byte(key.stage);
  out_.byte(key.phase_rank);
  out_.byte(key.value_rank);
  out_.bytes(key.event_id.view());
  if (key.index != 0) out_.varint(key.index);
}

void EntryEncoder::identity(const Identity& identity, const Identity& base) {
  const uint32_t mask = bit_if(!same(identity.id, base.id), kIdDiffers) |
                        bit_if(!same(identity.type, base.type), kTypeDiffers) |
                        bit_if(!same(identity.provider, base.provider), kProviderDiffers) |
                        bit_if(!same(identity.account, base.account), kAccountDiffers) |
                        bit_if(!same(identity.region, base.region), kRegionDiffers) |
                        bit_if(!same(identity.service, base.service), kServiceDiffers) |
                        bit_if(!same(identity.name, base.name), kNameDiffers) |
                        bit_if(!same(identity.zone, base.zone), kZoneDiffers);
  out_.varint(mask);
  if (mask & kIdDiffers) own(identity.id);
  if (mask & kTypeDiffers) shared(identity.type);
  if (mask & kProviderDiffers) shared(identity.provider);
  if (mask & kAccountDiffers) shared(identity.account);
  if (mask & kRegionDiffers) shared(identity.region);
  if (mask & kServiceDiffers) shared(identity.service);
  if (mask & kNameDiffers) own(identity.name);
  if (mask & kZoneDiffers) shared(identity.zone);
}

void EntryEncoder::cause(const Cause& cause, std::string_view origin_id) {
  const bool is_origin = !cause.evidence.empty() && same(cause.evidence, origin_id);
  const uint32_t mask =
      bit_if(!cause.actor.empty(), kHasActor) | bit_if(!cause.actor_type.empty(), kHasActorType) |
      bit_if(!cause.tool.empty(), kHasTool) | bit_if(!cause.via.empty(), kHasVia) |
      bit_if(!cause.session.empty(), kHasSession) | bit_if(!cause.call.empty(), kHasCall) |
      bit_if(!cause.evidence.empty() && !is_origin, kHasEvidence) |
      bit_if(is_origin, kEvidenceIsOrigin) | bit_if(!cause.role.empty(), kHasRole) |
      bit_if(!cause.address.empty(), kHasAddress) |
      bit_if(!cause.account.empty(), kHasCauseAccount) | bit_if(!cause.reason.empty(), kHasReason);
  const uint32_t head = static_cast<uint32_t>(cause.confidence) << kConfidenceAt |
                        static_cast<uint32_t>(cause.kind) << kCauseKindAt;
  if (mask == 0) return out_.varint(head);
  for (size_t i = 0; i < causes_count_; ++i) {
    if (same(cause, *causes_seen_[i])) return out_.varint(kSameCause | i << 1);
  }
  if (causes_count_ < kCausesSeenMax) causes_seen_[causes_count_++] = &cause;
  out_.varint(head | kCauseHasTexts);
  out_.varint(mask);
  if (mask & kHasActor) shared(cause.actor);
  if (mask & kHasActorType) shared(cause.actor_type);
  if (mask & kHasTool) shared(cause.tool);
  if (mask & kHasVia) shared(cause.via);
  if (mask & kHasSession) shared(cause.session);
  if (mask & kHasCall) shared(cause.call);
  if (mask & kHasEvidence) own(cause.evidence);
  if (mask & kHasRole) own(cause.role);
  if (mask & kHasAddress) own(cause.address);
  if (mask & kHasCauseAccount) own(cause.account);
  if (mask & kHasReason) own(cause.reason);
}

void EntryEncoder::previous(const Previous& previous, const Previous& base, Time recorded) {
  const bool has_value = !previous.value.empty();
  const bool has_since = previous.since != Time{};
  const bool is_empty = previous.phase == Phase::unknown && !has_value && !has_since;
  if (!is_empty && same(previous, base)) return out_.varint(kSamePrevious);
  out_.varint(static_cast<uint32_t>(previous.phase) << kPreviousPhaseAt |
              bit_if(has_value, kPreviousHasValue) | bit_if(has_since, kPreviousHasSince));
  if (has_value) shared(previous.value);
  if (has_since) out_.time(previous.since, recorded);
}

void EntryEncoder::tags(std::span<const Tag> tags) {
  out_.varint(tags.size());
  for (const Tag& tag : tags) shared(tag.key), shared(tag.value);
}

}  // namespace statewire
