// What is expected of a resource that is on its way: that it arrives within a time. The time is
// configured, or learned from how long others took.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/time.h"
#include "model/lifecycle.h"

namespace statewire {

// The phases that a resource passes through, in the order of their places.
inline constexpr std::array kPassingPhases = {Phase::provisioning, Phase::changing,
                                              Phase::deprovisioning};
// Nothing where a resource rests in the phase.
constexpr std::optional<size_t> place_of_passing(Phase phase) {
  for (size_t i = 0; i < kPassingPhases.size(); ++i) {
    if (kPassingPhases[i] == phase) return i;
  }
  return std::nullopt;
}

// Where a resource arrives. One that is degraded has not.
constexpr bool is_arrived(Phase phase) { return is_settled(phase) && phase != Phase::degraded; }

// How often something took how long: counts between bounds, four to a doubling, from a second to 12
// hours. What took longer is in the last bucket. Two sketches are added by adding their counts, so
// that no order matters.
class DurationSketch {
 public:
  static constexpr size_t kBuckets = 64;

  // The bucket's upper bound; the last one has none, and begins at that of the one before.
  static Duration bound_of(size_t bucket);
  static size_t bucket_of(Duration took);

  // `count` may be negative: what is taken back was added before. Counts never fall below zero.
  void add(size_t bucket, int64_t count);
  uint64_t seen() const;
  // What `percent` of them took at most, to within a fifth; nothing where that is in the last
  // bucket, or nothing was seen.
  std::optional<Duration> within(unsigned percent) const;

  const std::array<uint32_t, kBuckets>& counts() const { return counts_; }
  bool operator==(const DurationSketch&) const = default;

 private:
  std::array<uint32_t, kBuckets> counts_{};
};

// One sketch for each of kPassingPhases.
using PhaseSketches = std::array<DurationSketch, kPassingPhases.size()>;

// That a resource of the type passed through a phase, and how long that took.
struct Passage {
  std::string_view type;
  Phase phase = Phase::unknown;
  size_t bucket = 0;  // Of DurationSketch.
  int64_t count = 1;  // Negative where what was counted is known better now.
};

// What a notification of kind `stuck` says of it. Texts as everywhere in this folder.
struct Expectation {
  Phase phase = Phase::unknown;
  Time since;               // When the phase began.
  Duration within{};        // So long it may take.
  uint64_t seen = 0;        // So many it was learned from; 0: it is configured.
  Duration median{};        // Of those.
  Duration p99{};           // Likewise.
  std::string_view source;  // Of the event that began it: "aws.ec2".
  std::string_view account;
  std::string_view region;

  bool is_given() const { return phase != Phase::unknown; }
};
std::string_view pack(const Expectation& expectation, Arena& arena);
// Nothing where it is none.
std::optional<Expectation> unpack_expectation(std::string_view packed);

// "has been provisioning for 14 min; others took 40 s (99 % within 55 s, of 212)"
std::string sentence_of(const Expectation& expectation, Time now);
// "40 s", "14 min", "3 h", "2 days": as exact as anyone wants to know.
std::string rough_duration(Duration duration);

}  // namespace statewire
