#include "sources/sqs_source.h"

#include <deque>
#include <thread>

#include "aws/aws_for_test.h"
#include "aws/gzip.h"
#include "aws/json.h"
#include "base/comes_for_test.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "sources/fake_intake_test.h"
#include "sources/sqs_message.h"

namespace statewire {
namespace {

TEST(Gunzip, is_bounded_and_finds_what_is_cut) {
  const std::string text(300'000, 'x');
  EXPECT_EQ(gunzip(gzipped(text) + gzipped("y"), 1 << 20).value(), text + "y");
  EXPECT_EQ(gunzip(gzipped(text), text.size()).value(), text);
  EXPECT_EQ(gunzip(gzipped(text) + std::string(512, '\0'), 1 << 20).value(), text);
  EXPECT_FALSE(gunzip(gzipped(text), text.size() - 1).ok());
  EXPECT_FALSE(gunzip(gzipped(text).substr(0, 50), 1 << 20).ok());
  EXPECT_FALSE(gunzip("no gzip", 1 << 20).ok());
  EXPECT_FALSE(gunzip("", 1 << 20).ok());
}

SqsContent content_of(std::string_view body) { return SqsMessages().read(body); }

std::string notification(const std::string& message) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("Type", "Notification");
    json.text("TopicArn", "arn:aws:sns:eu-west-1:123456789012:changes");
    json.text("Message", message);
    json.end_object();
  });
}

TEST(SqsMessage, that_names_no_files_is_an_event_as_it_is) {
  for (const std::string& body :
       {std::string(R"({"source":"aws.ec2"})"), std::string("no json"), notification("{}"),
        notification("x"), std::string(R"({"Service":"Amazon S3","Event":"s3:TestEvent"})")}) {
    EXPECT_EQ(content_of(body), (SqsContent{.event = body, .files = {}}));
  }
}

constexpr std::string_view kFile =
    "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/23/1_x y.json.gz";

std::string record_of_s3(const std::string& event, const std::string& key) {
  return R"({"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventName":")" +
         event + R"(","s3":{"bucket":{"name":"trail"},"object":{"key":")" + key +
         R"(","size":7}}})";
}

std::string notice_of_s3(const std::string& event, const std::string& key) {
  return R"({"Records":[)" + record_of_s3(event, key) + "]}";
}

std::string notice_of_bus(const std::string& type, const std::string& key) {
  return R"({"source":"aws.s3","detail-type":")" + type +
         R"(","region":"eu-west-1","detail":{"bucket":{"name":"trail"},"object":{"key":")" + key +
         R"(","size":7}}})";
}

TEST(SqsMessage, names_cloudtrail_files_in_every_form_and_envelope) {
  const S3Object object{
      .bucket = "trail", .key = std::string(kFile), .region = "eu-west-1", .bytes = 7};
  const S3Object without_region{.bucket = "trail", .key = std::string(kFile), .region = {}};
  // As S3 writes it, percent-encoded throughout, and with escapes of JSON.
  const std::string written = "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/23/1_x+y.json.gz";
  const std::string encoded =
      "AWSLogs%2F123456789012%2FCloud%54rail%2Feu-west-1%2F2026%2F11%2F23%2F1_x%20y.json%2Egz";
  const std::string escaped =
      R"(AWSLogs\/123456789012\/\u0043loudTrail\/eu-west-1\/2026\/11\/23\/1_x+y.json.gz)";
  for (const std::string& notice :
       {notice_of_s3("ObjectCreated:Put", written), notice_of_s3("ObjectCreated:Copy", encoded),
        notice_of_s3("s3:ObjectCreated:CompleteMultipartUpload", escaped),
        notice_of_bus("Object Created", std::string(kFile))}) {
    const std::string of_queue = R"({"Records":[{"messageId":"1","eventSource":"aws:sqs","body":)" +
                                 json_quoted(notice) + "}]}";
    const std::string of_topic =
        R"({"Records":[{"EventSource":"aws:sns","Sns":{"Message":)" + json_quoted(notice) + "}}]}";
    for (const std::string& body :
         {notice, notification(notice), notification(notification(notice)), of_queue, of_topic,
          notification(of_queue)}) {
      EXPECT_EQ(content_of(body), (SqsContent{.event = {}, .files = {object}})) << body;
    }
  }
  const std::string by_trail =
      R"({"s3ObjectKey":[")" + std::string(kFile) + R"("],"s3Bucket":"trail"})";
  EXPECT_EQ(content_of(by_trail).files, std::vector{without_region});
}

