#include "aws/answer.h"

#include <algorithm>
#include <ctime>

#include "aws/json.h"
#include "aws/xml.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

// Within it, services accept a signature; beyond, a signature that they refuse is suspicious.
constexpr Duration kSkewMax = std::chrono::minutes(4);

struct Known {
  std::string_view code;
  AwsFault fault;
};

// Without "Exception" at its end, which not all services write.
constexpr Known kKnown[] = {
    {"BandwidthLimitExceeded", AwsFault::throttled},
    {"EC2Throttled", AwsFault::throttled},
    {"KMSThrottling", AwsFault::throttled},
    {"KMSThrottled", AwsFault::throttled},
    {"LimitExceeded", AwsFault::throttled},
    {"OverLimit", AwsFault::throttled},
    {"PriorRequestNotComplete", AwsFault::throttled},
    {"ProvisionedThroughputExceeded", AwsFault::throttled},
    {"RequestLimitExceeded", AwsFault::throttled},
    {"RequestThrottled", AwsFault::throttled},
    {"RequestThrottling", AwsFault::throttled},
    {"SlowDown", AwsFault::throttled},
    {"Throttled", AwsFault::throttled},
    {"Throttling", AwsFault::throttled},
    {"TooManyRequests", AwsFault::throttled},
    {"TransactionInProgress", AwsFault::throttled},
    {"InternalError", AwsFault::transient},
    {"InternalFailure", AwsFault::transient},
    {"InternalServerError", AwsFault::transient},
    {"InternalService", AwsFault::transient},
    {"RequestTimeout", AwsFault::transient},
    {"Service", AwsFault::transient},
    {"ServiceUnavailable", AwsFault::transient},
    {"IDPCommunicationError", AwsFault::transient},
    {"RequestExpired", AwsFault::skewed},
    {"RequestInTheFuture", AwsFault::skewed},
    {"RequestTimeTooSkewed", AwsFault::skewed},
    {"ExpiredToken", AwsFault::expired},
    {"TokenRefreshRequired", AwsFault::expired},
    {"AccessDenied", AwsFault::denied},
    {"AccountProblem", AwsFault::denied},
    {"AccountSuspended", AwsFault::denied},
    {"AllAccessDisabled", AwsFault::denied},
    {"AuthFailure", AwsFault::denied},
    {"AuthorizationError", AwsFault::denied},
    {"IncompleteSignature", AwsFault::denied},
    {"InvalidAccessKeyId", AwsFault::denied},
    {"InvalidClientTokenId", AwsFault::denied},
    {"InvalidIdentityToken", AwsFault::denied},
    {"InvalidSecurity", AwsFault::denied},
    {"InvalidSignature", AwsFault::denied},
    {"InvalidToken", AwsFault::denied},
    {"KMSAccessDenied", AwsFault::denied},
    {"KmsAccessDenied", AwsFault::denied},
    {"KMSDisabled", AwsFault::denied},
    {"KmsDisabled", AwsFault::denied},
    {"KMSNotFound", AwsFault::denied},
    {"KmsNotFound", AwsFault::denied},
    {"KMSInvalidState", AwsFault::denied},
    {"KmsInvalidState", AwsFault::denied},
    {"MailFromDomainNotVerified", AwsFault::denied},
    {"MissingAuthenticationToken", AwsFault::denied},
    {"NotSignedUp", AwsFault::denied},
    {"OptInRequired", AwsFault::denied},
    {"SendingPaused", AwsFault::denied},
    {"SignatureDoesNotMatch", AwsFault::denied},
    {"UnauthorizedOperation", AwsFault::denied},
    {"UnrecognizedClient", AwsFault::denied},
    {"AWS.SimpleQueueService.NonExistentQueue", AwsFault::missing},
    {"AWS.SimpleQueueService.QueueDeletedRecently", AwsFault::missing},
    {"NoSuchBucket", AwsFault::missing},
    {"NoSuchKey", AwsFault::missing},
    {"NotFound", AwsFault::missing},
    {"QueueDeletedRecently", AwsFault::missing},
    {"QueueDoesNotExist", AwsFault::missing},
    {"ResourceNotFound", AwsFault::missing},
    {"PermanentRedirect", AwsFault::missing},  // A bucket of another region.
    {"IllegalLocationConstraint", AwsFault::missing},
};

struct Told {
  std::string code;
  std::string message;
};

// "com.amazonaws.sqs#QueueDoesNotExist", "AccessDeniedException:http://…".
std::string bare_code(std::string_view code) {
  code = code.substr(0, code.find(':'));
  const size_t hash = code.rfind('#');
  if (hash != code.npos) code.remove_prefix(hash + 1);
  return std::string(cut_utf8(code, 128));
}

