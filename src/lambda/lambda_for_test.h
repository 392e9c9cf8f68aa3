// For tests: a configuration whose sinks answer as they are told.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/settings.h"
#include "aws/aws_for_test.h"
#include "lambda/outbox.h"

namespace statewire {

struct SentBatch {
  std::string name;  // Of a frozen one; "" where it is none.
  std::vector<std::string> payloads;
  std::string settled;  // Recipients of the first.
};

// Answers at once; never, where `answer` gives nothing. One thread.
class FakeSink final : public Sink {
 public:
  using Answer = std::function<std::vector<Attempt>(const SentBatch& batch)>;

  explicit FakeSink(Answer answer) : answer_(std::move(answer)) {}

  void deliver(std::span<const Delivery> batch, Completion done) override {
    SentBatch sent;
    for (const Delivery& delivery : batch) sent.payloads.emplace_back(delivery.payload);
    if (batch.front().batch != nullptr) sent.name = batch.front().batch->id;
    sent.settled = batch.front().settled_recipients;
    batches.push_back(sent);
    std::vector<Attempt> attempts = answer_(sent);
    if (!attempts.empty()) done(std::move(attempts));
  }

  std::vector<SentBatch> batches;

 private:
  const Answer answer_;
};

inline std::vector<Attempt> all_delivered(const SentBatch& batch) {
  return std::vector<Attempt>(batch.payloads.size());
}

class LambdaTest : public testing::Test {
 protected:
  LambdaTest() {
    home_.set("AWS_REGION", "eu-west-1");
    home_.set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    home_.set("AWS_SECRET_ACCESS_KEY", "secret-of-example");
  }
  ~LambdaTest() override {
    if (aws_ != nullptr) aws_->stop();
    http_.stop();
  }

  // `subscriptions` is the YAML below that key, and what follows it.
  void configure(const std::string& subscriptions) {
    aws_ = std::make_unique<AwsClient>(http_, clock_, home_.surroundings());
    context_ = std::make_unique<SinkContext>(SinkContext{http_, clock_, *aws_, mail_, writers_});
    const std::string path =
        home_.write("function.yaml",
                    "version: 1\ninstance: test\nstore: none\nsubscriptions:\n" + subscriptions);
    settings_ = read_settings(path, *context_, problems_);
    ASSERT_NE(settings_, nullptr) << problems_.to_text();
  }
  // The sink of the subscription at that place is this one from now on.
  FakeSink& fake(size_t place, FakeSink::Answer answer) {
    auto sink = std::make_unique<FakeSink>(std::move(answer));
    FakeSink& fake = *sink;
    settings_->sinks[place] = std::move(sink);
    return fake;
  }

  AwsHome home_;
  SystemClock clock_;
  HttpClient http_{HttpClientLimits{}};
  SmtpClient mail_;
  Writers writers_;
  Problems problems_;
  std::unique_ptr<AwsClient> aws_;
  std::unique_ptr<SinkContext> context_;
  std::unique_ptr<Settings> settings_;
};

}  // namespace statewire
