// Region and endpoints, as the environment and the config file say.
#pragma once

#include <string>
#include <string_view>

#include "aws/call.h"
#include "aws/profiles.h"
#include "aws/surroundings.h"
#include "base/result.h"

namespace statewire {

// A snapshot; any thread.
class AwsSettings {
 public:
  // bad_input where a file cannot be read.
  static Result<AwsSettings> read(const AwsSurroundings& surroundings);

  // $AWS_REGION, $AWS_DEFAULT_REGION, or the profile's; empty where there is none.
  const std::string& region() const { return region_; }
  const AwsProfiles& profiles() const { return profiles_; }
  // The endpoints that somebody wants for all services.
  EndpointVariant variant() const { return variant_; }
  // Where `service` is called in `region`, or in region() where that is empty; with what variant()
  // or `asked` wants. bad_input where there is none, or an endpoint is no URL.
  Result<AwsTarget> target(const AwsService& service, std::string_view region = {},
                           EndpointVariant asked = {}) const;
  // The endpoint that somebody configured for it: $AWS_ENDPOINT_URL_SQS, $AWS_ENDPOINT_URL, then
  // the profile's for the service, then the profile's; empty where there is none.
  std::string configured_endpoint(const AwsService& service) const;

 private:
  AwsSurroundings surroundings_;
  AwsProfiles profiles_;
  IniSection profile_;
  std::string region_;
  EndpointVariant variant_;
  std::string ca_file_;  // $AWS_CA_BUNDLE, or the profile's ca_bundle.
};

}  // namespace statewire
