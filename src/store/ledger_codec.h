// What a block adds to the ledger, and the rows of the ledger family, as bytes.
#pragma once

#include "base/result.h"
#include "store/ledger.h"
#include "store/wire.h"

namespace statewire {

void encode_delta(const LedgerDelta& delta, ByteWriter& out);
// `damaged` where `bytes` are not exactly one delta.
Result<LedgerDelta> decode_delta(std::string_view bytes);

// Values of the ledger family, with the format byte first. Names are in the keys.
void encode_counts(const LedgerRow& row, ByteWriter& out);
Result<void> decode_counts(std::string_view bytes, LedgerRow& row);
void encode_unrecognised(const UnrecognisedRow& row, ByteWriter& out);  // Without the sample.
Result<void> decode_unrecognised(std::string_view bytes, UnrecognisedRow& row);
void encode_refusal(const Refusal& refusal, ByteWriter& out);
Result<Refusal> decode_refusal(std::string_view bytes);

}  // namespace statewire
