#include "base/log.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

std::string logged(LogForm form, std::string_view value) {
  flush_log();  // What was said before goes where it should.
  testing::internal::CaptureStderr();
  set_log(LogLevel::info, form);
  log_debug("not shown");
  log_warn("said", {{"by", value}, {"count", 3}});
  flush_log();
  set_log(LogLevel::info, LogForm::logfmt);
  const std::string line = testing::internal::GetCapturedStderr();
  return line.substr(std::min(line.find("said"), line.size()));
}

TEST(Log, lines_say_what_and_by_whom) {
  EXPECT_EQ(logged(LogForm::logfmt, "alice"), "said\" by=alice count=3\n");
  EXPECT_EQ(logged(LogForm::logfmt, "a b"), "said\" by=\"a b\" count=3\n");
  EXPECT_EQ(logged(LogForm::json, "alice"), "said\",\"by\":\"alice\",\"count\":\"3\"}\n");
}

TEST(Log, a_text_can_neither_steer_a_terminal_nor_deceive) {
  EXPECT_EQ(logged(LogForm::logfmt, "x\u202ey\u009b"), "said\" by=\"x\\u202ey\\u009b\" count=3\n");
  EXPECT_EQ(logged(LogForm::json, "\x1b[2J\xff"),
            "said\",\"by\":\"\\u001b[2J\ufffd\",\"count\":\"3\"}\n");
}

}  // namespace
}  // namespace statewire
