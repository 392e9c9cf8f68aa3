// What is refused of the messages to /sns. Who sends them is not known: they are counted by reason.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/mutex.h"
#include "base/time.h"
#include "base/token_bucket.h"

namespace statewire {

enum class SnsRefusal {
  malformed,     // It is no message of SNS.
  topic,         // It is of none that is allowed, or none is.
  too_old,       // SNS does not try to deliver for so long.
  certificate,   // It is not one of SNS, or cannot be had.
  signature,     // It is not that of the message.
  confirmation,  // The subscription would be confirmed elsewhere.
  token,         // It is raw, and shows no token that may send events.
};
constexpr size_t kSnsRefusalCount = 7;
std::string_view name_of(SnsRefusal refusal);

// By reason, since the start.
using SnsRefusalCounts = std::array<uint64_t, kSnsRefusalCount>;

// Any thread.
class SnsRefusals {
 public:
  explicit SnsRefusals(Time now);

  // Counts it, and logs the first of each reason and then one a minute at most. True where the
  // ledger should have it too: anybody can bring about refusals, so not where there are very many.
  bool add(SnsRefusal refusal, std::string_view why, Time now);
  SnsRefusalCounts counts() const;

 private:
  mutable Mutex mutex_;
  TokenBucket for_ledger_ GUARDED_BY(mutex_);
  SnsRefusalCounts counts_ GUARDED_BY(mutex_){};
  std::array<std::optional<Time>, kSnsRefusalCount> logged_ GUARDED_BY(mutex_);
};

}  // namespace statewire
