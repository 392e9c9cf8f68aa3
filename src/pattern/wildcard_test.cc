#include "pattern/wildcard.h"

#include <gtest/gtest.h>

#include <random>

namespace statewire::pattern {
namespace {

TEST(FindPiece, finds_what_the_library_finds) {
  std::mt19937 random{11};
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 60, 'a');
    for (char& c : text) c = static_cast<char>('a' + random() % 2);
    std::string piece(1 + random() % 5, 'a');
    for (char& c : piece) c = static_cast<char>('a' + random() % 2);
    ASSERT_EQ(find_piece(text, piece), text.find(piece)) << text << " " << piece;
  }
}

}  // namespace
}  // namespace statewire::pattern
