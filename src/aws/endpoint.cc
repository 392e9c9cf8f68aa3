#include "aws/endpoint.h"

#include <algorithm>

#include "model/aws_partition.h"

namespace statewire {
namespace {

// A name with at least two labels before the suffix.
bool is_below(std::string_view host, std::string_view suffix) {
  if (host.size() <= suffix.size() || !host.ends_with(suffix)) return false;
  host.remove_suffix(suffix.size());
  return host.ends_with('.') && host.substr(0, host.size() - 1).find('.') != host.npos;
}

// In GovCloud these are FIPS endpoints under their plain names.
bool is_fips_anyway(const AwsService& service, std::string_view region, bool dual_stack) {
  if (aws_partition_of(region).id != "aws-us-gov") return false;
  if (service.key == kEventBridge.key) return true;
  if (dual_stack) return false;
  return service.key == kSqs.key || service.key == kSns.key || service.key == kSts.key ||
         service.key == kSso.key || service.key == kSsoOidc.key;
}

}  // namespace

std::string aws_host(const AwsService& service, std::string_view region, EndpointVariant variant) {
  const AwsPartition& partition = aws_partition_of(region);
  std::string host(service.host);
  if (variant.fips && !is_fips_anyway(service, region, variant.dual_stack)) host += "-fips";
  // S3 had both stacks before there was a suffix for them.
  const bool is_s3 = service.key == kS3.key;
  if (is_s3 && variant.dual_stack) host += ".dualstack";
  host.append(".").append(region).append(".");
  host.append(variant.dual_stack && !is_s3 ? partition.dual_stack_suffix : partition.dns_suffix);
  return host;
}

bool is_dual_stack_host(std::string_view host) {
  return std::ranges::any_of(kAwsPartitions, [&](const AwsPartition& partition) {
    return is_below(host, partition.dual_stack_suffix);
  });
}

bool is_aws_host(std::string_view host) {
  return is_dual_stack_host(host) ||
         std::ranges::any_of(kAwsPartitions, [&](const AwsPartition& partition) {
           return is_below(host, partition.dns_suffix);
         });
}

bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

}  // namespace statewire
