#include "aws/process.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

using std::chrono::seconds;

TEST(Process, words_are_split_as_a_shell_does) {
  EXPECT_EQ(split_command("/bin/x --a 'b c' \"d \\\"e\\\"\" f\\ g").value(),
            (std::vector<std::string>{"/bin/x", "--a", "b c", "d \"e\"", "f g"}));
  EXPECT_EQ(split_command("x ''").value(), (std::vector<std::string>{"x", ""}));
  EXPECT_FALSE(split_command("x 'y").ok());
  EXPECT_FALSE(split_command("  ").ok());
}

TEST(Process, gives_what_it_writes_and_nothing_of_it_in_an_error) {
  EXPECT_EQ(run_process({"/bin/sh", "-c", "echo hello"}, seconds(10), 1024).value(), "hello\n");
  const auto failed = run_process({"/bin/sh", "-c", "echo secret; exit 3"}, seconds(10), 1024);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().text, "/bin/sh ended with status 3");
  EXPECT_FALSE(run_process({"/nonexistent/program"}, seconds(10), 1024).ok());
}

TEST(Process, is_ended_where_it_takes_too_long_or_says_too_much) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(run_process({"/bin/sleep", "60"}, std::chrono::milliseconds(50), 1024).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(20));
  EXPECT_FALSE(run_process({"/bin/sh", "-c", "while :; do echo y; done"}, seconds(20), 1024).ok());
}

}  // namespace
}  // namespace statewire
