#include "pattern/number_ranges.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace statewire::pattern {
namespace {

// All ranges of a kind, hits by looking at each, and by the index.
class NumberRangesTest : public testing::Test {
 protected:
  void add(double low, double high) {
    const Range range{.low = low, .high = high, .high_is_in = chance()};
    const auto number = static_cast<uint32_t>(ranges_.size());
    index_.add(range, {.offset = number, .id = number, .is_all = chance()});
    ranges_.push_back(range);
  }
  bool chance() { return random_() % 2 == 0; }
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  void expect_all_are_found() {
    index_.build();
    for (int number = -5; number < 1'105; ++number) {
      std::vector<uint32_t> wanted;
      for (uint32_t i = 0; i < ranges_.size(); ++i) {
        if (ranges_[i].holds(number)) wanted.push_back(i);
      }
      Hits hits;
      index_.find(number, hits);
      const auto ids = hits.ids.all();
      std::vector<uint32_t> all(ids.begin(), ids.end());
      all.insert(all.end(), hits.candidates.all().begin(), hits.candidates.all().end());
      std::sort(all.begin(), all.end());
      ASSERT_EQ(all, wanted) << number;
    }
  }

  std::mt19937 random_{7};
  NumberRanges index_;
  std::vector<Range> ranges_;
};

TEST_F(NumberRangesTest, ranges_that_touch) {
  for (int i = 0; i < 1'000; i += 2) add(i, i + 2);
  expect_all_are_found();
}

TEST_F(NumberRangesTest, one_that_spans_many) {
  add(-10, 2'000);
  for (int i = 0; i < 1'000; i += 3) add(i, i + 1);
  expect_all_are_found();
}

TEST_F(NumberRangesTest, many_inside_of_one_another) {
  for (int i = 0; i < 500; ++i) add(i, 1'000 - i);
  expect_all_are_found();
}

TEST_F(NumberRangesTest, many_that_overlap_as_they_like) {
  for (int i = 0; i < 700; ++i) {
    const int low = below(1'000);
    add(low, low + 1 + below(i % 7 == 0 ? 900 : 12));
  }
  expect_all_are_found();
}

TEST_F(NumberRangesTest, few_and_none) {
  add(3, 5);
  add(4, 900);
  expect_all_are_found();
}

}  // namespace
}  // namespace statewire::pattern
