#include "base/turns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

namespace statewire {
namespace {

class Counting final : public Turns::Task {
 public:
  Counting(char name, int turns, std::string& seen, std::function<void()> at_turn = {})
      : name_(name), left_(turns), seen_(seen), at_turn_(std::move(at_turn)) {}
  bool turn() override {
    seen_ += name_;
    if (at_turn_) at_turn_();
    return --left_ > 0;
  }

 private:
  const char name_;
  int left_;
  std::string& seen_;
  const std::function<void()> at_turn_;
};

TEST(Turns, newcomers_come_between_those_that_take_long) {
  Turns turns({.tasks_max = 10, .begun_max = 10});
  std::string seen;
  int number = 0;
  const auto newcomer = [&] {
    if (++number == 3) {
      EXPECT_TRUE(turns.add(std::make_shared<Counting>('n', 1, seen)));
    }
    if (number == 9) turns.stop();
  };
  ASSERT_TRUE(turns.add(std::make_shared<Counting>('a', 100, seen, newcomer)));
  ASSERT_TRUE(turns.add(std::make_shared<Counting>('b', 100, seen, newcomer)));
  turns.run();
  EXPECT_EQ(seen.substr(0, 3), "aab");
  EXPECT_LE(seen.find('n'), 4u) << seen;
}

TEST(Turns, only_so_many_take_turns_and_all_come_to_their_end) {
  Turns turns({.tasks_max = 3, .begun_max = 1});
  std::string seen;
  ASSERT_TRUE(turns.add(std::make_shared<Counting>('a', 3, seen)));
  ASSERT_TRUE(turns.add(std::make_shared<Counting>('b', 3, seen, [&] {
    if (std::count(seen.begin(), seen.end(), 'b') == 3) turns.stop();
  })));
  ASSERT_TRUE(turns.add(std::make_shared<Counting>('c', 1, seen)));
  EXPECT_FALSE(turns.add(std::make_shared<Counting>('d', 1, seen)));
  turns.run();
  // Each has its first turn early; b waits for its second until a has had all of its.
  EXPECT_EQ(seen, "aabacbb");
}

TEST(Turns, what_a_task_throws_ends_it_alone) {
  Turns turns({.tasks_max = 10, .begun_max = 10});
  std::string seen;
  ASSERT_TRUE(turns.add(
      std::make_shared<Counting>('a', 5, seen, [] { throw std::runtime_error("on purpose"); })));
  ASSERT_TRUE(turns.add(std::make_shared<Counting>('b', 1, seen, [&] { turns.stop(); })));
  turns.run();
  EXPECT_EQ(seen, "ab");
}

TEST(Turns, those_that_are_left_at_a_stop_are_let_go) {
  Turns turns({.tasks_max = 10, .begun_max = 10});
  std::string seen;
  const auto task = std::make_shared<Counting>('a', 1, seen);
  ASSERT_TRUE(turns.add(task));
  turns.stop();
  EXPECT_EQ(task.use_count(), 1);
  EXPECT_FALSE(turns.add(task));
  EXPECT_FALSE(turns.add_again(task));
  turns.run();
  EXPECT_EQ(seen, "");
}

}  // namespace
}  // namespace statewire
