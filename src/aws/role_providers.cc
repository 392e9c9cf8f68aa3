// Roles: STS gives credentials for a while, to those who have others or a token of an identity
// provider.
#include <algorithm>
#include <charconv>

#include "aws/call_now.h"
#include "aws/providers.h"
#include "aws/xml.h"
#include "base/limits.h"
#include "config/read_file.h"

namespace statewire {
namespace {

constexpr std::string_view kStsVersion = "2011-06-15";

// STS answers everywhere; where no region is configured, its first one does.
Result<AwsTarget> sts_target(const ProviderContext& context) {
  const std::string& region = context.settings.region();
  return context.settings.target(kSts, region.empty() ? "us-east-1" : region);
}

Result<AwsCredentials> call_sts(const ProviderContext& context, std::string_view action,
                                const QueryFields& fields, const AwsCredentials* own) {
  const Result<AwsTarget> target = sts_target(context);
  if (!target) return target.error();
  AwsCall call = query_call(*target, action, kStsVersion, fields);
  call.timeout = std::chrono::seconds(10);
  call.is_signed = own != nullptr;
  const AwsAnswer answer = call_now(call, own == nullptr ? AwsCredentials{} : *own, context.clock);
  const std::string what = "sts:" + std::string(action);
  if (!answer.ok()) return refused_credentials(what, answer);
  const Result<AwsXml> xml = AwsXml::parse(answer.response.body);
  if (!xml) return unavailable(what + ": the answer is no XML");
  const std::string at = std::string(action) + "Result/Credentials/";
  AwsCredentials credentials{.access_key_id = xml->text(at + "AccessKeyId"),
                             .secret_access_key = Secret(xml->text(at + "SecretAccessKey")),
                             .session_token = Secret(xml->text(at + "SessionToken")),
                             .expires = parse_time(xml->text(at + "Expiration"))};
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() ||
      !credentials.expires) {
    return unavailable(what + ": the answer has no credentials");
  }
  return credentials;
}

std::string session_name_or_default(const std::string& name) {
  return name.empty() ? "statewire" : name;
}

Result<Duration> duration_in(const std::string& profile, const IniSection& section) {
  const std::string text = value_of(section, "duration_seconds");
  int64_t seconds = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
  if (!text.empty() && (!is_number || seconds < 0 || seconds > kAwsRoleDurationMax.count())) {
    return bad_input("profile " + profile + ": duration_seconds is no number of seconds");
  }
  return Duration(std::chrono::seconds(seconds));
}

// Follows source_profile from profile to profile.
class RoleFinder {
 public:
  explicit RoleFinder(const ProviderContext& context) : context_(context) {}

  Result<AwsCredentials> find(const std::string& profile) {
    const IniSection section = context_.settings.profiles().merged(profile);
    if (!value_of(section, "mfa_serial").empty()) {
      return bad_input("profile " + profile +
                       " asks for an MFA code, which nobody is here to type");
    }
    visited_.push_back(profile);
    const Result<AwsCredentials> source = find_source(profile, section);
    if (!source) return source;
    const Result<Duration> duration = duration_in(profile, section);
    if (!duration) return duration.error();
    return call_assume_role(
        context_, *source,
        {.arn = value_of(section, "role_arn"),
         .external_id = value_of(section, "external_id"),
         .session_name = session_name_or_default(value_of(section, "role_session_name")),
         .duration = *duration});
  }

 private:
  Result<AwsCredentials> find_source(const std::string& profile, const IniSection& section) {
    const std::string source_profile = value_of(section, "source_profile");
    const std::string source = value_of(section, "credential_source");
    if (source_profile.empty() == source.empty()) {
      return bad_input("profile " + profile +
                       " has role_arn, so it needs one of source_profile and credential_source");
    }
    return source.empty() ? from_profile(profile, source_profile) : from_source(profile, source);
  }

  Result<AwsCredentials> from_source(const std::string& profile, const std::string& source) {
    ProviderResult found = bad_input("profile " + profile + ": credential_source \"" + source +
                                     "\" is none of Environment, EcsContainer and "
                                     "Ec2InstanceMetadata");
    if (source == "Environment") found = from_environment(context_);
    if (source == "EcsContainer") found = from_container(context_);
    if (source == "Ec2InstanceMetadata") found = from_instance(context_);
    if (!found) return found.error();
    if (!found->credentials) {
      return not_found("profile " + profile + ": credential_source " + source + ": " +
                       found->detail);
    }
    return *std::move(found->credentials);
  }

