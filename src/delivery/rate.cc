#include "delivery/rate.h"

#include <algorithm>
#include <tuple>

#include "base/limits.h"
#include "base/text.h"
#include "format/json.h"
#include "format/message.h"
#include "format/names.h"

namespace statewire {
namespace {

constexpr Duration kHour = std::chrono::hours(1);
constexpr std::string_view kOtherKind = "other";

// Whether it is named by a severity, as digest_kind_of() does.
bool is_severe(std::string_view kind) {
  return kind.starts_with("WARN ") || kind.starts_with("ERROR ") || kind.starts_with("FATAL ");
}

}  // namespace

std::string digest_kind_of(const Notification& notification) {
  Words words;
  if (notification.severity >= kWarn) {
    words.add(severity_text(notification.severity), " ");
    add_subject(notification, words);
    words.limit(kSubjectCharactersMax);
  } else {
    add_type_name(notification.resource.type, words);
  }
  const bool is_transition = notification.kind == NotificationKind::transition;
  words.add(" ", is_transition ? name_of(notification.phase) : name_of(notification.kind));
  std::string text;
  words.append_to(text);
  return text;
}

// A time that a set clock has moved away is brought back.
void RateStage::load(uint64_t sent, Time ends, Time now) {
  sent_ = sent;
  ends_ = std::min(ends, now + kHour);
}

Decision RateStage::decide(const Notification& notification, Time now) {
  if (per_hour_max_ == 0 || notification.severity >= kError) return Decision::pass();
  if (now >= ends_ && digest_ == nullptr) {
    ends_ = now + kHour;
    sent_ = 0;
  }
  if (is_exceeded()) return Decision::drop(kIsCounted);
  ++sent_;
  return Decision::pass();
}

DeliveryRow RateStage::new_digest(const Notification& first) const {
  DeliveryRow row;
  row.stage = Stage::rate;
  row.first_sequence = row.last_sequence = first.sequence;
  row.members = 0;
  row.due = ends_;
  row.digest.first_time = first.time;
  return row;
}

void RateStage::open(Booked& digest, Time now) {
  digest_ = &digest;
  digest.row.due = std::min(digest.row.due, now + kHour);
  ends_ = digest.row.due;
  places_.clear();
  const auto& kinds = digest.row.digest.kinds;
  for (size_t i = 0; i < kinds.size(); ++i) places_.emplace(kinds[i].first, i);
}

void RateStage::count(const Notification& notification) {
  DeliveryRow& row = digest_->row;
  ++row.members;
  row.first_sequence = std::min(row.first_sequence, notification.sequence);
  row.last_sequence = std::max(row.last_sequence, notification.sequence);
  row.digest.first_time = std::min(row.digest.first_time, notification.time);
  row.digest.severity = std::max(row.digest.severity, notification.severity);
  count_kind(digest_kind_of(notification), 1);
}

void RateStage::count_all(const DeliveryRow& other) {
  DeliveryRow& row = digest_->row;
  row.members += other.members;
  row.first_sequence = std::min(row.first_sequence, other.first_sequence);
  row.last_sequence = std::max(row.last_sequence, other.last_sequence);
  row.digest.severity = std::max(row.digest.severity, other.digest.severity);
  row.digest.first_time = std::min(row.digest.first_time, other.digest.first_time);
  for (const auto& [kind, count] : other.digest.kinds) count_kind(kind, count);
}

void RateStage::count_kind(std::string kind, uint64_t count) {
  auto& kinds = digest_->row.digest.kinds;
  if (places_.size() >= kDigestKindsMax && !places_.contains(kind)) kind = kOtherKind;
  const auto [place, is_new] = places_.try_emplace(kind, kinds.size());
  if (is_new) kinds.emplace_back(std::move(kind), 0);
  kinds[place->second].second += count;
}

std::string summary_of(const DigestCounts& digest) {
  std::vector<std::pair<uint64_t, std::string_view>> kinds;
  for (const auto& [kind, count] : digest.kinds) kinds.emplace_back(count, kind);
  std::ranges::sort(kinds, [](const auto& a, const auto& b) {
    const auto rank = [](const auto& kind) { return !is_severe(kind.second); };
    return std::tuple(rank(a), b.first, a.second) < std::tuple(rank(b), a.first, b.second);
  });
  std::string text;
  uint64_t others = 0;
  for (size_t i = 0; i < kinds.size(); ++i) {
    if (i >= kDigestKindsListedMax) {
      others += kinds[i].first;
      continue;
    }
    text += text.empty() ? "" : ", ";
    text.append(with_thousands(kinds[i].first)).append(" ").append(kinds[i].second);
  }
  if (others > 0) text += ", and " + counted(others, "other");
  return text;
}

std::string limit_text(uint64_t per_hour_max, Time ends) {
  return "more than " + with_thousands(per_hour_max) +
         " in an hour; what follows is counted until " + format_time(ends).substr(11, 8) +
         " UTC, and told then; ERROR is still told at once";
}

}  // namespace statewire
