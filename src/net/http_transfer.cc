#include "net/http_transfer.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "net/url.h"

namespace statewire {
namespace {

bool is_safe(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

std::string_view trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

}  // namespace

Result<void> HttpTransfer::prepare(HttpRequest request) {
  const Result<Url> url = parse_url(request.url);
  if (!url) return url.error();
  request_ = std::move(request);
  origin_ = url->origin();
  response_ = {};
  reader_ = nullptr;
  too_large_ = has_enough_ = false;
  handle_.begin("http,https", request_.timeout, request_.tls);
  if (auto set = set_headers(); !set) return set.error();
  handle_.set(CURLOPT_URL, request_.url.c_str());
  handle_.set(CURLOPT_PATH_AS_IS, 1L);
  handle_.set(CURLOPT_PRIVATE, this);
  handle_.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  handle_.set(CURLOPT_FOLLOWLOCATION, 0L);
  handle_.set(CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
  handle_.set(CURLOPT_HEADERDATA, this);
  handle_.set(CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  handle_.set(CURLOPT_WRITEDATA, this);
  set_method();
  set_way(url->host);
  return {};
}

void HttpTransfer::set_way(std::string_view host) {
  if (!request_.unix_socket.empty()) {
    handle_.set(CURLOPT_UNIX_SOCKET_PATH, request_.unix_socket.c_str());
  }
  // The environment's proxy is for what lies outside.
  const bool is_inside = !request_.unix_socket.empty() || is_loopback(host);
  if (is_inside || !request_.by_proxy) {
    handle_.set(CURLOPT_PROXY, "");
  }
}

void HttpTransfer::set_method() {
  const std::string& method = request_.method;
  if (method == "HEAD") {
    handle_.set(CURLOPT_NOBODY, 1L);
    return;
  }
  if (!request_.body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    handle_.set(CURLOPT_POST, 1L);
    handle_.set(CURLOPT_POSTFIELDS, request_.body.data());
    handle_.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  }
  if (method != "GET" || !request_.body.empty()) {
    handle_.set(CURLOPT_CUSTOMREQUEST, method.c_str());
  }
}

Result<void> HttpTransfer::set_headers() {
  headers_.clear();
  const std::string& method = request_.method;
  if (method.empty() ||
      !std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return bad_input(origin_ + ": not an HTTP method");
  }
  // Curl adds these two by itself: one costs a round trip, the other may be wrong.
  bool has_content_type = false;
  bool has_expect = false;
  for (const auto& [name, value] : request_.headers) {
    if (name.empty() || name.find(':') != std::string::npos || !is_safe(name) || !is_safe(value)) {
      return bad_input(origin_ + ": a header's name or value cannot be sent");
    }
    has_content_type |= equal_ignoring_case(name, "Content-Type");
    has_expect |= equal_ignoring_case(name, "Expect");
    headers_.add(value.empty() ? name + ";" : name + ": " + value);
  }
  if (!has_content_type) headers_.add("Content-Type:");
  if (!has_expect) headers_.add("Expect:");
  handle_.set(CURLOPT_HTTPHEADER, headers_.get());
  return {};
}

void HttpTransfer::stream_to(std::function<bool(std::string_view)> take) {
  reader_ = std::move(take);
  const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(request_.timeout).count();
  handle_.set(CURLOPT_TIMEOUT_MS, 0L);
  handle_.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout));
}

size_t HttpTransfer::on_header(char* bytes, size_t size, size_t count, void* transfer) {
  static_cast<HttpTransfer*>(transfer)->keep_header({bytes, size * count});
  return size * count;
}

size_t HttpTransfer::on_body(char* bytes, size_t size, size_t count, void* transfer) {
  // Any other number than what was given ends the transfer.
  return static_cast<HttpTransfer*>(transfer)->on_piece({bytes, size * count}) ? size * count : 0;
}

void HttpTransfer::keep_header(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    response_.headers.clear();  // What came before belonged to a 1xx.
    return;
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || response_.headers.size() == kAnswerHeadersMax) return;
  response_.headers.emplace_back(trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
}

bool HttpTransfer::on_piece(std::string_view piece) {
  if (reader_ && status() >= 200 && status() < 300) {
    has_enough_ = !reader_(piece);
    return !has_enough_;
  }
  const size_t room = request_.response_bytes_max - response_.body.size();
  if (piece.size() <= room) {
    response_.body.append(piece);
    return true;
  }
  if (request_.cuts_response) {
    response_.body.append(piece.substr(0, room));
    has_enough_ = true;
  } else {
    too_large_ = true;
  }
  return false;
}

long HttpTransfer::status() const {
  long status = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
  return status;
}

Result<HttpResponse> HttpTransfer::finish(CURLcode code) {
  response_.status = static_cast<int>(status());
  // The transfer may idle for long: it keeps neither the body nor secrets.
  const HttpRequest request = std::exchange(request_, {});
  const std::string& to = request.unix_socket.empty() ? origin_ : request.unix_socket;
  if (code == CURLE_OK || has_enough_) return std::move(response_);
  if (too_large_) {
    return failed(to + ": the response exceeds " + with_thousands(request.response_bytes_max) +
                  " bytes");
  }
  return handle_.failure(to, code);
}

}  // namespace statewire
