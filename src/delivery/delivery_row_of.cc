#include "delivery/delivery_row_of.h"

#include "base/ids.h"
#include "format/json.h"

namespace statewire {

void set_form(const Subscription& subscription, DeliveryRow& row) {
  row.form = subscription.form;
  row.content_type = subscription.format->content_type();
  row.header = subscription.format->header();
}

// Rows of earlier versions do not name what rendered them.
bool has_form(const Subscription& subscription, const DeliveryRow& row) {
  return (row.form.empty() || row.form == subscription.form) &&
         row.content_type == subscription.format->content_type() &&
         row.header == subscription.format->header();
}

DeliveryRow row_of(const Notification& notification, const Subscription& subscription) {
  DeliveryRow row;
  row.first_sequence = row.last_sequence = notification.sequence;
  row.recorded = notification.recorded;
  row.id = to_hex(notification.id);
  row.resource = notification.resource.id;
  row.type = type_of(notification.kind);
  set_form(subscription, row);
  return row;
}

NotificationId id_of(const DeliveryRow& row) {
  if (!row.id.empty()) return id_of_hex(row.id);
  return {hash128("row", {row.subscription, std::to_string(row.first_sequence)})};
}

NotificationId id_of_hex(std::string_view text) {
  const auto bytes = parse_hex128(text);
  return bytes ? NotificationId{*bytes} : NotificationId{};
}

}  // namespace statewire
