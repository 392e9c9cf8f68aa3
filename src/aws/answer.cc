#include "aws/answer.h"

#include <algorithm>

#include "aws/json.h"
#include "aws/xml.h"
#include "base/check.h"
#include "base/http_date.h"
#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

// Within it, services accept a signature; beyond, a signature that they refuse is suspicious.
constexpr Duration kSkewMax = std::chrono::minutes(4);

struct Told {
  std::string code;
  std::string message;
  AwsBlame blame = AwsBlame::unsaid;
};

std::string shown_code(std::string_view code) {
  return std::string(cut_utf8(bare_code(code), 128));
}

AwsBlame blame_in(std::string_view text) {
  if (text == "Sender") return AwsBlame::caller;
  return text == "Receiver" ? AwsBlame::service : AwsBlame::unsaid;
}

Told told_in_xml(const AwsXml& root) {
  // S3 answers an error as the root itself, query services within a response.
  for (const std::string_view path : {"", "Error/", "Errors/Error/"}) {
    const std::string at(path);
    if (std::string code = root.text(at + "Code"); !code.empty()) {
      return {shown_code(code), root.text(at + "Message"), blame_in(root.text(at + "Type"))};
    }
  }
  return {};
}

Told told_in_json(const AwsJson& json) {
  Told told;
  for (const char* key : {"__type", "code", "Code"}) {
    if (told.code.empty()) told.code = shown_code(json.text(key));
  }
  for (const char* key : {"message", "Message", "errorMessage"}) {
    if (told.message.empty()) told.message = json.text(key);
  }
  return told;
}

Told told_by(const HttpResponse& response) {
  Told told;
  const size_t begin = response.body.find_first_not_of(" \t\r\n");
  if (begin != std::string::npos && response.body[begin] == '<') {
    if (const Result<AwsXml> xml = AwsXml::parse(response.body)) told = told_in_xml(*xml);
  } else if (const Result<AwsJson> json = AwsJson::parse(response.body);
             json && json->is_object()) {
    told = told_in_json(*json);
  }
  if (const std::string_view type = response.header("x-amzn-ErrorType"); !type.empty()) {
    told.code = shown_code(type);
  }
  // "AWS.SimpleQueueService.NonExistentQueue;Sender": the name of old, and whose fault it is.
  const std::string_view query_error = response.header("x-amzn-query-error");
  if (const size_t semicolon = query_error.find(';'); semicolon != query_error.npos) {
    told.blame = blame_in(query_error.substr(semicolon + 1));
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
  const std::optional<Time> date = parse_http_date(response.header("Date"));
  return date && (*date - now > kSkewMax || now - *date > kSkewMax);
}

}  // namespace

std::string AwsAnswer::text() const {
  std::string text = code;
  if (code.empty() && status != 0) text = "http " + std::to_string(status);
  if (message.empty()) return text;
  return text.empty() ? message : text + ": " + message;
}

AwsAnswer answer_of(Result<HttpResponse> response, std::string_view service,
                    const AwsCredentials& credentials, Time now) {
  AwsAnswer answer;
  if (!response) {
    const bool is_untrusted = response.error().kind == ErrorKind::bad_input;
    answer.fault = is_untrusted ? AwsFault::refused : AwsFault::network;
    answer.message = cut_utf8(response.error().text, kAwsMessageBytesMax);
    return answer;
  }
  answer.response = *std::move(response);
  answer.status = answer.response.status;
  if (answer.status >= 200 && answer.status < 300) return answer;
  Told told = told_by(answer.response);
  answer.code = std::move(told.code);
  answer.message = showable(std::move(told.message), credentials);
  answer.fault = fault_of(
      {.service = service, .code = answer.code, .status = answer.status, .blame = told.blame});
  if (answer.fault == AwsFault::denied && is_clock_suspicious(answer.response, now)) {
    answer.fault = AwsFault::skewed;
  }
  answer.retry_after = retry_after(answer.response, now).value_or(Duration{});
  return answer;
}

}  // namespace statewire
