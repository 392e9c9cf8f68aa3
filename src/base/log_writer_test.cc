#include "base/log_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <sstream>
#include <string>
#include <thread>

#include "base/limits.h"

namespace statewire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class LogWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::pipe2(ends_, O_CLOEXEC), 0);
    std::signal(SIGPIPE, SIG_IGN);
    writer_ = std::make_unique<LogWriter>(
        ends_[1], [](uint64_t count) { return std::to_string(count) + " dropped\n"; });
  }
  // The writer's thread may outlive it: it ends once nobody can read.
  void TearDown() override {
    ::close(ends_[0]);
    writer_->flush(seconds(10));
    writer_.reset();
  }
  // Puts the line so often while nobody reads, then reads until each has come or is counted.
  struct Told {
    size_t whole = 0;
    size_t dropped = 0;
  };
  Told put_and_read(const std::string& line, size_t lines) {
    for (size_t i = 0; i < lines; ++i) writer_->put(line);
    writer_->flush(milliseconds(50));
    Told told;
    while (told.whole + told.dropped < lines) {
      std::istringstream read(read_until("\n"));
      if (read.str().empty()) break;
      for (std::string each; std::getline(read, each);) {
        if (each + "\n" == line) {
          ++told.whole;
        } else {
          told.dropped += std::stoul(each);
        }
      }
    }
    EXPECT_EQ(told.whole + told.dropped, lines);
    return told;
  }
  // Until what was read ends so.
  std::string read_until(std::string_view end) {
    std::string text;
    std::string piece(64 << 10, '\0');
    while (!text.ends_with(end)) {
      const ssize_t count = ::read(ends_[0], piece.data(), piece.size());
      if (count <= 0) break;
      text.append(piece, 0, static_cast<size_t>(count));
    }
    return text;
  }

  int ends_[2] = {-1, -1};
  std::unique_ptr<LogWriter> writer_;
};

TEST_F(LogWriterTest, writes_lines_in_order) {
  writer_->put("a\n");
  writer_->put("b\n");
  writer_->flush(seconds(10));
  EXPECT_EQ(read_until("b\n"), "a\nb\n");
}

TEST_F(LogWriterTest, nobody_waits_for_a_reader_and_what_is_dropped_is_counted) {
  const std::string line = std::string(999, 'x') + "\n";
  const size_t lines = 4 * kLogQueueBytesMax / line.size();
  const auto begin = std::chrono::steady_clock::now();
  const Told told = put_and_read(line, lines);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5));
  EXPECT_GT(told.dropped, 0u);
  // What its thread took at once, and what waited behind that.
  EXPECT_LE(told.whole * line.size(), 2 * kLogQueueBytesMax + (128 << 10));
  writer_->put("it flows again\n");
  EXPECT_EQ(read_until("again\n"), "it flows again\n");
}

TEST_F(LogWriterTest, many_short_lines_are_bounded_too) {
  EXPECT_GT(put_and_read("x\n", 20 * kLogQueueLinesMax).dropped, 0u);
}

TEST_F(LogWriterTest, slow_descriptor_that_does_not_block_is_waited_for) {
  ASSERT_EQ(::fcntl(ends_[1], F_SETFL, O_NONBLOCK), 0);
  const std::string line = std::string(300'000, 'x') + "\n";
  writer_->put(line);
  EXPECT_EQ(read_until("\n"), line);
}

}  // namespace
}  // namespace statewire
