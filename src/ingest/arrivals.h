// When events of each source were last committed, and how many of late.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/time.h"

namespace statewire {

// Any thread. Keeps one entry for each name; sources have their names from the configuration.
class Arrivals {
 public:
  static constexpr Duration kLately = std::chrono::minutes(5);

  struct Of {
    Time last;
    uint64_t lately = 0;  // In the last kLately, to within a fifteenth of it.
  };

  // Allocates nothing but for the first events of a source.
  void add(std::string_view source, uint64_t events, Time now);
  // By source; of those that had events in this run.
  std::map<std::string, Of, std::less<>> all(Time now) const;

 private:
  static constexpr size_t kSlots = 15;
  struct Counted {
    Time last;
    int64_t slot = 0;  // The newest, by number.
    std::array<uint64_t, kSlots> slots{};
  };
  static int64_t slot_at(Time now) { return to_ns(now) / (kLately.count() / int64_t{kSlots}); }
  static void move_to(int64_t slot, Counted& counted);

  mutable Mutex mutex_;
  std::map<std::string, Counted, std::less<>> sources_ GUARDED_BY(mutex_);
};

}  // namespace statewire
