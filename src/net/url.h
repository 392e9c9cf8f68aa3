// The little of URLs that the server and the client need. RFC 3986, and `+` for a blank in queries.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace statewire {

// The parts of an http or https URL, not decoded.
struct Url {
  std::string scheme;  // "http" or "https".
  std::string user;
  std::string password;
  std::string host;  // In lower case; an IPv6 address in its brackets.
  std::string port;  // Empty where it is the scheme's own.
  std::string path;  // "/" where the URL has none.
  std::string query;

  // "example.org:8080": the header `Host` of what the client sends.
  std::string authority() const { return port.empty() ? host : host + ":" + port; }
  // Scheme, host and port: what shares connections, and all that may be shown of a URL.
  std::string origin() const { return scheme + "://" + authority(); }
};

// The host is the one that `HttpClient` connects to. `bad_input` where it could not: without a
// scheme or a host, with another scheme, with blanks or control characters. The error shows nothing
// of `text`.
Result<Url> parse_url(std::string_view text);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;
// "a=1&b=x%20y&c" to its pairs in order, decoded; a name without `=` has an empty value.
QueryParameters parse_query(std::string_view query);
// The first value of `name`, or null.
const std::string* find_parameter(const QueryParameters& parameters, std::string_view name);

// "/api/v1/x%2Fy" to {"api", "v1", "x/y"}: split first, then decoded, so that an encoded slash
// stays inside its segment. Empty segments are dropped.
std::vector<std::string> split_path(std::string_view path);

// True for 127.0.0.0/8, ::1 (also in brackets) and "localhost".
bool is_loopback(std::string_view address);

}  // namespace statewire
