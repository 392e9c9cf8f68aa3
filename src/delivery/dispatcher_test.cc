// The dispatcher's thread: reloads, stops, parked deliveries, answers that come when they like.
#include "delivery/dispatcher.h"

#include <gtest/gtest.h>

#include <thread>

#include "delivery/pipeline_for_test.h"

namespace statewire {
namespace {

class DispatcherTest : public PipelineTest {
 protected:
  DispatcherTest() {
    pipeline_.reset();
    dispatcher_ = std::make_unique<Dispatcher>(*store_, steady_, wall_);
    EXPECT_TRUE(reload().ok());
  }
  ~DispatcherTest() override {
    dispatcher_->stop(std::chrono::milliseconds(50));
    if (thread_.joinable()) thread_.join();
  }
  void start() {
    dispatcher_->expect_run();
    thread_ = std::thread([this] { dispatcher_->run(); });
  }
  Result<void> reload(Duration grace = std::chrono::milliseconds(20)) {
    return reload({&subscription_}, grace);
  }
  Result<void> reload(const std::vector<const Subscription*>& subscriptions, Duration grace) {
    PipelineSet set;
    for (const Subscription* subscription : subscriptions) {
      set.parts.push_back({.subscription = *subscription,
                           .kind = kind_,
                           .sink = std::make_unique<AnsweringSink>(*this, subscription->name),
                           .store = *store_,
                           .wall = wall_,
                           .teller = {.instance = "test"}});
    }
    return dispatcher_->replace(std::move(set), grace);
  }
  size_t kept() {
    Lock lock(answers_mutex_);
    return kept_.size();
  }
  PipelineCounts counts() const { return dispatcher_->counts().at(0); }
  template <typename Condition>
  bool eventually(Condition condition) {
    for (int i = 0; i < 10'000 && !condition(); ++i) {
      dispatcher_->wake();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return condition();
  }

  // Answers at once with `verdict_`, or keeps the completion for later.
  class AnsweringSink final : public Sink {
   public:
    AnsweringSink(DispatcherTest& test, std::string name) : test_(test), name_(std::move(name)) {}
    void deliver(std::span<const Delivery> batch, Completion done) override {
      Lock lock(test_.answers_mutex_);
      if (test_.is_silent_ || test_.silent_ == name_) {
        test_.kept_.push_back(std::move(done));
      } else {
        done(std::vector<Attempt>(batch.size(), {.verdict = test_.verdict_}));
      }
    }

   private:
    DispatcherTest& test_;
    const std::string name_;
  };

  Mutex answers_mutex_;
  bool is_silent_ = false;
  std::string silent_;  // One subscription.
  Verdict verdict_ = Verdict::delivered;
  std::vector<Completion> kept_;
  SteadyClock steady_;
  SystemClock wall_;
  Subscription second_ = subscription_;
  Subscription third_ = subscription_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::thread thread_;
};

TEST_F(DispatcherTest, delivers_until_it_is_stopped) {
  start();
  journal({"a", "b", "c"});
  EXPECT_TRUE(eventually([&] { return counts().delivered == 3; }));
  dispatcher_->stop(std::chrono::milliseconds(50));
  thread_.join();
  EXPECT_EQ(stored_cursor(), 3u);
}

TEST_F(DispatcherTest, counts_go_on_over_reloads) {
  start();
  journal({"a", "b"});
  ASSERT_TRUE(eventually([&] { return counts().delivered == 2; }));
  ASSERT_TRUE(reload().ok());
  EXPECT_EQ(counts().delivered, 2u);
  journal({"c"});
  EXPECT_TRUE(eventually([&] { return counts().delivered == 3; }));
  ASSERT_TRUE(reload({}, {}).ok());
  ASSERT_TRUE(reload().ok());
  EXPECT_EQ(counts().delivered, 3u) << "it was away for a while";
}

TEST_F(DispatcherTest, a_sink_that_fails_does_so_since_before_a_reload) {
  subscription_.sink_hash = 1;
  verdict_ = Verdict::unavailable;
  start();
  journal({"a"});
  ASSERT_TRUE(eventually([&] { return counts().trouble.has_value(); }));
  const Time since = counts().trouble->since;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(reload().ok());
    ASSERT_TRUE(eventually([&] { return counts().trouble.has_value(); }));
    EXPECT_EQ(counts().trouble->since, since);
  }
  second_.sink_hash = 2;
  ASSERT_TRUE(reload({&second_}, std::chrono::milliseconds(20)).ok());
  EXPECT_TRUE(eventually([&] { return counts().trouble && counts().trouble->since > since; }))
      << "of another sink";
}

TEST_F(DispatcherTest, an_answer_after_a_reload_or_the_end_is_harmless) {
  is_silent_ = true;
  start();
  journal({"a", "b"});
  ASSERT_TRUE(eventually([&] {
    Lock lock(answers_mutex_);
    return kept_.size() == 2;
  }));
  ASSERT_TRUE(reload().ok());
  ASSERT_TRUE(eventually([&] {
    Lock lock(answers_mutex_);
    return kept_.size() == 4;
  }));
  for (int i = 0; i < 2; ++i) kept_[i]({{.verdict = Verdict::reject}});
  dispatcher_->stop(std::chrono::milliseconds(50));
  thread_.join();
  dispatcher_ = std::make_unique<Dispatcher>(*store_, steady_, wall_);
  for (int i = 2; i < 4; ++i) kept_[i]({{.verdict = Verdict::reject}});
  EXPECT_TRUE(parked().empty());
  EXPECT_EQ(rows().size(), 2u);
}

TEST_F(DispatcherTest, one_that_waits_for_an_answer_is_replaced_alone) {
  second_.name = "people";
  third_.name = "late";
  silent_ = "machines";
  ASSERT_TRUE(reload({&subscription_, &second_}, {}).ok());
  start();
  journal({"a"});
  ASSERT_TRUE(eventually([&] { return kept() == 1; }));
  silent_.clear();
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(reload({&subscription_, &second_, &third_}, std::chrono::hours(1)).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
  journal({"b"});
  const auto delivered = [&](size_t place) { return dispatcher_->counts().at(place).delivered; };
  EXPECT_TRUE(eventually([&] { return delivered(1) == 2 && delivered(2) == 2; }));
  EXPECT_EQ(delivered(0), 0u) << "it sends nothing more until it has its answer";
  EXPECT_EQ(dispatcher_->counts().at(0).outstanding, 1u);
  kept_[0]({{.verdict = Verdict::delivered}});
  EXPECT_TRUE(eventually([&] { return delivered(0) == 2 && rows().empty(); }));
  EXPECT_EQ(kept(), 1u) << "what was answered is not sent again";
}

TEST_F(DispatcherTest, one_that_ends_has_its_grace_and_a_new_reload_may_keep_it) {
  is_silent_ = true;
  start();
  journal({"a"});
  ASSERT_TRUE(eventually([&] { return kept() == 1; }));
  ASSERT_TRUE(reload(std::vector<const Subscription*>{}, std::chrono::hours(1)).ok());
  EXPECT_EQ(counts().outstanding, 1u);
  is_silent_ = false;
  ASSERT_TRUE(reload(std::chrono::hours(1)).ok());
  kept_[0]({{.verdict = Verdict::delivered}});
  journal({"b"});
  EXPECT_TRUE(eventually([&] { return counts().delivered == 2 && rows().empty(); }));
  ASSERT_TRUE(reload(std::vector<const Subscription*>{}, std::chrono::hours(1)).ok());
  EXPECT_TRUE(eventually([&] { return dispatcher_->counts().empty(); }));
}

TEST_F(DispatcherTest, redrives_and_drops_while_it_reloads) {
  verdict_ = Verdict::reject;
  start();
  for (int i = 0; i < 50; ++i) journal({"r" + std::to_string(i)});
  ASSERT_TRUE(eventually([&] { return counts().parked == 50; }));
  ASSERT_TRUE(eventually([&] { return parked().size() == 50; }));
  verdict_ = Verdict::delivered;
  std::thread reloads([&] {
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(reload().ok());
  });
  uint64_t changed = 0;
  for (uint64_t sequence = 1; sequence <= 50; ++sequence) {
    const ParkedFilter filter{.subscription = "machines", .sequence = sequence};
    const auto change =
        sequence % 5 == 0 ? dispatcher_->drop(filter, false) : dispatcher_->redrive(filter, false);
    ASSERT_TRUE(change.ok());
    changed += change->count;
  }
  reloads.join();
  EXPECT_EQ(changed, 50u);
  EXPECT_TRUE(eventually([&] { return counts().outstanding == 0 && rows().empty(); }));
  EXPECT_TRUE(parked().empty());
}

TEST_F(DispatcherTest, once_it_stops_nobody_changes_what_is_parked) {
  start();
  dispatcher_->stop(std::chrono::milliseconds(50));
  EXPECT_EQ(dispatcher_->redrive({}, false).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(dispatcher_->drop({}, false).error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace statewire
