// IAM Identity Center: `aws sso login` leaves a token in a cache, which the portal changes for
// credentials of a role. A token of an sso-session can be renewed without its user.
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "aws/call_now.h"
#include "aws/providers.h"
#include "base/check.h"
#include "base/ids.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/percent.h"
#include "config/read_file.h"

namespace statewire {
namespace {

constexpr Duration kRenewBefore = std::chrono::minutes(5);
constexpr Duration kTimeout = std::chrono::seconds(10);

std::string sha1_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1);
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), size));
}

struct SsoProfile {
  std::string start_url;
  std::string region;
  std::string account_id;
  std::string role_name;
  std::string session;  // Empty in the form that had none.
};

Result<SsoProfile> read_profile(const AwsProfiles& profiles, const std::string& name,
                                IniSection section) {
  const std::string session = value_of(section, "sso_session");
  if (!session.empty()) {
    const auto found = profiles.sso_sessions.find(session);
    if (found == profiles.sso_sessions.end()) {
      return bad_input("profile " + name + ": there is no sso-session " + session);
    }
    for (const auto& [key, value] : found->second) {
      const auto [own, is_new] = section.emplace(key, value);
      if (!is_new && own->second != value) {
        return bad_input("profile " + name + " and sso-session " + session + " differ in " + key);
      }
    }
  }
  for (const char* key : {"sso_start_url", "sso_region", "sso_account_id", "sso_role_name"}) {
    if (value_of(section, key).empty()) {
      return bad_input("profile " + name + " uses SSO, but has no " + key);
    }
  }
  return SsoProfile{.start_url = value_of(section, "sso_start_url"),
                    .region = value_of(section, "sso_region"),
                    .account_id = value_of(section, "sso_account_id"),
                    .role_name = value_of(section, "sso_role_name"),
                    .session = session};
}

// The token in the cache, renewed where that is needed and possible.
class SsoToken {
 public:
  SsoToken(const ProviderContext& context, const SsoProfile& profile)
      : context_(context),
        profile_(profile),
        path_(context.surroundings.path(
            "~/.aws/sso/cache/" +
            sha1_hex(profile.session.empty() ? profile.start_url : profile.session) + ".json")) {}

  Result<std::string> find() {
    const Result<std::string> text = read_file(path_, kSecretBytesMax);
    const Result<AwsJson> json = text ? AwsJson::parse(*text) : text.error();
    const std::optional<Time> expires =
        json ? parse_time(json->text("expiresAt")) : std::optional<Time>();
    if (!expires || json->text("accessToken").empty()) {
      return failed("no SSO token is cached: run `aws sso login`");
    }
    const Time now = context_.clock.now();
    if (!profile_.session.empty() && *expires < now + kRenewBefore) {
      const Result<std::string> renewed = renew(*json);
      if (renewed || *expires <= now) return renewed;
    }
    if (*expires <= now) return failed("the SSO token has expired: run `aws sso login`");
    return json->text("accessToken");
  }

 private:
  Result<std::string> renew(const AwsJson& token) const {
    const std::optional<Time> registration = parse_time(token.text("registrationExpiresAt"));
    if (token.text("refreshToken").empty() || token.text("clientId").empty() || !registration ||
        *registration <= context_.clock.now()) {
      return failed("the SSO token has expired: run `aws sso login`");
    }
    const Result<AwsTarget> target = context_.settings.target(kSsoOidc, profile_.region);
    if (!target) return target.error();
    std::string body = json_of([&](JsonWriter& json) {
      json.begin_object();
      json.text("grantType", "refresh_token");
      json.text("clientId", token.text("clientId"));
      json.text("clientSecret", token.text("clientSecret"));
      json.text("refreshToken", token.text("refreshToken"));
      json.end_object();
    });
    AwsCall call = rest_call(*target, "POST", "/token", std::move(body));
    call.headers = {{"Content-Type", "application/json"}};
    call.timeout = kTimeout;
    call.is_signed = false;
    const AwsAnswer answer = call_now(call, {}, context_.clock);
    const Result<AwsJson> json = AwsJson::parse(answer.response.body);
    if (may_pass_later(answer.fault)) return refused_credentials("sso-oidc:CreateToken", answer);
    if (answer.ok() && !json) return unavailable("sso-oidc:CreateToken: the answer is no JSON");
    if (!answer.ok() || json->text("accessToken").empty()) {
      return failed("the SSO token cannot be renewed: run `aws sso login`");
    }
    save(token, *json);
    return json->text("accessToken");
  }

  // For the next one who looks, as the refresh token may be good only once. Where that fails, this
  // token serves for its time.
  void save(const AwsJson& token, const AwsJson& renewed) const {
    const Time expires =
        context_.clock.now() + std::chrono::seconds(renewed.integer("expiresIn").value_or(0));
    const std::string refresh = renewed.text("refreshToken");
    const std::string text = json_of([&](JsonWriter& json) {
      json.begin_object();
      json.text("startUrl", profile_.start_url);
      json.text("region", profile_.region);
      json.text("accessToken", renewed.text("accessToken"));
      json.time("expiresAt", std::chrono::floor<std::chrono::seconds>(expires));
      json.text("clientId", token.text("clientId"));
      json.text("clientSecret", token.text("clientSecret"));
      json.text("registrationExpiresAt", token.text("registrationExpiresAt"));
      json.text("refreshToken", refresh.empty() ? token.text("refreshToken") : refresh);
      json.end_object();
    });
    const std::string fresh = path_ + "." + std::to_string(::getpid());
    const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return;
    const bool is_whole =
        ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(fd);
    if (!is_whole || std::rename(fresh.c_str(), path_.c_str()) != 0) std::remove(fresh.c_str());
  }

  const ProviderContext& context_;
  const SsoProfile& profile_;
  const std::string path_;
};

}  // namespace

ProviderResult from_sso(const ProviderContext& context, const std::string& name) {
  const AwsProfiles& profiles = context.settings.profiles();
  const IniSection section = profiles.merged(name);
  if (!section.contains("sso_account_id") && !section.contains("sso_role_name")) {
    return nothing("profile " + name + " has no sso_account_id");
  }
  const Result<SsoProfile> profile = read_profile(profiles, name, section);
  if (!profile) return profile.error();
  const Result<std::string> token = SsoToken(context, *profile).find();
  if (!token) return token.error();
  const Result<AwsTarget> target = context.settings.target(kSso, profile->region);
  if (!target) return target.error();
  AwsCall call = rest_call(*target, "GET", "/federation/credentials");
  call.query = "role_name=" + percent_encode(profile->role_name) +
               "&account_id=" + percent_encode(profile->account_id);
  call.headers = {{"x-amz-sso_bearer_token", *token}};
  call.timeout = kTimeout;
  call.is_signed = false;
  const AwsAnswer answer = call_now(call, {}, context.clock);
  const std::string what = "sso:GetRoleCredentials";
  if (!answer.ok()) return refused_credentials(what, answer);
  const Result<AwsJson> json = AwsJson::parse(answer.response.body);
  if (!json) return unavailable(what + ": the answer is no JSON");
  Result<AwsCredentials> credentials =
      read_credentials(*json, {.access_key_id = "roleCredentials.accessKeyId",
                               .secret_access_key = "roleCredentials.secretAccessKey",
                               .session_token = "roleCredentials.sessionToken",
                               .expires = "roleCredentials.expiration"});
  if (!credentials) return failed(what + ": " + credentials.error().text);
  return ProviderFound{*std::move(credentials), "role " + profile->role_name + " of account " +
                                                    profile->account_id + " by SSO"};
}

}  // namespace statewire
