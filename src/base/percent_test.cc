#include "base/percent.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace statewire {
namespace {

TEST(Percent, only_unreserved_characters_of_rfc_3986_stay) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const bool stays = kUnreserved.find(text) != kUnreserved.npos;
    EXPECT_EQ(percent_encode(text).size(), stays ? 1u : 3u) << byte;
    EXPECT_EQ(percent_encode(text, text), text) << byte;
    all += text;
  }
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_encode("a/b c~\xff"), "a%2Fb%20c~%FF");
  EXPECT_EQ(percent_encode("arn:aws:s3:::b/c d", ":/"), "arn:aws:s3:::b/c%20d");
}

TEST(Percent, what_is_not_encoded_is_not_decoded) {
  EXPECT_EQ(percent_decode("a+b%2f%2F"), "a+b//");
  EXPECT_EQ(percent_decode("%zz%4%"), "%zz%4%");
}

}  // namespace
}  // namespace statewire
