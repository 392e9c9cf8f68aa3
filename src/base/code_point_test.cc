#include "base/code_point.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

TEST(CodePoint, what_shows_nothing_or_turns_the_text_is_unseen) {
  for (const char32_t point : {0xad, 0x61c, 0x200b, 0x200e, 0x200f, 0x202a, 0x202e, 0x2060, 0x2066,
                               0x2069, 0xfeff, 0xe0041}) {
    EXPECT_TRUE(is_unseen(point)) << std::hex << uint32_t{point};
  }
  for (const char32_t point : {0x20, 0x41, 0xe9, 0x5d0, 0x627, 0x200c, 0x200d, 0x2010, 0x2026,
                               0x206f + 1, 0xfe0f, 0x1f600}) {
    EXPECT_FALSE(is_unseen(point)) << std::hex << uint32_t{point};
  }
}

TEST(CodePoint, visible_text_says_what_is_there) {
  std::string out;
  append_visible(out, "{\"a\":\"x\u202ey \u00e9\u0085\x1b[1m\xf3\xa0\x81\x81\xff\u200d\"}\n");
  EXPECT_EQ(out, "{\"a\":\"x\\u202ey \u00e9\\u0085\\u001b[1m\\udb40\\udc41\\ufffd\u200d\"}\n");
}

}  // namespace
}  // namespace statewire
