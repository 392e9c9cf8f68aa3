#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>

#include "sinks/kinds.h"
#include "sinks/sink_fixture_test.h"

namespace statewire {
namespace {

class StdoutSinkTest : public SinkTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(::pipe2(ends_, O_CLOEXEC), 0);
    previous_ = std::signal(SIGPIPE, SIG_IGN);
    sink_ = make_stream_sink(ends_[1], context_);
  }
  void TearDown() override {
    std::signal(SIGPIPE, previous_);
    ::close(ends_[1]);
    if (ends_[0] >= 0) ::close(ends_[0]);
  }
  std::vector<Attempt> deliver(const std::vector<std::string>& payloads) {
    std::vector<Delivery> batch;
    for (const std::string& payload : payloads) batch.push_back(delivery_of(payload));
    Outcome outcome;
    sink_->deliver(batch, outcome.completion());
    std::vector<Attempt> attempts = outcome.wait();
    EXPECT_EQ(outcome.calls(), 1);
    return attempts;
  }
  std::string read(size_t size) {
    std::string text(size, '\0');
    size_t done = 0;
    while (done < size) {
      const ssize_t count = ::read(ends_[0], text.data() + done, size - done);
      if (count <= 0) break;
      done += static_cast<size_t>(count);
    }
    text.resize(done);
    return text;
  }

  int ends_[2] = {-1, -1};
  void (*previous_)(int) = nullptr;
  std::unique_ptr<Sink> sink_;
};

TEST_F(StdoutSinkTest, writes_a_line_a_delivery) {
  const std::vector<Attempt> attempts = deliver({"a", "b"});
  ASSERT_EQ(attempts.size(), 2u);
  EXPECT_EQ(attempts[0].verdict, Verdict::delivered);
  EXPECT_EQ(attempts[1].verdict, Verdict::delivered);
  EXPECT_EQ(read(4), "a\nb\n");
}

TEST_F(StdoutSinkTest, waits_for_a_slow_reader) {
  ASSERT_EQ(::fcntl(ends_[1], F_SETFL, O_NONBLOCK), 0);
  const std::string large(300'000, 'x');
  std::string got;
  std::jthread reader([&] { got = read(large.size() + 1); });
  EXPECT_EQ(deliver({large})[0].verdict, Verdict::delivered);
  reader.join();
  EXPECT_EQ(got, large + "\n");
}

TEST_F(StdoutSinkTest, pipe_without_a_reader_is_gone) {
  ::close(std::exchange(ends_[0], -1));
  const std::vector<Attempt> attempts = deliver({"a", "b"});
  ASSERT_EQ(attempts.size(), 2u);
  EXPECT_EQ(attempts[0].verdict, Verdict::gone);
  EXPECT_EQ(attempts[0].detail, "standard output: Broken pipe");
}

// A thread hangs in the pipe: neither its sink, nor its end, nor a second sink waits for that.
TEST_F(StdoutSinkTest, pipe_that_nobody_reads_holds_up_nobody) {
  const std::string large(300'000, 'x');
  const Delivery first = delivery_of(large);
  Outcome hanging;
  sink_->deliver({&first, 1}, hanging.completion());
  pollfd begun{.fd = ends_[0], .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&begun, 1, 10'000), 1);
  const auto file = make_file_sink({.path = home_.folder() + "/out.jsonl"}, context_);
  const Delivery second = delivery_of("second");
  Outcome written;
  file->deliver({&second, 1}, written.completion());
  EXPECT_EQ(written.wait().at(0).verdict, Verdict::delivered);
  EXPECT_EQ(hanging.calls(), 0);

  // As a reload does it: the new sink waits behind the old one's batch; what has not begun goes.
  auto next = make_stream_sink(ends_[1], context_);
  Outcome dropped;
  next->deliver({&second, 1}, dropped.completion());
  next = make_stream_sink(ends_[1], context_);
  EXPECT_EQ(dropped.wait().at(0).verdict, Verdict::retry);
  Outcome waiting;
  next->deliver({&second, 1}, waiting.completion());
  sink_.reset();
  EXPECT_EQ(read(large.size() + 8), large + "\nsecond\n");
  EXPECT_EQ(hanging.wait().at(0).verdict, Verdict::delivered);
  EXPECT_EQ(waiting.wait().at(0).verdict, Verdict::delivered);
}

}  // namespace
}  // namespace statewire
