#include "base/ids.h"

#include <openssl/sha.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

namespace statewire {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

// By the functions that OpenSSL 3 calls old: those that it has instead allocate for each hash, and
// wipe what they allocated, which takes half as long as hashing a short text.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
class Sha256 {
 public:
  Sha256() { CHECK(SHA256_Init(&context_) == 1); }

  void add(std::string_view bytes) {
    CHECK(SHA256_Update(&context_, bytes.data(), bytes.size()) == 1);
  }
  void end(unsigned char* digest) { CHECK(SHA256_Final(digest, &context_) == 1); }

 private:
  SHA256_CTX context_;
};
#pragma GCC diagnostic pop

}  // namespace

std::array<uint8_t, 16> hash128(std::string_view tag,
                                std::initializer_list<std::string_view> fields) {
  // Short inputs, which is nearly all of them, are gathered first: one update is
  // cheaper than one for each field.
  Sha256 sha;
  char gathered[1024];
  size_t used = 0;
  auto add = [&](std::string_view part) {
    const auto size = static_cast<uint32_t>(part.size());
    const char prefix[4] = {static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                            static_cast<char>(size >> 8), static_cast<char>(size)};
    if (used + 4 + part.size() > sizeof(gathered)) {
      sha.add({gathered, used});
      used = 0;
    }
    std::memcpy(gathered + used, prefix, 4);
    used += 4;
    if (used + part.size() > sizeof(gathered)) {
      sha.add({gathered, used});
      used = 0;
      sha.add(part);
      return;
    }
    if (!part.empty()) std::memcpy(gathered + used, part.data(), part.size());
    used += part.size();
  };
  add(tag);
  for (std::string_view field : fields) add(field);
  sha.add({gathered, used});
  unsigned char digest[SHA256_DIGEST_LENGTH];
  sha.end(digest);
  std::array<uint8_t, 16> result;
  std::memcpy(result.data(), digest, result.size());
  return result;
}

std::string to_hex(std::string_view bytes) {
  std::string result;
  result.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    result.push_back(kDigits[static_cast<uint8_t>(c) >> 4]);
    result.push_back(kDigits[static_cast<uint8_t>(c) & 15]);
  }
  return result;
}

void write_hex(const std::array<uint8_t, 16>& bytes, char* to) {
  for (const uint8_t byte : bytes) {
    *to++ = kDigits[byte >> 4];
    *to++ = kDigits[byte & 15];
  }
}

Result<std::array<uint8_t, 16>> parse_hex128(std::string_view text) {
  auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  if (text.size() != 32) return bad_input("an id has 32 hex digits");
  std::array<uint8_t, 16> result;
  for (size_t i = 0; i < 16; ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return bad_input("an id has 32 hex digits");
    result[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return result;
}

uint64_t hash64(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace statewire
