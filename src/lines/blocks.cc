// What differs between processors is only how 64 bytes are compared with a character, and how the
// quotes of a block become the bits between them. All else is arithmetic on words of 64 bits.
//
// A backslash escapes the byte behind it. Quotes that remain open and close strings in turn: the
// parity of the quotes up to a byte says whether it is in one, and the parity of all prefixes of a
// word is its product with a word of ones, without carries.
#include "lines/blocks.h"

#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define STATEWIRE_INLINE inline __attribute__((always_inline))

namespace statewire::lines {
namespace {

// Where characters stand, whatever they mean there.
struct Places {
  uint64_t quotes;
  uint64_t backslashes;
  uint64_t opens;
  uint64_t closes;
  uint64_t commas;
  uint64_t colons;
  uint64_t spaces;
  uint64_t controls;
  uint64_t beyond_ascii;
};

// Quotes that no backslash escapes.
STATEWIRE_INLINE uint64_t bare_quotes(const Places& places, uint64_t valid, BlockState& state) {
  uint64_t backslashes = places.backslashes & valid;
  uint64_t escaped = state.is_escaped;
  state.backslashes |= backslashes;
  backslashes &= ~escaped;
  state.is_escaped = 0;
  while (backslashes != 0) {
    const uint64_t first = backslashes & (0 - backslashes);
    escaped |= first << 1;
    state.is_escaped = first >> 63;
    backslashes &= ~(first | first << 1);
  }
  return places.quotes & valid & ~escaped;
}

// `parity`: bit i tells whether the quotes up to and with byte i are odd in number.
STATEWIRE_INLINE void finish(const Places& places, uint64_t valid, uint64_t quotes, uint64_t parity,
                             BlockState& state, Block& block) {
  const uint64_t in_string = parity ^ state.in_string;  // With the quote that opens, only.
  state.in_string = 0 - (in_string >> 63);
  state.controls |= places.controls & in_string & valid;
  state.beyond_ascii |= places.beyond_ascii & valid;
  // A token begins with a byte of a scalar that follows none, outside of strings but for the
  // quotes that open them.
  const uint64_t operators = (places.opens | places.closes | places.commas | places.colons) & valid;
  const uint64_t scalars = ~(operators | places.spaces) & valid;
  const uint64_t not_strings = scalars & ~quotes;
  const uint64_t follows_scalar = not_strings << 1 | state.follows_scalar;
  state.follows_scalar = not_strings >> 63;
  const uint64_t outside = ~(in_string ^ quotes);
  block.scalars = scalars & ~follows_scalar & outside;
  block.tokens = (operators & outside) | block.scalars;
  block.opens = places.opens & block.tokens;
  block.closes = places.closes & block.tokens;
  block.commas = places.commas & block.tokens;
  block.colons = places.colons & block.tokens;
}

// For any processor, in vectors that the compiler makes of what there is.
struct Plain {
  using Bytes = uint8_t __attribute__((vector_size(16)));

  // Of bytes that are 0 or 0xff: each leaves one bit, and multiplying brings them together.
  static uint64_t bits_of(Bytes bytes) {
    uint64_t halves[2];
    std::memcpy(halves, &bytes, sizeof halves);
    const auto gathered = [](uint64_t half) {
      return (half & 0x8040201008040201) * 0x0101010101010101 >> 56;
    };
    return gathered(halves[0]) | gathered(halves[1]) << 8;
  }

  static uint64_t parity_of(uint64_t word) {
    for (int shift = 1; shift < 64; shift *= 2) word ^= word << shift;
    return word;
  }

