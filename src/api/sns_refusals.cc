#include "api/sns_refusals.h"

#include "base/limits.h"
#include "base/log.h"

namespace statewire {
namespace {

constexpr Duration kRefusalEvery = std::chrono::milliseconds(100);
constexpr Duration kLoggedRefusalEvery = std::chrono::minutes(1);

}  // namespace

std::string_view name_of(SnsRefusal refusal) {
  constexpr std::string_view kNames[kSnsRefusalCount] = {
      "malformed", "topic", "too_old", "certificate", "signature", "confirmation", "token"};
  return kNames[static_cast<size_t>(refusal)];
}

SnsRefusals::SnsRefusals(Time now) : for_ledger_(kSnsRefusalsMax, kRefusalEvery, now) {}

bool SnsRefusals::add(SnsRefusal refusal, std::string_view why, Time now) {
  const auto place = static_cast<size_t>(refusal);
  Lock lock(mutex_);
  ++counts_[place];
  if (!logged_[place] || now - *logged_[place] >= kLoggedRefusalEvery) {
    logged_[place] = now;
    log_warn("messages to /sns are refused",
             {{"reason", name_of(refusal)}, {"why", why}, {"so_far", counts_[place]}});
  }
  return for_ledger_.take(now);
}

SnsRefusalCounts SnsRefusals::counts() const {
  Lock lock(mutex_);
  return counts_;
}

}  // namespace statewire
