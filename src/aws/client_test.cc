#include "aws/client.h"

#include <atomic>
#include <future>
#include <thread>

#include "aws/aws_for_test.h"
#include "base/comes_for_test.h"

namespace statewire {
namespace {

// A client that runs, over a service that answers as `answer` says.
class AwsClientTest : public testing::Test {
 protected:
  ~AwsClientTest() override {
    stop();
    http_.stop();
  }
  void stop() {
    aws_->stop();
    aws_thread_ = {};
    retries_thread_ = {};
  }

  void start(FakeAws::Answer answer) {
    service_ = std::make_unique<FakeAws>(std::move(answer));
    home_.set("AWS_REGION", "eu-west-1");
    home_.set("AWS_ENDPOINT_URL", service_->url());
    AwsSurroundings surroundings = home_.surroundings();
    surroundings.steady = steady_;
    aws_ = std::make_unique<AwsClient>(http_, clock_, std::move(surroundings));
    aws_thread_ = std::jthread([this] { aws_->run(); });
    retries_thread_ = std::jthread([this] { aws_->run(); });
  }
  void use_environment() {
    home_.set("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT");
    home_.set("AWS_SECRET_ACCESS_KEY", "secret-of-environment");
  }
  // A program that counts how often it was asked.
  void use_process(const std::string& lifetime) {
    home_.write("count", "");
    const std::string script = home_.write(
        "credentials.sh",
        "echo x >> " + home_.folder() + "/count\n" + "n=$(wc -l < " + home_.folder() + "/count)\n" +
            "echo '{\"Version\":1,\"AccessKeyId\":\"KEY'$n'\",\"SecretAccessKey\":"
            "\"s\",\"SessionToken\":\"t\",\"Expiration\":\"'" +
            "$(date -u -d '" + lifetime + "' +%Y-%m-%dT%H:%M:%SZ)'\"}'\n");
    home_.write(".aws/config", "[default]\ncredential_process = /bin/sh " + script + "\n");
  }
  AwsCall call(const AwsRole& role = {}) {
    AwsCall call =
        json_call(aws_->settings()->target(kSqs).value(), "AmazonSQS.ListQueues", "1.0", "{}");
    call.role = role;
    return call;
  }
  static std::string key_of(const SeenRequest& request) {
    const std::string& text = request.headers.at("authorization");
    const size_t from = text.find("Credential=") + 11;
    return text.substr(from, text.find('/', from) - from);
  }

  // Time goes by, and the wall clock shows it.
  void advance(Duration by) {
    clock_.advance(by);
    steady_->advance(by);
  }

