#include "cli/progress_line.h"

#include <gtest/gtest.h>

#include "cli/terminal_for_test.h"

namespace statewire {
namespace {

using std::chrono::milliseconds;

TEST(ProgressText, says_how_much_of_the_input_was_read) {
  EXPECT_EQ(progress_text({.name = "example", .bytes = {50, 200}, .events = 1204, .is_over = false},
                          milliseconds(300)),
            "example        1,204 events  █████░░░░░░░░░░░░░░░  25 %");
}

TEST(ProgressText, says_how_long_it_took) {
  EXPECT_EQ(progress_text({.name = "example", .bytes = {200, 200}, .events = 412, .is_over = true},
                          milliseconds(140)),
            "example          412 events  ████████████████████  done in 0.1 s");
}

TEST(ProgressText, what_was_read_before_is_told_as_such) {
  EXPECT_EQ(progress_text({.name = "example", .bytes = {200, 200}, .events = 0, .is_over = true},
                          milliseconds(3)),
            "example      nothing new: it was read before");
}

TEST(ProgressText, what_is_empty_is_no_division_by_zero) {
  EXPECT_EQ(progress_text({.name = "none", .bytes = {0, 0}, .events = 0, .is_over = false},
                          milliseconds(0)),
            "none               0 events  ░░░░░░░░░░░░░░░░░░░░  0 %");
}

}  // namespace
}  // namespace statewire
