// Blocks and records of any bytes: a wrong one is an error, never a crash, and what can be read
// can be written and read again without a difference.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/ids.h"
#include "store/block.h"
#include "store/wire.h"

namespace statewire {
namespace {

void read_all(std::string_view bytes) {
  const Result<BlockReader> reader = BlockReader::open(bytes);
  if (!reader) return;
  // Each entry is in the table of ends, so that there are never more of them than bytes.
  CHECK(reader->size() <= bytes.size());
  Arena arena;
  BlockWriter writer;
  writer.begin(reader->first_sequence(), reader->recorded());
  bool is_whole = true;
  for (size_t i = 0; i < reader->size() && is_whole; ++i) {
    const Result<Entry> entry = reader->entry(i, arena);
    is_whole = entry.ok();
    if (!is_whole) break;
    writer.add(*entry);
    CHECK(reader->entry_copy(i, arena).ok());
    CHECK(writer.entry(entry->sequence, arena).ok());
  }
  const Result<LedgerDelta> ledger = reader->ledger();
  if (!is_whole || !ledger) return;
  const std::string once(writer.finish(*ledger));
  const Result<BlockReader> again = BlockReader::open(once);
  CHECK(again.ok() && again->size() == reader->size());
  BlockWriter second;
  second.begin(again->first_sequence(), again->recorded());
  for (size_t i = 0; i < again->size(); ++i) {
    const Result<Entry> entry = again->entry(i, arena);
    CHECK(entry.ok());
    second.add(*entry);
  }
  CHECK(second.finish(*again->ledger()) == once);
}

void read_record(std::string_view bytes) {
  Arena arena;
  const Result<Record> record = decode_record(bytes, arena);
  if (!record) return;
  std::string once;
  encode_record(*record, once);
  const Result<Record> again = decode_record(once, arena);
  CHECK(again.ok());
  std::string twice;
  encode_record(*again, twice);
  CHECK(once == twice);
}

}  // namespace
}  // namespace statewire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace statewire;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_record(bytes);
  read_all(bytes);
  // A checksum keeps a fuzzer out; this one is let in.
  std::string signed_bytes(bytes);
  signed_bytes.resize(size + 8);
  to_little_endian(hash64(bytes), signed_bytes.data() + size);
  read_all(signed_bytes);
  return 0;
}
