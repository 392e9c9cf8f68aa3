#include "aws/settings.h"

#include <algorithm>

#include "net/url.h"

namespace statewire {
namespace {

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

bool is_true(std::string_view text) {
  return text == "true" || text == "True" || text == "TRUE" || text == "1";
}

}  // namespace

Result<AwsSettings> AwsSettings::read(const AwsSurroundings& surroundings) {
  Result<AwsProfiles> profiles = read_profiles(surroundings);
  if (!profiles) return profiles.error();
  AwsSettings settings;
  settings.surroundings_ = surroundings;
  settings.profiles_ = *std::move(profiles);
  settings.profile_ = settings.profiles_.merged(settings.profiles_.name);
  const auto first_of = [&](std::initializer_list<const char*> variables, const char* key) {
    for (const char* variable : variables) {
      if (std::string value = surroundings.variable(variable); !value.empty()) return value;
    }
    return value_of(settings.profile_, key);
  };
  settings.region_ = first_of({"AWS_REGION", "AWS_DEFAULT_REGION"}, "region");
  settings.variant_ = {
      .fips = is_true(first_of({"AWS_USE_FIPS_ENDPOINT"}, "use_fips_endpoint")),
      .dual_stack = is_true(first_of({"AWS_USE_DUALSTACK_ENDPOINT"}, "use_dualstack_endpoint"))};
  settings.ca_file_ = surroundings.path(first_of({"AWS_CA_BUNDLE"}, "ca_bundle"));
  return settings;
}

std::string AwsSettings::configured_endpoint(const AwsService& service) const {
  std::string ignores = surroundings_.variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
  if (ignores.empty()) ignores = value_of(profile_, "ignore_configured_endpoint_urls");
  if (is_true(ignores)) return {};
  for (const std::string& variable :
       {"AWS_ENDPOINT_URL_" + upper_case(service.key), std::string("AWS_ENDPOINT_URL")}) {
    if (std::string url = surroundings_.variable(variable); !url.empty()) return url;
  }
  if (const auto services = profiles_.services.find(value_of(profile_, "services"));
      services != profiles_.services.end()) {
    std::string url = value_of(services->second, std::string(service.key) + ".endpoint_url");
    if (!url.empty()) return url;
  }
  return value_of(profile_, "endpoint_url");
}

Result<AwsTarget> AwsSettings::target(const AwsService& service, std::string_view region,
                                      EndpointVariant asked) const {
  AwsTarget target{.service = service,
                   .region = std::string(region.empty() ? region_ : region),
                   .url = {},
                   .ca_file = ca_file_};
  if (target.region.empty()) {
    return bad_input(
        "no AWS region is known: set `region`, AWS_REGION, or the region of the AWS profile");
  }
  if (!is_region(target.region)) return bad_input("\"" + target.region + "\" is no AWS region");
  target.url = configured_endpoint(service);
  target.is_custom = !target.url.empty();
  if (!target.is_custom) {
    target.url = "https://" + aws_host(service, target.region,
                                       {.fips = variant_.fips || asked.fips,
                                        .dual_stack = variant_.dual_stack || asked.dual_stack});
    return target;
  }
  Result<Url> url = parse_url(target.url);
  if (!url || target.url.find_first_of("?#@") != std::string::npos) {
    return bad_input("the configured AWS endpoint of " + std::string(service.key) +
                     " is no URL that begins with http:// or https://");
  }
  while (url->path.ends_with('/')) url->path.pop_back();
  target.url = url->origin() + url->path;
  return target;
}

}  // namespace statewire
