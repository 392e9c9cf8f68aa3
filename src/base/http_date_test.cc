#include "base/http_date.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

TEST(HttpDate, is_read_whole_or_not_at_all) {
  EXPECT_EQ(parse_http_date("Mon, 23 Nov 2026 23:07:32 GMT"), parse_time("2026-11-23T23:07:32Z"));
  EXPECT_EQ(parse_http_date("Tue, 3 Nov 2026 00:00:00 GMT"), parse_time("2026-11-03T00:00:00Z"));
  for (const char* text : {"", "Mon, 23 Nov 2026 23:07:32 GMT ", "Mon, 23 Nov 2026 23:07:32 CET",
                           "2026-11-23T23:07:32Z", "Mon, 23 Nov 2026"}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

}  // namespace
}  // namespace statewire
