// What is sent of an invocation, and which of its messages fail by that.
#include "lambda/outbox.h"

#include <algorithm>

#include "base/limits.h"
#include "lambda/lambda_for_test.h"

namespace statewire {
namespace {

constexpr const char* kArchive = "  archive: {sink: {kind: s3, bucket: shop}}\n";

class OutboxTest : public LambdaTest {
 protected:
  // The place of each is that of its message.
  static std::vector<Outgoing> outgoing(const std::vector<std::string>& names) {
    std::vector<Outgoing> all;
    for (size_t i = 0; i < names.size(); ++i) {
      all.push_back({.message = i, .id = names[i], .resource = names[i], .payload = names[i]});
    }
    return all;
  }
  Failures send(std::vector<Outgoing> all, Duration within = std::chrono::seconds(10)) {
    Failures failures(all.size());
    if (outbox_ == nullptr) outbox_ = std::make_unique<Outbox>(*settings_, clock_);
    outbox_->send(std::move(all), clock_.now() + within, failures);
    return failures;
  }

  std::unique_ptr<Outbox> outbox_;
};

TEST_F(OutboxTest, a_batch_that_is_kept_under_a_name_has_that_of_its_members) {
  configure(kArchive);
  FakeSink& sink = fake(0, all_delivered);
  send(outgoing({"a", "b"}));
  send(outgoing({"a"}));
  send(outgoing({"a", "b"}));
  ASSERT_EQ(sink.batches.size(), 3u);
  EXPECT_EQ(sink.batches[0].name.size(), 32u);
  EXPECT_NE(sink.batches[0].name, sink.batches[1].name) << "one would replace the other";
  EXPECT_EQ(sink.batches[0].name, sink.batches[2].name) << "a repeat replaces itself";
}

TEST_F(OutboxTest, a_batch_that_is_kept_has_no_more_bytes_than_its_kind_takes) {
  configure(kArchive);
  FakeSink& sink = fake(0, all_delivered);
  std::vector<Outgoing> all = outgoing({"a", "b", "c"});
  for (Outgoing& each : all) each.payload.assign(kS3BatchBytesMax / 2, 'x');
  send(std::move(all));
  ASSERT_EQ(sink.batches.size(), 2u);
  EXPECT_EQ(sink.batches[0].payloads.size(), 2u);
}

TEST_F(OutboxTest, nothing_is_sent_after_the_deadline) {
  configure("  hook: {sink: {kind: webhook, url: 'http://127.0.0.1:1/'}}\n");
  FakeSink& sink = fake(0, [](const SentBatch&) { return std::vector<Attempt>(); });
  const Failures failures = send(outgoing({"a", "b"}), std::chrono::milliseconds(50));
  EXPECT_EQ(sink.batches.size(), 1u);
  EXPECT_EQ(failures[0], "hook: no answer before the deadline");
  EXPECT_EQ(failures[1], "hook: no time was left to send it");
}

TEST_F(OutboxTest, what_comes_after_a_failed_one_of_its_resource_is_not_sent) {
  configure("  hook: {sink: {kind: webhook, url: 'http://127.0.0.1:1/'}}\n");
  FakeSink& sink =
      fake(0, [](const SentBatch&) { return std::vector<Attempt>{{.verdict = Verdict::retry}}; });
  std::vector<Outgoing> all = outgoing({"a", "b"});
  all[1].resource = "a";
  const Failures failures = send(std::move(all));
  EXPECT_EQ(sink.batches.size(), 1u);
  EXPECT_TRUE(failures[1]);
}

TEST_F(OutboxTest, a_reason_that_is_empty_is_a_failure) {
  Failures failures(1);
  fail(failures, 0, "");
  EXPECT_TRUE(failures[0].has_value());
}

TEST_F(OutboxTest, a_batch_that_is_refused_as_a_whole_is_tried_one_by_one) {
  configure("  queue: {sink: {kind: sns, topic: 'arn:aws:sns:eu-west-1:123456789012:told'}}\n");
  FakeSink& sink = fake(0, [](const SentBatch& batch) {
    const bool is_bad = std::ranges::find(batch.payloads, "b") != batch.payloads.end();
    if (!is_bad) return all_delivered(batch);
    return std::vector<Attempt>(batch.payloads.size(),
                                {.verdict = Verdict::retry, .is_of_whole_batch = true});
  });
  const Failures failures = send(outgoing({"a", "b", "c"}));
  EXPECT_EQ(sink.batches.size(), 4u);
  EXPECT_FALSE(failures[0]);
  EXPECT_TRUE(failures[1]);
  EXPECT_FALSE(failures[2]);
}

class RecipientsTest : public OutboxTest {
 protected:
  void SetUp() override {
    configure("  people: {sink: {kind: ses, from: s@example.org, to: [a@example.org]}}\n");
  }
  // What becomes of a mail to a and to b.
  static std::vector<Attempt> fates(Verdict a, Verdict b) {
    const Verdict sum = b == Verdict::delivered ? a : b;
    return {{.verdict = sum,
             .parts = {{.verdict = a, .recipient = "a"}, {.verdict = b, .recipient = "b"}}}};
  }
};

TEST_F(RecipientsTest, one_that_is_refused_mails_nobody_again) {
  fake(0, [](const SentBatch&) { return fates(Verdict::delivered, Verdict::reject); });
  EXPECT_FALSE(send(outgoing({"m"}))[0]);
}

TEST_F(RecipientsTest, a_mail_that_nobody_gets_fails) {
  FakeSink& sink =
      fake(0, [](const SentBatch&) { return fates(Verdict::reject, Verdict::reject); });
  EXPECT_TRUE(send(outgoing({"m"}))[0]);
  EXPECT_TRUE(send(outgoing({"m"}))[0]);
  EXPECT_EQ(sink.batches[1].settled, "") << "it is refused as before, and not for having nobody";
}

TEST_F(RecipientsTest, one_that_is_tried_again_mails_nobody_else) {
  FakeSink& sink = fake(0, [](const SentBatch& batch) {
    if (batch.settled.empty()) return fates(Verdict::delivered, Verdict::retry);
    return std::vector<Attempt>{{.verdict = Verdict::reject, .recipient = "b"}};
  });
  EXPECT_TRUE(send(outgoing({"m"}))[0]);
  EXPECT_FALSE(send(outgoing({"m"}))[0]) << "a has it, and b never will";
  ASSERT_EQ(sink.batches.size(), 2u);
  EXPECT_EQ(sink.batches[1].settled, "a");
}

}  // namespace
}  // namespace statewire
