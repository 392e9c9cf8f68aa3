// What both programs of ours measure with: events in memory, and a clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace measure {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Processor time: a machine that does other things too takes nothing from it.
inline double processor_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// The lines of a file, one after another in memory, with bytes after them that may be read.
class Events {
 public:
  explicit Events(const char* path) {
    std::ifstream file(path, std::ios::binary);
    text_.assign(std::istreambuf_iterator<char>(file), {});
    text_.append(256, '\0');
    size_t begin = 0;
    for (size_t end = text_.find('\n'); end != text_.npos; end = text_.find('\n', begin)) {
      lines_.emplace_back(text_.data() + begin, end - begin);
      begin = end + 1;
    }
  }
  const std::vector<std::string_view>& lines() const { return lines_; }

 private:
  std::string text_;
  std::vector<std::string_view> lines_;
};

// Keeps the compiler from leaving out what is measured.
inline volatile uint64_t sink = 0;

// Events a second of processor time, reading them again and again for `seconds` on the wall. The
// clock is looked at so often that slow events end in time, and so seldom that it costs fast ones
// nothing.
template <typename Read>
double rate(const Events& events, double seconds, Read&& read) {
  const std::vector<std::string_view>& lines = events.lines();
  const Clock::time_point begin = Clock::now();
  const double processor_begin = processor_seconds();
  size_t next = 0;
  uint64_t done = 0;
  uint64_t sum = 0;
  size_t between = 1;
  double passed = 0;
  do {
    for (size_t i = 0; i < between; ++i) {
      sum += read(lines[next]);
      if (++next == lines.size()) next = 0;
    }
    done += between;
    const double before = passed;
    passed = seconds_since(begin);
    between = passed - before < 0.01 ? 64 : 1;
  } while (passed < seconds);
  sink = sink + sum;
  return static_cast<double>(done) / (processor_seconds() - processor_begin);
}

// Before each round, so that what other programs did to the caches is not measured.
inline constexpr double kWarmAgainSeconds = 0.05;

// Says a line, and answers each line of standard input by one that `round` makes.
template <typename Round>
void serve(const std::string& ready, Round&& round) {
  std::puts(ready.c_str());
  std::fflush(stdout);
  for (int c = std::getchar(); c != EOF; c = std::getchar()) {
    if (c != '\n') continue;
    std::puts(std::string(round()).c_str());
    std::fflush(stdout);
  }
}

}  // namespace measure
