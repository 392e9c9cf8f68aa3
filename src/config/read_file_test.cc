#include "config/read_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace statewire {
namespace {

std::string fresh_path(const std::string& name) {
  const std::string path = testing::TempDir() + "/" + name + "_" + std::to_string(::getpid());
  ::unlink(path.c_str());
  return path;
}

TEST(ReadFile, pipe_is_read_once_somebody_writes_to_it) {
  const std::string path = fresh_path("read_file_pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const std::jthread writer([&] { std::ofstream(path) << "secret"; });
  EXPECT_EQ(read_file(path, 100).value(), "secret");
  ::unlink(path.c_str());
}

TEST(ReadFile, pipe_that_nobody_writes_to_is_not_waited_for_forever) {
  const std::string path = fresh_path("read_file_quiet_pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const auto read = read_file(path, 100, std::chrono::milliseconds(20));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().text, "nobody writes to this pipe");
  ::unlink(path.c_str());
}

TEST(ReadFile, what_is_too_large_is_refused) {
  const std::string path = fresh_path("read_file_large");
  std::ofstream(path) << std::string(101, 'x');
  EXPECT_FALSE(read_file(path, 100).ok());
  EXPECT_EQ(read_file(path, 101).value().size(), 101u);
  ::unlink(path.c_str());
}

}  // namespace
}  // namespace statewire
