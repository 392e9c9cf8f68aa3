#include "sinks/verdicts.h"

#include <algorithm>

#include "base/limits.h"
#include "base/percent.h"
#include "base/text.h"
#include "net/url.h"

namespace statewire {
namespace {

// Shorter ones are words: "hooks", "v1", "true".
constexpr size_t kSecretPartBytesMin = 8;
constexpr size_t kSecretBytesMin = 4;

struct StatusVerdict {
  int from;
  int to;
  Verdict verdict;
};

// The first that fits. A status of 4xx that nobody knows is one of 400 (RFC 9110, section 15).
constexpr StatusVerdict kStatusVerdicts[] = {
    {200, 299, Verdict::delivered},   {300, 399, Verdict::unavailable},
    {401, 401, Verdict::unavailable}, {403, 403, Verdict::unavailable},
    {407, 407, Verdict::unavailable}, {408, 408, Verdict::retry},
    {410, 410, Verdict::gone},        {425, 425, Verdict::retry},
    {429, 429, Verdict::retry},       {400, 499, Verdict::reject},
};

// " to https://example.org", and nothing else of where a redirect leads.
std::string redirect_of(const HttpResponse& response) {
  const Result<Url> url = parse_url(response.header("Location"));
  return ": a redirect" + (url ? " to " + url->origin() : std::string()) +
         ", which is not followed";
}

// One line of text, as it may go into a log.
std::string shown(std::string_view body) {
  body = cut_utf8(body, kAttemptDetailBytesMax);
  if (!is_utf8(body)) return "(an answer that is no text)";
  std::string line(body);
  for (char& c : line) {
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  const size_t end = line.find_last_not_of(' ');
  line.resize(end == std::string::npos ? 0 : end + 1);
  return line;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  size_t at = 0;
  while ((at = text.find(from, at)) != std::string::npos) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
}

bool is_page(const HttpResponse& response) {
  const size_t begin = response.body.find_first_not_of(" \t\r\n");
  return response.header("Content-Type").find("text/html") != std::string_view::npos ||
         (begin != std::string::npos && response.body[begin] == '<');
}

}  // namespace

Verdict verdict_for_status(int http_status) {
  const auto row = std::ranges::find_if(kStatusVerdicts, [&](const StatusVerdict& each) {
    return http_status >= each.from && http_status <= each.to;
  });
  return row == std::end(kStatusVerdicts) ? Verdict::retry : row->verdict;
}

Attempt attempt_for(const Result<HttpResponse>& response, Time now) {
  Attempt attempt;
  if (!response) {
    // A request that can never be sent, or to nobody who is trusted, will not pass until a person
    // acts.
    const bool is_for_person = response.error().kind == ErrorKind::bad_input;
    attempt.verdict = is_for_person ? Verdict::unavailable : Verdict::retry;
    attempt.detail = cut_utf8(response.error().text, kAttemptDetailBytesMax);
    return attempt;
  }
  attempt.verdict = verdict_for_status(response->status);
  attempt.status = response->status;
  attempt.detail = "http " + std::to_string(response->status);
  if (attempt.verdict == Verdict::delivered) return attempt;
  if (response->status >= 300 && response->status < 400) attempt.detail += redirect_of(*response);
  if (const std::string body = shown(response->body); !body.empty()) {
    attempt.detail = cut_utf8(attempt.detail + ": " + body, kAttemptDetailBytesMax);
  }
  attempt.retry_after = retry_after(*response, now).value_or(Duration{});
  return attempt;
}

Attempt not_of_service(const HttpResponse& response, std::string_view service) {
  std::string detail = "http " + std::to_string(response.status) + ": not an answer of " +
                       std::string(service) + ": " + shown(response.body);
  return {.verdict = Verdict::retry,
          .status = response.status,
          .detail = std::string(cut_utf8(detail, kAttemptDetailBytesMax))};
}

Attempt attempt_for_service(const Result<HttpResponse>& response, Time now,
                            std::string_view service) {
  Attempt attempt = attempt_for(response, now);
  const bool is_taken = attempt.verdict == Verdict::delivered;
  return is_taken && is_page(*response) ? not_of_service(*response, service) : attempt;
}

void Redaction::hide_url(std::string_view text) {
  hide_part(text);
  const Result<Url> url = parse_url(text);
  if (!url) return;  // It is never sent.
  if (!url->password.empty()) hide(url->user + ":" + url->password);
  hide(url->password.empty() ? url->user : url->password);
  const std::string target = url->path + (url->query.empty() ? "" : "?" + url->query);
  hide_part(target);
  for (std::string_view rest = target; !rest.empty();) {
    const size_t end = std::min(rest.find_first_of("/?&=;"), rest.size());
    hide_part(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void Redaction::hide(std::string_view value) {
  if (value.size() >= kSecretBytesMin) add(std::string(value));
  while (!value.empty()) {
    const size_t end = std::min(value.find(' '), value.size());
    hide_part(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
}

void Redaction::hide_part(std::string_view part) {
  if (part.size() < kSecretPartBytesMin) return;
  add(std::string(part));
  add(percent_decode(part));
}

void Redaction::add(std::string secret) {
  if (std::find(secrets_.begin(), secrets_.end(), secret) != secrets_.end()) return;
  const auto shorter = std::find_if(secrets_.begin(), secrets_.end(), [&](const auto& other) {
    return other.size() < secret.size();
  });
  secrets_.insert(shorter, std::move(secret));
}

std::string Redaction::apply(std::string text) const {
  for (const std::string& secret : secrets_) replace_all(text, secret, "(hidden)");
  return text;
}

}  // namespace statewire
