// Whether a sink is worth sending to. While it is open, nothing is sent but one probe at a time:
// deliveries wait where they are. A probe that fails may do so for its own sake. So the next one is
// a delivery that was never tried; where there is none, one more is read.
#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "base/limits.h"
#include "base/time.h"
#include "delivery/backoff.h"

namespace statewire {

class Circuit {
 public:
  bool is_open() const { return is_open_; }
  // When the next probe may go.
  Time probe_at() const { return probe_at_; }
  // How often it was seen working.
  uint64_t successes() const { return successes_; }

  // Any answer that shows the sink to be working: a delivery, or one that it rejected.
  void succeeded() {
    is_open_ = false;
    ++successes_;
    failed_.clear();
    openings_ = 0;
  }
  // Delivery `number` must be tried again. True where this opened the circuit.
  bool failed(uint64_t number, Time now, std::mt19937_64& random) {
    const bool is_new = std::ranges::find(failed_, number) == failed_.end();
    if (is_new && failed_.size() < kCircuitFailuresMax) failed_.push_back(number);
    return (is_open_ || failed_.size() >= kCircuitFailuresMax) && open(now, random);
  }
  // Nothing will pass until a person acts. True where this opened the circuit.
  bool refused(Time now, std::mt19937_64& random) { return open(now, random); }

 private:
  bool open(Time now, std::mt19937_64& random) {
    // What was in flight when it opened says nothing new.
    if (is_open_ && now < probe_at_) return false;
    const bool was_open = is_open_;
    is_open_ = true;
    ++openings_;
    probe_at_ =
        now + std::min<Duration>(backoff(openings_ + 2, {}, random), std::chrono::minutes(1));
    return !was_open;
  }

  bool is_open_ = false;
  std::vector<uint64_t> failed_;  // Numbers; at most kCircuitFailuresMax.
  uint32_t openings_ = 0;
  uint64_t successes_ = 0;
  Time probe_at_;
};

}  // namespace statewire
