// What a delivery's row says of the notification that it tells. Pure; any thread.
#pragma once

#include "model/notification.h"
#include "route/subscription.h"
#include "store/delivery_row.h"

namespace statewire {

// Not rendered yet.
DeliveryRow row_of(const Notification& notification, const Subscription& subscription);

// As its message will be: form, content type and header.
void set_form(const Subscription& subscription, DeliveryRow& row);
bool has_form(const Subscription& subscription, const DeliveryRow& row);

}  // namespace statewire
