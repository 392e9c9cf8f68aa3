// What a message of a queue holds: an event, or the names of files with events.
#pragma once

#include <cstdint>
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
