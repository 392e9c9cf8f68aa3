// What a delivery's row says of the notification that it tells. Pure; any thread.
#pragma once

#include <string>

#include "format/format.h"
#include "model/notification.h"
#include "store/delivery_row.h"

namespace statewire {

// Not rendered yet.
DeliveryRow row_of(const Notification& notification, const Format& format);

}  // namespace statewire
