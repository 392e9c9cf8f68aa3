#include "aws/call_now.h"

#include <algorithm>
#include <random>
#include <thread>

namespace statewire {
namespace {

constexpr Duration kPauseFirst = std::chrono::milliseconds(100);
constexpr Duration kPauseMax = std::chrono::seconds(20);

}  // namespace

Duration pause_after(int attempts) {
  thread_local std::mt19937_64 random{std::random_device{}()};
  const Duration ceiling =
      std::min<Duration>(kPauseMax, kPauseFirst * (1 << std::clamp(attempts, 0, 10)));
  return Duration(std::uniform_int_distribution<int64_t>(0, ceiling.count())(random));
}

Duration skew_of(const AwsAnswer& answer, Time now) {
  const std::optional<Time> date = parse_http_date(answer.response.header("Date"));
  return date ? *date - now : Duration{};
}

AwsAnswer call_now(const AwsCall& call, const AwsCredentials& credentials, const Clock& clock) {
  Duration skew{};
  bool has_corrected = false;
  for (int attempts = 1;; ++attempts) {
    const Time now = clock.now() + skew;
    AwsAnswer answer = answer_of(
        fetch(call.is_signed ? signed_request(call, credentials, now) : unsigned_request(call)),
        call.target.service.key, credentials, now);
    if (answer.fault == AwsFault::skewed && !has_corrected) {
      skew = skew_of(answer, clock.now());
      has_corrected = true;
      continue;
    }
    if (!may_pass_later(answer.fault) || attempts >= call.attempts_max ||
        answer.retry_after > kPauseMax) {
      return answer;
    }
    std::this_thread::sleep_for(std::max(pause_after(attempts), answer.retry_after));
  }
}

}  // namespace statewire
