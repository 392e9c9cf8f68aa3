#include "sources/sqs_message.h"

#include <algorithm>

#include "aws/json.h"
#include "base/limits.h"
#include "base/percent.h"

namespace statewire {
namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// Digests, which lie beside them, hold no events.
bool is_cloudtrail_file(std::string_view key) {
  return has(key, "/CloudTrail/") && key.ends_with(".json.gz");
}

// S3 writes keys in its own notifications as forms do.
std::string decoded_key(std::string key) {
  std::ranges::replace(key, '+', ' ');
  return percent_decode(key);
}

std::vector<S3Object> files_of(const AwsJson& message) {
  std::vector<S3Object> files;
  const auto add = [&](std::string bucket, std::string key, std::string region,
                       std::optional<int64_t> bytes) {
    if (!is_cloudtrail_file(key)) return;
    files.push_back({.bucket = std::move(bucket),
                     .key = std::move(key),
                     .region = std::move(region),
                     .bytes = static_cast<uint64_t>(std::max<int64_t>(bytes.value_or(0), 0))});
  };
  for (const AwsJson& record : message.items("Records")) {
    if (record.text("eventSource") != "aws:s3") continue;
    add(record.text("s3.bucket.name"), decoded_key(record.text("s3.object.key")),
        record.text("awsRegion"), record.integer("s3.object.size"));
  }
  if (message.text("source") == "aws.s3" && message.text("detail-type") == "Object Created") {
    add(message.text("detail.bucket.name"), message.text("detail.object.key"),
        message.text("region"), message.integer("detail.object.size"));
  }
  if (const std::string bucket = message.text("s3Bucket"); !bucket.empty()) {
    for (const AwsJson& key : message.items("s3ObjectKey")) {
      add(bucket, key.text(""), "", std::nullopt);
    }
  }
  return files;
}

}  // namespace

void S3ObjectQueue::push(const S3Object& object) {
  push_text(object.bucket);
  push_text(object.key);
  push_text(object.region);
  push_text(std::to_string(object.bytes));
}

std::optional<S3Object> S3ObjectQueue::pop() {
  if (begin_ == text_.size()) return std::nullopt;
  S3Object object{.bucket = pop_text(), .key = pop_text(), .region = pop_text()};
  object.bytes = std::stoull(pop_text());
  return object;
}

// Its length, a colon, itself: keys may have any byte.
void S3ObjectQueue::push_text(std::string_view text) {
  text_.append(std::to_string(text.size())).append(1, ':').append(text);
}

std::string S3ObjectQueue::pop_text() {
  const size_t colon = text_.find(':', begin_);
  const size_t size = std::stoull(text_.substr(begin_, colon - begin_));
  begin_ = colon + 1 + size;
  return text_.substr(colon + 1, size);
}

// Most messages are events as they are, and none of the words below is in them: they are not
// parsed here.
SqsContent read_sqs_message(std::string_view body) {
  SqsContent content{.event = std::string(body)};
  for (int i = 0; i < kSnsEnvelopesMax && has(content.event, "\"TopicArn\""); ++i) {
    const Result<AwsJson> envelope = AwsJson::parse(content.event);
    if (!envelope || envelope->text("Type") != "Notification") break;
    const std::optional<std::string> message = envelope->find("Message");
    if (!message) break;
    content.event = *message;
  }
  if (!has(content.event, "/CloudTrail/") && !has(content.event, "s3ObjectKey")) return content;
  const Result<AwsJson> message = AwsJson::parse(content.event);
  if (!message || !message->is_object()) return content;
  content.files = files_of(*message);
  if (!content.files.empty()) content.event.clear();
  return content;
}

}  // namespace statewire
