// The events of an invocation together: one wait for tags, and each subscription for itself.
#include "lambda/standardiser.h"

#include <thread>

#include "catalog/catalog.h"
#include "lambda/lambda_for_test.h"
#include "net/servers_for_test.h"

namespace statewire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string instance(int number) { return "i-0123456789abcde0" + std::to_string(number); }

std::string event(int number) {
  std::string text =
      R"({"version":"0","id":"e)" + std::to_string(number) +
      R"(","detail-type":"EC2 Instance State-change Notification","source":"aws.ec2",)"
      R"("account":"123456789012","time":"2026-11-23T09:00:12Z","region":"eu-west-1",)"
      R"("resources":["arn:aws:ec2:eu-west-1:123456789012:instance/)" +
      instance(number) + R"("],"detail":{"instance-id":")" + instance(number) +
      R"(","state":"running"}})";
  text.reserve(text.size() + kPaddingBytes);
  return text;
}

class BrokenFormat final : public Format {
 public:
  std::string_view content_type() const override { return "text/plain"; }
  Result<void> render(const Notification&, std::string&) const override {
    return bad_input("it breaks its schema");
  }
};

class StandardiserTest : public LambdaTest {
 protected:
  ~StandardiserTest() override {
    if (tags_ != nullptr) tags_->stop();
    if (aws_ != nullptr) aws_->stop();
    http_.stop();
  }

  void start(const std::string& subscriptions) {
    configure(subscriptions);
    Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
    ASSERT_TRUE(catalog.ok()) << catalog.error().text;
    catalog_ = std::make_unique<Catalog>(*std::move(catalog));
    tags_ = std::make_unique<TagsNow>(*aws_, steady_);
    standardiser_ = std::make_unique<Standardiser>(*catalog_, *settings_, clock_, *tags_);
    threads_.emplace_back([this] { http_.run(); });
    threads_.emplace_back([this] { aws_->run(); });
    threads_.emplace_back([this] { tags_->run(); });
  }
  // What became of as many messages of one event each.
  Failures take(int events, Duration within) {
    const Time until = clock_.now() + within;
    Failures failures(events);
    for (int i = 0; i < events; ++i) {
      standardiser_->read({.id = "m" + std::to_string(i), .body = event(i)}, i, failures);
    }
    standardiser_->tell(until, outgoing_, failures);
    return failures;
  }

  SteadyClock steady_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<TagsNow> tags_;
  std::unique_ptr<Standardiser> standardiser_;
  std::vector<Outgoing> outgoing_;
  std::vector<std::jthread> threads_;
};

constexpr const char* kTwo =
    "  first: {format: csv, sink: {kind: stdout}}\n"
    "  second: {format: csv, sink: {kind: stdout}}\n";
constexpr const char* kIgnoring =
    "  all: {format: csv, sink: {kind: stdout}}\n"
    "ignore:\n  - resource: {tags: {monitoring: [\"off\"]}}\n";

TEST_F(StandardiserTest, a_format_that_fails_silences_no_other_and_no_later_event) {
  start(kTwo);
  const BrokenFormat broken;
  settings_->subscriptions[0].format = &broken;
  const Failures failures = take(2, seconds(10));
  ASSERT_EQ(outgoing_.size(), 2u);
  EXPECT_EQ(outgoing_[0].subscription, 1u);
  EXPECT_EQ(outgoing_[1].message, 1u);
  EXPECT_EQ(failures[0], "first: it breaks its schema");
}

TEST_F(StandardiserTest, tags_that_do_not_come_are_waited_for_once_and_leave_time_to_send) {
  OneAnswerServer silent("", false);
  home_.set("AWS_ENDPOINT_URL", silent.url());
  start(kIgnoring);
  const Time begin = clock_.now();
  take(5, milliseconds(1'500));
  EXPECT_EQ(outgoing_.size(), 5u);
  EXPECT_LT(clock_.now() - begin, seconds(1));
}

TEST_F(StandardiserTest, the_tags_of_all_events_are_known_before_any_is_told) {
  FakeAws service([](const SeenRequest& request) {
    if (request.body.find("GetCallerIdentity") != std::string::npos) {
      return HttpServerResponse{.body =
                                    "<R><GetCallerIdentityResult><Account>123456789012</Account>"
                                    "</GetCallerIdentityResult></R>"};
    }
    return json_answer(200, R"({"ResourceTagMappingList":[{"ResourceARN":)"
                            R"("arn:aws:ec2:eu-west-1:123456789012:instance/)" +
                                instance(1) +
                                R"(","Tags":[{"Key":"monitoring","Value":"off"}]}]})");
  });
  home_.set("AWS_ENDPOINT_URL", service.url());
  start(kIgnoring);
  for (int round = 0; round < 3; ++round) {
    outgoing_.clear();
    take(3, seconds(30));
    ASSERT_EQ(outgoing_.size(), 2u) << round;
    EXPECT_EQ(outgoing_[1].message, 2u);
  }
  size_t look_ups = 0;
  for (const SeenRequest& each : service.seen()) {
    look_ups += each.body.find("ResourceARNList") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(look_ups, 3u) << "one for each invocation";
}

}  // namespace
}  // namespace statewire
