// Whether a sink is worth sending to. While it is open, nothing is sent but one probe at a time;
// deliveries wait in the journal.
#pragma once

#include <random>

#include "base/time.h"
#include "delivery/backoff.h"

namespace statewire {

class Circuit {
 public:
  // How many deliveries in a row must have to be retried for the circuit to open.
  static constexpr uint32_t kFailuresMax = 16;

  bool is_open() const { return is_open_; }
  // When the next probe may go.
  Time probe_at() const { return probe_at_; }

  // Any answer that shows the sink to be working: a delivery, or one that it rejected.
  void succeeded() {
    is_open_ = false;
    failures_ = 0;
    openings_ = 0;
  }
  // True where this opened the circuit.
  bool failed(Time now, std::mt19937_64& random) {
    ++failures_;
    return failures_ >= kFailuresMax && open(now, random);
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
  uint32_t failures_ = 0;
  uint32_t openings_ = 0;
  Time probe_at_;
};

}  // namespace statewire
