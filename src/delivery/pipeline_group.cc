// What belongs to a deployment is counted in its group, which the book has as a row.
#include <algorithm>

#include "base/ids.h"
#include "delivery/delivery_row_of.h"
#include "delivery/group_words.h"
#include "delivery/pipeline.h"

namespace statewire {

void Pipeline::gather(const DeploymentName& name, const Notification& notification, Booked* held,
                      Time now) {
  // What was held has waited already; the others of its deployment may be let go after it.
  const Time since = held != nullptr ? now : std::min(now, notification.recorded - wall_ahead_);
  if (!group_.gather(name, notification, since, now)) {
    return pass_rate(notification, row_of(notification, subscription_), held, now);
  }
  if (held != nullptr) book_.settle(held->row.number);
}

Booked& Pipeline::add_group(DeliveryRow row, const Notification& first, Time now) {
  row.id = to_hex(group_id(subscription_.name, first));
  return book_.add(std::move(row), now);
}

void Pipeline::on_group_counted(const Booked& group) { book_.change_by_reading(group); }

void Pipeline::on_group_told(const Booked& group) { book_.change(group); }

void Pipeline::remove_group(Booked& group) { book_.settle(group.row.number); }

// One message for all that the group counted. It has the sequence of the last of them.
void Pipeline::tell_group(const Booked& group, Time now) {
  DeliveryRow counts = group.row;
  if (is_told(group.row)) counts.id = to_hex(group_amendment_id(id_of(group.row)));
  const Notification notification = notification_of_group(counts);
  DeliveryRow row = row_of(notification, subscription_);
  row.first_sequence = counts.first_sequence;
  row.members = untold_members(counts);
  row.digest = counts.digest;
  row.group = counts.group;
  row.group.told_members = 0;
  row.group.resources.clear();
  pass_rate(notification, std::move(row), nullptr, now);
}

// Of a group, or of the row of its message. What it names is the row's and the pipeline's.
Notification Pipeline::notification_of_group(const DeliveryRow& group) {
  deployment_told_ = told_of(group, deployment_texts_);
  receipt_key_ = "urn:statewire:deployment:" + group.group.key;
  std::ranges::replace(receipt_key_, '\x1f', ':');
  receipt_summary_ = group_summary(group);
  receipt_kinds_ = sorted_kinds_of(group.digest);
  std::erase_if(receipt_kinds_, [](const ReceiptKind& kind) { return kind.count == 0; });
  Notification told;
  told.id = id_of(group);
  if (deployment_told_.is_amendment) told.amends = id_of_hex(group.group.told);
  told.kind = NotificationKind::group;
  told.source = "subscriptions";
  told.time = deployment_told_.ended;
  told.recorded = wall_.now();
  told.sequence = group.last_sequence;
  told.severity = std::max(group.digest.severity, kInfo);
  told.resource.id = receipt_key_;
  told.resource.account = deployment_told_.account;
  told.resource.region = deployment_told_.region;
  set_teller(teller_, told);
  told.receipt = receipt_summary_;
  told.receipt_count = untold_members(group);
  told.receipt_kinds = receipt_kinds_;
  told.deployment = &deployment_told_;
  return told;
}

}  // namespace statewire
