// What a message of a queue holds: an event, or the names of files with events.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/event_reader.h"
#include "sources/s3_notice.h"

namespace statewire {

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
  std::string event;            // A text of events; empty where there are only files.
  std::vector<S3Object> files;  // CloudTrail's, packed with gzip.

  bool operator==(const SqsContent&) const = default;
};

// Not thread-safe: one for each thread; it keeps its parser's memory between calls.
class SqsMessages {
 public:
  SqsMessages();

  // Finds the CloudTrail files that S3, S3 over EventBridge, or CloudTrail itself tells of, in
  // whatever containers (EventReader's). Everything else is an event as it is, readable or not.
  SqsContent read(std::string_view body);

 private:
  std::vector<S3Object> files_;
  EventReader reader_;
};

}  // namespace statewire
