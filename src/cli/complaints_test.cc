#include "cli/complaints.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/limits.h"

namespace statewire {
namespace {

TEST(Complaints, of_one_kind_end_with_a_count) {
  std::vector<std::string> told;
  Complaints complaints([&](std::string line) { told.push_back(std::move(line)); });
  for (size_t i = 1; i <= kComplaintsMax + 1234; ++i) {
    complaints.add("in:" + std::to_string(i),
                   "column " + std::to_string(i) + ": no \"x" + std::to_string(i) + "\" is JSON");
  }
  complaints.add("in:9", "another kind");
  complaints.finish();
  ASSERT_EQ(told.size(), kComplaintsMax + 2);
  EXPECT_EQ(told[0], "in:1: column 1: no \"x1\" is JSON");
  EXPECT_EQ(told[kComplaintsMax], "in:9: another kind");
  EXPECT_EQ(told.back(), "… and 1,234 more like: column 1: no \"x1\" is JSON");
}

TEST(Complaints, of_many_kinds_are_bounded_too) {
  size_t told = 0;
  Complaints complaints([&](const std::string&) { ++told; });
  for (int i = 0; i < 10'000; ++i) complaints.add("in", std::string(1 + i % 90, 'a'));
  complaints.finish();
  EXPECT_LE(told, (kComplaintsMax + 1) * (kComplaintsMax + 1));
}

}  // namespace
}  // namespace statewire
