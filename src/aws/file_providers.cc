// Environment, files, and the program that a profile names.
#include "aws/process.h"
#include "aws/providers.h"
#include "base/limits.h"

namespace statewire {
namespace {

ProviderResult from_section(const IniSection& section, const std::string& path,
                            const std::string& profile) {
  const std::string place = path + " [" + profile + "]";
  AwsCredentials credentials{
      .access_key_id = value_of(section, "aws_access_key_id"),
      .secret_access_key = Secret(value_of(section, "aws_secret_access_key")),
      .session_token = Secret(value_of(section, "aws_session_token"))};
  if (credentials.session_token.empty()) {
    credentials.session_token = Secret(value_of(section, "aws_security_token"));
  }
  if (credentials.access_key_id.empty()) return nothing(place + " has no aws_access_key_id");
  if (credentials.secret_access_key.empty()) {
    return bad_input(place + " has aws_access_key_id, but no aws_secret_access_key");
  }
  const std::string detail = place + ", key " + masked(credentials.access_key_id);
  return ProviderFound{std::move(credentials), detail};
}

ProviderResult from_file(const IniFile& file, const std::string& path, const std::string& profile) {
  const auto section = file.find(profile);
  if (section == file.end()) return nothing(path + " has no profile " + profile);
  return from_section(section->second, path, profile);
}

}  // namespace

std::string masked(const std::string& access_key_id) {
  if (access_key_id.size() < 12) return "…";
  return access_key_id.substr(0, 4) + "…" + access_key_id.substr(access_key_id.size() - 4);
}

Result<AwsCredentials> read_credentials(const AwsJson& json, const CredentialFields& fields) {
  AwsCredentials credentials{.access_key_id = json.text(fields.access_key_id),
                             .secret_access_key = Secret(json.text(fields.secret_access_key)),
                             .session_token = Secret(json.text(fields.session_token))};
  for (const std::string_view field : {fields.access_key_id, fields.secret_access_key}) {
    if (json.text(field).empty()) return failed("the answer has no " + std::string(field));
  }
  const std::string expires = json.text(fields.expires);
  if (expires.empty()) return credentials;
  credentials.expires = parse_time(expires);
  // SSO gives milliseconds.
  if (const std::optional<int64_t> number = json.integer(fields.expires)) {
    credentials.expires = Time(std::chrono::milliseconds(*number));
  }
  if (!credentials.expires) return failed("the answer's expiry is no time");
  return credentials;
}

ProviderResult from_environment(const ProviderContext& context) {
  const AwsSurroundings& surroundings = context.surroundings;
  AwsCredentials credentials{
      .access_key_id = surroundings.variable("AWS_ACCESS_KEY_ID"),
      .secret_access_key = Secret(surroundings.variable("AWS_SECRET_ACCESS_KEY")),
      .session_token = Secret(surroundings.variable("AWS_SESSION_TOKEN"))};
  if (credentials.session_token.empty()) {
    credentials.session_token = Secret(surroundings.variable("AWS_SECURITY_TOKEN"));
  }
  if (credentials.access_key_id.empty()) return nothing("AWS_ACCESS_KEY_ID is not set");
  if (credentials.secret_access_key.empty()) {
    return bad_input("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
  }
  if (const std::string expires = surroundings.variable("AWS_CREDENTIAL_EXPIRATION");
      !expires.empty()) {
    credentials.expires = parse_time(expires);
    if (!credentials.expires) return bad_input("AWS_CREDENTIAL_EXPIRATION is no time");
  }
  const std::string detail = "AWS_ACCESS_KEY_ID, key " + masked(credentials.access_key_id);
  return ProviderFound{std::move(credentials), detail};
}

ProviderResult from_shared_credentials(const ProviderContext& context, const std::string& profile) {
  const AwsProfiles& profiles = context.settings.profiles();
  return from_file(profiles.credentials, profiles.credentials_path, profile);
}

ProviderResult from_config_file(const ProviderContext& context, const std::string& profile) {
  const AwsProfiles& profiles = context.settings.profiles();
  return from_file(profiles.config, profiles.config_path, profile);
}

ProviderResult from_process(const ProviderContext& context, const std::string& profile) {
  const IniSection section = context.settings.profiles().merged(profile);
  const std::string command = value_of(section, "credential_process");
  if (command.empty()) return nothing("profile " + profile + " has no credential_process");
  const Result<std::vector<std::string>> words = split_command(command);
  if (!words) return words.error();
  const Result<std::string> text =
      run_process(*words, {.timeout = context.surroundings.process_timeout,
                           .bytes_max = kSecretBytesMax,
                           .stop = context.surroundings.stop});
  if (!text) return text.error();
  const Result<AwsJson> json = AwsJson::parse(*text);
  if (!json || json->integer("Version") != 1) {
    return failed("credential_process: its output is no JSON object with \"Version\": 1");
  }
  Result<AwsCredentials> credentials =
      read_credentials(*json, {.access_key_id = "AccessKeyId",
                               .secret_access_key = "SecretAccessKey",
                               .session_token = "SessionToken",
                               .expires = "Expiration"});
  if (!credentials) return failed("credential_process: " + credentials.error().text);
  const std::string detail =
      "credential_process of profile " + profile + ", key " + masked(credentials->access_key_id);
  return ProviderFound{*std::move(credentials), detail};
}

}  // namespace statewire
