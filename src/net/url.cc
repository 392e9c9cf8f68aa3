#include "net/url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>

#include "base/percent.h"
#include "base/text.h"
#include "net/curl_handle.h"

namespace statewire {
namespace {

class ParsedUrl {
 public:
  ParsedUrl() : url_((prepare_curl(), curl_url())) { CHECK(url_ != nullptr); }

  bool parse(const std::string& text) {
    return curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), CURLU_PATH_AS_IS) == CURLUE_OK;
  }
  // Empty where there is none.
  std::string part(CURLUPart which) const {
    char* text = nullptr;
    if (curl_url_get(url_.get(), which, &text, CURLU_NO_DEFAULT_PORT) != CURLUE_OK) return {};
    std::string result = text == nullptr ? "" : text;
    curl_free(text);
    return result;
  }

 private:
  struct Deleter {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
  };

  const std::unique_ptr<CURLU, Deleter> url_;
};

// Calls `take` with each part of `text` between `separator`s.
template <typename Take>
void for_each_part(std::string_view text, char separator, Take take) {
  while (true) {
    const size_t end = text.find(separator);
    take(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

// libcurl parses it, so that no text has one host here and another where it is sent.
Result<Url> parse_url(std::string_view text) {
  const bool is_plain = std::none_of(text.begin(), text.end(),
                                     [](unsigned char c) { return c <= 0x20 || c == 0x7f; });
  ParsedUrl parsed;
  if (!is_plain || !parsed.parse(std::string(text))) return bad_input("not a well-formed URL");
  Url url{.scheme = parsed.part(CURLUPART_SCHEME),
          .user = parsed.part(CURLUPART_USER),
          .password = parsed.part(CURLUPART_PASSWORD),
          .host = lower_case(parsed.part(CURLUPART_HOST)),
          .port = parsed.part(CURLUPART_PORT),
          .path = parsed.part(CURLUPART_PATH),
          .query = parsed.part(CURLUPART_QUERY)};
  if (url.scheme != "http" && url.scheme != "https") return bad_input("not an http or https URL");
  // libcurl takes one slash, and three.
  const std::string_view rest = text.substr(url.scheme.size());
  if (!rest.starts_with("://")) return bad_input("not a well-formed URL");
  if (url.host.empty() || rest.starts_with(":///")) return bad_input("a URL without a host");
  return url;
}

namespace {

std::string decoded(std::string_view part) {
  std::string text(part);
  std::ranges::replace(text, '+', ' ');
  return percent_decode(text);
}

}  // namespace

QueryParameters parse_query(std::string_view query) {
  QueryParameters result;
  for_each_part(query, '&', [&](std::string_view part) {
    if (part.empty()) return;
    const size_t equals = part.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    result.emplace_back(decoded(part.substr(0, equals)), decoded(value));
  });
  return result;
}

const std::string* find_parameter(const QueryParameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> result;
  for_each_part(path, '/', [&](std::string_view part) {
    if (!part.empty()) result.push_back(percent_decode(part));
  });
  return result;
}

bool is_loopback(std::string_view address) {
  if (address == "localhost") return true;
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  const std::string text(address);
  in_addr v4;
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6;
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return false;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return v6.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace statewire
