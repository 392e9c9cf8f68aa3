#include "sources/mailbox.h"

#include <gtest/gtest.h>

#include <chrono>

namespace statewire {
namespace {

TEST(Mailbox, what_was_posted_before_the_end_is_done) {
  Mailbox mailbox;
  int done = 0;
  ASSERT_TRUE(mailbox.post([&] { ++done; }));
  EXPECT_FALSE(mailbox.close_if_empty());
  mailbox.serve(std::chrono::steady_clock::now(), {});
  EXPECT_EQ(done, 1);
  ASSERT_TRUE(mailbox.post([&] { ++done; }));
  mailbox.close();
  EXPECT_EQ(done, 2);
  EXPECT_FALSE(mailbox.post([&] { ++done; }));
  EXPECT_TRUE(mailbox.close_if_empty());
  EXPECT_EQ(done, 2);
}

}  // namespace
}  // namespace statewire
