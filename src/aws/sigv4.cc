// Four steps: the canonical request, whose parts every proxy on the way leaves alone; the string
// to sign, which dates and scopes its hash; a key derived for that day, region and service; and
// the signature itself.
#include "aws/sigv4.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>

#include "base/check.h"
#include "base/hmac.h"
#include "base/ids.h"
#include "base/percent.h"
#include "base/text.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// "20150830T123600Z"
std::string compact_time(Time now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(now));
  std::tm parts{};
  CHECK(gmtime_r(&seconds, &parts) != nullptr);
  std::array<char, 32> text;
  const size_t size = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return {text.data(), size};
}

// Without blanks around it, and with one for each run of them inside.
std::string collapsed(std::string_view value) {
  std::string result;
  bool has_blank = false;
  for (const char c : value) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!is_blank && has_blank && !result.empty()) result += ' ';
    if (!is_blank) result += c;
    has_blank = is_blank;
  }
  return result;
}

// RFC 3986 section 5.2.4, and no empty segments.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  const bool ends_open = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string result;
  for (const std::string_view segment : kept) result.append("/").append(segment);
  if (result.empty() || ends_open) result += '/';
  return result;
}

std::string canonical_path(const SigningInput& input) {
  std::string path(input.path);
  if (path.empty()) path = "/";
  if (input.normalizes_path) path = without_dots(path);
  return input.encodes_path_again ? percent_encode(path, "/") : path;
}

// In the order of the encoded names, then values.
std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const auto& [name, value] : parse_query(query)) {
    parameters.emplace_back(percent_encode(name), percent_encode(value));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string result;
  for (const auto& [name, value] : parameters) {
    if (!result.empty()) result += '&';
    result += name + "=" + value;
  }
  return result;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1);
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), size));
}

Signature sign_v4(const SigningInput& input, const AwsCredentials& credentials) {
  Signature result;
  const std::string time = compact_time(input.now);
  const std::string day = time.substr(0, 8);
  const std::string body_hash = sha256_hex(input.body);
  result.headers.emplace_back("X-Amz-Date", time);
  if (input.adds_body_hash) result.headers.emplace_back("X-Amz-Content-Sha256", body_hash);
  const HttpHeader token{"X-Amz-Security-Token", credentials.session_token.reveal()};
  const bool has_token = !credentials.session_token.empty();
  if (has_token && input.signs_session_token) result.headers.push_back(token);

  // Values of one name are joined in the order in which they are sent.
  std::map<std::string, std::string> values;
  const auto add = [&](const HttpHeader& header) {
    const auto [at, is_new] = values.emplace(lower_case(header.first), collapsed(header.second));
    if (!is_new) at->second += "," + collapsed(header.second);
  };
  for (const HttpHeader& header : *input.headers) add(header);
  for (const HttpHeader& header : result.headers) add(header);
  std::string canonical_headers;
  std::string signed_headers;
  for (const auto& [name, value] : values) {
    canonical_headers += name + ":" + value + "\n";
    signed_headers += (signed_headers.empty() ? "" : ";") + name;
  }

  result.canonical_request = std::string(input.method) + "\n" + canonical_path(input) + "\n" +
                             canonical_query(input.query) + "\n" + canonical_headers + "\n" +
                             signed_headers + "\n" + body_hash;
  const std::string scope =
      day + "/" + std::string(input.region) + "/" + std::string(input.service) + "/aws4_request";
  result.string_to_sign = std::string(kAlgorithm) + "\n" + time + "\n" + scope + "\n" +
                          sha256_hex(result.canonical_request);
  const std::string day_key = hmac_sha256("AWS4" + credentials.secret_access_key.reveal(), day);
  const std::string key =
      hmac_sha256(hmac_sha256(hmac_sha256(day_key, input.region), input.service), "aws4_request");
  result.hex = to_hex(hmac_sha256(key, result.string_to_sign));
  if (has_token && !input.signs_session_token) result.headers.push_back(token);
  result.headers.emplace_back(
      "Authorization", std::string(kAlgorithm) + " Credential=" + credentials.access_key_id + "/" +
                           scope + ", SignedHeaders=" + signed_headers +
                           ", Signature=" + result.hex);
  return result;
}

}  // namespace statewire