  static void read(const uint8_t* bytes, uint64_t valid, BlockState& state, Block& block) {
    Places places{};
    for (size_t i = 0; i < kBlockBytes; i += sizeof(Bytes)) {
      Bytes all;
      std::memcpy(&all, bytes + i, sizeof all);
      const Bytes lower = all | 0x20;
      const auto add = [i](uint64_t& to, auto is) {
        to |= bits_of(reinterpret_cast<Bytes>(is)) << i;
      };
      add(places.quotes, all == '"');
      add(places.backslashes, all == '\\');
      add(places.opens, lower == '{');
      add(places.closes, lower == '}');
      add(places.commas, all == ',');
      add(places.colons, all == ':');
      add(places.spaces, (all == ' ') | (all == '\t') | (all == '\n') | (all == '\r'));
      add(places.controls, all < 0x20);
      add(places.beyond_ascii, all > 0x7f);
    }
    const uint64_t quotes = bare_quotes(places, valid, state);
    finish(places, valid, quotes, parity_of(quotes), state, block);
    block.opens_count = static_cast<uint32_t>(std::popcount(block.opens));
    block.closes_count = static_cast<uint32_t>(std::popcount(block.closes));
  }
};

#if defined(__x86_64__)

// At the place of the low half of each space the space, elsewhere what is equal to nothing.
#define STATEWIRE_SPACES ' ', -1, -1, -1, -1, -1, -1, -1, -1, '\t', '\n', -1, -1, '\r', -1, -1

struct Avx2 {
  __attribute__((target("avx2,bmi,pclmul,popcnt"))) static void read(const uint8_t* bytes,
                                                                     uint64_t valid,
                                                                     BlockState& state,
                                                                     Block& block) {
    const __m256i spaces = _mm256_setr_epi8(STATEWIRE_SPACES, STATEWIRE_SPACES);
    Places places{};
    for (unsigned i = 0; i < kBlockBytes; i += 32) {
      const __m256i all = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + i));
      const __m256i lower = _mm256_or_si256(all, _mm256_set1_epi8(0x20));
#define STATEWIRE_BITS(is) (uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(is))} << i)
#define STATEWIRE_EQUAL(a, c) _mm256_cmpeq_epi8(a, _mm256_set1_epi8(c))
      places.quotes |= STATEWIRE_BITS(STATEWIRE_EQUAL(all, '"'));
      places.backslashes |= STATEWIRE_BITS(STATEWIRE_EQUAL(all, '\\'));
      places.opens |= STATEWIRE_BITS(STATEWIRE_EQUAL(lower, '{'));
      places.closes |= STATEWIRE_BITS(STATEWIRE_EQUAL(lower, '}'));
      places.commas |= STATEWIRE_BITS(STATEWIRE_EQUAL(all, ','));
      places.colons |= STATEWIRE_BITS(STATEWIRE_EQUAL(all, ':'));
      places.spaces |= STATEWIRE_BITS(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(spaces, all), all));
      places.controls |=
          STATEWIRE_BITS(_mm256_cmpeq_epi8(_mm256_min_epu8(all, _mm256_set1_epi8(0x1f)), all));
      places.beyond_ascii |= STATEWIRE_BITS(all);
#undef STATEWIRE_EQUAL
#undef STATEWIRE_BITS
    }
    const uint64_t quotes = bare_quotes(places, valid, state);
    const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(quotes)),
                                                 _mm_set1_epi8(-1), 0);
    finish(places, valid, quotes, static_cast<uint64_t>(_mm_cvtsi128_si64(product)), state, block);
    block.opens_count = static_cast<uint32_t>(std::popcount(block.opens));
    block.closes_count = static_cast<uint32_t>(std::popcount(block.closes));
  }
};

struct Avx512 {
  __attribute__((target("avx512f,avx512bw,bmi,pclmul,popcnt"))) static void read(
      const uint8_t* bytes, uint64_t valid, BlockState& state, Block& block) {
    const __m512i spaces = _mm512_maskz_broadcast_i32x4(0xffff, _mm_setr_epi8(STATEWIRE_SPACES));
    const __m512i all = _mm512_loadu_si512(bytes);
    const __m512i lower = _mm512_or_si512(all, _mm512_set1_epi8(0x20));
#define STATEWIRE_EQUAL(a, c) _mm512_cmpeq_epi8_mask(a, _mm512_set1_epi8(c))
    const Places places{
        .quotes = STATEWIRE_EQUAL(all, '"'),
        .backslashes = STATEWIRE_EQUAL(all, '\\'),
        .opens = STATEWIRE_EQUAL(lower, '{'),
        .closes = STATEWIRE_EQUAL(lower, '}'),
        .commas = STATEWIRE_EQUAL(all, ','),
        .colons = STATEWIRE_EQUAL(all, ':'),
        .spaces = _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(spaces, all), all),
        .controls = _mm512_cmplt_epu8_mask(all, _mm512_set1_epi8(0x20)),
        .beyond_ascii = _mm512_movepi8_mask(all),
    };
#undef STATEWIRE_EQUAL
    const uint64_t quotes = bare_quotes(places, valid, state);
    const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(quotes)),
                                                 _mm_set1_epi8(-1), 0);
    finish(places, valid, quotes, static_cast<uint64_t>(_mm_cvtsi128_si64(product)), state, block);
    block.opens_count = static_cast<uint32_t>(std::popcount(block.opens));
    block.closes_count = static_cast<uint32_t>(std::popcount(block.closes));
  }
};

#undef STATEWIRE_SPACES
#endif

}  // namespace

std::vector<BlockReader> block_readers() {
  std::vector<BlockReader> found;
#if defined(__x86_64__)
  const bool has_carryless = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("popcnt") &&
                             __builtin_cpu_supports("bmi");
  const bool has_avx512 =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && has_carryless;
  if (has_avx512) found.push_back({"AVX-512", Avx512::read});
  if (__builtin_cpu_supports("avx2") && has_carryless) found.push_back({"AVX2", Avx2::read});
#endif
  found.push_back({"plain", Plain::read});
  return found;
}

}  // namespace statewire::lines
