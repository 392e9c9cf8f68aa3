// What a message of a queue holds: an event, or the names of files with events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace statewire {

struct S3Object {
  std::string bucket;
  std::string key;
  std::string region;  // Empty where the message does not say.
  uint64_t bytes = 0;  // 0 where the message does not say.

  bool operator==(const S3Object&) const = default;
};

// Objects in one text, in order: a vector of them takes several times the memory of the message
// that names them.
class S3ObjectQueue {
 public:
  void push(const S3Object& object);
  std::optional<S3Object> pop();
  size_t bytes_held() const { return text_.capacity(); }

 private:
  void push_text(std::string_view text);
  std::string pop_text();

  std::string text_;
  size_t begin_ = 0;
};

struct SqsContent {
  std::string event;            // Empty where there are files.
  std::vector<S3Object> files;  // CloudTrail's, packed with gzip.

  bool operator==(const SqsContent&) const = default;
};

// Takes off what SNS wraps around a message, and finds the CloudTrail files that S3, S3 over
// EventBridge, or CloudTrail itself tells of. Everything else is an event as it is, readable or
// not.
SqsContent read_sqs_message(std::string_view body);

}  // namespace statewire
