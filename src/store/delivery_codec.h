// How delivery state is stored: a format byte, then fields of number, length and bytes. A field
// that this version does not know is skipped, and one that is not there has its default.
#pragma once

#include "store/delivery_row.h"
#include "store/wire.h"

namespace statewire {

// These append to `out`. Subscription and number are in the key, and not in the value.
void encode_state(const SubscriptionState& state, ByteWriter& out);
void encode_delivery(const DeliveryRow& row, ByteWriter& out);
void encode_parked(const ParkedRow& row, ByteWriter& out);
void encode_batch(const BatchRow& row, ByteWriter& out);

// These take any bytes, and fail where they are damaged or of a newer format.
Result<SubscriptionState> decode_state(std::string_view bytes);
Result<DeliveryRow> decode_delivery(std::string_view bytes);
Result<ParkedRow> decode_parked(std::string_view bytes);
Result<BatchRow> decode_batch(std::string_view bytes);

}  // namespace statewire
