// Deliveries whose recipients have separate fates.
#include <gtest/gtest.h>

#include "delivery/pipeline_for_test.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class RecipientsTest : public PipelineTest {
 protected:
  using enum Verdict;

  std::string recipients_of(size_t held = 0) const { return held_.at(held).recipients; }
  std::vector<std::string> parked_for() const {
    std::vector<std::string> recipients;
    for (const ParkedRow& row : parked()) recipients.push_back(row.delivery.recipients);
    return recipients;
  }
};

struct Fates {
  std::vector<Verdict> of;  // Of a, b and c.
  std::string left;         // Whom the delivery that is sent again is for; "-": there is none.
  std::vector<std::string> parked;  // Likewise, of those that are parked.
};

TEST_F(RecipientsTest, each_has_its_own) {
  const Fates kTable[] = {
      {{delivered, delivered, reject}, "-", {"c"}},
      {{delivered, delivered, retry}, "c", {}},
      {{delivered, reject, retry}, "c", {"b"}},
      {{reject, reject, delivered}, "-", {"a", "b"}},
      {{reject, reject, reject}, "-", {"a", "b", "c"}},
      {{reject, retry, retry}, "b,c", {"a"}},
      {{delivered, unavailable, retry}, "b,c", {}},
  };
  uint64_t sequence = 0;
  size_t parked_before = 0;
  for (const Fates& row : kTable) {
    journal({"r" + std::to_string(++sequence)});
    turn();
    EXPECT_EQ(recipients_of(), "");
    answer_parts({{"a", row.of[0]}, {"b", row.of[1]}, {"c", row.of[2]}});
    now_ += seconds(2);
    turn();
    const std::vector<std::string> parked = parked_for();
    EXPECT_EQ(std::vector<std::string>(parked.begin() + static_cast<ptrdiff_t>(parked_before),
                                       parked.end()),
              row.parked)
        << sequence;
    parked_before = parked.size();
    EXPECT_EQ(held_.empty() ? "-" : recipients_of(), row.left) << sequence;
    if (!held_.empty()) answer(delivered);
    EXPECT_TRUE(rows().empty());
  }
  EXPECT_FALSE(pipeline_->counts().is_circuit_open);
  EXPECT_EQ(pipeline_->counts().parked, parked_before);
}

TEST_F(RecipientsTest, are_the_same_after_a_kill) {
  journal({"r"});
  turn();
  answer_parts({{"a", delivered}, {"b", reject}, {"c", retry}});
  kill();
  now_ += seconds(2);
  turn();
  EXPECT_EQ(recipients_of(), "c");
  EXPECT_EQ(parked().at(0).reason, "rejected: b said so");
  answer(delivered);
  EXPECT_EQ(redrive().count, 1u);
  turn();
  EXPECT_EQ(recipients_of(), "b") << "who is parked gets it alone";
}

TEST_F(RecipientsTest, that_are_busy_hold_up_nobody_else) {
  journal({"r", "r"});
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
  answer_parts({{"a", delivered}, {"b", retry}});
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{2});
  answer(delivered);
  now_ += seconds(2);
  kill();
  turn();
  EXPECT_EQ(in_flight(), std::vector<uint64_t>{1});
  EXPECT_EQ(recipients_of(), "b");
}

TEST_F(RecipientsTest, that_stay_busy_are_parked_in_the_end) {
  journal({"r"});
  turn();
  answer_parts({{"a", delivered}, {"b", retry}});
  for (int i = 0; i < 3 && parked().empty(); ++i) {
    now_ += hours(13);
    turn();
    answer(retry);
  }
  EXPECT_EQ(parked_for(), std::vector<std::string>{"b"});
}

TEST_F(RecipientsTest, that_are_parked_together_are_all_named) {
  journal({"r"});
  turn();
  answer_parts({{"a", delivered}, {"b", retry}, {"c", retry}});
  for (int i = 0; i < 3 && parked().empty(); ++i) {
    now_ += hours(13);
    turn();
    answer_parts({{"b", retry}, {"c", retry}});
  }
  EXPECT_EQ(parked_for(), std::vector<std::string>{"b,c"});
  EXPECT_EQ(parked().at(0).reason, "retried for 1d: b said so; c said so");
}

// A login that is wanted lets nobody pass, also where another recipient was taken before.
TEST_F(RecipientsTest, that_ask_for_a_login_open_the_circuit) {
  journal({"r"});
  turn();
  answer_parts({{"a", delivered}, {"b", unavailable}});
  EXPECT_TRUE(pipeline_->counts().is_circuit_open);
  kill();
  now_ += seconds(61);
  turn();
  EXPECT_EQ(recipients_of(), "b");
  answer(unavailable);
  EXPECT_TRUE(pipeline_->counts().is_circuit_open);
}

}  // namespace
}  // namespace statewire
