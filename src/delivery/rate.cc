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

}  // namespace

DigestKind digest_kind_of(const Notification& notification, bool is_named) {
  const bool is_severe = notification.severity >= kWarn;
  Words words;
  if (is_severe && is_named) {
    add_subject(notification, words);
    words.limit(kSubjectCharactersMax);
  } else {
    add_type_name(notification.resource.type, words);
  }
  const bool is_transition = notification.kind == NotificationKind::transition;
  words.add(" ", is_transition ? name_of(notification.phase) : name_of(notification.kind));
  DigestKind kind{.severity = is_severe ? notification.severity : uint8_t{0}};
  words.append_to(kind.name);
  return kind;
}

std::string label_of(const DigestKind& kind) {
  if (kind.severity == 0) return kind.name;
  return std::string(severity_text(kind.severity)) + " " + kind.name;
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
  names_ = 0;
  const auto& kinds = digest.row.digest.kinds;
  for (size_t i = 0; i < kinds.size(); ++i) {
    places_.emplace(label_of(kinds[i]), i);
    if (kinds[i].severity != 0) ++names_;
  }
}

void RateStage::count(const Notification& notification) {
  DeliveryRow& row = digest_->row;
  ++row.members;
  row.first_sequence = std::min(row.first_sequence, notification.sequence);
  row.last_sequence = std::max(row.last_sequence, notification.sequence);
  row.digest.first_time = std::min(row.digest.first_time, notification.time);
  row.digest.severity = std::max(row.digest.severity, notification.severity);
  DigestKind kind = digest_kind_of(notification);
  if (!may_be_new(kind)) kind = digest_kind_of(notification, /*is_named=*/false);
  kind.count = 1;
  count_kind(std::move(kind));
}

void RateStage::count_all(const DeliveryRow& other) {
  DeliveryRow& row = digest_->row;
  row.members += other.members;
  row.first_sequence = std::min(row.first_sequence, other.first_sequence);
  row.last_sequence = std::max(row.last_sequence, other.last_sequence);
  row.digest.severity = std::max(row.digest.severity, other.digest.severity);
  row.digest.first_time = std::min(row.digest.first_time, other.digest.first_time);
  for (const DigestKind& kind : other.digest.kinds) count_kind(kind);
}

bool RateStage::may_be_new(const DigestKind& kind) const {
  return kind.severity == 0 || names_ < kDigestNamesMax || places_.contains(label_of(kind));
}

void RateStage::count_kind(DigestKind kind) {
  auto& kinds = digest_->row.digest.kinds;
  if (places_.size() >= kDigestKindsMax && !places_.contains(label_of(kind))) {
    kind = {.name = std::string(kOtherKind), .count = kind.count};
  }
  const auto [place, is_new] = places_.try_emplace(label_of(kind), kinds.size());
  if (!is_new) {
    kinds[place->second].count += kind.count;
    return;
  }
  if (kind.severity != 0) ++names_;
  kinds.push_back(std::move(kind));
}

std::vector<ReceiptKind> sorted_kinds_of(const DigestCounts& digest) {
  std::vector<ReceiptKind> kinds;
  for (const DigestKind& kind : digest.kinds)
    kinds.push_back({kind.name, kind.count, kind.severity});
  std::ranges::sort(kinds, [](const ReceiptKind& a, const ReceiptKind& b) {
    return std::tie(b.severity, b.count, a.name) < std::tie(a.severity, a.count, b.name);
  });
  return kinds;
}

std::string summary_of(const DigestCounts& digest) {
  const std::vector<ReceiptKind> kinds = sorted_kinds_of(digest);
  std::string text;
  uint64_t others = 0;
  for (size_t i = 0; i < kinds.size(); ++i) {
    if (i >= kDigestKindsListedMax) {
      others += kinds[i].count;
      continue;
    }
    text += text.empty() ? "" : ", ";
    if (kinds[i].count > 1) text.append(with_thousands(kinds[i].count)).append(" × ");
    if (kinds[i].severity != 0) text.append(severity_text(kinds[i].severity)).append(" ");
    text.append(kinds[i].name);
  }
  if (others > 0) text += ", and " + counted(others, "other");
  return text;
}

std::string limit_text(uint64_t per_hour_max, Time ends) {
  return "more than " + with_thousands(per_hour_max) + " in an hour, so until " +
         format_time(ends).substr(11, 8) +
         " UTC further ones are only counted; one message then says what they were; errors are "
         "still sent at once";
}

}  // namespace statewire
