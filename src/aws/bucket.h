// The objects of one bucket of S3.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "aws/client.h"
#include "aws/queue.h"
#include "aws/role.h"
#include "aws/xml.h"
#include "base/result.h"

namespace statewire {

// "s3://BUCKET/KEY". The key may be empty, and then the slash too.
struct S3Path {
  std::string bucket;
  std::string key;
};
inline constexpr std::string_view kS3Scheme = "s3://";
// bad_input where it is no such text, or the bucket has no valid name.
Result<S3Path> parse_s3_path(std::string_view text);

// What to do about a call that was answered: `not_found` where there is no such object or bucket,
// `unavailable` where it may pass by itself.
Error error_of_s3(const AwsAnswer& answer);

// Finds the bucket's region by itself. Not thread-safe. Borrows `aws`; blocks for as long as calls
// take, or until `stop` is requested: they fail then.
class S3Bucket {
 public:
  struct Ask {
    std::string method = "GET";
    std::string key = {};  // Not encoded; empty: the bucket.
    std::string query = {};
    std::string body = {};
    Duration timeout = std::chrono::seconds(10);
    size_t answer_bytes_max = kAwsAnswerBytesMax;
    int attempts_max = 1;
  };

  S3Bucket(std::string bucket, AwsRole role, AwsClient& aws, std::stop_token stop = {})
      : bucket_(std::move(bucket)), role_(std::move(role)), aws_(aws), stop_(std::move(stop)) {}

  const std::string& name() const { return bucket_; }
  // An error where nothing can be asked; else the answer, whatever it says.
  Result<AwsAnswer> ask(const Ask& ask);
  // Calls `visit` with the `Contents` of each object whose key begins with `prefix`, in the order
  // of keys. An error where there are more than `pages_max` thousand.
  Result<void> list(const std::string& prefix, size_t pages_max,
                    const std::function<void(const AwsXml&)>& visit);

 private:
  const std::string bucket_;
  const AwsRole role_;
  AwsClient& aws_;
  const std::stop_token stop_;
  // Of the bucket, once an answer told it; until then of the instance where no region is
  // configured. Empty: where calls usually go.
  std::string region_;
};

}  // namespace statewire
