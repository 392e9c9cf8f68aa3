// What holds for every kind of sink whose answer comes after a reload destroyed it: it is told
// once, and touches neither the sink nor what the completion kept. AddressSanitizer judges.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>

#include "base/comes_for_test.h"
#include "format/sink_formats.h"
#include "net/servers_for_test.h"
#include "sinks/kinds.h"
#include "sinks/sink_fixture_test.h"

namespace statewire {
namespace {

constexpr std::string_view kPagerDutyKey = "0123456789abcdef0123456789abcdef";

// The texts of a batch. As in a daemon, they live as long as its completion.
struct BatchTexts {
  std::string payload;
  std::string content_type = "application/json";
  std::vector<std::string> ids;
  FrozenBatch frozen;
};

class LateAnswers : public testing::TestWithParam<const SinkKind*> {
 protected:
  LateAnswers() {
    home_.set("AWS_ENDPOINT_URL", server_.url());
    home_.set("AWS_REGION", "eu-west-1");
    home_.set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    home_.set("AWS_SECRET_ACCESS_KEY", "secret-of-example");
    aws_ = std::make_unique<AwsClient>(http_, clock_, home_.surroundings());
    sink_ = open();
    EXPECT_NE(sink_, nullptr);
  }
  ~LateAnswers() override { stop(); }

  bool is(std::string_view name) const { return GetParam()->name == name; }
  bool has_network() const { return !is("file") && !is("stdout"); }

  // Whatever a kind needs, so that its requests reach the server here.
  std::string keys() const {
    const std::string mail = "from: a@example.org\nto: b@example.org\n";
    if (is("file")) return "path: " + home_.folder() + "/out.jsonl\n";
    if (is("email")) {
      return mail + "host: 127.0.0.1\ntls: none\nport: " + std::to_string(server_.port()) + "\n";
    }
    if (is("slack") || is("teams") || is("webhook")) return "url: " + server_.url() + "/hook\n";
    if (is("eventbridge")) return "bus: default\n";
    if (is("lambda")) return "function: f\n";
    if (is("s3")) return "bucket: archive\n";
    if (is("ses")) return mail;
    if (is("sns")) return "topic: arn:aws:sns:eu-west-1:123456789012:t\n";
    if (is("sqs")) return "queue: https://sqs.eu-west-1.amazonaws.com/123456789012/q\n";
    ADD_FAILURE() << GetParam()->name << ": what does it need?";
    return {};
  }

  std::unique_ptr<Sink> open() {
    SinkContext context{
        .http = http_, .clock = clock_, .aws = *aws_, .mail = mail_, .writers = writers_};
    if (is("stdout")) return make_stream_sink(nowhere_.fd, context);
    if (is("pagerduty")) {
      return make_pagerduty_sink({.url = server_.url(), .routing_key = std::string(kPagerDutyKey)},
                                 context);
    }
    Problems problems;
    const std::string yaml = "kind: " + std::string(GetParam()->name) + "\n" + keys();
    const auto document = Document::parse("statewire.yaml", yaml, problems);
    MapReader reader(document->root());
    reader.required("kind");
    auto sink = GetParam()->open(reader, context);
    reader.finish();
    EXPECT_TRUE(problems.ok()) << problems.to_text();
    return sink;
  }

  std::shared_ptr<BatchTexts> make_texts() const {
    auto texts = std::make_shared<BatchTexts>();
    texts->payload = R"({"event_action":"trigger","subject":"s","text":"t","data":{}})";
    if (is("email") || is("ses")) texts->content_type = kMailContentType;
    const size_t count = std::min<size_t>(GetParam()->limits.batch_deliveries_max, 10);
    for (size_t i = 0; i < count; ++i) {
      std::string& id = texts->ids.emplace_back(32, '0');
      id.back() = static_cast<char>('0' + i);
    }
    texts->frozen = {.id = texts->ids[0], .first_sequence = 1, .last_sequence = count};
    return texts;
  }

