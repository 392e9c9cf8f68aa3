// What tests of sinks need: a client that runs, deliveries, and a completion that can be waited
// for and counts how often it was called.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "aws/aws_for_test.h"
#include "config/document.h"
#include "sinks/sink.h"

namespace statewire {

// Shared by its completions, so that a late one does no harm.
class Outcome {
 public:
  Completion completion() {
    return [state = state_](std::vector<Attempt> attempts) {
      const std::lock_guard lock(state->mutex);
      state->attempts = std::move(attempts);
      ++state->calls;
      state->changed.notify_all();
    };
  }
  std::vector<Attempt> wait() {
    std::unique_lock lock(state_->mutex);
    EXPECT_TRUE(state_->changed.wait_for(lock, std::chrono::seconds(60),
                                         [this] { return state_->calls > 0; }));
    return state_->attempts;
  }
  int calls() {
    const std::lock_guard lock(state_->mutex);
    return state_->calls;
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Attempt> attempts;
    int calls = 0;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

inline Delivery delivery_of(std::string_view payload) {
  return {.id = "0123456789abcdef0123456789abcdef",
          .subscription = "people",
          .resource = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60001",
          .type = "statewire.resource.transition.v1",
          .content_type = "application/json",
          .payload = payload,
          .sequence = 42,
          .attempt = 3,
          .first_attempt = {}};
}

class SinkTest : public testing::Test {
 protected:
  ~SinkTest() override { stop_clients(); }

  // From now on nothing is sent.
  void stop_clients() {
    aws_.stop();
    mail_.stop();
    client_.stop();
    aws_thread_ = {};
    mail_thread_ = {};
    client_thread_ = {};
  }

  // Opens what `yaml` configures; its problems are in `problems_`.
  std::unique_ptr<Sink> open(std::string_view kind, const std::string& yaml) {
    problems_ = std::make_unique<Problems>();
    const auto document = Document::parse("statewire.yaml", yaml, *problems_);
    if (!document) return nullptr;
    MapReader keys(document->root());
    keys.optional("kind");
    return find_sink_kind(kind)->open(keys, context_);
  }

  HttpClient client_{HttpClientLimits{}};
  SystemClock clock_;
  AwsHome home_;
  AwsClient aws_{client_, clock_, home_.surroundings()};
  SmtpClient mail_;
  Writers writers_;
  SinkContext context_{
      .http = client_, .clock = clock_, .aws = aws_, .mail = mail_, .writers = writers_};
  std::unique_ptr<Problems> problems_;
  std::jthread client_thread_{[this] { client_.run(); }};
  std::jthread aws_thread_{[this] { aws_.run(); }};
  std::jthread mail_thread_{[this] { mail_.run(); }};
};

}  // namespace statewire
