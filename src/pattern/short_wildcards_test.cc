#include "pattern/short_wildcards.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/sanitizers_for_test.h"
#include "pattern/wildcard.h"

namespace statewire::pattern {
namespace {

// By the places of the text that a beginning of the wildcard can reach.
bool is_met(std::string_view wildcard, std::string_view text) {
  std::vector<bool> reached(text.size() + 1);
  reached[0] = true;
  for (const char wanted : wildcard) {
    std::vector<bool> next(text.size() + 1);
    for (size_t i = 0; i <= text.size(); ++i) {
      if (wanted == '*') {
        next[i] = reached[i] || (i > 0 && next[i - 1]);
      } else {
        next[i] = i > 0 && reached[i - 1] && text[i - 1] == wanted;
      }
    }
    reached = std::move(next);
  }
  return reached[text.size()];
}

class ShortWildcardsTest : public testing::Test {
 protected:
  void add(const std::string& wildcard) {
    const auto number = static_cast<uint32_t>(wildcards_.size());
    const std::vector<std::string> pieces = split_wildcard(wildcard);
    index_.add(std::vector<std::string_view>(pieces.begin(), pieces.end()),
               {.offset = number, .id = 1'000 + number, .is_all = number % 2 == 0});
    wildcards_.push_back(wildcard);
  }

  // Every rule that is met is hits, and of a text of up to 64 bytes no other.
  void expect_found(const std::string& text) {
    Hits hits;
    index_.find(text, places_, hits);
    EXPECT_TRUE(std::ranges::all_of(places_, [](uint64_t bits) { return bits == 0; }));
    for (uint32_t i = 0; i < wildcards_.size(); ++i) {
      const bool is_candidate = std::ranges::count(hits.candidates.all(), i) > 0;
      const bool is_decided = std::ranges::count(hits.ids.all(), 1'000 + i) > 0;
      const bool is_wanted = is_met(wildcards_[i], text);
      if (text.size() > 64) {
        EXPECT_FALSE(is_decided) << wildcards_[i];
        EXPECT_TRUE(is_candidate || !is_wanted) << wildcards_[i] << " in " << text;
      } else {
        EXPECT_EQ(is_decided, is_wanted && i % 2 == 0) << wildcards_[i] << " in " << text;
        EXPECT_EQ(is_candidate, is_wanted && i % 2 == 1) << wildcards_[i] << " in " << text;
      }
    }
  }

  std::string random_text(size_t size, std::string_view characters) {
    std::string text;
    for (size_t i = 0; i < size; ++i) text += characters[random_() % characters.size()];
    return text;
  }

  std::mt19937 random_{3};
  ShortWildcards index_;
  ShortWildcards::Places places_{};
  std::vector<std::string> wildcards_;
};

TEST_F(ShortWildcardsTest, one_character_is_enough) {
  for (const char* wildcard : {"*a*", "a*", "*a", "*a", "*b*"}) add(wildcard);
  index_.build();
  for (const char* text : {"", "a", "b", "ab", "ba", "aba"}) expect_found(text);
}

TEST_F(ShortWildcardsTest, characters_with_equal_low_bits_are_told_apart) {
  for (const char* wildcard : {"*0*p*", "*p*0*", "*pp*", "*0*", "p*0"}) add(wildcard);
  index_.build();
  for (const char* text : {"0p", "p0", "pp", "00", "p00p", "0"}) expect_found(text);
}

TEST_F(ShortWildcardsTest, any_wildcards_in_texts_of_any_size) {
  for (int i = 0; i < 400; ++i) {
    std::string wildcard = random_text(1 + random_() % 6, "ab*c0p");
    if (std::ranges::count(wildcard, '*') == 0) wildcard += '*';
    if (std::ranges::count(wildcard, '*') == static_cast<ptrdiff_t>(wildcard.size())) continue;
    add(wildcard);
  }
  index_.build();
  for (size_t size = 0; size < 70; ++size) {
    for (int i = 0; i < (kIsSanitized ? 1 : 5); ++i) expect_found(random_text(size, "abc0p"));
  }
}

}  // namespace
}  // namespace statewire::pattern
