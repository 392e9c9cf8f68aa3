// A subscriber over a store in memory, and a sink that waits for the test's answer.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "config/document.h"
#include "delivery/dispatcher.h"
#include "delivery/subscriber.h"

namespace statewire {

inline const Time kStart = *parse_time("2026-11-23T09:00:00Z");

// Keeps what it was asked to deliver until the test answers.
class HeldSink final : public Sink {
 public:
  struct Held {
    std::vector<uint64_t> sequences;
    std::vector<std::string> ids;
    std::string batch_id;  // Of a frozen batch.
    Time frozen;
    Completion done;
  };
  explicit HeldSink(std::deque<Held>& held) : held_(held) {}
  void deliver(std::span<const Delivery> batch, Completion done) override {
    Held held{.done = std::move(done)};
    for (const Delivery& delivery : batch) {
      held.sequences.push_back(delivery.sequence);
      held.ids.emplace_back(delivery.id);
    }
    if (const FrozenBatch* frozen = batch.front().batch) {
      held.batch_id = frozen->id;
      held.frozen = frozen->frozen;
    }
    held_.push_back(std::move(held));
  }

 private:
  std::deque<Held>& held_;
};

class SubscriberTest : public testing::Test {
 protected:
  SubscriberTest() {
    auto opened = Store::open({});
    CHECK(opened.ok());
    store_ = std::move(*opened);
    subscription_.name = "machines";
    subscription_.from = StartFrom::earliest;
    formats_.emplace(Formats::read(Node(), problems_));
    subscription_.format = formats_->find("csv");
    restart();
  }

  // A new process over the same store.
  void restart() {
    held_.clear();
    answers_.clear();
    subscriber_ = std::make_unique<Subscriber>(Subscriber::Parts{
        .subscription = subscription_,
        .kind = kind_,
        .sink = std::make_unique<HeldSink>(held_),
        .store = *store_,
        .teller = {.instance = "test"},
        .limits = limits_,
    });
    ASSERT_TRUE(subscriber_->load(now_).ok());
    flush();
  }

  // Journals one transition for each resource, in one block.
  void journal(std::initializer_list<std::string_view> resources) {
    BlockWriter writer;
    const uint64_t first = store_->last_sequence() + 1;
    writer.begin(first, now_);
    uint64_t sequence = first;
    std::vector<Record> records;
    for (const std::string_view resource : resources) {
      Entry entry;
      entry.sequence = sequence++;
      entry.source = "bus";
      entry.received = entry.recorded = now_;
      entry.observation.resource.id = resource;
      entry.observation.origin.source = "aws.ec2";
      entry.observation.key.time_ns = to_ns(now_);
      entry.observation.key.event_id.bytes[0] = static_cast<uint8_t>(entry.sequence);
      entry.after.resource = entry.observation.resource;
      entry.after.phase = Phase::stable;
      entry.after.value = "running";
      entry.after.last_sequence = entry.sequence;
      entry.told = {.kind = NotificationKind::transition,
                    .id = transition_id(entry.observation, NotificationKind::transition)};
      writer.add(entry);
      records.push_back(entry.after);
    }
    std::vector<const Record*> changed;
    for (const Record& record : records) changed.push_back(&record);
    const LedgerDelta ledger;
    ASSERT_TRUE(store_
                    ->commit({.first_sequence = first,
                              .last_sequence = sequence - 1,
                              .recorded = now_,
                              .block = writer.finish(ledger),
                              .records = changed,
                              .ledger = &ledger})
                    .ok());
  }

  void turn() {
    while (true) {
      const Result<bool> read = subscriber_->read(now_);
      ASSERT_TRUE(read.ok());
      if (!*read) break;
    }
    subscriber_->send(now_, [this](Answer answer) { answers_.push_back(std::move(answer)); }, 0);
    flush();
  }

  void flush() {
    Settlement settlement;
    subscriber_->report(settlement);
    ASSERT_TRUE(store_->settle(settlement).ok());
  }

  // Answers the oldest held batch, all alike.
  void answer(Verdict verdict, int status = 0, Duration retry_after = {}) {
    ASSERT_FALSE(held_.empty());
    HeldSink::Held held = std::move(held_.front());
    held_.pop_front();
    held.done(std::vector<Attempt>(
        held.sequences.size(),
        {.verdict = verdict, .status = status, .detail = "said so", .retry_after = retry_after}));
    for (const Answer& each : answers_) subscriber_->take_answer(each, now_);
    answers_.clear();
    flush();
  }

  std::vector<uint64_t> in_flight() const {
    std::vector<uint64_t> result;
    for (const auto& held : held_) {
      result.insert(result.end(), held.sequences.begin(), held.sequences.end());
    }
    return result;
  }

  std::vector<Pending> pending() const {
    std::vector<Pending> result;
    CHECK(store_
              ->each_pending("machines",
                             [&](const Pending& pending) {
                               result.push_back(pending);
                               return true;
                             })
              .ok());
    return result;
  }

  std::vector<Parked> parked() const {
    std::vector<Parked> result;
    EXPECT_TRUE(store_
                    ->each_parked("",
                                  [&](const Parked& each) {
                                    result.push_back(each);
                                    return true;
                                  })
                    .ok());
    return result;
  }

  uint64_t stored_cursor() const { return (**store_->subscription("machines")).cursor; }

  SinkKind kind_{.name = "held",
                 .summary = "a test's",
                 .limits = {.batch_deliveries_max = 1, .in_flight_max = 8},
                 .open = nullptr};
  SubscriberLimits limits_;
  Time now_ = kStart;
  Problems problems_;
  std::optional<Formats> formats_;
  std::unique_ptr<Store> store_;
  Subscription subscription_{.when = Pattern::everything()};
  std::deque<HeldSink::Held> held_;
  std::vector<Answer> answers_;
  std::unique_ptr<Subscriber> subscriber_;
};

}  // namespace statewire
