// What a limit holds back: it is counted in a digest. One message says at once that this begins,
// and one tells the digest when the hour is over.
#include "base/ids.h"
#include "delivery/delivery_row_of.h"
#include "delivery/pipeline.h"

namespace statewire {

void Pipeline::count_in_digest(const Notification& notification, Time now) {
  const bool is_first = rate_.digest() == nullptr;
  if (is_first) {
    DeliveryRow digest = rate_.new_digest(notification);
    digest.id = to_hex(receipt_id(subscription_.name, notification));
    rate_.open(book_.add(std::move(digest), now), now);
  }
  rate_.count(notification);
  book_.change_by_reading(*rate_.digest());
  if (is_first) tell_limit(notification, now);
}

// Like any delivery that reading makes, it is made again with the digest where neither was stored.
void Pipeline::tell_limit(const Notification& first, Time now) {
  DeliveryRow limit;
  limit.id = to_hex(limit_id(subscription_.name, first));
  limit.first_sequence = limit.last_sequence = first.sequence;
  limit.digest = {.kinds = {}, .first_time = first.time, .severity = kWarn};
  const Notification receipt = receipt_of(limit);
  DeliveryRow row = row_of(receipt, subscription_);
  row.digest = limit.digest;
  render(receipt, std::move(row), nullptr, now);
}

// One message for all that the hour held back. It has the sequence of the last of them.
void Pipeline::tell_digest(Time now) {
  const DeliveryRow digest = rate_.digest()->row;
  rate_.close();
  const Notification receipt = receipt_of(digest);
  DeliveryRow row = row_of(receipt, subscription_);
  row.first_sequence = digest.first_sequence;
  row.members = digest.members;
  row.digest = digest.digest;
  render(receipt, std::move(row), nullptr, now);
  book_.settle(digest.number);
}

// Of a digest, or of the row that says that there is one, which counts nothing. What it names is
// the row's and the pipeline's.
Notification Pipeline::receipt_of(const DeliveryRow& digest) {
  receipt_key_ = "urn:statewire:subscription:" + subscription_.name;
  const bool is_limit = digest.digest.kinds.empty();
  // The limit may be gone by now; then so many were sent.
  const uint64_t most = rate_.per_hour_max() != 0 ? rate_.per_hour_max() : rate_.sent();
  receipt_summary_ =
      is_limit ? limit_text(most, rate_.ends() + wall_ahead_) : summary_of(digest.digest);
  receipt_kinds_ = sorted_kinds_of(digest.digest);
  Notification receipt;
  receipt.id = id_of(digest);
  receipt.kind = NotificationKind::receipt;
  receipt.instance = teller_.instance;
  receipt.source = "subscriptions";
  receipt.time = digest.digest.first_time;
  receipt.recorded = wall_.now();
  receipt.sequence = digest.last_sequence;
  receipt.severity = digest.digest.severity;
  receipt.resource.id = receipt_key_;
  receipt.receipt = receipt_summary_;
  receipt.receipt_count = is_limit ? 0 : digest.members;
  receipt.receipt_kinds = receipt_kinds_;
  return receipt;
}

}  // namespace statewire
