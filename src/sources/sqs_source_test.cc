#include "sources/sqs_source.h"

#include <deque>
#include <thread>

#include "aws/aws_for_test.h"
#include "aws/gzip.h"
#include "aws/json.h"
#include "sources/fake_intake_test.h"
#include "sources/sqs_message.h"

namespace statewire {
namespace {

TEST(Gunzip, is_bounded_and_finds_what_is_cut) {
  const std::string text(300'000, 'x');
  EXPECT_EQ(gunzip(gzipped(text) + gzipped("y"), 1 << 20).value(), text + "y");
  EXPECT_EQ(gunzip(gzipped(text), text.size()).value(), text);
  EXPECT_FALSE(gunzip(gzipped(text), text.size() - 1).ok());
  EXPECT_FALSE(gunzip(gzipped(text).substr(0, 50), 1 << 20).ok());
  EXPECT_FALSE(gunzip("no gzip", 1 << 20).ok());
  EXPECT_FALSE(gunzip("", 1 << 20).ok());
}

TEST(SqsMessage, is_unwrapped) {
  EXPECT_EQ(read_sqs_message("{\"source\":\"aws.ec2\"}").event, "{\"source\":\"aws.ec2\"}");
  EXPECT_EQ(read_sqs_message("no json").event, "no json");
  EXPECT_EQ(
      read_sqs_message(R"({"Type":"Notification","TopicArn":"t","Message":"{\"a\":1}"})").event,
      R"({"a":1})");
  EXPECT_EQ(read_sqs_message(R"({"Type":"Notification","TopicArn":"t","Message":
      "{\"Type\":\"Notification\",\"TopicArn\":\"u\",\"Message\":\"x\"}"})")
                .event,
            "x");
}

TEST(SqsMessage, names_cloudtrail_files_in_every_form) {
  const std::string key = "AWSLogs/1/CloudTrail/eu-west-1/2026/11/23/1_x y.json.gz";
  const S3Object object{.bucket = "trail", .key = key, .region = "eu-west-1"};
  const SqsContent by_s3 = read_sqs_message(
      R"({"Records":[{"eventSource":"aws:s3","awsRegion":"eu-west-1","s3":{"bucket":{"name":"trail"},
      "object":{"key":"AWSLogs/1/CloudTrail/eu-west-1/2026/11/23/1_x+y.json.gz"}}}]})");
  EXPECT_EQ(by_s3.files, std::vector{object});
  EXPECT_EQ(by_s3.event, "");
  const SqsContent by_bus = read_sqs_message(
      R"({"source":"aws.s3","detail-type":"Object Created","region":"eu-west-1","detail":{"bucket":
      {"name":"trail"},"object":{"key":"AWSLogs/1/CloudTrail/eu-west-1/2026/11/23/1_x y.json.gz"}}})");
  EXPECT_EQ(by_bus.files, std::vector{object});
  const SqsContent by_trail =
      read_sqs_message(R"({"s3Bucket":"trail","s3ObjectKey":[")" + key + R"("]})");
  ASSERT_EQ(by_trail.files.size(), 1u);
  EXPECT_EQ(by_trail.files[0].key, key);
  const std::string digest =
      R"({"s3Bucket":"trail","s3ObjectKey":["AWSLogs/1/CloudTrail-Digest/x.json.gz"]})";
  EXPECT_EQ(read_sqs_message(digest).event, digest);
}

