#include "delivery/digest.h"

#include <algorithm>

#include "base/text.h"
#include "format/names.h"

namespace statewire {
namespace {

constexpr Duration kHour = std::chrono::hours(1);
constexpr size_t kListedMax = 10;
constexpr size_t kKindsMax = 1'000;

// "EC2 instance gone", "S3 bucket changed"
std::string what(const Notification& notification) {
  Words words;
  add_type_name(notification.resource.type, words);
  const bool is_transition = notification.kind == NotificationKind::transition;
  words.add(" ", is_transition ? name_of(notification.phase) : name_of(notification.kind));
  std::string text;
  words.append_to(text);
  return text;
}

}  // namespace

bool Digest::admits(Time now) {
  if (per_hour_max_ == 0) return true;
  if (now >= ends_) {
    ends_ = now + kHour;
    sent_ = 0;
  }
  if (sent_ >= per_hour_max_) return false;
  ++sent_;
  return true;
}

void Digest::add(const Notification& notification) {
  if (sequences_.empty()) first_time_ = notification.time;
  sequences_.push_back(notification.sequence);
  severity_ = std::max(severity_, notification.severity);
  std::string kind = what(notification);
  if (counts_.size() >= kKindsMax && !counts_.contains(kind)) kind = "other";
  ++counts_[std::move(kind)];
}

void Digest::restore(const Notification& notification, Time ends) {
  ends_ = ends;
  sent_ = per_hour_max_;
  add(notification);
}

std::string Digest::summary() const {
  std::vector<std::pair<uint64_t, std::string_view>> kinds;
  for (const auto& [kind, count] : counts_) kinds.emplace_back(count, kind);
  std::sort(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) {
    return std::pair(b.first, a.second) < std::pair(a.first, b.second);
  });
  std::string text;
  uint64_t others = 0;
  for (size_t i = 0; i < kinds.size(); ++i) {
    if (i >= kListedMax) {
      others += kinds[i].first;
      continue;
    }
    text += text.empty() ? "" : ", ";
    text.append(with_thousands(kinds[i].first)).append(" ").append(kinds[i].second);
  }
  if (others > 0) text += ", and " + counted(others, "other");
  return text;
}

void Digest::clear() {
  sequences_.clear();
  counts_.clear();
  severity_ = 0;
}

}  // namespace statewire