TEST(SqsMessage, of_other_objects_names_no_file) {
  const std::string file(kFile);
  for (const char* event :
       {"ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated", "LifecycleExpiration:Delete",
        "ObjectRestore:Completed", "s3:TestEvent"}) {
    EXPECT_TRUE(content_of(notice_of_s3(event, file)).files.empty()) << event;
  }
  EXPECT_TRUE(content_of(notice_of_bus("Object Deleted", file)).files.empty());
  for (const std::string key :
       {"AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/2026/11/23/x.json.gz",
        "CloudTrail/AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/x.json.gz",
        "AWSLogs/123456789012/CloudTrail-Insight/eu-west-1/2026/11/23/x.json.gz",
        "all/CloudTrail/AWSLogs/o-abc/123456789012/Config/eu-west-1/x.json.gz",
        "AWSLogs/123456789012/CloudTrail/eu-west-1/x.json", "AWSLogs/CloudTrail.json.gz", "x"}) {
    const std::string by_trail = R"({"s3Bucket":"trail","s3ObjectKey":[")" + key + R"("]})";
    for (const std::string& body :
         {notice_of_s3("ObjectCreated:Put", key), notice_of_bus("Object Created", key), by_trail}) {
      EXPECT_EQ(content_of(body), (SqsContent{.event = body, .files = {}}));
    }
  }
  for (const std::string key : {"AWSLogs/o-abc/123456789012/CloudTrail/eu-west-1/x.json.gz",
                                "Config/AWSLogs/123456789012/CloudTrail/eu-west-1/x.json.gz",
                                "copies/CloudTrail/x.json.gz"}) {
    EXPECT_EQ(content_of(notice_of_s3("ObjectCreated:Put", key)).files.size(), 1u) << key;
  }
}

TEST(SqsMessage, may_have_events_and_broken_ones_beside_its_files) {
  const std::string event = R"({"source":"aws.ec2","text":"a b"})";
  const SqsContent content = content_of(
      "[" + event + "," + notice_of_s3("ObjectCreated:Put", std::string(kFile)) + ",{]]");
  EXPECT_EQ(content.files.size(), 1u);
  EXPECT_EQ(content.event, event + "\n{]\n");
}

TEST(S3ObjectQueue, gives_objects_back_in_little_memory) {
  S3ObjectQueue queue;
  std::vector<S3Object> objects;
  size_t bytes = 0;
  for (size_t i = 0; i < 30'000; ++i) {
    S3Object object{.bucket = "trail",
                    .key = "1:2/" + std::string(1, '\0') + std::to_string(i),
                    .region = i % 2 == 0 ? "" : "eu-west-1",
                    .bytes = i};
    bytes += object.bucket.size() + object.key.size() + object.region.size() + 20;
    queue.push(object);
    objects.push_back(std::move(object));
  }
  EXPECT_LE(queue.bytes_held(), 2 * bytes);
  for (const S3Object& object : objects) EXPECT_EQ(queue.pop(), object);
  EXPECT_FALSE(queue.pop().has_value());
}

using std::chrono::steady_clock;

// A queue that hides what it gave away until it is deleted or its time is over, and a bucket.
class FakeQueue {
 public:
  struct File {
    std::string packed;
    int status = 200;
    std::string code = {};
  };

