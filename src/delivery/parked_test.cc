#include "delivery/parked.h"

#include <gtest/gtest.h>

#include "delivery/pipeline_for_test.h"

namespace statewire {
namespace {

ParkedRow parked_of(std::string resource) {
  ParkedRow row;
  row.delivery.resource = std::move(resource);
  row.delivery.first_sequence = row.delivery.last_sequence = 7;
  return row;
}

TEST(ParkedFilter, means_a_whole_id_or_a_whole_last_part) {
  const ParkedRow instance = parked_of("arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1");
  const ParkedRow bucket = parked_of("arn:aws:s3:::logs1");
  const auto matches = [](std::string resource, const ParkedRow& row) {
    return ParkedFilter{.subscription = {}, .resource = std::move(resource)}.matches(row);
  };
  for (const char* wanted : {"", "i-0a1", "instance/i-0a1"}) {
    EXPECT_TRUE(matches(wanted, instance)) << wanted;
  }
  EXPECT_TRUE(matches(instance.delivery.resource, instance));
  for (const char* other : {"1", "0a1", "-0a1", "a1", "stance/i-0a1", "i-0a", "xi-0a1"}) {
    EXPECT_FALSE(matches(other, instance)) << other;
  }
  EXPECT_TRUE(matches("logs1", bucket));
  EXPECT_FALSE(matches("s1", bucket));
  EXPECT_FALSE(matches("1", bucket));
}

class ParkedTest : public PipelineTest {
 protected:
  void park(const std::vector<std::string>& resources) {
    for (const std::string& resource : resources) {
      journal({resource});
      turn();
      answer(Verdict::reject, 400);
    }
  }
};

TEST_F(ParkedTest, a_long_list_comes_in_pages) {
  park({"a", "b", "c", "d", "e"});
  std::vector<std::string> seen;
  DeliveryKey from;
  for (int pages = 1;; ++pages) {
    const Result<ParkedPage> page = list_parked(*store_, {}, from, 2);
    ASSERT_TRUE(page.ok());
    for (const ParkedRow& row : page->rows) seen.push_back(row.delivery.resource);
    if (!page->next) {
      EXPECT_EQ(pages, 3);
      break;
    }
    from = *page->next;
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "b", "c", "d", "e"}));
}

TEST_F(ParkedTest, only_what_was_told_since_makes_it_moot) {
  park({"a"});
  is_told_ = false;
  journal({"a"});
  EXPECT_EQ(redrive_parked(*store_, {.subscription = {}, .skip_moot = true}, true)->count, 1u);
  is_told_ = true;
  journal({"a"});
  const Result<ParkedChange> change =
      redrive_parked(*store_, {.subscription = {}, .skip_moot = true}, false);
  EXPECT_EQ(change->count, 0u);
  EXPECT_EQ(change->moot_count, 1u);
  EXPECT_EQ(parked().size(), 1u);
}

TEST_F(ParkedTest, a_dry_run_changes_nothing) {
  park({"a"});
  EXPECT_EQ(redrive_parked(*store_, {}, true)->count, 1u);
  EXPECT_EQ(drop_parked(*store_, {}, true)->count, 1u);
  EXPECT_EQ(parked().size(), 1u);
  EXPECT_EQ(drop_parked(*store_, {}, false)->count, 1u);
  EXPECT_TRUE(parked().empty());
}

TEST_F(ParkedTest, what_nobody_comes_for_is_dropped_after_its_time) {
  park({"a", "b"});
  now_ += std::chrono::hours(1);
  park({"c"});
  DeliveryKey place;
  EXPECT_EQ(*expire_parked(*store_, now_ - std::chrono::minutes(30), place), 2u);
  ASSERT_EQ(parked().size(), 1u);
  EXPECT_EQ(parked()[0].delivery.resource, "c");
}

TEST_F(ParkedTest, a_gap_has_nothing_to_send) {
  journal({"a"});
  journal({"b"});
  ASSERT_TRUE(store_->trim_journal(2).ok());
  kill();
  ASSERT_EQ(parked().size(), 1u);
  EXPECT_EQ(redrive().count, 0u);
  EXPECT_EQ(parked().size(), 1u);
  EXPECT_EQ(drop_parked(*store_, {}, false)->count, 1u);
}

}  // namespace
}  // namespace statewire
