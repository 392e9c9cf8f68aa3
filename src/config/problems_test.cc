#include "config/problems.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace statewire {
namespace {

TEST(Problems, empty_says_nothing) {
  Problems problems;
  EXPECT_TRUE(problems.ok());
  EXPECT_EQ(problems.to_text(), "");
  EXPECT_EQ(problems.to_json(), "[]");
}

TEST(Problems, are_sorted_by_file_then_position) {
  Problems problems;
  problems.add({.file = "b.yaml", .line = 9, .column = 1, .path = "x", .text = "later"});
  problems.add({.file = "a.yaml", .line = 1, .column = 1, .text = "other file"});
  problems.add({.file = "b.yaml", .line = 2, .column = 10, .path = "y", .text = "right"});
  problems.add({.file = "b.yaml", .line = 2, .column = 3, .path = "y", .text = "left"});
  EXPECT_EQ(problems.to_text(),
            "b.yaml:2:3: y: left\n"
            "b.yaml:2:10: y: right\n"
            "b.yaml:9:1: x: later\n"
            "a.yaml:1:1: other file\n"
            "4 errors\n");
}

TEST(Problems, warnings_are_counted_apart_and_stop_nothing) {
  Problems problems;
  problems.add({.severity = Severity::warning, .file = "f", .line = 1, .column = 2, .text = "w"});
  EXPECT_TRUE(problems.ok());
  EXPECT_EQ(problems.to_text(), "f:1:2: warning: w\n1 warning\n");
  problems.add({.file = "f", .text = "cannot be read: No such file or directory"});
  EXPECT_FALSE(problems.ok());
  EXPECT_EQ(problems.to_text(),
            "f: cannot be read: No such file or directory\n"
            "f:1:2: warning: w\n"
            "1 error, 1 warning\n");
}

TEST(Problems, same_one_twice_is_told_once) {
  Problems problems;
  const Problem problem{.file = "f", .line = 1, .column = 1, .text = "x"};
  problems.add(problem);
  problems.add(problem);
  EXPECT_EQ(problems.errors(), 1u);
}

TEST(Problems, json_leaves_out_what_is_not_known) {
  Problems problems;
  problems.add({.file = "f", .text = "quote \" here"});
  problems.add({.severity = Severity::warning,
                .file = "f",
                .line = 3,
                .column = 4,
                .path = "a.b",
                .text = "t"});
  EXPECT_EQ(problems.to_json(),
            R"([{"severity":"error","file":"f","text":"quote \" here"},)"
            R"({"severity":"warning","file":"f","line":3,"column":4,"path":"a.b","text":"t"}])");
}

TEST(Problems, more_than_are_kept_are_still_counted) {
  Problems problems;
  for (uint32_t line = 1; line <= 1204; ++line) {
    problems.add({.file = "f", .line = line, .column = 1, .text = "x"});
  }
  EXPECT_EQ(problems.errors(), 1204u);
  EXPECT_EQ(problems.sorted().size(), kProblemsKept);
  EXPECT_TRUE(problems.to_text().ends_with("\n1,204 errors; the first 1,000 are shown\n"));
}

}  // namespace
}  // namespace statewire