  void put(const std::string& body) {
    const std::lock_guard lock(mutex_);
    messages_.push_back({.body = body});
  }
  HttpServerResponse answer(const SeenRequest& request) {
    if (request.headers.at("x-amz-target").ends_with("ReceiveMessage")) ++receive_calls;
    if (waits_for_messages && request.headers.at("x-amz-target").ends_with("ReceiveMessage")) {
      for (int i = 0; i < 500 && is_empty(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
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
      const int64_t seconds = entry.integer("VisibilityTimeout").value();
      ++(seconds == 0 ? shown_again : prolonged);
      Message& message = messages_.at(std::stoul(entry.text("ReceiptHandle")));
      message.visible_at = steady_clock::now() + std::chrono::seconds(seconds);
    }
    return json_answer(200, "{}");
  }
  bool wait_until_deleted(size_t count) const {
    return comes([&] { return deleted >= count; });
  }
  bool wait_until_fetched(size_t count) const {
    return comes([&] { return fetched >= count; });
  }
  void fail(int count) { failures_ = count; }
  void put_file(const std::string& name, File file) {
    const std::lock_guard lock(mutex_);
    files_["/trail/AWSLogs/1/CloudTrail/" + name] = std::move(file);
  }
  int64_t receives(size_t message) {
    const std::lock_guard lock(mutex_);
    return messages_.at(message).receives;
  }

  std::atomic<bool> waits_for_messages{false};  // As a service does.
  std::atomic<size_t> receive_calls{0};
  std::atomic<size_t> deleted{0};
  std::atomic<size_t> shown_again{0};
  std::atomic<size_t> prolonged{0};
  std::atomic<size_t> fetched{0};
  std::atomic<size_t> delete_calls{0};
  std::atomic<size_t> undeletable{0};  // The first so many are refused, one in each batch.

 private:
  struct Message {
    std::string body;
    steady_clock::time_point visible_at{};
    int64_t receives = 0;
    bool is_deleted = false;
  };

  bool is_empty() {
    const std::lock_guard lock(mutex_);
    return messages_.empty();
  }
  HttpServerResponse file(const SeenRequest& request) {
    ++fetched;
    const auto found = files_.find(request.target);
    if (found == files_.end())
      return {.status = 404, .body = "<Error><Code>NoSuchKey</Code></Error>"};
    const File& file = found->second;
    if (file.status != 200) {
      return {.status = file.status, .body = "<Error><Code>" + file.code + "</Code></Error>"};
    }
    size_t last = 0;
    const std::string& range = request.headers.at("range");
    EXPECT_EQ(std::sscanf(range.c_str(), "bytes=0-%zu", &last), 1);
    const std::string part = file.packed.substr(0, last + 1);
    return {.status = 206,
            .headers = {{"Content-Range", "bytes 0-" + std::to_string(part.size() - 1) + "/" +
                                              std::to_string(file.packed.size())}},
            .body = part};
  }
  HttpServerResponse receive() {
    std::string answer;
    const auto now = steady_clock::now();
    for (size_t i = 0, count = 0; i < messages_.size() && count < 10; ++i) {
      Message& message = messages_[i];
      if (message.is_deleted || message.visible_at > now) continue;
      ++count;
      message.visible_at = now + std::chrono::seconds(60);
      answer += (answer.empty() ? "" : ",") + json_of([&](JsonWriter& json) {
                  json.begin_object();
                  json.text("MessageId", "m" + std::to_string(i));
                  json.text("ReceiptHandle", std::to_string(i));
                  json.text("Body", message.body);
                  json.begin_object("Attributes");
                  json.text("ApproximateReceiveCount", std::to_string(++message.receives));
                  json.end_object();
                  json.end_object();
                });
    }
    return json_answer(200, answer.empty() ? "{}" : "{\"Messages\":[" + answer + "]}");
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
        messages_.at(std::stoul(entry.text("ReceiptHandle"))).is_deleted = true;
        ++deleted;
      }
    }
    return json_answer(200, "{\"Failed\":[" + failed + "]}");
  }

  std::mutex mutex_;
  std::deque<Message> messages_;
  std::map<std::string, File> files_;
  std::atomic<int> failures_{0};
};

std::string message_of_file(const std::string& name) {
  return R"({"s3Bucket":"trail","s3ObjectKey":["AWSLogs/1/CloudTrail/)" + name + R"("]})";
}

// As S3 itself tells of a file, with its size.
std::string notification_of_file(const std::string& name, size_t bytes) {
  return R"({"Records":[{"eventSource":"aws:s3","awsRegion":"eu-west-1","s3":{"bucket":{"name":)"
         R"("trail"},"object":{"key":"AWSLogs/1/CloudTrail/)" +
         name + R"(","size":)" + std::to_string(bytes) + "}}}]}";
}

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
    options.again_after = std::chrono::seconds(1);
    options.poll = std::chrono::seconds(1);
    source_ = make_sqs_source("bus", options, *aws_, aws_->settings().value(), clock_);
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

TEST_F(SqsSourceTest, a_queue_that_cannot_be_read_is_trouble_until_it_can) {
  const auto wait_for_trouble = [&](bool is_wanted) {
    comes([&] { return source_->trouble().has_value() == is_wanted; });
    return source_->trouble();
  };
  const Time begin = clock_.now();
  queue_.fail(1'000'000);
  start();
  const std::optional<SourceTrouble> trouble = wait_for_trouble(true);
  ASSERT_TRUE(trouble.has_value());
  EXPECT_TRUE(trouble->since >= begin && trouble->since <= clock_.now());
  EXPECT_NE(trouble->reason.find("500"), std::string::npos) << trouble->reason;
  queue_.fail(0);
  EXPECT_FALSE(wait_for_trouble(false).has_value());
}

