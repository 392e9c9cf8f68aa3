#include "aws/process.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <thread>

#include "base/comes_for_test.h"
#include "base/log.h"

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

ProcessLimits within(Duration timeout) { return {.timeout = timeout, .bytes_max = 1024}; }

TEST(Process, gives_what_it_writes_and_nothing_of_it_in_an_error) {
  EXPECT_EQ(run_process({"/bin/sh", "-c", "echo hello"}, within(seconds(10))).value(), "hello\n");
  const auto failed = run_process({"/bin/sh", "-c", "echo secret; exit 3"}, within(seconds(10)));
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().text, "/bin/sh ended with status 3");
  EXPECT_FALSE(run_process({"/nonexistent/program"}, within(seconds(10))).ok());
}

// It may hold secrets: neither our standard error, which is a log, nor the text shows it.
TEST(Process, standard_error_is_counted_and_shown_to_nobody) {
  if (::isatty(STDERR_FILENO) != 0) GTEST_SKIP() << "a person at a terminal sees it";
  flush_log();  // What was said before goes where it should.
  testing::internal::CaptureStderr();
  const auto failed = run_process(
      {"/bin/sh", "-c", "echo secret >&2; exec 1>&-; echo more >&2; exit 4"}, within(seconds(10)));
  const auto well = run_process({"/bin/sh", "-c", "head -c 300000 /dev/zero >&2; echo hello"},
                                within(seconds(10)));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().text,
            "/bin/sh ended with status 4, and wrote 12 bytes to standard error");
  EXPECT_EQ(well.value(), "hello\n");
}

TEST(Process, is_ended_where_it_says_too_much) {
  EXPECT_FALSE(
      run_process({"/bin/sh", "-c", "while :; do echo y; done"}, within(seconds(20))).ok());
}

// Whether it writes, has closed its output, or leaves the waiting to what it started.
TEST(Process, is_ended_where_it_never_ends) {
  for (const char* script : {"sleep 60", "exec 1>&-; sleep 60", "sleep 60 & wait",
                             "echo '{}'; exec 1>&-; exec sleep 60"}) {
    const auto begin = std::chrono::steady_clock::now();
    const auto ended =
        run_process({"/bin/sh", "-c", script}, within(std::chrono::milliseconds(50)));
    ASSERT_FALSE(ended.ok()) << script;
    EXPECT_EQ(ended.error().text,
              "credential_process: /bin/sh had not ended after 50ms, and was ended");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(20)) << script;
  }
}

bool is_alive(const std::string& pid) {
  std::ifstream stat("/proc/" + pid + "/stat");
  std::string number, name, state;
  return stat >> number >> name >> state && state != "Z" && state != "X";
}

TEST(Process, what_it_started_is_ended_with_it) {
  if (::isatty(STDIN_FILENO) != 0) GTEST_SKIP() << "at a terminal it stays in the person's group";
  const std::string file = testing::TempDir() + "/process_pid_" + std::to_string(getpid());
  const auto ended =
      run_process({"/bin/sh", "-c", "sleep 60 & echo $! > " + file + "; wait"}, within(seconds(1)));
  ASSERT_FALSE(ended.ok());
  std::string pid;
  ASSERT_TRUE(std::ifstream(file) >> pid);
  comes([&] { return !is_alive(pid); });
  EXPECT_FALSE(is_alive(pid));
  std::remove(file.c_str());
}

TEST(Process, is_ended_where_nobody_waits_any_more) {
  std::stop_source stop;
  ProcessLimits limits = within(seconds(60));
  limits.stop = stop.get_token();
  const auto begin = std::chrono::steady_clock::now();
  const std::jthread stopper([&] { stop.request_stop(); });
  const auto ended = run_process({"/bin/sleep", "60"}, limits);
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().text, "credential_process: /bin/sleep was stopped");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(20));
}

}  // namespace
}  // namespace statewire
