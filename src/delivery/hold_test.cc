#include "delivery/hold.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

using std::chrono::minutes;

const Time kStart = *parse_time("2026-11-23T09:00:00Z");

NotificationId id_of(uint8_t number) {
  NotificationId id;
  id.bytes[0] = number;
  return id;
}

HeldNotification held(uint64_t sequence, std::string resource, Duration wait) {
  return {.sequence = sequence,
          .resource = std::move(resource),
          .id = id_of(static_cast<uint8_t>(sequence)),
          .until = kStart + wait,
          .waits_for_cause = true};
}

Entry cause_of(uint64_t sequence, std::string_view resource, uint8_t told) {
  Entry entry;
  entry.sequence = sequence;
  entry.observation.resource.id = resource;
  entry.after.told = id_of(told);
  entry.after.cause.kind = CauseKind::human;
  entry.told = {.kind = NotificationKind::amended, .id = id_of(99), .amends = id_of(told)};
  return entry;
}

class HoldQueueTest : public testing::Test {
 protected:
  bool learn(const Entry& entry) {
    return queue_.learn(entry, [this](const auto& held) { changed_.push_back(held.sequence); });
  }
  std::vector<uint64_t> take(std::string_view resource, Duration after) {
    std::vector<uint64_t> taken;
    while (const auto held = queue_.take_ready(resource, kStart + after)) {
      taken.push_back(held->sequence);
    }
    return taken;
  }

  HoldQueue queue_;
  std::vector<uint64_t> changed_;
};

TEST_F(HoldQueueTest, lets_go_when_the_cause_is_told_and_absorbs_who_tells_it) {
  queue_.add(held(1, "a", minutes(10)));
  EXPECT_TRUE(take("a", minutes(9)).empty());
  EXPECT_TRUE(learn(cause_of(2, "a", 1)));
  EXPECT_EQ(changed_, std::vector<uint64_t>{1});
  EXPECT_EQ(take("a", minutes(0)), std::vector<uint64_t>{1});
  EXPECT_EQ(queue_.size(), 0u);
}

TEST_F(HoldQueueTest, the_cause_of_another_transition_is_not_its_own) {
  queue_.add(held(1, "a", minutes(10)));
  EXPECT_FALSE(learn(cause_of(2, "a", 7)));
  EXPECT_FALSE(learn(cause_of(3, "b", 1)));
  EXPECT_TRUE(changed_.empty());
  EXPECT_TRUE(take("a", minutes(1)).empty());
}

TEST_F(HoldQueueTest, a_later_one_waits_for_the_one_before_it) {
  queue_.add(held(1, "a", minutes(10)));
  queue_.add(held(2, "a", minutes(5)));
  queue_.add(held(3, "b", minutes(7)));
  learn(cause_of(4, "a", 2));
  EXPECT_TRUE(take("a", minutes(6)).empty());
  EXPECT_EQ(queue_.next_due(), kStart + minutes(7));
  EXPECT_EQ(queue_.due_resource(kStart + minutes(8)), "b");
  EXPECT_EQ(take("b", minutes(8)), std::vector<uint64_t>{3});
  EXPECT_EQ(queue_.due_resource(kStart + minutes(10)), "a");
  EXPECT_EQ(take("a", minutes(10)), (std::vector<uint64_t>{1, 2}));
  EXPECT_EQ(queue_.next_due(), std::nullopt);
}

TEST_F(HoldQueueTest, tags_that_nobody_will_tell_are_waited_for_no_longer) {
  HeldNotification waiting = held(1, "a", minutes(10));
  waiting.waits_for_cause = false;
  waiting.waits_for_tags = true;
  queue_.add(waiting);
  EXPECT_TRUE(take("a", minutes(1)).empty());
  queue_.give_up_tags("a");
  EXPECT_EQ(take("a", minutes(1)), std::vector<uint64_t>{1});
}

}  // namespace
}  // namespace statewire