TEST_F(SqsSourceTest, nothing_is_deleted_before_it_is_stored) {
  queue_.put("{\"n\":1}");
  intake_.hold();
  start(true, 2);
  EXPECT_TRUE(intake_.wait_for_lines(1));
  comes([&] { return queue_.prolonged != 0; });
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
  EXPECT_EQ(queue_.receives(0), 2);
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
  comes([&] { return intake_.submitted() != 0 || service_.seen().size() >= 2; });
  stop();
  comes([&] { return queue_.shown_again != 0; });
  EXPECT_GE(queue_.shown_again, 1u);
  EXPECT_EQ(queue_.deleted, 0u);
}

TEST_F(SqsSourceTest, what_comes_after_a_stop_is_given_back) {
  queue_.waits_for_messages = true;
  queue_.put_file("a.json.gz", {gzipped("{\"Records\":[]}")});
  intake_.refuse(1'000'000);
  start();
  comes([&] { return queue_.receive_calls != 0; });
  thread_.request_stop();
  queue_.put("{\"n\":1}");
  queue_.put(message_of_file("a.json.gz"));
  const auto asked = steady_clock::now();
  stop();
  EXPECT_LT(steady_clock::now() - asked, std::chrono::seconds(5));
  comes([&] { return queue_.shown_again >= 2; });
  // More where another receiver that still waited was given them again.
  EXPECT_GE(queue_.shown_again, 2u);
}

TEST_F(SqsSourceTest, a_stop_does_not_outlast_a_store_that_says_nothing) {
  queue_.put("{\"n\":1}");
  intake_.hold();
  start();
  EXPECT_TRUE(intake_.wait_for_lines(1));
  const auto asked = steady_clock::now();
  stop();
  EXPECT_LT(steady_clock::now() - asked, std::chrono::seconds(5));
  intake_.release();
  EXPECT_EQ(queue_.deleted, 0u);
}

TEST_F(SqsSourceTest, cloudtrail_files_are_fetched_and_read) {
  queue_.put_file("a.json.gz", {gzipped("{\"Records\":[]}")});
  queue_.put(message_of_file("a.json.gz"));
  start();
  EXPECT_TRUE(queue_.wait_until_deleted(1));
  ASSERT_EQ(intake_.chunks().size(), 1u);
  EXPECT_EQ(intake_.chunks()[0].place, "s3://trail/AWSLogs/1/CloudTrail/a.json.gz");
  EXPECT_EQ(intake_.chunks()[0].text, "{\"Records\":[]}");
  // One that grew after its message was written is asked for again.
  queue_.put(notification_of_file("a.json.gz", 3));
  EXPECT_TRUE(queue_.wait_until_deleted(2));
  EXPECT_EQ(intake_.chunks().at(1).text, "{\"Records\":[]}");
  EXPECT_EQ(queue_.fetched, 3u);
}

// What the other side says of a file, and what becomes of its message.
struct FileCase {
  std::string name;
  FakeQueue::File file;
  std::string reason;  // In the ledger; empty: none.
  bool is_deleted;
  size_t told_bytes = 0;
};

