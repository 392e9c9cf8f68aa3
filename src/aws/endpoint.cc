#include "aws/endpoint.h"

#include <algorithm>

namespace statewire {
namespace {

struct Partition {
  std::string_view region_prefix;
  std::string_view name;
  std::string_view suffix;
  std::string_view dual_stack_suffix;
};

// The first that fits; the last fits all.
constexpr Partition kPartitions[] = {
    {"cn-", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"us-gov-", "aws-us-gov", "amazonaws.com", "api.aws"},
    {"us-isob-", "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud"},
    {"us-isof-", "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    {"us-iso-", "aws-iso", "c2s.ic.gov", "api.aws.ic.gov"},
    {"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
    {"eusc-", "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"", "aws", "amazonaws.com", "api.aws"},
};

const Partition& partition_of(std::string_view region) {
  return *std::find_if(std::begin(kPartitions), std::end(kPartitions), [&](const auto& partition) {
    return region.starts_with(partition.region_prefix);
  });
}

// A name with at least two labels before the suffix.
bool is_below(std::string_view host, std::string_view suffix) {
  if (host.size() <= suffix.size() || !host.ends_with(suffix)) return false;
  host.remove_suffix(suffix.size());
  return host.ends_with('.') && host.substr(0, host.size() - 1).find('.') != host.npos;
}

// In GovCloud these are FIPS endpoints under their plain names.
bool is_fips_anyway(const AwsService& service, std::string_view region, bool dual_stack) {
  if (!region.starts_with("us-gov-")) return false;
  if (service.key == kEventBridge.key) return true;
  if (dual_stack) return false;
  return service.key == kSqs.key || service.key == kSns.key || service.key == kSts.key ||
         service.key == kSso.key || service.key == kSsoOidc.key;
}

}  // namespace

std::string aws_host(const AwsService& service, std::string_view region, EndpointVariant variant) {
  const Partition& partition = partition_of(region);
  std::string host(service.host);
  if (variant.fips && !is_fips_anyway(service, region, variant.dual_stack)) host += "-fips";
  // S3 had both stacks before there was a suffix for them.
  const bool is_s3 = service.key == kS3.key;
  if (is_s3 && variant.dual_stack) host += ".dualstack";
  host.append(".").append(region).append(".");
  host.append(variant.dual_stack && !is_s3 ? partition.dual_stack_suffix : partition.suffix);
  return host;
}

bool is_dual_stack_host(std::string_view host) {
  return std::ranges::any_of(kPartitions, [&](const Partition& partition) {
    return is_below(host, partition.dual_stack_suffix);
  });
}

bool is_aws_host(std::string_view host) {
  return is_dual_stack_host(host) ||
         std::ranges::any_of(kPartitions, [&](const Partition& partition) {
           return is_below(host, partition.suffix);
         });
}

std::string_view aws_partition(std::string_view region) { return partition_of(region).name; }

bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

}  // namespace statewire
