// Packed as phase US since US within US seen US median US p99 US source US account US region: US is
// ASCII's 31, which no text of an event has; times and durations are nanoseconds in digits.
#include "model/expectation.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "base/text.h"

namespace statewire {
namespace {

constexpr char kExpectedFieldSign = '\x1f';
// Milliseconds of the first four bounds; each four are twice those before.
constexpr int64_t kFirstBounds[] = {1'000, 1'189, 1'414, 1'682};

std::optional<int64_t> take_expected_number(std::string_view& packed) {
  const std::string_view digits = take_until(packed, kExpectedFieldSign);
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (fault != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

Duration DurationSketch::bound_of(size_t bucket) {
  return std::chrono::milliseconds(kFirstBounds[bucket % 4] << (bucket / 4));
}

size_t DurationSketch::bucket_of(Duration took) {
  size_t low = 0;
  size_t high = kBuckets - 1;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (took <= bound_of(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

void DurationSketch::add(size_t bucket, int64_t count) {
  uint32_t& counted = counts_[std::min(bucket, kBuckets - 1)];
  counted =
      static_cast<uint32_t>(std::clamp<int64_t>(int64_t{counted} + count, 0, int64_t{UINT32_MAX}));
}

uint64_t DurationSketch::seen() const {
  return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0});
}

std::optional<Duration> DurationSketch::within(unsigned percent) const {
  const uint64_t wanted = (seen() * percent + 99) / 100;
  uint64_t counted = 0;
  for (size_t bucket = 0; bucket + 1 < kBuckets; ++bucket) {
    counted += counts_[bucket];
    if (counted >= wanted && counted > 0) return bound_of(bucket);
  }
  return std::nullopt;
}

std::string_view pack(const Expectation& expectation, Arena& arena) {
  std::string packed(name_of(expectation.phase));
  for (const int64_t number :
       {to_ns(expectation.since), int64_t{expectation.within.count()},
        static_cast<int64_t>(expectation.seen), int64_t{expectation.median.count()},
        int64_t{expectation.p99.count()}}) {
    packed.append(1, kExpectedFieldSign).append(std::to_string(number));
  }
  for (const std::string_view text :
       {expectation.source, expectation.account, expectation.region}) {
    packed.append(1, kExpectedFieldSign).append(text);
  }
  return arena.copy(packed);
}

std::optional<Expectation> unpack_expectation(std::string_view packed) {
  Expectation result;
  const std::optional<Phase> phase = parse_phase(take_until(packed, kExpectedFieldSign));
  const auto since = take_expected_number(packed);
  const auto within = take_expected_number(packed);
  const auto seen = take_expected_number(packed);
  const auto median = take_expected_number(packed);
  const auto p99 = take_expected_number(packed);
  if (!phase || !since || !within || !seen || !median || !p99) return std::nullopt;
  result.phase = *phase;
  result.since = from_ns(*since);
  result.within = Duration(*within);
  result.seen = static_cast<uint64_t>(std::max<int64_t>(0, *seen));
  result.median = Duration(*median);
  result.p99 = Duration(*p99);
  result.source = take_until(packed, kExpectedFieldSign);
  result.account = take_until(packed, kExpectedFieldSign);
  result.region = packed;
  return result;
}

std::string sentence_of(const Expectation& expectation, Time now) {
  std::string text = "has been " + std::string(name_of(expectation.phase)) + " for " +
                     rough_duration(now - expectation.since);
  if (expectation.seen == 0) {
    return text + "; it was expected to take " + rough_duration(expectation.within) + " at most";
  }
  return text + "; others took " + rough_duration(expectation.median) + " (99 % within " +
         rough_duration(expectation.p99) + ", of " + with_thousands(expectation.seen) + ")";
}

std::string rough_duration(Duration duration) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  if (duration < minutes(2))
    return std::to_string(std::max<int64_t>(0, duration / seconds(1))) + " s";
  if (duration < hours(2)) return std::to_string(duration / minutes(1)) + " min";
  if (duration < hours(48)) return std::to_string(duration / hours(1)) + " h";
  return std::to_string(duration / hours(24)) + " days";
}

}  // namespace statewire
