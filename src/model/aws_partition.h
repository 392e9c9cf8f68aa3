// The partitions of AWS: parts of it that share nothing, each with names of its own.
#pragma once

#include <string_view>

namespace statewire {

struct AwsPartition {
  std::string_view id;                 // As ARNs name it.
  std::string_view region_prefix;      // Of all its regions, and of no other's.
  std::string_view dns_suffix;         // Of the hosts of its services.
  std::string_view dual_stack_suffix;  // Of those that IPv6 reaches, too.
  std::string_view console_host;       // Empty where it is not known.
};

// The last fits every region that the others do not.
inline constexpr AwsPartition kAwsPartitions[] = {
    {"aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "console.amazonaws.cn"},
    {"aws-us-gov", "us-gov-", "amazonaws.com", "api.aws", "console.amazonaws-us-gov.com"},
    {"aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", ""},
    {"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", ""},
    {"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", ""},
    {"aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov", ""},
    {"aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu", ""},
    {"aws", "", "amazonaws.com", "api.aws", "console.aws.amazon.com"},
};

const AwsPartition& aws_partition_of(std::string_view region);
// The one that an ARN names; null where it is none.
const AwsPartition* aws_partition_in(std::string_view arn);

}  // namespace statewire
