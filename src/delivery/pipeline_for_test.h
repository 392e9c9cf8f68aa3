// A pipeline over a store in memory, and a sink that waits for the test's answer.
#pragma once

#include <gtest/gtest.h>

#include <deque>

#include "config/document.h"
#include "delivery/parked.h"
#include "delivery/pipeline.h"

namespace statewire {

inline const Time kStart = *parse_time("2026-11-23T09:00:00Z");

// Keeps what it was asked to deliver until the test answers.
class HeldSink final : public Sink {
 public:
  struct Held {
    std::vector<uint64_t> sequences;
    std::vector<std::string> ids;
    std::vector<std::string> headers;
    std::vector<std::string> payloads;
    std::string recipients;  // Of the first.
    std::string batch_id;    // Of a frozen batch.
    Time frozen;
    Completion done;
  };
  explicit HeldSink(std::deque<Held>& held) : held_(held) {}
  void deliver(std::span<const Delivery> batch, Completion done) override {
    Held held{.done = std::move(done)};
    for (const Delivery& delivery : batch) {
      held.sequences.push_back(delivery.sequence);
      held.ids.emplace_back(delivery.id);
      held.headers.emplace_back(delivery.header);
      held.payloads.emplace_back(delivery.payload);
    }
    held.recipients = batch.front().recipients;
    if (const FrozenBatch* frozen = batch.front().batch) {
      held.batch_id = frozen->id;
      held.frozen = frozen->frozen;
    }
    held_.push_back(std::move(held));
  }

 private:
  std::deque<Held>& held_;
};

class PipelineTest : public testing::Test {
 protected:
  PipelineTest() {
    auto opened = Store::open({});
    CHECK(opened.ok());
    store_ = std::move(*opened);
    subscription_.name = "machines";
    subscription_.from = StartFrom::earliest;
    formats_.emplace(Formats::read(Node(), problems_));
    subscription_.format = formats_->find("csv");
    kill();
  }

  // Of three told in an hour in which one may be, the first was delivered, and so was what says
  // that others are counted.
  void exceed_limit() {
    subscription_.per_hour = 1;
    kill();
    journal({"a", "b", "c"});
    turn();
    answer(Verdict::delivered);
    answer(Verdict::delivered);
  }

  // A new process over the same store, which has what the last checkpoint wrote.
  void kill() {
    clock_.set(now_);
    held_.clear();
    pipeline_.reset();
    pipeline_ = std::make_unique<Pipeline>(Pipeline::Parts{
        .subscription = subscription_,
        .kind = kind_,
        .sink = std::make_unique<HeldSink>(held_),
        .store = *store_,
        .wall = clock_,
        .teller = {.instance = "test"},
        .ignored = ignored_,
        .limits = limits_,
        .seed = 7,
    });
    ASSERT_TRUE(pipeline_->load(now_).ok());
    checkpoint();
  }
  // The same after a clean stop.
  void restart() {
    checkpoint(Book::Extent::everything);
    kill();
  }

  // The next entry of the journal: a transition, if `is_told_`.
  Entry entry_of(std::string_view resource, uint64_t sequence) const {
    Entry entry;
    entry.sequence = sequence;
    entry.source = "bus";
    entry.received = entry.recorded = now_;
    entry.observation.resource.id = resource;
    entry.observation.origin.source = "aws.ec2";
    entry.observation.key.time_ns = to_ns(now_);
    entry.observation.key.event_id.bytes[0] = static_cast<uint8_t>(entry.sequence);
    entry.after.resource = entry.observation.resource;
    entry.after.phase = phase_;
    entry.after.value = "running";
    entry.after.last_sequence = entry.sequence;
    if (is_told_) {
      entry.told = {.kind = NotificationKind::transition,
                    .id = transition_id(entry.observation, NotificationKind::transition)};
    }
    return entry;
  }

  // As far as ids are made of it.
  Notification first_told(uint64_t sequence) const {
    Arena arena;
    Notification told;
    told.id = store_->entry(sequence, arena)->told.id;
    told.sequence = sequence;
    return told;
  }

  // Journals one transition for each resource, in one block.
  void journal(const std::vector<std::string>& resources) {
    std::vector<Entry> entries;
    uint64_t sequence = store_->last_sequence();
    for (const std::string& resource : resources) entries.push_back(entry_of(resource, ++sequence));
    journal_entries(entries);
  }

  // In one block.
  void journal_entries(const std::vector<Entry>& entries) {
    BlockWriter writer;
    writer.begin(entries.front().sequence, now_);
    std::vector<const Record*> changed;
    for (const Entry& entry : entries) {
      writer.add(entry);
      changed.push_back(&entry.after);
    }
    const LedgerDelta ledger;
    ASSERT_TRUE(store_
                    ->commit({.first_sequence = entries.front().sequence,
                              .last_sequence = entries.back().sequence,
                              .recorded = now_,
                              .block = writer.finish(ledger),
                              .records = changed,
                              .ledger = &ledger})
                    .ok());
  }