  Result<AwsCredentials> from_profile(const std::string& profile, const std::string& source) {
    const AwsProfiles& profiles = context_.settings.profiles();
    if (!profiles.has(source)) {
      return bad_input("profile " + profile + ": source_profile " + source + " does not exist");
    }
    const IniSection section = profiles.merged(source);
    const bool has_keys =
        section.contains("aws_access_key_id") || section.contains("aws_secret_access_key");
    const bool was_visited = std::ranges::find(visited_, source) != visited_.end();
    if (was_visited && (source != profile || !has_keys)) {
      return bad_input("profile " + source + " is its own source_profile");
    }
    const bool has_role =
        section.contains("role_arn") && !section.contains("web_identity_token_file");
    if (!has_keys && has_role) return find(source);
    using Find = ProviderResult (*)(const ProviderContext&, const std::string&);
    constexpr Find kWebIdentity = [](const ProviderContext& context, const std::string& name) {
      return from_web_identity(context, name, false);
    };
    for (const Find each : {kWebIdentity, Find(from_sso), Find(from_shared_credentials),
                            Find(from_process), Find(from_config_file)}) {
      ProviderResult found = each(context_, source);
      if (!found) return found.error();
      if (found->credentials) return *std::move(found->credentials);
    }
    return not_found("source_profile " + source + " has no credentials");
  }

  const ProviderContext& context_;
  std::vector<std::string> visited_;
};

}  // namespace

Result<AwsCredentials> call_assume_role(const ProviderContext& context, const AwsCredentials& own,
                                        const AwsRole& role) {
  QueryFields fields{{"RoleArn", role.arn}, {"RoleSessionName", role.session_name}};
  if (!role.external_id.empty()) fields.emplace_back("ExternalId", role.external_id);
  if (role.duration > Duration()) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(role.duration);
    fields.emplace_back("DurationSeconds", std::to_string(seconds.count()));
  }
  return call_sts(context, "AssumeRole", fields, &own);
}

Error refused_credentials(const std::string& what, const AwsAnswer& answer) {
  const std::string text = what + ": " + answer.text();
  return may_pass_later(answer.fault) ? unavailable(text) : failed(text);
}

ProviderResult from_assumed_role(const ProviderContext& context, const std::string& profile) {
  const IniSection section = context.settings.profiles().merged(profile);
  if (!section.contains("role_arn")) return nothing("profile " + profile + " has no role_arn");
  if (section.contains("web_identity_token_file")) {
    return nothing("profile " + profile + " has a web_identity_token_file");
  }
  Result<AwsCredentials> credentials = RoleFinder(context).find(profile);
  if (!credentials) return credentials.error();
  return ProviderFound{*std::move(credentials),
                       "role " + value_of(section, "role_arn") + " of profile " + profile};
}

ProviderResult from_web_identity(const ProviderContext& context, const std::string& profile,
                                 bool uses_environment) {
  const IniSection section = context.settings.profiles().merged(profile);
  const auto setting = [&](const char* variable, const char* key) {
    std::string value = uses_environment ? context.surroundings.variable(variable) : "";
    return value.empty() ? value_of(section, key) : value;
  };
  const std::string path = setting("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
  const std::string role = setting("AWS_ROLE_ARN", "role_arn");
  if (path.empty()) return nothing("AWS_WEB_IDENTITY_TOKEN_FILE is not set");
  if (role.empty()) return bad_input("a web identity token is configured, but no role ARN");
  const Result<std::string> token = read_file(context.surroundings.path(path), kSecretBytesMax);
  if (!token) return failed(path + ": " + token.error().text);
  const std::string name = setting("AWS_ROLE_SESSION_NAME", "role_session_name");
  Result<AwsCredentials> credentials = call_sts(context, "AssumeRoleWithWebIdentity",
                                                {{"RoleArn", role},
                                                 {"RoleSessionName", session_name_or_default(name)},
                                                 {"WebIdentityToken", *token}},
                                                nullptr);
  if (!credentials) return credentials.error();
  return ProviderFound{*std::move(credentials), "role " + role + " by the token in " + path};
}

}  // namespace statewire
