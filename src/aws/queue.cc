#include "aws/queue.h"

#include <algorithm>
#include <vector>

#include "net/url.h"

namespace statewire {
namespace {

std::vector<std::string> labels_of(std::string_view host) {
  std::vector<std::string> labels;
  while (!host.empty()) {
    const size_t dot = std::min(host.find('.'), host.size());
    labels.emplace_back(host.substr(0, dot));
    host.remove_prefix(std::min(dot + 1, host.size()));
  }
  return labels;
}

struct HostParts {
  std::string region;
  bool is_own = false;  // The service's usual host, rather than one of somebody's network.
};

// sqs.REGION.amazonaws.com, sqs-fips.REGION…, REGION.queue.amazonaws.com, or
// vpce-….sqs.REGION.vpce.amazonaws.com.
HostParts parts_of(std::string_view host) {
  const bool is_amazons = host.find(".amazonaws.") != host.npos || host.ends_with(".api.aws") ||
                          host.find(".amazonwebservices.") != host.npos;
  const std::vector<std::string> labels = labels_of(host);
  if (!is_amazons || labels.size() < 4) return {};
  if (labels[0] == "sqs" || labels[0] == "sqs-fips") return {labels[1], true};
  if (labels[1] == "queue") return {labels[0], true};
  if (labels[1] == "sqs" && labels.size() > 4) return {labels[2], false};
  return {};
}

std::string encoded_key(std::string_view key) {
  std::string path;
  while (!key.empty()) {
    const size_t end = std::min(key.find('/'), key.size());
    path += percent_encode(key.substr(0, end));
    if (end < key.size()) path += '/';
    key.remove_prefix(std::min(end + 1, key.size()));
  }
  return path;
}

}  // namespace

Result<SqsQueue> find_queue(const AwsSettings& settings, const std::string& url,
                            std::string_view region) {
  const size_t scheme = url.find("://");
  const bool is_web = url.starts_with("https://") || url.starts_with("http://");
  const size_t slash = is_web ? url.find('/', scheme + 3) : url.npos;
  const size_t last = url.rfind('/');
  if (slash == url.npos || last + 1 >= url.size() || url.find_first_of("?#@ \t\r\n") != url.npos) {
    return bad_input(
        "wanted the URL of a queue, such as "
        "https://sqs.eu-west-1.amazonaws.com/123456789012/NAME");
  }
  const HostParts host = parts_of(url.substr(scheme + 3, slash - scheme - 3));
  const Result<AwsTarget> target =
      settings.target(kSqs, region.empty() ? std::string_view(host.region) : region);
  if (!target) return target.error();
  SqsQueue queue{.target = *target, .url = url, .name = url.substr(last + 1)};
  queue.is_fifo = queue.name.ends_with(".fifo");
  if (!target->is_custom && !host.is_own) queue.target.url = url.substr(0, slash);
  return queue;
}

AwsCall sqs_call(const SqsQueue& queue, std::string_view operation, std::string body) {
  return json_call(queue.target, "AmazonSQS." + std::string(operation), "1.0", std::move(body));
}

bool is_bucket_name(std::string_view bucket) {
  return bucket.size() >= 3 && bucket.size() <= 63 && std::ranges::all_of(bucket, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

AwsCall s3_call(AwsTarget target, std::string method, const std::string& bucket,
                std::string_view key, std::string body) {
  std::string path = "/" + encoded_key(key);
  // The certificate covers one label before "s3"; and who runs an own endpoint has no such names.
  const bool fits_host = bucket.find_first_of("._") == bucket.npos;
  if (target.is_custom || !fits_host) {
    path = "/" + bucket + path;
  } else {
    target.url.insert(target.url.find("://") + 3, bucket + ".");
  }
  return rest_call(std::move(target), std::move(method), std::move(path), std::move(body));
}

}  // namespace statewire