  // A subscription that waits for causes, and a transition that has a row and waits. It is the
  // first entry.
  void hold_one(const std::string& resource) {
    subscription_.hold = {.for_cause = true, .at_most = std::chrono::minutes(10)};
    kill();
    journal({resource});
    turn();
    now_ += std::chrono::seconds(1);
    turn();
    ASSERT_EQ(rows().size(), 1u);
  }

  // An entry that tells the cause of the entry `of`.
  Entry amendment_of(uint64_t of, std::string_view resource, uint64_t sequence) const {
    Arena arena;
    const NotificationId told = store_->entry(of, arena)->told.id;
    Entry entry = entry_of(resource, sequence);
    entry.after.cause.kind = CauseKind::human;
    entry.after.told = told;
    entry.told = {.kind = NotificationKind::amended,
                  .id = amendment_id(told, entry.observation.event_id()),
                  .amends = told};
    return entry;
  }

  void checkpoint(Book::Extent extent = Book::Extent::due) {
    Settlement settlement;
    pipeline_->prepare(now_, extent, settlement);
    ASSERT_TRUE(store_->settle(settlement).ok());
    pipeline_->written();
  }

  void turn() {
    clock_.set(now_);
    for (int i = 0; i < 2; ++i) {
      while (true) {
        const Result<bool> more = pipeline_->advance(now_);
        ASSERT_TRUE(more.ok());
        if (!*more) break;
      }
      pipeline_->send(now_);
      checkpoint();
    }
  }

  // Answers the oldest held batch, all alike.
  void answer(Verdict verdict, int status = 0, Duration retry_after = {}) {
    ASSERT_FALSE(held_.empty());
    HeldSink::Held held = std::move(held_.front());
    held_.pop_front();
    held.done(std::vector<Attempt>(
        held.sequences.size(),
        {.verdict = verdict, .status = status, .detail = "said so", .retry_after = retry_after}));
    pipeline_->on_answers(now_);
    checkpoint();
  }

  // Answers the oldest held delivery with the fates of its recipients.
  void answer_parts(const std::vector<std::pair<std::string, Verdict>>& fates) {
    ASSERT_FALSE(held_.empty());
    HeldSink::Held held = std::move(held_.front());
    held_.pop_front();
    Attempt attempt{.verdict = Verdict::retry, .detail = "some"};
    for (const auto& [recipient, verdict] : fates) {
      attempt.parts.push_back(
          {.verdict = verdict, .detail = recipient + " said so", .recipient = recipient});
    }
    held.done({attempt});
    pipeline_->on_answers(now_);
    checkpoint();
  }

  std::vector<uint64_t> in_flight() const {
    std::vector<uint64_t> result;
    for (const auto& held : held_) {
      result.insert(result.end(), held.sequences.begin(), held.sequences.end());
    }
    return result;
  }

  std::vector<DeliveryRow> rows() const {
    std::vector<DeliveryRow> result;
    CHECK(store_
              ->each_delivery("machines", 0,
                              [&](uint64_t, Result<DeliveryRow> row) {
                                CHECK(row.ok());
                                result.push_back(*std::move(row));
                                return true;
                              })
              .ok());
    return result;
  }

  std::vector<ParkedRow> parked() const {
    std::vector<ParkedRow> result;
    CHECK(store_
              ->each_parked({},
                            [&](const DeliveryKey&, Result<ParkedRow> row) {
                              CHECK(row.ok());
                              result.push_back(*std::move(row));
                              return true;
                            })
              .ok());
    return result;
  }

  // As the dispatcher does it.
  ParkedChange redrive(const ParkedFilter& filter = {}) {
    checkpoint(Book::Extent::everything);
    const Result<ParkedChange> change = redrive_parked(*store_, filter, false);
    CHECK(change.ok());
    pipeline_->take_over(**store_->subscription("machines"));
    return *change;
  }

  uint64_t stored_cursor() const { return (**store_->subscription("machines")).cursor; }

  SinkKind kind_{.name = "held",
                 .summary = "a test's",
                 .limits = {.batch_deliveries_max = 1, .in_flight_max = 8},
                 .open = nullptr};
  PipelineLimits limits_;
  Phase phase_ = Phase::stable;  // Of what journal() tells.
  bool is_told_ = true;
  Time now_ = kStart;
  ManualClock clock_{kStart};
  Problems problems_;
  std::optional<Formats> formats_;
  std::unique_ptr<Store> store_;
  Subscription subscription_{.when = Pattern::everything()};
  std::vector<When> ignored_;
  std::deque<HeldSink::Held> held_;
  std::unique_ptr<Pipeline> pipeline_;
};

}  // namespace statewire
