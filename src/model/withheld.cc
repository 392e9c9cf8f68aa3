#include "model/withheld.h"

namespace statewire {
namespace {

constexpr char kWithheldSign = '\x1d';
constexpr std::string_view kNumbers = "01234";
static_assert(kNumbers.size() == kDriftCount);

}  // namespace

// What a record says is input: a number that is none is no verdict.
Drift standing_drift(const Record& record) {
  const std::string_view touch = record.touch;
  if (record.drift != Drift::unknown || touch.size() < 2 || touch.front() != kWithheldSign) {
    return record.drift;
  }
  const size_t number = kNumbers.find(touch[1]);
  return number == kNumbers.npos ? Drift::unknown : static_cast<Drift>(number);
}

bool is_withheld(const Record& record) {
  return record.drift == Drift::unknown && standing_drift(record) != Drift::unknown;
}

bool withhold(Record& record, Arena& arena) {
  if (record.drift == Drift::unknown) return false;
  const std::string_view sign(&kWithheldSign, 1);
  const std::string_view number = kNumbers.substr(static_cast<size_t>(record.drift), 1);
  record.touch = arena.join(sign, number, record.touch);
  record.drift = Drift::unknown;
  return true;
}

bool bring_back(Record& record) {
  if (!is_withheld(record)) return false;
  record.drift = standing_drift(record);
  record.touch.remove_prefix(2);
  return true;
}

}  // namespace statewire
