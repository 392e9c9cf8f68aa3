// Where a page of deliveries ended: "42/pager". A name may hold a slash, a number does not.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/delivery_row.h"

namespace statewire {

std::string place_text(const DeliveryKey& key);
// The first of all where the text is empty; bad_input where it is no place.
Result<DeliveryKey> read_place(std::string_view text);

}  // namespace statewire
