// The events that are sent: the same for the same seed in every process, so that a chunk can be
// named by numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace statewire {

struct ChunkName {
  uint32_t round = 0;
  uint32_t number = 0;  // In the round.

  auto operator<=>(const ChunkName&) const = default;
};

struct SentEvent {
  std::string id;
  std::string text;
  bool is_known = true;  // To the catalog; others, and broken ones, only move the ledger.
};

constexpr uint32_t kThreads = 3;
constexpr uint32_t kChunksOfThread = 40;  // In a round.
constexpr size_t kChunkEventsMax = 20;
constexpr uint32_t kResources = 50;
// Retention takes entries of earlier rounds only, and leaves the last of them, so that the fold
// finds what belongs before a late event.
constexpr uint64_t kEntriesKept = 600;
constexpr uint32_t kTrimOneIn = 4;  // Chunks of one thread.

// State changes of EC2 instances, a little out of order. A resource gets so few in a round
// (kThreads * kChunksOfThread * kChunkEventsMax / kResources at most, on average) that a repeat
// of any of them is found within the reach of the fold.
std::vector<SentEvent> events_of(uint64_t seed, ChunkName name);

}  // namespace statewire
