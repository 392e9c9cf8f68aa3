// A record that stands alone: its format in a byte, recorded:8 little-endian, then as in
// entry_layout.h with an empty entry as its base.
#include "store/record_codec.h"

#include "store/block.h"
#include "store/entry_codec.h"
#include "store/entry_layout.h"

namespace statewire {

void append_record(const Record& record, ByteWriter& out) {
  out.byte(layout::kFormat);
  out.fixed<uint64_t>(static_cast<uint64_t>(to_ns(record.recorded)));
  Entry base;
  base.recorded = record.recorded;
  EntryEncoder(out, nullptr).record(record, base);
}

void encode_record(const Record& record, std::string& out) {
  ByteWriter writer;
  append_record(record, writer);
  out.assign(writer.view());
}

Result<Record> decode_record(std::string_view bytes, Arena& arena) {
  EntryDecoder decoder(bytes, nullptr, arena, /*copies=*/false);
  const uint8_t format = decoder.in().byte();
  if (decoder.in().ok() && format != layout::kFormat) {
    return damaged("a record has format " + std::to_string(format) + ", and this program reads " +
                   std::to_string(layout::kFormat));
  }
  Entry base;
  base.recorded = from_ns(static_cast<int64_t>(decoder.in().fixed<uint64_t>()));
  const Record record = decoder.record(base);
  if (!decoder.is_done()) return damaged("a record is damaged");
  return record;
}

}  // namespace statewire
