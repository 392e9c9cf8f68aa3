// The bits by which an entry says what it leaves out. Format 1: never renumber.
//
//   entry       := observation told record
//   observation := bits:varint source received [recorded] [previous] key origin identity
//                  effect|phase<<4 value [toward] cause [flags] [severity] [error] [traceparent]
//                  catalog-entry [tags] [changes] [aliases] [settles_after]
//   key         := time [version] stage phase_rank value_rank event_id:16 [index]
//   told        := kind|bits [id:16] [amends:16] previous
//   record      := bits:varint identity [phase] [value] [since] previous cause [flags] [newest]
//                  [tags] [hints] revision [told:16] [recorded] [last_sequence] [settles_at]
//   identity    := mask of the members that differ from the base, those members
//   cause       := 0 (nothing known) | 0x80 + number of an equal cause before it in this entry |
//                  kind|confidence<<3|0x20 mask texts | kind|confidence<<3
//   previous    := 0x80 (as the base) | phase|bits [value] [since]
//   tags, changes, aliases, hints := count items
//
// Times are zigzag varints relative to the block's `recorded`. Texts that repeat from entry to
// entry are numbers in the block's dictionary (a record that stands alone has none and holds all
// its texts); those of one entry (ids, names, evidence, changed values) are in place, length
// first. A record's base is the entry that it belongs to; alone, an empty one.
#pragma once

#include <cstdint>

namespace statewire::layout {

constexpr uint8_t kFormat = 1;

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
};
constexpr uint32_t kObservationBits = (1u << 13) - 1;

// Of `told`, above the kind's three bits.
enum ToldBit : uint8_t { kIsLate = 0x08, kIsTooLate = 0x10, kHasId = 0x20, kHasAmends = 0x40 };
constexpr uint8_t kToldKindMask = 0x07;

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
};
constexpr uint32_t kRecordBits = (1u << 13) - 1;

enum IdentityBit : uint8_t {
  kIdDiffers = 0x01,
  kTypeDiffers = 0x02,
  kProviderDiffers = 0x04,
  kAccountDiffers = 0x08,
  kRegionDiffers = 0x10,
  kZoneDiffers = 0x20,
  kServiceDiffers = 0x40,
  kNameDiffers = 0x80,
};

constexpr uint8_t kSameCause = 0x80;
constexpr uint8_t kCauseHasTexts = 0x20;
constexpr uint8_t kCauseBits = 0x3f;
enum CauseBit : uint8_t {
  kHasActor = 0x01,
  kHasActorType = 0x02,
  kHasTool = 0x04,
  kHasVia = 0x08,
  kHasSession = 0x10,
  kHasCall = 0x20,
  kHasEvidence = 0x40,
  kEvidenceIsOrigin = 0x80,  // The id of the event that the entry is made of.
};

constexpr uint8_t kSamePrevious = 0x80;
enum PreviousBit : uint8_t { kPreviousHasValue = 0x08, kPreviousHasSince = 0x10 };
constexpr uint8_t kPreviousBits = 0x1f;

}  // namespace statewire::layout
