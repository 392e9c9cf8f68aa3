#include "api/tokens.h"

#include <openssl/crypto.h>

#include <string_view>

#include "api/answers.h"
#include "api/firehose.h"
#include "base/base64.h"
#include "net/url.h"

namespace statewire {
namespace {

std::string_view name_of(TokenScope scope) {
  switch (scope) {
    case TokenScope::ingest:
      return "ingest";
    case TokenScope::read:
      return "read";
    case TokenScope::operate:
      break;
  }
  return "operate";
}

// Takes as long for a secret that differs early as for one that differs late. That a length can
// be found out is no loss.
bool is_secret(std::string_view given, const Secret& secret) {
  const std::string& wanted = secret.reveal();
  return !wanted.empty() && given.size() == wanted.size() &&
         CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

// What follows the scheme; absent where it is another. Schemes are in any case.
std::optional<std::string_view> after_scheme(std::string_view value, std::string_view scheme) {
  if (!equal_ignoring_case(value.substr(0, scheme.size()), scheme)) return std::nullopt;
  return value.substr(scheme.size());
}

// Whatever shows the token. Besides RFC 6750 section 2.1 there is what services can be told to
// send that know nothing of bearer tokens: a header of its own, or, by those who send events or
// read metrics, a password under any user name (RFC 7617). A browser would remember that, and show
// it for any page that asks it to.
std::string given_token(const HttpRequestHead& head, TokenScope scope) {
  if (const auto key = firehose_access_key(head); !key.empty()) return std::string(key);
  if (const auto key = head.header("x-api-key"); !key.empty()) return std::string(key);
  const std::string_view value = head.header("authorization");
  if (const auto token = after_scheme(value, "Bearer ")) return std::string(*token);
  const bool may_be_password = scope == TokenScope::ingest || head.path() == "/metrics";
  const auto packed = may_be_password ? after_scheme(value, "Basic ") : std::nullopt;
  const std::optional<std::string> pair = packed ? base64_decoded(*packed) : std::nullopt;
  const size_t colon = pair ? pair->find(':') : std::string::npos;
  return colon == std::string::npos ? std::string() : pair->substr(colon + 1);
}

// SNS shows the password of an endpoint only where Basic is asked for. A browser would ask its
// user for one: only those who send events are asked.
HttpServerResponse unauthorized(TokenScope scope, std::string_view text) {
  HttpServerResponse response = error_response(401, text);
  response.headers.emplace_back("WWW-Authenticate", std::string(kBearerChallenge));
  if (scope == TokenScope::ingest) {
    response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"statewire\"");
  }
  return response;
}

// "127.0.0.1:8484" and "[::1]:8484" without the port.
std::string_view host_without_port(std::string_view host) {
  const size_t colon = host.rfind(':');
  const bool is_port = colon != host.npos && host.find(']', colon) == host.npos;
  return is_port ? host.substr(0, colon) : host;
}

// Without tokens only the loopback is served, where a browser's pages can reach it too: one of
// another origin says so in Origin, and one whose name was made to point here asks for that name.
bool is_foreign_page(const HttpRequestHead& head) {
  const std::string_view host = head.header("host");
  const std::string_view origin = head.header("origin");
  if (!host.empty() && !is_loopback(host_without_port(host))) return true;
  if (origin.empty()) return false;
  const size_t slashes = origin.find("//");
  return slashes == origin.npos || !equal_ignoring_case(origin.substr(slashes + 2), host);
}

}  // namespace

std::optional<HttpServerResponse> judge_token(const HttpRequestHead& head, TokenScope scope,
                                              std::span<const Token> tokens) {
  if (head.over_control_socket) return std::nullopt;
  if (tokens.empty()) {
    if (!is_foreign_page(head)) return std::nullopt;
    return error_response(403, "without tokens, web pages of other hosts are not served");
  }
  const std::string given = given_token(head, scope);
  if (given.empty()) return unauthorized(scope, "a token is needed: Authorization: Bearer …");
  bool is_known = false;
  bool is_allowed = false;
  for (const Token& token : tokens) {
    const bool is_this = is_secret(given, token.secret);
    const bool includes =
        token.scope == scope || (token.scope == TokenScope::operate && scope == TokenScope::read);
    is_known |= is_this;
    is_allowed |= is_this && includes;
  }
  if (is_allowed) return std::nullopt;
  if (!is_known) return unauthorized(scope, "this token is not known");
  return error_response(403, "this needs a token of scope " + std::string(name_of(scope)));
}

}  // namespace statewire
