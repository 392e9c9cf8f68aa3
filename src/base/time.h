// Times are int64 nanoseconds UTC since 1970. Nothing but a Clock asks what time it is.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace statewire {

using Duration = std::chrono::nanoseconds;
using Time = std::chrono::time_point<std::chrono::system_clock, Duration>;

inline int64_t to_ns(Time time) { return time.time_since_epoch().count(); }
inline Time from_ns(int64_t ns) { return Time(Duration(ns)); }

// RFC 3339, any offset, also as ISO 8601 abbreviates it (+0130, +01); of a fraction of a second
// nine digits count; nothing else.
std::optional<Time> parse_time(std::string_view text);

// "2026-11-23T09:00:12Z"; a fraction of 3, 6 or 9 digits where there is one.
std::string format_time(Time time);
// The same into `to`, which has room for 30 characters; returns the length.
size_t format_time(Time time, char* to);
// "09:00:12"
std::string format_clock(Time time);

// "90s", "10m", "24h", "7d", "500ms", also "1h30m". A number alone is refused: seconds of what?
std::optional<Duration> parse_duration(std::string_view text);
// The shortest of the forms above: "10m", "1h30m".
std::string format_duration(Duration duration);

class Clock {
 public:
  virtual ~Clock() = default;
  // Any thread.
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }
};

// For durations (waits, tries, ages): never jumps, whatever is done to the system's clock. Begins
// at the wall time of its construction, so that its times can be compared with stored ones, and
// drifts from the wall clock by what that is stepped. The time while the machine sleeps does not
// count.
class SteadyClock final : public Clock {
 public:
  Time now() const override { return start_ + (std::chrono::steady_clock::now() - steady_start_); }

 private:
  const std::chrono::steady_clock::time_point steady_start_ = std::chrono::steady_clock::now();
  const Time start_ = SystemClock().now();
};

// The time since the machine was started, also while it slept. It is never set, and says nothing of
// the wall clock.
class ElapsedClock final : public Clock {
 public:
  Time now() const override;
};

// For tests: stands still until told. Any thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start) : ns_(to_ns(start)) {}
  Time now() const override { return from_ns(ns_.load()); }
  void advance(Duration by) { ns_ += by.count(); }
  void set(Time time) { ns_ = to_ns(time); }

 private:
  std::atomic<int64_t> ns_;
};

}  // namespace statewire
