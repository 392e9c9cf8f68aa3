// Where S3's sink keeps deliveries. Each is written once, whatever happens in between:
//
// - An object's name is the range of sequences that it holds. A write whose outcome nobody knows
//   is repeated with the same range, and so replaces itself.
// - After a start, nobody knows what was written last: its deliveries come again. The newest
//   objects are listed and read, and lines that stand in them already are not written again.
//   Comparing lines, and not numbers alone, also tells an archive of another journal apart.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "aws/client.h"
#include "sinks/aws_attempt.h"
#include "sinks/sink.h"

namespace statewire {

struct S3Place {
  AwsPlace place;
  std::string bucket;
  std::string prefix;
};

// Calls hold it until they are answered. One batch at a time; not thread-safe beyond that.
class S3Archive : public std::enable_shared_from_this<S3Archive> {
 public:
  S3Archive(S3Place place, AwsClient& aws, const Clock& clock);

  void deliver(std::span<const Delivery> batch, Completion done);

 private:
  // The objects that one batch becomes, in order.
  struct Batch {
    std::vector<Delivery> deliveries;
    Completion done;
    std::vector<Attempt> attempts;
    size_t begin = 0;                 // Of what is not written yet.
    std::deque<std::string> folders;  // While the archive's end is looked for.
    std::deque<std::string> keys;
  };
  using BatchPtr = std::shared_ptr<Batch>;
  struct Range {
    uint64_t first = 0;
    uint64_t last = 0;
    std::string key;
  };

  void list_folders(BatchPtr batch, std::string after);
  void list_keys(BatchPtr batch);
  void read_objects(BatchPtr batch);
  void remember(const std::string& body);
  void write_on(BatchPtr batch);
  void write(BatchPtr batch, size_t end);
  Range range_of(const Batch& batch, size_t end) const;
  size_t end_of_object(const Batch& batch) const;
  void fail(const BatchPtr& batch, Attempt attempt) const;
  AwsCall list_call(const std::string& prefix, const std::string& after, bool folders) const;
  std::string root(const Batch& batch) const;
  void call(AwsCall call, std::function<void(AwsAnswer)> done);

  const S3Place place_;
  AwsClient& aws_;
  const Clock& clock_;
  bool knows_end_ = false;
  std::set<std::string> written_;  // Hashes of lines in the newest objects, after a start.
  uint64_t written_until_ = 0;     // Beyond, nothing can be in them.
  Range unsure_;                   // Of a write whose outcome is not known; key empty: none.
};

}  // namespace statewire