  // Delivers a batch, and destroys the sink and all that it was given.
  void deliver_and_destroy(bool waits_for_request) {
    auto texts = make_texts();
    kept_ = texts;
    count_ = texts->ids.size();
    std::vector<Delivery> batch;
    for (const std::string& id : texts->ids) {
      batch.push_back(delivery_of(texts->payload));
      batch.back().id = id;
      batch.back().content_type = texts->content_type;
      if (GetParam()->limits.is_frozen) batch.back().batch = &texts->frozen;
    }
    Completion done = [told = outcome_.completion(), texts](std::vector<Attempt> attempts) {
      told(std::move(attempts));
    };
    texts.reset();
    sink_->deliver(batch, std::move(done));
    if (waits_for_request && has_network()) server_.wait_for_request();
    sink_.reset();
  }

  void start() {
    http_thread_ = std::jthread([this] { http_.run(); });
    aws_thread_ = std::jthread([this] { aws_->run(); });
    mail_thread_ = std::jthread([this] { mail_.run(); });
  }
  void stop() {
    aws_->stop();
    mail_.stop();
    http_.stop();
    aws_thread_ = {};
    mail_thread_ = {};
    http_thread_ = {};
  }

  // Once for the whole batch, and then nothing is kept.
  void expect_told_once() {
    EXPECT_EQ(outcome_.wait().size(), count_);
    stop();
    EXPECT_EQ(outcome_.calls(), 1);
    // A writer's thread lets go of it a moment later.
    comes([&] { return kept_.expired(); });
    EXPECT_TRUE(kept_.expired());
  }

  SystemClock clock_;
  AwsHome home_;
  // Lines on standard output would be taken for the test's.
  // Closed once nobody writes any more.
  struct Nowhere {
    const int fd = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ~Nowhere() { ::close(fd); }
  };
  const Nowhere nowhere_;
  LateServer server_{GetParam()->name == "email" ? LateServer::Answers::mails
                                                 : LateServer::Answers::requests};
  HttpClient http_{HttpClientLimits{}};
  std::unique_ptr<AwsClient> aws_;
  SmtpClient mail_;
  Writers writers_;
  std::unique_ptr<Sink> sink_;
  Outcome outcome_;
  std::weak_ptr<const BatchTexts> kept_;
  size_t count_ = 0;
  std::jthread http_thread_;
  std::jthread aws_thread_;
  std::jthread mail_thread_;
};

TEST_P(LateAnswers, to_a_request_that_was_sent_are_told_once) {
  start();
  deliver_and_destroy(true);
  EXPECT_TRUE(!has_network() || outcome_.calls() == 0);
  server_.answer();
  expect_told_once();
  for (const Attempt& attempt : outcome_.wait()) EXPECT_NE(attempt.verdict, Verdict::reject);
}

TEST_P(LateAnswers, to_a_request_that_is_cut_off_are_told_once) {
  start();
  deliver_and_destroy(true);
  stop();
  expect_told_once();
}

TEST_P(LateAnswers, to_a_request_that_waited_are_told_once) {
  deliver_and_destroy(false);
  server_.answer();
  start();
  expect_told_once();
}

TEST_P(LateAnswers, to_a_request_that_is_never_sent_are_told_once) {
  start();
  stop();
  deliver_and_destroy(false);
  expect_told_once();
}

// Whatever the protocol, a server that takes its time holds up nobody else.
TEST_P(LateAnswers, do_not_hold_up_other_sinks) {
  OneAnswerServer quick(answer_of(200));
  start();
  deliver_and_destroy(true);
  Problems problems;
  const auto document = Document::parse("statewire.yaml", "url: " + quick.url(), problems);
  MapReader keys(document->root());
  SinkContext context{
      .http = http_, .clock = clock_, .aws = *aws_, .mail = mail_, .writers = writers_};
  const auto webhook = webhook_sink_kind.open(keys, context);
  const Delivery delivery = delivery_of("{}");
  Outcome outcome;
  webhook->deliver({&delivery, 1}, outcome.completion());
  EXPECT_EQ(outcome.wait().at(0).verdict, Verdict::delivered);
  EXPECT_TRUE(!has_network() || outcome_.calls() == 0);
}

INSTANTIATE_TEST_SUITE_P(Each, LateAnswers,
                         testing::ValuesIn(sink_kinds().begin(), sink_kinds().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

}  // namespace
}  // namespace statewire
