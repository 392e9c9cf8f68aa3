// Queues of SQS and objects of S3, as calls.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "aws/call.h"
#include "aws/settings.h"
#include "base/result.h"

namespace statewire {

struct SqsQueue {
  AwsTarget target;
  std::string url;
  std::string name;  // The last part of the URL.
  bool is_fifo = false;
};

// A queue by its URL. Its region is `region`, else what the host says, else the settings'. The
// URL's host is called, unless an endpoint is configured, or one of FIPS or of both stacks is
// wanted and the URL names another. bad_input says what would be right.
Result<SqsQueue> find_queue(const AwsSettings& settings, const std::string& url,
                            std::string_view region);

AwsCall sqs_call(const SqsQueue& queue, std::string_view operation, std::string body);

// An object; `key` is not encoded. `bucket` must be a valid name.
AwsCall s3_call(AwsTarget target, std::string method, const std::string& bucket,
                std::string_view key, std::string body = {});
bool is_bucket_name(std::string_view bucket);

}  // namespace statewire
