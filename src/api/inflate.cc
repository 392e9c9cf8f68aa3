#include "api/inflate.h"

#include <zlib.h>

#include <algorithm>

#include "base/check.h"
#include "net/http_message.h"

namespace statewire {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // The largest window, gzip header and checksum.
constexpr size_t kFirstBytes = 64 << 10;

class Inflater {
 public:
  Inflater() { CHECK(inflateInit2(&stream_, kGzipWindowBits) == Z_OK); }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  Inflated run(std::string_view bytes, uint64_t bytes_max);

 private:
  z_stream stream_{};
};

Inflated Inflater::run(std::string_view bytes, uint64_t bytes_max) {
  using Outcome = Inflated::Outcome;
  Inflated result;
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_.avail_in = static_cast<uInt>(bytes.size());
  size_t used = 0;
  int status = Z_OK;
  while (status != Z_STREAM_END || stream_.avail_in != 0) {
    if (status == Z_STREAM_END && inflateReset(&stream_) != Z_OK) return {Outcome::broken, {}};
    if (used > bytes_max) return {Outcome::too_long, {}};
    if (used == result.text.size()) {
      // One byte beyond the bound tells what is too long from what just fits.
      const size_t wanted = std::max(kFirstBytes, 2 * used);
      result.text.resize(std::min<uint64_t>(wanted, bytes_max + 1));
    }
    stream_.next_out = reinterpret_cast<Bytef*>(result.text.data() + used);
    stream_.avail_out = static_cast<uInt>(result.text.size() - used);
    status = inflate(&stream_, Z_NO_FLUSH);
    used = result.text.size() - stream_.avail_out;
    // Without progress there is Z_BUF_ERROR: the input ends in the middle.
    if (status != Z_OK && status != Z_STREAM_END) return {Outcome::broken, {}};
  }
  if (used > bytes_max) return {Outcome::too_long, {}};
  result.text.resize(used);
  result.text.reserve(used + kBodySpareBytes);
  result.outcome = Outcome::whole;
  return result;
}

}  // namespace

Inflated inflate_gzip(std::string_view bytes, uint64_t bytes_max) {
  if (bytes.empty()) return {};
  return Inflater().run(bytes, bytes_max);
}

}  // namespace statewire
