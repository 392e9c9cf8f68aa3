#include "base/base64.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

bool is_base64_digit(char c) { return is_letter_or_digit(c) || c == '+' || c == '/'; }

}  // namespace

std::string base64_encoded(std::string_view bytes) {
  CHECK(bytes.size() <= kBase64BytesMax);
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // The library ends it with a NUL.
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

std::optional<std::string> base64_decoded(std::string_view text) {
  if (text.size() % 4 != 0 || text.size() > kBase64BytesMax) return std::nullopt;
  const size_t end = std::min(text.find('='), text.size());
  const size_t padding = text.size() - end;
  const bool is_well_formed = padding <= 2 && text.find_first_not_of('=', end) == text.npos &&
                              std::ranges::all_of(text.substr(0, end), is_base64_digit);
  if (!is_well_formed) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  CHECK(size == static_cast<int>(bytes.size()));
  // The library counts the padding as bytes.
  bytes.resize(bytes.size() - padding);
  return bytes;
}

}  // namespace statewire
