#include "cli/event_stream.h"

#include <gtest/gtest.h>

#include <vector>

namespace statewire {
namespace {

constexpr std::string_view kStream =
    ": here\n\nid: 1\ndata: first\n\nid: 2\r\ndata: two\r\ndata:lines\r\n\r\ndata: unfinished\n";

std::vector<std::string> read_in_pieces_of(size_t bytes) {
  std::vector<std::string> read;
  EventStream stream([&](std::string_view data) { read.emplace_back(data); });
  for (size_t at = 0; at < kStream.size(); at += bytes) stream.take(kStream.substr(at, bytes));
  return read;
}

TEST(EventStream, events_are_the_same_wherever_they_are_cut) {
  const std::vector<std::string> wanted = {"first", "two\nlines"};
  for (size_t bytes = 1; bytes <= kStream.size(); ++bytes) {
    EXPECT_EQ(read_in_pieces_of(bytes), wanted) << bytes;
  }
}

}  // namespace
}  // namespace statewire
