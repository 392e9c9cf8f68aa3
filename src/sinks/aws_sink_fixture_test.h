// What tests of AWS sinks need: a service on the loopback, and a client that calls it.
#pragma once

#include "aws/aws_for_test.h"
#include "sinks/sink_fixture_test.h"

namespace statewire {

class AwsSinkTest : public testing::Test {
 protected:
  ~AwsSinkTest() override {
    if (aws_ != nullptr) aws_->stop();
    http_.stop();
  }

  void start(FakeAws::Answer answer) {
    service_ = std::make_unique<FakeAws>(std::move(answer));
    home_.set("AWS_ENDPOINT_URL", service_->url());
    home_.set("AWS_REGION", "eu-west-1");
    home_.set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    home_.set("AWS_SECRET_ACCESS_KEY", "secret-of-example");
    aws_ = std::make_unique<AwsClient>(http_, clock_, home_.surroundings());
    aws_thread_ = std::jthread([this] { aws_->run(); });
  }

  // Opens what `yaml` configures, which must be well.
  std::unique_ptr<Sink> open(std::string_view kind, const std::string& yaml) {
    Problems problems;
    const auto document = Document::parse("statewire.yaml", yaml, problems);
    SinkContext context{
        .http = http_, .clock = clock_, .aws = *aws_, .mail = mail_, .writers = writers_};
    MapReader keys(document->root());
    auto sink = find_sink_kind(kind)->open(keys, context);
    keys.finish();
    EXPECT_TRUE(problems.ok()) << problems.to_text();
    return sink;
  }

  static std::vector<Attempt> deliver(Sink& sink, const std::vector<Delivery>& batch) {
    Outcome outcome;
    sink.deliver(batch, outcome.completion());
    std::vector<Attempt> attempts = outcome.wait();
    EXPECT_EQ(attempts.size(), batch.size());
    EXPECT_EQ(outcome.calls(), 1);
    return attempts;
  }

  AwsHome home_;
  ManualClock clock_{*parse_time("2026-11-23T09:00:00Z")};
  std::unique_ptr<FakeAws> service_;
  HttpClient http_{HttpClientLimits{}};
  std::jthread http_thread_{[this] { http_.run(); }};
  std::unique_ptr<AwsClient> aws_;
  SmtpClient mail_;  // Never used.
  Writers writers_;  // Likewise.
  std::jthread aws_thread_;
};

}  // namespace statewire
