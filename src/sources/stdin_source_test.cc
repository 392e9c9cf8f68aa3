#include "sources/stdin_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "sources/fake_intake_test.h"

namespace statewire {
namespace {

class StdinSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    out_ = OwnedFd(ends[0]);
    in_ = OwnedFd(ends[1]);
    thread_ = std::jthread([this](std::stop_token stop) {
      StdinSource source("pipe", out_.get());
      EXPECT_TRUE(source.run(intake_, stop).ok());
    });
  }
  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::write(in_.get(), text.data(), text.size());
      ASSERT_GT(count, 0);
      text.remove_prefix(static_cast<size_t>(count));
    }
  }
  void finish() {
    in_ = OwnedFd();
    thread_.join();
  }

  OwnedFd out_;
  OwnedFd in_;
  FakeIntake intake_;
  std::jthread thread_;
};

TEST_F(StdinSourceTest, lines_arrive_before_the_end) {
  write("{\"n\":0}\n{\"n\":1}\n{\"n\"");
  ASSERT_TRUE(intake_.wait_for_lines(2));
  write(":2}");
  finish();
  EXPECT_EQ(intake_.lines().size(), 3u);
  EXPECT_EQ(intake_.lines().back(), "{\"n\":2}");
  EXPECT_TRUE(intake_.chunks()[0].place == "standard input");
}

TEST_F(StdinSourceTest, document_is_one_text) {
  write("{\n  \"a\":\n");
  write("  1\n}\n");
  finish();
  ASSERT_EQ(intake_.chunks().size(), 1u);
  EXPECT_EQ(intake_.chunks()[0].text, "{\n  \"a\":\n  1\n}\n");
}

TEST_F(StdinSourceTest, what_came_back_is_handed_over_again) {
  intake_.refuse(3);
  intake_.fail(1);
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "{\"n\":" + std::to_string(i) + "}\n";
  write(text);
  finish();
  std::string all;
  for (const auto& chunk : intake_.chunks()) all += chunk.text;
  EXPECT_EQ(all, text);
}

TEST_F(StdinSourceTest, stop_returns_while_nothing_comes) {
  write("{}\n");
  ASSERT_TRUE(intake_.wait_for_lines(1));
  thread_.request_stop();
  thread_.join();
}

}  // namespace
}  // namespace statewire
