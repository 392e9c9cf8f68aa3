// The words of a resource's life: phases, causes, and what a notification can be about.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace statewire {

// Stored as numbers: never renumber.
enum class Phase : uint8_t {
  unknown = 0,
  provisioning = 1,
  stable = 2,
  changing = 3,
  degraded = 4,
  stopped = 5,
  deprovisioning = 6,
  gone = 7,
};
constexpr int kPhaseCount = 8;

std::string_view name_of(Phase phase);
std::optional<Phase> parse_phase(std::string_view name);
// A settled phase is one that a resource rests in.
constexpr bool is_settled(Phase phase) {
  return phase != Phase::unknown && phase != Phase::provisioning && phase != Phase::changing &&
         phase != Phase::deprovisioning;
}

// A set of phases, one bit each.
using PhaseSet = uint8_t;
constexpr PhaseSet kAllPhases = 0xff;
constexpr PhaseSet phase_bit(Phase phase) {
  return static_cast<PhaseSet>(1u << static_cast<unsigned>(phase));
}

enum class CauseKind : uint8_t {
  unknown = 0,
  deployment = 1,
  human = 2,
  autoscaling = 3,
  schedule = 4,
  provider = 5,
  service = 6,
  automation = 7,
};
std::string_view name_of(CauseKind kind);
std::optional<CauseKind> parse_cause_kind(std::string_view name);

// In ascending order: a stronger one replaces a weaker one.
enum class Confidence : uint8_t { guess = 0, likely = 1, certain = 2 };
std::string_view name_of(Confidence confidence);

// What a notification tells of a resource. `none` is told to nobody.
enum class NotificationKind : uint8_t {
  none = 0,
  transition = 1,
  changed = 2,
  amended = 3,
  failed = 4,
  retracted = 5,  // Never in the journal: made for a subscription that an amendment takes it from.
  receipt = 6,    // Likewise: counts what a limit held back.
  stuck = 7,      // It did not arrive within the time that was expected.
  flapping = 8,   // It goes back and forth between two states, or is calm again.
  group = 9,      // Never in the journal: tells many, such as those of a deployment.
};
// Of the journal.
constexpr NotificationKind kLastKind = NotificationKind::flapping;
// Whether it tells the state that the resource is in by now, and not what was called.
constexpr bool tells_state(NotificationKind kind) {
  return kind == NotificationKind::transition || kind == NotificationKind::amended;
}
std::string_view name_of(NotificationKind kind);

// What became of an event. Every event that is received gets exactly one.
enum class Fate : uint8_t {
  recognised = 0,
  ignored = 1,
  unrecognised = 2,
  duplicate = 3,
  too_late = 4,
  malformed = 5,   // Could not be parsed.
  rejected = 6,    // Was parsed and broke a limit.
  incomplete = 7,  // An entry knows it, and it names no resource, or no state, where that looks.
};
constexpr int kFateCount = 8;
std::string_view name_of(Fate fate);

}  // namespace statewire
