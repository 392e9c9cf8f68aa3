#include "aws/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <memory>

#include "base/check.h"
#include "base/text.h"

namespace statewire {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // The largest window, gzip header and checksum.
constexpr size_t kFirstBytes = 256 << 10;

struct StreamEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

// Behind the last member there may be zeros, as writers of whole blocks leave them.
bool is_padding(const z_stream& stream) {
  return std::all_of(stream.next_in, stream.next_in + stream.avail_in,
                     [](Bytef byte) { return byte == 0; });
}

}  // namespace

Result<std::string> gunzip(std::string_view packed, size_t bytes_max) {
  z_stream stream{};
  CHECK(inflateInit2(&stream, kGzipWindowBits) == Z_OK);
  const std::unique_ptr<z_stream, StreamEnd> owner(&stream);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string text;
  size_t used = 0;
  int status = Z_OK;
  while (packed.empty() || status != Z_STREAM_END || !is_padding(stream)) {
    if (status == Z_STREAM_END) CHECK(inflateReset(&stream) == Z_OK);
    if (used > bytes_max)
      return bad_input("unpacks to more than " + with_thousands(bytes_max) + " bytes");
    if (used == text.size()) {
      text.resize(std::min(std::max(kFirstBytes, 2 * used), bytes_max + 1));
    }
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + used);
    stream.avail_out = static_cast<uInt>(text.size() - used);
    status = inflate(&stream, Z_NO_FLUSH);
    used = text.size() - stream.avail_out;
    if (status != Z_OK && status != Z_STREAM_END) return bad_input("not valid gzip, or cut off");
  }
  if (used > bytes_max)
    return bad_input("unpacks to more than " + with_thousands(bytes_max) + " bytes");
  text.resize(used);
  return text;
}

std::string gzipped(std::string_view text) {
  constexpr int kMemoryLevel = 8;
  z_stream stream{};
  CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace statewire
