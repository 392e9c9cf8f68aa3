#include <gtest/gtest.h>

#include "lines/line_matches.h"
#include "pattern/allocations_for_test.h"

#if STATEWIRE_COUNTS_ALLOCATIONS

namespace statewire {
namespace {

TEST(LineMatches, allocate_nothing_once_warm) {
  PatternSet set;
  fill(set);
  LineScratch scratch;
  std::string lines;
  for (int i = 0; i < 200; ++i) {
    lines += R"({"source":"some.long","detail":{"tags":[{"key":)" + std::to_string(i) + "}]}}\n";
    lines += R"({"source":"some.long","detail.tags":[{"key":)" + std::to_string(i) + "}]}\n";
    if (i % 50 == 0) lines += "{\"source\":\"not closed\n";
  }
  const simdjson::padded_string text(lines);
  size_t matched = 0;
  EXPECT_EQ(allocations_of([&] {
              for (LineMatches each(set, scratch, text); each.next();) matched += each.ids().size();
            }),
            0u);
  EXPECT_GT(matched, 1'000u);
}

}  // namespace
}  // namespace statewire

#endif
