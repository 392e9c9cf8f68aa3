// The bits by which an entry says what it leaves out. Format 2: never renumber.
//
//   entry       := observation told record
//   observation := bits source received [recorded] [previous] key origin identity
//                  effect|phase<<4 value [toward] cause [flags] [severity] [error] [traceparent]
//                  catalog-entry [tags] [changes] [aliases] [settles_after] [headline]
//                  [declared] [expected] [envelope] newer
//   key         := time [version] stage phase_rank value_rank event_id:16 [index]
//   told        := bits|kind<<1 [id:16] [amends:16] previous newer
//   record      := bits identity [phase] [value] [since] previous cause [flags] [newest]
//                  [tags] [hints] revision [told:16] [recorded] [last_sequence] [settles_at]
//                  [owner] [course] newer
//   identity    := bits of the members that differ from the base, those members, newer
//   cause       := 1|number<<1 (equal to that cause before it in this entry) |
//                  confidence<<2|kind<<4 | 2|confidence<<2|kind<<4 bits texts newer
//   previous    := 1 (as the base) | bits|phase<<3 [value] [since] newer
//   tags, changes, aliases, hints := count items
//
// Bits, kinds, counts and numbers are varints. Times are zigzag varints relative to the block's
// `recorded`. Texts that repeat from entry to entry are numbers in the block's dictionary (a record
// that stands alone has none and holds all its texts); those of one entry (ids, names, evidence,
// changed values) are in place, length first. A record's base is the entry that it belongs to;
// alone, an empty one. A set of phases is stored as the set of those that are not in it.
//
// How it grows within format 2: a new field takes the next free bit of its group, and is stored in
// `newer`: for each bit that is not listed below, in order, a length and that many bytes. A reader
// skips the fields of bits that it does not know. Their bytes may use numbers of texts. A cause in
// them is not numbered, so that no other can be equal to it. Phases have 16 numbers where they
// stand with an effect, and effects 16; kinds have 32. A number that a reader does not know is read
// as `unknown`, a kind of notification as `none`, an effect as `cause`.
#pragma once

#include <cstdint>

namespace statewire::layout {

constexpr uint8_t kFormat = 2;

enum ObservationBit : uint32_t {
  kRecordedDiffers = 1u << 0,  // From the block's.
  kHasPrevious = 1u << 1,
  kHasVersion = 1u << 2,
  kHasIndex = 1u << 3,
  kHasToward = 1u << 4,  // Not kAllPhases.
  kHasFlags = 1u << 5,
  kHasTags = 1u << 6,
  kHasSeverity = 1u << 7,
  kHasError = 1u << 8,
  kHasTraceparent = 1u << 9,
  kHasChanges = 1u << 10,
  kHasAliases = 1u << 11,
  kSettlesAfter = 1u << 12,
  kHasHeadline = 1u << 13,  // In `newer`: the text, as it is.
  kHasDeclared = 1u << 14,  // Likewise.
  kHasExpected = 1u << 15,  // Likewise.
  kHasEnvelope = 1u << 16,  // Likewise.
};
constexpr uint32_t kObservationBits = (1u << 17) - 1;

// Of `told`, around the kind.
enum ToldBit : uint32_t {
  kHasId = 1u << 0,
  kIsLate = 1u << 6,
  kIsTooLate = 1u << 7,
  kHasAmends = 1u << 8,
};
constexpr int kToldKindAt = 1;
constexpr uint32_t kKindMask = 0x1f;
constexpr uint32_t kToldBits = (1u << 9) - 1;

enum RecordBit : uint32_t {
  kPhaseDiffers = 1u << 0,  // From the observation's, as the next four.
  kValueDiffers = 1u << 1,
  kSinceDiffers = 1u << 2,   // From the observation's time.
  kNewestDiffers = 1u << 3,  // From the observation's key.
  kTagsDiffer = 1u << 4,
  kHasHints = 1u << 5,
  kToldDiffers = 1u << 6,  // From the id of what this entry told.
  kHasRecordFlags = 1u << 7,
  kRecordRecordedDiffers = 1u << 8,
  kLastSequenceDiffers = 1u << 9,  // From the entry's.
  kHasNewestVersion = 1u << 10,
  kHasNewestIndex = 1u << 11,
  kSettlesAt = 1u << 12,
  kHasOwner = 1u << 13,  // In `newer`: drift|has_since<<7 [since:8] declared, and the touch.
  // In `newer`: bits|turns<<3 [phase_since:8] turns*8. Where it is not there, the phase began with
  // the state.
  kHasCourse = 1u << 14,
};
constexpr uint32_t kRecordBits = (1u << 15) - 1;
enum CourseBit : uint8_t { kIsStuck = 1, kIsFlapping = 2, kPhaseSinceDiffers = 4 };
constexpr int kTurnsAt = 3;
constexpr uint8_t kHasDriftSince = 0x80;

// What most have comes first: the eighth bit takes a second byte.
enum IdentityBit : uint32_t {
  kIdDiffers = 1u << 0,
  kTypeDiffers = 1u << 1,
  kProviderDiffers = 1u << 2,
  kAccountDiffers = 1u << 3,
  kRegionDiffers = 1u << 4,
  kServiceDiffers = 1u << 5,
  kNameDiffers = 1u << 6,
  kZoneDiffers = 1u << 7,
};
constexpr uint32_t kIdentityBits = (1u << 8) - 1;

constexpr uint32_t kSameCause = 1;
constexpr uint32_t kCauseHasTexts = 2;
constexpr int kConfidenceAt = 2;
constexpr uint32_t kConfidenceMask = 0x03;
constexpr int kCauseKindAt = 4;
enum CauseBit : uint32_t {
  kHasActor = 1u << 0,
  kHasActorType = 1u << 1,
  kHasTool = 1u << 2,
  kHasVia = 1u << 3,
  kHasSession = 1u << 4,
  kHasCall = 1u << 5,
  kEvidenceIsOrigin = 1u << 6,  // The id of the event that the entry is made of.
  kHasEvidence = 1u << 7,
  // Not in the dictionary: whoever does not know them skips them as texts.
  kHasRole = 1u << 8,
  kHasAddress = 1u << 9,
  kHasCauseAccount = 1u << 10,
  kHasReason = 1u << 11,
};
constexpr uint32_t kCauseTextBits = (1u << 12) - 1;

constexpr uint32_t kSamePrevious = 1;
enum PreviousBit : uint32_t { kPreviousHasValue = 1u << 1, kPreviousHasSince = 1u << 2 };
constexpr int kPreviousPhaseAt = 3;
constexpr uint32_t kPreviousBits = (1u << 8) - 1;

}  // namespace statewire::layout