std::vector<FileCase> file_cases() {
  std::string lies = gzipped(std::string(300'000, 'x'));
  lies.replace(lies.size() - 4, 4, "\xff\xff\xff\x7f");
  return {
      {"fine", {gzipped("{\"Records\":[]}")}, "", true},
      {"gone", {"", 404, "NoSuchKey"}, "NoSuchKey", true},
      {"no-bucket", {"", 404, "NoSuchBucket"}, "NoSuchBucket", true},
      {"denied", {"", 403, "AccessDenied"}, "AccessDenied", false},
      {"glacier", {"", 403, "InvalidObjectState"}, "InvalidObjectState", false},
      {"kms", {"", 400, "KMS.DisabledException"}, "KMS.DisabledException", false},
      {"busy", {"", 503, "SlowDown"}, "", false},
      {"broken", {"", 500, "InternalError"}, "", false},
      {"no-gzip", {"no gzip"}, "not valid gzip", true},
      {"cut", {gzipped(std::string(300'000, 'x')).substr(0, 60)}, "not valid gzip", true},
      {"lies", {lies}, "not valid gzip", true},
      {"empty", {"", 416, "InvalidRange"}, "it is empty", true},
      {"long", {""}, "at most 67,108,864", true, (64u << 20) + 1},
  };
}

TEST_F(SqsSourceTest, what_cannot_be_read_ends_with_a_reason_or_back_at_its_queue) {
  const std::vector<FileCase> cases = file_cases();
  for (const FileCase& each : cases) {
    const std::string name = each.name + ".json.gz";
    queue_.put_file(name, each.file);
    queue_.put(each.told_bytes > 0 ? notification_of_file(name, each.told_bytes)
                                   : message_of_file(name));
  }
  start();
  size_t deleted = 0;
  for (const FileCase& each : cases) deleted += each.is_deleted;
  EXPECT_TRUE(queue_.wait_until_deleted(deleted));
  // None of them is in the way of what comes behind it.
  for (int i = 0; i < 200; ++i) queue_.put("{\"n\":" + std::to_string(i) + "}");
  EXPECT_TRUE(queue_.wait_until_deleted(deleted + 200));
  for (size_t i = 0; i < cases.size(); ++i) {
    comes([&] { return cases[i].is_deleted || queue_.receives(i) >= 2; });
  }
  stop();
  EXPECT_EQ(queue_.deleted, deleted + 200);
  for (size_t i = 0; i < cases.size(); ++i) {
    const FileCase& each = cases[i];
    SCOPED_TRACE(each.name);
    EXPECT_TRUE(each.is_deleted || queue_.receives(i) >= 2) << "it comes again";
    size_t told = 0;
    for (const auto& chunk : intake_.chunks()) {
      if (!chunk.place.ends_with("/" + each.name + ".json.gz")) continue;
      if (each.reason.empty()) {
        EXPECT_EQ(chunk.unreadable, "");
      } else {
        EXPECT_NE(chunk.unreadable.find(each.reason), std::string::npos) << chunk.unreadable;
        ++told;
      }
    }
    EXPECT_EQ(told, each.reason.empty() ? 0u : 1u) << "however often it comes";
  }
}

// None of them is asked for, and each is told.
TEST_F(SqsSourceTest, a_message_may_name_more_files_than_wait_at_a_time) {
  constexpr size_t kFiles = 3000;
  static_assert(kFiles > 2 * kQueuedChunksMax);
  std::string keys;
  for (size_t i = 0; i < kFiles; ++i) {
    keys += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "/CloudTrail/x.json.gz\"";
  }
  queue_.put(R"({"s3Bucket":"no bucket","s3ObjectKey":[)" + keys + "]}");
  start();
  EXPECT_TRUE(queue_.wait_until_deleted(1));
  stop();
  EXPECT_EQ(queue_.fetched, 0u);
  ASSERT_EQ(intake_.chunks().size(), kFiles);
  EXPECT_TRUE(intake_.chunks().back().place.ends_with("2999/CloudTrail/x.json.gz"));
}

TEST_F(SqsSourceTest, a_message_that_is_not_stored_comes_again_later_and_later) {
  queue_.put("{\"n\":1}");
  intake_.fail(2);
  start();
  const auto asked = steady_clock::now();
  EXPECT_TRUE(queue_.wait_until_deleted(1));
  EXPECT_GE(steady_clock::now() - asked, std::chrono::seconds(3)) << "one second, then two";
  EXPECT_EQ(queue_.receives(0), 3);
}

// ThreadSanitizer takes minutes to unpack so much.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define STATEWIRE_THREADS_ARE_WATCHED
#endif
#endif
TEST_F(SqsSourceTest, files_wait_for_memory_and_events_pass_them) {
#ifdef STATEWIRE_THREADS_ARE_WATCHED
  GTEST_SKIP() << "too slow";
#endif
  // Unpacked they take more than there is for all of them at once.
  const std::string packed = gzipped(std::string(100 << 20, ' '));
  for (int i = 0; i < 6; ++i) {
    queue_.put_file("big" + std::to_string(i) + ".json.gz", {packed});
    queue_.put(notification_of_file("big" + std::to_string(i) + ".json.gz", packed.size()));
  }
  intake_.hold_files();
  start();
  EXPECT_TRUE(queue_.wait_until_fetched(6));
  for (int i = 0; i < 20; ++i) queue_.put("{\"n\":" + std::to_string(i) + "}");
  EXPECT_TRUE(queue_.wait_until_deleted(20));
  EXPECT_LE(intake_.held_bytes(), kSqsFilesBytesMax);
  EXPECT_GE(intake_.held_files(), 2u);
  EXPECT_LE(intake_.held_files(), 3u);
  intake_.release();
  EXPECT_TRUE(queue_.wait_until_deleted(26));
}

}  // namespace
}  // namespace statewire
