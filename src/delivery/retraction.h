// What a subscription was told before an amendment. If, as is known now, it should not have been
// told, that is taken back.
#pragma once

#include <functional>

#include "base/arena.h"
#include "model/notification.h"
#include "store/store.h"

namespace statewire {

// Whether what `amendment` amends was told, as far as `is_met` says of the notifications before it.
// `was_held`: it may have been completed before it was told. False where it is not found; the
// resource's last 256 entries are looked at. An error where the store cannot be read.
Result<bool> was_told(const Store& store, const Entry& amendment, const Teller& teller,
                      bool was_held, Arena& arena,
                      const std::function<bool(const Notification&)>& is_met);

}  // namespace statewire