// A queue that hides what it gave away until it is deleted or shown again.
class FakeQueue {
 public:
  void put(const std::string& body) {
    const std::lock_guard lock(mutex_);
    visible_.push_back(body);
  }
  HttpServerResponse answer(const SeenRequest& request) {
    const std::lock_guard lock(mutex_);
    if (request.method == "GET") return file(request);
    if (failures_ > 0) {
      --failures_;
      return json_answer(500, "{}");
    }
    const AwsJson body = AwsJson::parse(request.body).value();
    const std::string& target = request.headers.at("x-amz-target");
    if (target == "AmazonSQS.ReceiveMessage") return receive();
    if (target == "AmazonSQS.DeleteMessageBatch") return remove(body);
    EXPECT_EQ(target, "AmazonSQS.ChangeMessageVisibilityBatch");
    for (const AwsJson& entry : body.items("Entries")) {
      ++(entry.integer("VisibilityTimeout") == 0 ? shown_again : prolonged);
    }
    return json_answer(200, "{}");
  }
  bool wait_until_deleted(size_t count) {
    for (int i = 0; i < 1000; ++i) {
      if (deleted >= count) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  void fail(int count) { failures_ = count; }

  std::map<std::string, std::string> files;
  std::atomic<size_t> deleted{0};
  std::atomic<size_t> shown_again{0};
  std::atomic<size_t> prolonged{0};
  std::atomic<size_t> delete_calls{0};
  std::atomic<size_t> undeletable{0};  // The first so many are refused, one in each batch.

 private:
  HttpServerResponse file(const SeenRequest& request) {
    const auto found = files.find(request.target);
    if (found == files.end())
      return {.status = 404, .body = "<Error><Code>NoSuchKey</Code></Error>"};
    return {.status = 200, .body = found->second};
  }
  HttpServerResponse receive() {
    std::string messages;
    for (int i = 0; i < 10 && !visible_.empty(); ++i) {
      const std::string id = std::to_string(next_++);
      messages += (messages.empty() ? "" : ",") + JsonObject()
                                                      .add("MessageId", "m" + id)
                                                      .add("ReceiptHandle", "r" + id)
                                                      .add("Body", visible_.front())
                                                      .take();
      visible_.pop_front();
    }
    return json_answer(200, messages.empty() ? "{}" : "{\"Messages\":[" + messages + "]}");
  }
  HttpServerResponse remove(const AwsJson& body) {
    ++delete_calls;
    std::string failed;
    for (const AwsJson& entry : body.items("Entries")) {
      if (undeletable > 0 && failed.empty()) {
        --undeletable;
        failed = R"({"Id":")" + entry.text("Id") +
                 R"(","Code":"InternalError","SenderFault":false,"Message":"later"})";
      } else {
        ++deleted;
      }
    }
    return json_answer(200, "{\"Failed\":[" + failed + "]}");
  }

  std::mutex mutex_;
  std::deque<std::string> visible_;
  int next_ = 0;
  std::atomic<int> failures_{0};
};

class SqsSourceTest : public testing::Test {
 protected:
  SqsSourceTest() {
    home_.set("AWS_REGION", "eu-west-1");
    home_.set("AWS_ENDPOINT_URL", service_.url());
    home_.set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    home_.set("AWS_SECRET_ACCESS_KEY", "secret");
    aws_ = std::make_unique<AwsClient>(http_, clock_, home_.surroundings());
    aws_thread_ = std::jthread([this] { aws_->run(); });
  }
  ~SqsSourceTest() override {
    stop();
    aws_->stop();
    http_.stop();
  }

  void start(bool deletes_unreadable = true, int hidden_seconds = 60) {
    SqsSourceOptions options;
    options.queue = find_queue(aws_->settings().value(), service_.url() + "/1/q", "").value();
    options.deletes_unreadable = deletes_unreadable;
    options.hidden_for = std::chrono::seconds(hidden_seconds);
    source_ = make_sqs_source("bus", options, *aws_, aws_->settings().value());
    thread_ = std::jthread(
        [this](std::stop_token stop) { EXPECT_TRUE(source_->run(intake_, stop).ok()); });
  }
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

  FakeQueue queue_;
  FakeAws service_{[this](const SeenRequest& request) { return queue_.answer(request); }};
  AwsHome home_;
  SystemClock clock_;
  HttpClient http_{HttpClientLimits{}};
  std::jthread http_thread_{[this] { http_.run(); }};
  std::unique_ptr<AwsClient> aws_;
  std::jthread aws_thread_;
  FakeIntake intake_;
  std::unique_ptr<Source> source_;
  std::jthread thread_;
};

