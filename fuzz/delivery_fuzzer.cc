// Stored rows of deliveries of any bytes: a wrong one is an error, never a crash, and what can be
// read can be written and read again without a difference.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "store/delivery_codec.h"

namespace statewire {
namespace {

template <typename Row>
void read(std::string_view bytes, Result<Row> (*decode)(std::string_view),
          void (*encode)(const Row&, ByteWriter&)) {
  const Result<Row> row = decode(bytes);
  if (!row) return;
  ByteWriter once;
  encode(*row, once);
  const Result<Row> again = decode(once.view());
  CHECK(again.ok());
  ByteWriter twice;
  encode(*again, twice);
  CHECK(once.view() == twice.view());
}

}  // namespace
}  // namespace statewire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace statewire;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  // The format byte is the same for all: it must not keep the fuzzer out.
  const char kind = bytes[0];
  bytes[0] = 2;
  switch (kind & 3) {
    case 0:
      read<SubscriptionState>(bytes, decode_state, encode_state);
      break;
    case 1:
      read<DeliveryRow>(bytes, decode_delivery, encode_delivery);
      break;
    case 2:
      read<ParkedRow>(bytes, decode_parked, encode_parked);
      break;
    default:
      read<BatchRow>(bytes, decode_batch, encode_batch);
      break;
  }
  return 0;
}