  ManualClock clock_{SystemClock().now()};
  const std::shared_ptr<ManualClock> steady_ = std::make_shared<ManualClock>(Time());
  AwsHome home_;
  std::unique_ptr<FakeAws> service_;
  HttpClient http_{HttpClientLimits{}};
  std::jthread http_thread_{[this] { http_.run(); }};
  std::unique_ptr<AwsClient> aws_;
  std::jthread aws_thread_;
  std::jthread retries_thread_;
};

TEST_F(AwsClientTest, signs_with_what_the_chain_finds) {
  use_environment();
  start([](const SeenRequest&) { return json_answer(200, "{}"); });
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
  EXPECT_EQ(key_of(service_->seen().at(0)), "AKIDENVIRONMENT");
  EXPECT_NE(service_->seen()[0].headers.at("authorization").find("/eu-west-1/sqs/aws4_request"),
            std::string::npos);
}

TEST_F(AwsClientTest, no_credentials_is_a_denial_that_says_where_to_look) {
  start([](const SeenRequest&) { return json_answer(200, "{}"); });
  const AwsAnswer answer = aws_->call_and_wait(call());
  EXPECT_EQ(answer.fault, AwsFault::denied);
  EXPECT_NE(answer.text().find("statewire aws whoami"), std::string::npos);
  EXPECT_EQ(aws_->call_and_wait(call()).fault, AwsFault::denied);
  EXPECT_TRUE(service_->seen().empty());
}

TEST_F(AwsClientTest, tries_again_what_may_pass_and_gives_up_after_its_attempts) {
  use_environment();
  std::atomic<int> left{2};
  start([&](const SeenRequest&) {
    if (left-- > 0) return json_answer(400, R"({"__type":"ThrottlingException"})");
    return json_answer(200, "{}");
  });
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
  EXPECT_EQ(service_->seen().size(), 3u);
  left = 100;
  EXPECT_EQ(aws_->call_and_wait(call()).fault, AwsFault::throttled);
  EXPECT_EQ(service_->seen().size(), 6u);
}

TEST_F(AwsClientTest, does_not_repeat_what_is_wrong) {
  use_environment();
  start([&](const SeenRequest&) {
    return json_answer(400, R"({"__type":"InvalidParameterValue"})");
  });
  EXPECT_EQ(aws_->call_and_wait(call()).fault, AwsFault::invalid);
  EXPECT_EQ(service_->seen().size(), 1u);
}

TEST_F(AwsClientTest, follows_the_clock_of_aws) {
  use_environment();
  start([&](const SeenRequest& request) {
    if (request.headers.at("x-amz-date").starts_with("2040")) return json_answer(200, "{}");
    HttpServerResponse response = json_answer(403, R"({"__type":"RequestTimeTooSkewed"})");
    response.headers = {{"Date", "Sun, 01 Jan 2040 00:00:00 GMT"}};
    return response;
  });
  AwsCall once = call();
  once.attempts_max = 1;
  EXPECT_TRUE(aws_->call_and_wait(once).ok());
  EXPECT_TRUE(aws_->call_and_wait(once).ok());
  EXPECT_EQ(service_->seen().size(), 3u) << "the second call knew";
}

TEST_F(AwsClientTest, many_calls_ask_for_credentials_once) {
  use_process("1 hour");
  start([](const SeenRequest&) { return json_answer(200, "{}"); });
  std::atomic<int> done{0};
  for (int i = 0; i < 20; ++i) {
    aws_->call(call(), [&](AwsAnswer answer) { done += answer.ok() ? 1 : 100; });
  }
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
  comes([&] { return done >= 20; });
  EXPECT_EQ(done, 20);
  EXPECT_EQ(std::filesystem::file_size(home_.folder() + "/count"), 2u);
}

TEST_F(AwsClientTest, expired_credentials_are_replaced_before_the_call_fails) {
  use_process("1 hour");
  start([](const SeenRequest& request) {
    return key_of(request) == "KEY1" ? json_answer(403, R"({"__type":"ExpiredTokenException"})")
                                     : json_answer(200, "{}");
  });
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
  EXPECT_EQ(service_->seen().size(), 2u);
}

TEST_F(AwsClientTest, credentials_are_replaced_before_they_end_and_used_until_then) {
  use_process("1 hour");
  start([](const SeenRequest&) { return json_answer(200, "{}"); });
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
  advance(std::chrono::minutes(54));
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
  EXPECT_EQ(std::filesystem::file_size(home_.folder() + "/count"), 2u) << "asked too early";
  advance(std::chrono::minutes(2));
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
  EXPECT_EQ(key_of(service_->seen().at(2)), "KEY1") << "nobody waits for the new ones";
  std::string key;
  for (int i = 0; i < 1000 && key != "KEY2"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_TRUE(aws_->call_and_wait(call()).ok());
    key = key_of(service_->seen().back());
  }
  EXPECT_EQ(key, "KEY2");
}

TEST_F(AwsClientTest, credentials_that_cannot_be_replaced_serve_to_their_end) {
  use_process("1 hour");
  start([](const SeenRequest&) { return json_answer(200, "{}"); });
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
  home_.write(".aws/config", "[default]\ncredential_process = /bin/false\n");
  advance(std::chrono::minutes(58));
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
  advance(std::chrono::minutes(3));
  EXPECT_EQ(aws_->call_and_wait(call()).fault, AwsFault::denied);
}

TEST_F(AwsClientTest, a_role_is_assumed_by_the_own_identity) {
  use_environment();
  start([](const SeenRequest& request) {
    if (request.body.starts_with("Action=AssumeRole")) {
      return HttpServerResponse{.body = sts_credentials("AssumeRole", "ROLEKEY")};
    }
    return json_answer(200, "{}");
  });
  EXPECT_TRUE(aws_->call_and_wait(call({.arn = "arn:aws:iam::123456789012:role/reader"})).ok());
  ASSERT_EQ(service_->seen().size(), 2u);
  EXPECT_EQ(key_of(service_->seen()[0]), "AKIDENVIRONMENT");
  EXPECT_EQ(key_of(service_->seen()[1]), "ROLEKEY");
}

TEST_F(AwsClientTest, a_role_is_asked_for_as_it_is_configured) {
  use_environment();
  start([](const SeenRequest& request) {
    if (request.body.starts_with("Action=AssumeRole")) {
      return HttpServerResponse{.body = sts_credentials("AssumeRole", "ROLEKEY")};
    }
    return json_answer(200, "{}");
  });
  AwsRole role{.arn = "arn:aws:iam::123456789012:role/reader",
               .external_id = "x&y",
               .session_name = "nightly",
               .duration = std::chrono::minutes(30)};
  EXPECT_TRUE(aws_->call_and_wait(call(role)).ok());
  role.external_id = "other";
  EXPECT_TRUE(aws_->call_and_wait(call(role)).ok());
  ASSERT_EQ(service_->seen().size(), 4u) << "roles that differ in anything are not the same";
  EXPECT_NE(service_->seen()[0].body.find(
                "&RoleSessionName=nightly&ExternalId=x%26y&DurationSeconds=1800"),
            std::string::npos)
      << service_->seen()[0].body;
}

// A machine that starts with a wrong clock, which is corrected a little later.
TEST_F(AwsClientTest, a_clock_that_was_wrong_at_the_first_look_decides_nothing) {
  for (const Duration wrong :
       {Duration(std::chrono::hours(10)), -Duration(std::chrono::hours(10))}) {
    use_process("1 hour");
    const Time right = SystemClock().now();
    clock_.set(right + wrong);
    start([](const SeenRequest&) { return json_answer(200, "{}"); });
    EXPECT_TRUE(aws_->call_and_wait(call()).ok());
    clock_.set(right);
    advance(std::chrono::seconds(30));
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(aws_->call_and_wait(call()).ok());
    EXPECT_LE(std::filesystem::file_size(home_.folder() + "/count"), 4u) << "looked for each call";
    stop();
  }
}

TEST_F(AwsClientTest, a_clock_that_is_set_back_does_not_put_off_the_next_look) {
  start([](const SeenRequest&) { return json_answer(200, "{}"); });
  EXPECT_EQ(aws_->call_and_wait(call()).fault, AwsFault::denied);
  clock_.advance(-std::chrono::hours(10));
  home_.write(".aws/credentials",
              "[default]\naws_access_key_id = KEY\naws_secret_access_key = s\n");
  steady_->advance(std::chrono::seconds(3));
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
}

TEST_F(AwsClientTest, a_process_that_hangs_holds_up_neither_other_calls_nor_the_end) {
  use_process("1 hour");
  std::atomic<int> refusals{0};
  start([&](const SeenRequest&) {
    if (refusals-- > 0) return json_answer(400, R"({"__type":"ThrottlingException"})");
    return json_answer(200, "{}");
  });
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
  const std::string begun = home_.folder() + "/begun";
  const std::string script = home_.write("hang.sh", "echo x > " + begun + "; exec sleep 60\n");
  home_.write(".aws/config", "[default]\ncredential_process = /bin/sh " + script + "\n");
  advance(std::chrono::minutes(56));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
  comes([&] { return std::filesystem::exists(begun); });
  ASSERT_TRUE(std::filesystem::exists(begun)) << "others are looked for, and that hangs";
  refusals = 2;
  EXPECT_TRUE(aws_->call_and_wait(call()).ok()) << "what is tried again does not wait for it";
  aws_->stop();
  aws_thread_.join();
  retries_thread_.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(40));
}

TEST_F(AwsClientTest, answers_everything_when_it_stops) {
  use_process("1 hour");
  start([](const SeenRequest&) { return json_answer(200, "{}"); });
  std::atomic<int> calls{0};
  aws_->call(call(), [&](AwsAnswer) { ++calls; });
  aws_->stop();
  aws_thread_.join();
  retries_thread_.join();
  http_.stop();
  http_thread_.join();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(aws_->call_and_wait(call()).fault, AwsFault::network);
}

// A service that takes a call and says nothing holds nobody who wants to end.
TEST_F(AwsClientTest, a_wait_ends_when_its_stop_is_requested) {
  use_environment();
  std::stop_source stop;
  std::promise<void> over;
  std::atomic<int> seen = 0;
  start([stop, &seen, end = over.get_future().share()](const SeenRequest&) mutable {
    ++seen;
    stop.request_stop();
    end.wait_for(std::chrono::seconds(20));
    return json_answer(200, "{}");
  });
  const auto begin = std::chrono::steady_clock::now();
  const AwsAnswer answer = aws_->call_and_wait(call(), stop.get_token());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_EQ(answer.fault, AwsFault::network);
  EXPECT_EQ(aws_->call_and_wait(call(), stop.get_token()).message, "it was stopped");
  over.set_value();
  EXPECT_TRUE(aws_->call_and_wait(call()).ok());
  EXPECT_EQ(seen, 2) << "what is stopped already sends nothing";
}

}  // namespace
}  // namespace statewire
