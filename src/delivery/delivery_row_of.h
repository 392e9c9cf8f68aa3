// What a delivery's row says of the notification that it tells. Pure; any thread.
#pragma once

#include "model/notification.h"
#include "route/subscription.h"
#include "store/delivery_row.h"

namespace statewire {

// Not rendered yet.
DeliveryRow row_of(const Notification& notification, const Subscription& subscription);

// Of what a row tells, or will tell. A digest of an earlier version has none of its own: its first
// sequence makes one.
NotificationId id_of(const DeliveryRow& row);
// All zeros where the text is none.
NotificationId id_of_hex(std::string_view text);

// As its message will be: form, content type and header.
void set_form(const Subscription& subscription, DeliveryRow& row);
bool has_form(const Subscription& subscription, const DeliveryRow& row);

}  // namespace statewire