TEST_F(SqsSourceTest, messages_are_handed_over_and_deleted_in_batches) {
  for (int i = 0; i < 100; ++i) queue_.put("{\"n\":" + std::to_string(i) + "}");
  start();
  EXPECT_TRUE(intake_.wait_for_lines(100));
  EXPECT_TRUE(queue_.wait_until_deleted(100));
  EXPECT_LE(queue_.delete_calls, 40u);
  stop();
  EXPECT_EQ(intake_.lines().size(), 100u);
}

TEST_F(SqsSourceTest, nothing_is_deleted_before_it_is_stored) {
  queue_.put("{\"n\":1}");
  intake_.hold();
  start(true, 2);
  EXPECT_TRUE(intake_.wait_for_lines(1));
  for (int i = 0; i < 500 && queue_.prolonged == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_GE(queue_.prolonged, 1u) << "others might have got it meanwhile";
  EXPECT_EQ(queue_.deleted, 0u);
  intake_.release();
  EXPECT_TRUE(queue_.wait_until_deleted(1));
}

TEST_F(SqsSourceTest, what_was_not_stored_is_handed_over_again) {
  queue_.put("{\"n\":1}");
  intake_.refuse(2);
  intake_.fail(1);
  start();
  EXPECT_TRUE(queue_.wait_until_deleted(1));
  EXPECT_EQ(intake_.lines(), std::vector<std::string>{"{\"n\":1}"});
  EXPECT_EQ(intake_.submitted(), 2u);
}

TEST_F(SqsSourceTest, errors_are_outlasted_and_refused_deletions_repeated) {
  queue_.fail(3);
  queue_.undeletable = 1;
  for (int i = 0; i < 12; ++i) queue_.put("{\"n\":" + std::to_string(i) + "}");
  start();
  EXPECT_TRUE(queue_.wait_until_deleted(12));
}

TEST_F(SqsSourceTest, a_stop_gives_back_what_was_not_handed_over) {
  queue_.put("{\"n\":1}");
  intake_.refuse(1'000'000);
  start();
  for (int i = 0; i < 500 && intake_.submitted() == 0 && service_.seen().size() < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  stop();
  for (int i = 0; i < 500 && queue_.shown_again == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(queue_.shown_again, 1u);
  EXPECT_EQ(queue_.deleted, 0u);
}

TEST_F(SqsSourceTest, cloudtrail_files_are_fetched_and_read) {
  queue_.files["/trail/AWSLogs/1/CloudTrail/a.json.gz"] = gzipped("{\"Records\":[]}");
  queue_.files["/trail/AWSLogs/1/CloudTrail/b.json.gz"] = "no gzip";
  const auto message = [](const std::string& name) {
    return R"({"s3Bucket":"trail","s3ObjectKey":["AWSLogs/1/CloudTrail/)" + name + R"("]})";
  };
  queue_.put(message("a.json.gz"));
  start();
  EXPECT_TRUE(queue_.wait_until_deleted(1));
  ASSERT_EQ(intake_.chunks().size(), 1u);
  EXPECT_EQ(intake_.chunks()[0].place, "s3://trail/AWSLogs/1/CloudTrail/a.json.gz");
  EXPECT_EQ(intake_.chunks()[0].text, "{\"Records\":[]}");
  queue_.put(message("b.json.gz"));
  queue_.put(message("none.json.gz"));
  EXPECT_TRUE(queue_.wait_until_deleted(3));
  for (const auto& chunk : intake_.chunks()) {
    if (chunk.place.ends_with("a.json.gz")) continue;
    EXPECT_TRUE(chunk.text.starts_with("(cannot be read: ")) << chunk.text;
  }
}

}  // namespace
}  // namespace statewire
