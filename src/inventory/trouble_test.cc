#include "inventory/trouble.h"

#include <gtest/gtest.h>

#include "inventory/kept_stacks.h"

namespace statewire {
namespace {

TEST(Trouble, names_two_and_says_that_there_are_more) {
  std::string trouble;
  add_trouble("a", unavailable("it is locked"), trouble);
  EXPECT_EQ(trouble, "a: it is locked");
  add_trouble("a: it is locked", trouble);
  EXPECT_EQ(trouble, "a: it is locked");
  add_trouble("b", unavailable("denied"), trouble);
  EXPECT_EQ(trouble, "a: it is locked; b: denied");
  for (const char* more : {"c", "d"}) add_trouble(more, trouble);
  EXPECT_EQ(trouble, "a: it is locked; b: denied; and others");
}

TEST(Trouble, says_that_something_is_not_read_yet_only_where_there_is_nothing_else) {
  std::string trouble;
  add_trouble("a", KeptStacks::not_read(), trouble);
  EXPECT_TRUE(is_unread(trouble));
  add_trouble("b", unavailable("denied"), trouble);
  EXPECT_EQ(trouble, "b: denied");
  add_trouble("c", KeptStacks::not_read(), trouble);
  EXPECT_EQ(trouble, "b: denied");
}

}  // namespace
}  // namespace statewire
