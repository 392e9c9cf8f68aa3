// Credentials that the machine gives to what runs on it: a container's agent, or the instance's
// metadata service, of which only version 2 is asked: version 1 would answer whoever can make us
// send a GET.
#include <thread>

#include "aws/providers.h"
#include "base/limits.h"
#include "base/percent.h"
#include "config/read_file.h"
#include "net/http_client.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr Duration kContainerTimeout = std::chrono::seconds(2);
constexpr int kContainerAttempts = 3;
constexpr Duration kContainerPause = std::chrono::milliseconds(200);

// The token goes there: only over TLS, within this machine, or to the agents' own addresses.
bool is_trustworthy(std::string_view text) {
  const Result<Url> url = parse_url(text);
  if (!url) return false;
  return url->scheme == "https" || is_loopback(url->host) || url->host == "169.254.170.2" ||
         url->host == "169.254.170.23" || url->host == "[fd00:ec2::23]";
}

Result<std::string> container_token(const AwsSurroundings& surroundings) {
  std::string token = surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  const std::string path = surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (!path.empty()) {
    Result<std::string> read = read_file(path, kSecretBytesMax);
    if (!read) return failed(path + ": " + read.error().text);
    token = *std::move(read);
  }
  if (token.find_first_of("\r\n") != std::string::npos) {
    return bad_input("the container's authorization token has a line break");
  }
  return token;
}

Result<AwsCredentials> read_agent(const std::string& body) {
  const Result<AwsJson> json = AwsJson::parse(body);
  if (!json) return unavailable("the answer is no JSON");
  return read_credentials(*json, {.access_key_id = "AccessKeyId",
                                  .secret_access_key = "SecretAccessKey",
                                  .session_token = "Token",
                                  .expires = "Expiration"});
}

// Of this machine or beside it: it answers at once, or not at all. A proxy is somewhere else, and
// would ask its own machine.
Result<HttpResponse> fetch_again(HttpRequest request, int attempts) {
  request.by_proxy = false;
  while (true) {
    Result<HttpResponse> response = fetch(request);
    const bool may_pass = !response || may_pass_later(fault_of({.status = response->status}));
    if (!may_pass || --attempts <= 0) return response;
    std::this_thread::sleep_for(kContainerPause);
  }
}

Error agent_error(const std::string& who, const Result<HttpResponse>& response) {
  if (!response) return unavailable(who + ": " + response.error().text);
  const std::string text = who + ": http " + std::to_string(response->status);
  return may_pass_later(fault_of({.status = response->status})) ? unavailable(text) : failed(text);
}

bool is_instance_hidden(const AwsSurroundings& surroundings) {
  const std::string disabled = surroundings.variable("AWS_EC2_METADATA_DISABLED");
  return disabled == "true" || disabled == "True" || disabled == "TRUE";
}

// The instance's metadata service, with the token that it asks for.
class InstanceMetadata {
 public:
  explicit InstanceMetadata(const AwsSurroundings& surroundings)
      : base_(surroundings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT")) {
    if (base_.empty()) base_ = surroundings.instance_metadata_url;
    while (base_.ends_with('/')) base_.pop_back();
    timeout_ = seconds_of(surroundings.variable("AWS_METADATA_SERVICE_TIMEOUT"), 1);
    attempts_ =
        static_cast<int>(seconds_of(surroundings.variable("AWS_METADATA_SERVICE_NUM_ATTEMPTS"), 1) /
                         std::chrono::seconds(1));
  }

  Result<HttpResponse> open() {
    HttpRequest request{.method = "PUT", .url = base_ + "/latest/api/token"};
    request.headers = {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}};
    request.timeout = timeout_;
    request.response_bytes_max = kSecretBytesMax;
    Result<HttpResponse> response = fetch_again(request, attempts_);
    if (response && response->status == 200) token_ = response->body;
    return response;
  }
  Result<HttpResponse> get(const std::string& path) const {
    HttpRequest request{.method = "GET", .url = base_ + path};
    request.headers = {{"x-aws-ec2-metadata-token", token_}};
    request.timeout = timeout_;
    request.response_bytes_max = kSecretBytesMax;
    return fetch_again(request, attempts_);
  }

 private:
  static Duration seconds_of(const std::string& text, int64_t otherwise) {
    const bool is_number = !text.empty() && text.size() < 4 &&
                           text.find_first_not_of("0123456789") == std::string::npos;
    return std::chrono::seconds(is_number ? std::max(1, std::stoi(text)) : otherwise);
  }

  std::string base_;
  Duration timeout_{};
  int attempts_ = 1;
  std::string token_;
};

}  // namespace

ProviderResult from_container(const ProviderContext& context) {
  const AwsSurroundings& surroundings = context.surroundings;
  const std::string relative = surroundings.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  std::string url = surroundings.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!relative.empty()) {
    url = surroundings.container_metadata_url + relative;
  } else if (url.empty()) {
    return nothing("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and …_FULL_URI are not set");
  } else if (!is_trustworthy(url)) {
    return bad_input(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of this machine");
  }
  const Result<std::string> token = container_token(surroundings);
  if (!token) return token.error();
  HttpRequest request{.method = "GET", .url = url, .headers = {{"Accept", "application/json"}}};
  if (!token->empty()) request.headers.emplace_back("Authorization", *token);
  request.timeout = kContainerTimeout;
  request.response_bytes_max = kSecretBytesMax;
  const Result<HttpResponse> response = fetch_again(request, kContainerAttempts);
  const std::string who = "the container's credentials";
  if (!response || response->status != 200) return agent_error(who, response);
  Result<AwsCredentials> credentials = read_agent(response->body);
  if (!credentials) return Error{credentials.error().kind, who + ": " + credentials.error().text};
  return ProviderFound{*std::move(credentials), "from the container's agent"};
}

ProviderResult from_instance(const ProviderContext& context) {
  const AwsSurroundings& surroundings = context.surroundings;
  if (is_instance_hidden(surroundings)) return nothing("AWS_EC2_METADATA_DISABLED is set");
  InstanceMetadata metadata(surroundings);
  const std::string who = "the instance's credentials";
  if (const Result<HttpResponse> opened = metadata.open(); !opened || opened->status != 200) {
    // One that is there, and busy.
    if (opened && may_pass_later(fault_of({.status = opened->status}))) {
      return agent_error(who, opened);
    }
    return nothing("no instance metadata service (version 2) answers");
  }
  const std::string path = "/latest/meta-data/iam/security-credentials/";
  const Result<HttpResponse> role = metadata.get(path);
  if (role && role->status == 404) return nothing("the instance has no role");
  if (!role || role->status != 200) return agent_error(who, role);
  const std::string name = role->body.substr(0, role->body.find_first_of("\r\n"));
  const Result<HttpResponse> answer = metadata.get(path + percent_encode(name));
  if (!answer || answer->status != 200) return agent_error(who, answer);
  Result<AwsCredentials> credentials = read_agent(answer->body);
  if (!credentials) return Error{credentials.error().kind, who + ": " + credentials.error().text};
  return ProviderFound{*std::move(credentials), "role " + name + " of the instance"};
}

std::string region_of_instance(const AwsSurroundings& surroundings) {
  if (is_instance_hidden(surroundings)) return {};
  InstanceMetadata metadata(surroundings);
  const Result<HttpResponse> opened = metadata.open();
  if (!opened || opened->status != 200) return {};
  const Result<HttpResponse> region = metadata.get("/latest/meta-data/placement/region");
  const bool is_told = region && region->status == 200 && is_region(region->body);
  return is_told ? region->body : std::string();
}

}  // namespace statewire
