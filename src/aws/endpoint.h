// Which host serves a service in a region.
#pragma once

#include <string>
#include <string_view>

namespace statewire {

// A service by its names in the places where it is named.
struct AwsService {
  std::string_view key;           // In the config file and, in capitals, in the environment.
  std::string_view host;          // First label of its hosts.
  std::string_view signing_name;  // In the scope of a signature.
};

inline constexpr AwsService kSqs{"sqs", "sqs", "sqs"};
inline constexpr AwsService kSns{"sns", "sns", "sns"};
inline constexpr AwsService kEventBridge{"eventbridge", "events", "events"};
inline constexpr AwsService kLambda{"lambda", "lambda", "lambda"};
inline constexpr AwsService kS3{"s3", "s3", "s3"};
inline constexpr AwsService kSes{"sesv2", "email", "ses"};
inline constexpr AwsService kCloudTrail{"cloudtrail", "cloudtrail", "cloudtrail"};
inline constexpr AwsService kCloudWatch{"cloudwatch", "monitoring", "monitoring"};
inline constexpr AwsService kSts{"sts", "sts", "sts"};
inline constexpr AwsService kSso{"sso", "portal.sso", "awsssoportal"};
inline constexpr AwsService kSsoOidc{"sso_oidc", "oidc", "sso-oauth"};

struct EndpointVariant {
  bool fips = false;
  bool dual_stack = false;
};

// "sqs.eu-west-1.amazonaws.com". The partition follows from how the region's name begins.
std::string aws_host(const AwsService& service, std::string_view region,
                     EndpointVariant variant = {});

// True for a host with a name of AWS's own, in any partition; `is_dual_stack_host` for one of both
// stacks.
bool is_aws_host(std::string_view host);
bool is_dual_stack_host(std::string_view host);

// True for a name that can be a region: it goes into host names.
bool is_region(std::string_view text);

}  // namespace statewire