Told told_in_xml(const AwsXml& root) {
  // S3 answers an error as the root itself, query services within a response.
  for (const std::string_view path : {"", "Error/", "Errors/Error/"}) {
    const std::string at(path);
    if (std::string code = root.text(at + "Code"); !code.empty()) {
      return {bare_code(code), root.text(at + "Message")};
    }
  }
  return {};
}

Told told_by(const HttpResponse& response) {
  Told told;
  const size_t begin = response.body.find_first_not_of(" \t\r\n");
  if (begin != std::string::npos && response.body[begin] == '<') {
    if (const Result<AwsXml> xml = AwsXml::parse(response.body)) told = told_in_xml(*xml);
  } else if (const Result<AwsJson> json = AwsJson::parse(response.body);
             json && json->is_object()) {
    for (const char* key : {"__type", "code", "Code", "Type"}) {
      if (told.code.empty()) told.code = bare_code(json->text(key));
    }
    for (const char* key : {"message", "Message", "errorMessage"}) {
      if (told.message.empty()) told.message = json->text(key);
    }
  }
  if (const std::string_view type = response.header("x-amzn-ErrorType"); !type.empty()) {
    told.code = bare_code(type);
  }
  return told;
}

void hide(std::string& text, const std::string& secret) {
  if (secret.size() < 8) return;
  for (size_t at = text.find(secret); at != text.npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), "(hidden)");
  }
}

// A service that finds a signature wrong shows how it read the request, token included.
std::string showable(std::string message, const AwsCredentials& credentials) {
  hide(message, credentials.secret_access_key.reveal());
  hide(message, credentials.session_token.reveal());
  message.resize(std::min(message.find_first_of("\r\n"), message.size()));
  for (char& c : message) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (!is_utf8(message)) return "(a message that is no text)";
  return std::string(cut_utf8(message, kAwsMessageBytesMax));
}

bool is_clock_suspicious(const HttpResponse& response, Time now) {
  const std::optional<Time> date = parse_http_date(std::string(response.header("Date")));
  return date && (*date - now > kSkewMax || now - *date > kSkewMax);
}

}  // namespace

std::string_view name_of(AwsFault fault) {
  switch (fault) {
    case AwsFault::none:
      return "none";
    case AwsFault::network:
      return "network";
    case AwsFault::throttled:
      return "throttled";
    case AwsFault::transient:
      return "transient";
    case AwsFault::skewed:
      return "skewed";
    case AwsFault::expired:
      return "expired";
    case AwsFault::denied:
      return "denied";
    case AwsFault::missing:
      return "missing";
    case AwsFault::invalid:
      return "invalid";
  }
  CHECK(false);
}

std::string AwsAnswer::text() const {
  std::string text = code;
  if (code.empty() && status != 0) text = "http " + std::to_string(status);
  if (message.empty()) return text;
  return text.empty() ? message : text + ": " + message;
}

AwsFault fault_of(std::string_view code, int status) {
  std::string_view stem = code;
  if (stem.ends_with("Exception")) stem.remove_suffix(9);
  for (const Known& known : kKnown) {
    if (known.code == stem || known.code == code) return known.fault;
  }
  if (status >= 200 && status < 300) return AwsFault::none;
  if (status == 429) return AwsFault::throttled;
  if (status == 408 || status >= 500) return AwsFault::transient;
  if (status == 401 || status == 403 || status == 407) return AwsFault::denied;
  if (status == 404) return AwsFault::missing;
  return AwsFault::invalid;
}

AwsAnswer answer_of(Result<HttpResponse> response, const AwsCredentials& credentials, Time now) {
  AwsAnswer answer;
  if (!response) {
    answer.fault = AwsFault::network;
    answer.message = cut_utf8(response.error().text, kAwsMessageBytesMax);
    return answer;
  }
  answer.response = *std::move(response);
  answer.status = answer.response.status;
  if (answer.status >= 200 && answer.status < 300) return answer;
  Told told = told_by(answer.response);
  answer.code = std::move(told.code);
  answer.message = showable(std::move(told.message), credentials);
  answer.fault = fault_of(answer.code, answer.status);
  if (answer.fault == AwsFault::denied && is_clock_suspicious(answer.response, now)) {
    answer.fault = AwsFault::skewed;
  }
  answer.retry_after = retry_after(answer.response, now).value_or(Duration{});
  return answer;
}

std::optional<Time> parse_http_date(const std::string& text) {
  std::tm parts{};
  const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return Time(std::chrono::seconds(timegm(&parts)));
}

}  // namespace statewire
