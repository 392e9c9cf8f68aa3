// Notices that an object was created in a bucket. Those of CloudTrail's files tell where events
// are.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace statewire {

struct S3Object {
  std::string bucket;
  std::string key;
  std::string region;  // Empty where the notice does not say.
  uint64_t bytes = 0;  // 0 where the notice does not say.

  bool operator==(const S3Object&) const = default;
};

// The detail-type of S3's notices over EventBridge.
inline constexpr std::string_view kObjectCreated = "Object Created";

// CloudTrail's files, packed with gzip, that were created as S3, S3 over EventBridge, or CloudTrail
// itself tells. None where `message` tells of something else: an object that was removed, a digest,
// a file of another service.
std::vector<S3Object> cloudtrail_files_of(simdjson::dom::object message);

}  // namespace statewire
