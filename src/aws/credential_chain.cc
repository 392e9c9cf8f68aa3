#include "aws/credential_chain.h"

#include <functional>

#include "aws/providers.h"

namespace statewire {
namespace {

struct Provider {
  std::string_view name;
  ProviderResult (*find)(const ProviderContext& context);
};

const std::string& profile_of(const ProviderContext& context) {
  return context.settings.profiles().name;
}

constexpr Provider kProviders[] = {
    {"env", from_environment},
    {"assume-role",
     [](const ProviderContext& context) {
       return from_assumed_role(context, profile_of(context));
     }},
    {"assume-role-with-web-identity",
     [](const ProviderContext& context) {
       return from_web_identity(context, profile_of(context), true);
     }},
    {"sso", [](const ProviderContext& context) { return from_sso(context, profile_of(context)); }},
    {"shared-credentials-file",
     [](const ProviderContext& context) {
       return from_shared_credentials(context, profile_of(context));
     }},
    {"custom-process",
     [](const ProviderContext& context) { return from_process(context, profile_of(context)); }},
    {"config-file",
     [](const ProviderContext& context) { return from_config_file(context, profile_of(context)); }},
    {"container-role", from_container},
    {"iam-role", from_instance},
};

}  // namespace

FoundCredentials find_credentials(const AwsSurroundings& surroundings, const Clock& clock) {
  FoundCredentials result;
  const Result<AwsSettings> settings = AwsSettings::read(surroundings);
  if (!settings) {
    result.credentials = settings.error();
    return result;
  }
  const ProviderContext context{surroundings, *settings, clock};
  for (const Provider& provider : kProviders) {
    ProviderResult found = provider.find(context);
    LookedAt& looked = result.looked_at.emplace_back(LookedAt{.provider = provider.name});
    if (!found) {
      looked.outcome = LookedAt::Outcome::failed;
      looked.detail = found.error().text;
      result.credentials = found.error();
      return result;
    }
    looked.detail = found->detail;
    if (!found->credentials) continue;
    looked.outcome = LookedAt::Outcome::found;
    found->credentials->provider = provider.name;
    result.credentials = *std::move(found->credentials);
    return result;
  }
  result.credentials = not_found(
      "no AWS credentials were found; `statewire aws whoami` shows where they were looked for");
  return result;
}

Result<AwsCredentials> assume_role(const AwsSurroundings& surroundings, const AwsCredentials& own,
                                   const AwsRole& role, const Clock& clock) {
  const Result<AwsSettings> settings = AwsSettings::read(surroundings);
  if (!settings) return settings.error();
  Result<AwsCredentials> assumed = call_assume_role({surroundings, *settings, clock}, own, role);
  if (assumed) assumed->provider = "assume-role";
  return assumed;
}

}  // namespace statewire
