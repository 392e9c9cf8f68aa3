// The fate of every event, counted per source, account and region.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/lifecycle.h"

namespace statewire {

struct LedgerRow {
  std::string source;
  std::string account;  // "-" where the event names none.
  std::string region;
  uint64_t received = 0;  // Counted when the event was read, apart from the fates.
  uint64_t fates[kFateCount] = {};

  bool adds_up() const {
    uint64_t sum = 0;
    for (const uint64_t count : fates) sum += count;
    return sum == received;
  }
};

// All rows of one source together.
struct LedgerSum {
  uint64_t received = 0;
  uint64_t fates[kFateCount] = {};
  bool do_rows_add_up = true;  // Each by itself.
};
using LedgerSums = std::map<std::string, LedgerSum, std::less<>>;  // By source.

// Events name their account, region and type themselves, and whoever sends many names must not fill
// the memory: what would need one row too many is counted under this name.
constexpr std::string_view kOtherName = "(other)";

// A kind of event that no entry knows.
struct UnrecognisedRow {
  std::string source;         // Of Statewire: "http".
  std::string origin_source;  // "aws.glue"
  std::string origin_type;
  uint64_t count = 0;
  Time last;
  std::string sample;  // One event, cut to kLedgerSampleBytesMax.
};

// An event that could not be accepted, or made nothing of, and why.
struct Refusal {
  std::string source;
  std::string place;  // A path, with a line; empty for HTTP.
  Fate fate = Fate::malformed;
  std::string reason;
  std::string sample;
  Time time;
};

// What one commit adds to the ledger.
struct LedgerDelta {
  std::vector<LedgerRow> rows;
  std::vector<UnrecognisedRow> unrecognised;
  std::vector<Refusal> refusals;
};

}  // namespace statewire
