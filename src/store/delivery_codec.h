// Delivery state as values of the cursors, pending, parked and groups families; format byte first.
#pragma once

#include "base/result.h"
#include "store/store.h"
#include "store/wire.h"

namespace statewire {

void encode_state(const SubscriptionState& state, ByteWriter& out);
Result<SubscriptionState> decode_state(std::string_view bytes);
void encode_pending(const Pending& pending, ByteWriter& out);
Result<Pending> decode_pending(std::string_view bytes);
void encode_parked(const Parked& parked, ByteWriter& out);
Result<Parked> decode_parked(std::string_view bytes);
void encode_group(const Group& group, ByteWriter& out);
Result<Group> decode_group(std::string_view bytes);

}  // namespace statewire
