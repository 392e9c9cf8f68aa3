#include "net/inflate.h"

#include <endian.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/limits.h"
#include "net/http_message.h"

namespace statewire {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // The largest window, gzip header and checksum.
constexpr size_t kFirstBytes = 64 << 10;

}  // namespace

size_t announced_bytes(std::string_view packed) {
  uint32_t size = 0;
  if (packed.size() >= sizeof size) {
    std::memcpy(&size, packed.data() + packed.size() - sizeof size, sizeof size);
  }
  return std::min<size_t>(le32toh(size), kDeflateRatioMax * packed.size());
}

size_t inflated_room(std::string_view packed, uint64_t bytes_max) {
  const size_t bytes = announced_bytes(packed) + 1;
  return (bytes > inflated_before_last_move(bytes_max) ? bytes_max + 1 : bytes) +
         2 * kBodySpareBytes;
}

// While it moves, both places are held.
bool grow_text(std::string& text, size_t size, size_t beside, ByteShare& share) {
  const size_t wanted = size + kBodySpareBytes;
  if (text.capacity() >= wanted) return true;
  if (!share.grow_to(beside + text.capacity() + wanted)) return false;
  reserve_exactly(text, wanted);
  share.shrink_to(beside + text.capacity());
  return true;
}

class Inflation::Stream {
 public:
  explicit Stream(std::string_view packed) {
    CHECK(inflateInit2(&state, kGzipWindowBits) == Z_OK);
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    state.avail_in = static_cast<uInt>(packed.size());
  }
  ~Stream() { inflateEnd(&state); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Behind the last member there may be zeros, as writers of whole blocks leave them.
  bool is_at_end() const {
    if (status != Z_STREAM_END) return false;
    return std::all_of(state.next_in, state.next_in + state.avail_in,
                       [](Bytef byte) { return byte == 0; });
  }

  z_stream state{};
  int status = Z_OK;
};

Inflation::Inflation(std::string packed, uint64_t bytes_max)
    : packed_(std::move(packed)),
      bytes_max_(bytes_max),
      stream_(std::make_unique<Stream>(packed_)) {}

Inflation::~Inflation() = default;

// It moves seldom: first to what gzip says is its size, and one byte for its end to be seen; then
// to twice as much each time. While it moves, both places are held: so the last move begins below
// half.
size_t Inflation::next_room() const {
  const size_t next = text_.empty() ? announced_bytes(packed_) + 1 : 2 * text_.capacity();
  if (next > inflated_before_last_move(bytes_max_)) return bytes_max_ + 1;
  return std::max(next, std::min<size_t>(kFirstBytes, bytes_max_ + 1));
}

Inflation::Outcome Inflation::step(ByteShare& share, size_t beside) {
  z_stream& state = stream_->state;
  const size_t before = text_.size();
  // One byte beyond the bound tells what is too long from what just fits.
  const size_t most = std::min<uint64_t>(before + kUnpackedBytesAtATime, bytes_max_ + 1);
  size_t used = before;
  while (used < most && !stream_->is_at_end()) {
    if (stream_->status == Z_STREAM_END && inflateReset(&state) != Z_OK) return Outcome::broken;
    if (used == text_.size()) {
      const size_t room = next_room();
      if (text_.capacity() <= used + kBodySpareBytes &&
          !grow_text(text_, room, packed_.capacity() + beside, share)) {
        return Outcome::no_room;
      }
      text_.resize(std::min(most, text_.capacity() - kBodySpareBytes));
    }
    state.next_out = reinterpret_cast<Bytef*>(text_.data() + used);
    state.avail_out = static_cast<uInt>(text_.size() - used);
    stream_->status = inflate(&state, Z_NO_FLUSH);
    used = text_.size() - state.avail_out;
    // Without progress there is Z_BUF_ERROR: the input ends in the middle.
    if (stream_->status != Z_OK && stream_->status != Z_STREAM_END) return Outcome::broken;
  }
  text_.resize(used);
  if (used > bytes_max_) return Outcome::too_long;
  if (!stream_->is_at_end()) return Outcome::going_on;
  return grow_text(text_, used, packed_.capacity() + beside, share) ? Outcome::whole
                                                                    : Outcome::no_room;
}

}  // namespace statewire
