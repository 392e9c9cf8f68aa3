#include "aws/queue.h"

#include <algorithm>
#include <vector>

#include "base/percent.h"
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
  EndpointVariant variant;
  bool is_old = false;  // REGION.queue.amazonaws.com, whose certificate is another.
};

// sqs.REGION.amazonaws.com, sqs-fips.REGION…, sqs.REGION.api.aws, REGION.queue.amazonaws.com, or
// vpce-….sqs.REGION.vpce.amazonaws.com. Of other hosts nothing is known.
HostParts parts_of(std::string_view host) {
  if (!is_aws_host(host)) return {};
  const std::vector<std::string> labels = labels_of(host);
  if (labels[0] == "sqs" || labels[0] == "sqs-fips") {
    return {.region = labels[1],
            .variant = {.fips = labels[0] == "sqs-fips", .dual_stack = is_dual_stack_host(host)}};
  }
  if (labels[1] == "queue") return {.region = labels[0], .is_old = true};
  if (labels[1] == "sqs" && labels.size() > 4) return {.region = labels[2]};
  return {};
}

}  // namespace

Result<SqsQueue> find_queue(const AwsSettings& settings, const std::string& url,
                            std::string_view region) {
  const Result<Url> parsed = parse_url(url);
  if (!parsed || parsed->path.ends_with('/') || url.find_first_of("?#@") != url.npos) {
    return bad_input(
        "wanted the URL of a queue, such as "
        "https://sqs.eu-west-1.amazonaws.com/123456789012/NAME");
  }
  const HostParts host = parts_of(parsed->host);
  const Result<AwsTarget> target =
      settings.target(kSqs, region.empty() ? std::string_view(host.region) : region, host.variant);
  if (!target) return target.error();
  SqsQueue queue{.target = *target, .url = url, .name = url.substr(url.rfind('/') + 1)};
  queue.is_fifo = queue.name.ends_with(".fifo");
  // What the URL says is called, unless more is wanted: an endpoint of FIPS, or of both stacks.
  const bool is_vpc = host.region.empty() || parsed->host.find(".vpce.") != url.npos;
  const bool wants_more = (settings.variant().fips && !host.variant.fips) ||
                          (settings.variant().dual_stack && !host.variant.dual_stack);
  if (!target->is_custom && !host.is_old && (is_vpc || !wants_more)) {
    queue.target.url = parsed->origin();
  }
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
  std::string path = "/" + percent_encode(key, "/");
  // The certificate covers one label before "s3"; and who runs an own endpoint has no such names.
  const bool fits_host = bucket.find_first_of("._") == bucket.npos;
  if (target.is_custom || !fits_host) {
    path = "/" + bucket + path;
  } else {
    Url url = parse_url(target.url).value();  // Made by `AwsSettings`.
    url.host.insert(0, bucket + ".");
    target.url = url.origin();
  }
  return rest_call(std::move(target), std::move(method), std::move(path), std::move(body));
}

}  // namespace statewire
