// The parts of the credential chain. Each blocks, and says nothing where it is not configured.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/answer.h"
#include "aws/credentials.h"
#include "aws/json.h"
#include "aws/settings.h"

namespace statewire {

struct ProviderContext {
  const AwsSurroundings& surroundings;
  const AwsSettings& settings;
  const Clock& clock;
};

struct ProviderFound {
  std::optional<AwsCredentials> credentials;
  std::string detail;  // What was there, or what is not.
};
using ProviderResult = Result<ProviderFound>;

inline ProviderFound nothing(std::string detail) { return {std::nullopt, std::move(detail)}; }

ProviderResult from_environment(const ProviderContext& context);
// Those of files, for one profile.
ProviderResult from_shared_credentials(const ProviderContext& context, const std::string& profile);
ProviderResult from_config_file(const ProviderContext& context, const std::string& profile);
ProviderResult from_process(const ProviderContext& context, const std::string& profile);
ProviderResult from_sso(const ProviderContext& context, const std::string& profile);
// A profile with role_arn, by credentials of its source_profile or credential_source.
ProviderResult from_assumed_role(const ProviderContext& context, const std::string& profile);
// The environment's variables count for the chosen profile only, not for those it refers to.
ProviderResult from_web_identity(const ProviderContext& context, const std::string& profile,
                                 bool uses_environment);
ProviderResult from_container(const ProviderContext& context);
ProviderResult from_instance(const ProviderContext& context);
// Empty where no instance says it.
std::string region_of_instance(const AwsSurroundings& surroundings);

Result<AwsCredentials> call_assume_role(const ProviderContext& context, const AwsCredentials& own,
                                        const AwsRole& role);

// Why nothing was given: `unavailable` where asking again may help, else failed. `what` was asked.
Error refused_credentials(const std::string& what, const AwsAnswer& answer);

// From a document with these fields; an error names the one that is missing. `expires` may be
// absent or empty.
struct CredentialFields {
  std::string_view access_key_id;
  std::string_view secret_access_key;
  std::string_view session_token;
  std::string_view expires;
};
Result<AwsCredentials> read_credentials(const AwsJson& json, const CredentialFields& fields);

// "AKIA…WXYZ": enough to tell keys apart.
std::string masked(const std::string& access_key_id);

}  // namespace statewire
