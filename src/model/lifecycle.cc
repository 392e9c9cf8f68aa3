#include "model/lifecycle.h"

#include <array>
#include <iterator>

namespace statewire {
namespace {

constexpr std::string_view kPhases[] = {"unknown",  "provisioning", "stable",         "changing",
                                        "degraded", "stopped",      "deprovisioning", "gone"};
constexpr std::string_view kCauses[] = {"unknown",  "deployment", "human",   "autoscaling",
                                        "schedule", "provider",   "service", "automation"};
constexpr std::string_view kConfidences[] = {"guess", "likely", "certain"};
constexpr std::string_view kKinds[] = {"none",      "transition", "changed", "amended",  "failed",
                                       "retracted", "receipt",    "stuck",   "flapping", "group"};
constexpr std::string_view kFates[] = {"recognised", "ignored",   "unrecognised", "duplicate",
                                       "too_late",   "malformed", "rejected",     "incomplete"};
static_assert(std::size(kPhases) == kPhaseCount && std::size(kFates) == kFateCount);

template <typename Enum, size_t N>
std::optional<Enum> parse(const std::string_view (&names)[N], std::string_view name) {
  for (size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Phase phase) { return kPhases[static_cast<size_t>(phase)]; }
std::string_view name_of(CauseKind kind) { return kCauses[static_cast<size_t>(kind)]; }
std::string_view name_of(Confidence c) { return kConfidences[static_cast<size_t>(c)]; }
std::string_view name_of(NotificationKind kind) { return kKinds[static_cast<size_t>(kind)]; }
std::string_view name_of(Fate fate) { return kFates[static_cast<size_t>(fate)]; }

std::optional<Phase> parse_phase(std::string_view name) { return parse<Phase>(kPhases, name); }
std::optional<CauseKind> parse_cause_kind(std::string_view name) {
  return parse<CauseKind>(kCauses, name);
}

}  // namespace statewire
