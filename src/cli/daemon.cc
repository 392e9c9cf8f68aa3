#include "cli/daemon.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/descriptor.h"
#include "base/limits.h"
#include "base/percent.h"
#include "cli/reply.h"
#include "net/url.h"
#include "sources/byte_input.h"

namespace statewire {
namespace {

// 0, or the error number of connecting.
int try_connection(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return ENAMETOOLONG;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const OwnedFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return errno;
  const auto* const to = reinterpret_cast<const sockaddr*>(&address);
  return ::connect(socket.get(), to, sizeof(address)) == 0 ? 0 : errno;
}

Error error_of(const HttpResponse& response) {
  std::string text;
  if (const Result<Reply> reply = Reply::parse(response.body)) {
    text = text_at(reply->root(), "error");
    if (text_at(reply->root(), "kind") == "damaged") return damaged(std::move(text));
  }
  if (text.empty()) text = "the daemon answered " + std::to_string(response.status);
  switch (response.status) {
    case 404:
      return not_found(std::move(text));
    case 409:
      return bad_input(response.body);
    case 429:
    case 503:
      return unavailable(std::move(text));
    default:
      return response.status < 500 ? bad_input(std::move(text)) : failed(std::move(text));
  }
}

Result<std::string> body_of(Result<HttpResponse> response) {
  if (!response) return response.error();
  if (response->status / 100 != 2) return error_of(*response);
  return std::move(response->body);
}

}  // namespace

void add_parameter(std::string& target, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  target += target.find('?') == std::string::npos ? '?' : '&';
  target.append(name).append("=").append(percent_encode(value));
}

Result<std::optional<Daemon>> Daemon::find(const std::string& store_path) {
  std::string path = store_path + "/control.sock";
  switch (const int error = try_connection(path)) {
    case 0:
      return std::optional(Daemon("http://statewire", std::move(path)));
    case ENOENT:
    case ENOTDIR:
    case ECONNREFUSED:  // It was left behind.
    case ENAMETOOLONG:  // Nobody can listen there.
      return std::optional<Daemon>();
    default:
      return failed(path + ": " + reason_of(error));
  }
}

Result<Daemon> Daemon::at(std::string_view text, Secret token, ClientTls tls) {
  const Result<Url> url = parse_url(text);
  if (!url) return bad_input("--url: " + url.error().text);
  if (!url->user.empty() || !url->password.empty() || !url->query.empty()) {
    return bad_input("--url: wanted https://host:port; a token stands in the file of --token-file");
  }
  const std::string& shown = token.reveal();
  if (std::ranges::any_of(shown, [](char c) { return c <= ' ' || c > '~'; })) {
    return bad_input("--token-file: a token has neither blanks nor line breaks");
  }
  std::string base = url->origin() + url->path;
  while (base.ends_with('/')) base.pop_back();
  Daemon daemon(std::move(base), "");
  daemon.token_ = std::move(token);
  daemon.tls_ = std::move(tls);
  return daemon;
}

HttpRequest Daemon::request(std::string method, const std::string& target) const {
  HttpRequest request;
  request.method = std::move(method);
  request.url = base_ + target;
  if (!token_.empty()) request.headers = {{"Authorization", "Bearer " + token_.reveal()}};
  request.response_bytes_max = kDaemonAnswerBytesMax;
  request.timeout = kAnswerTimeout;
  request.unix_socket = socket_;
  request.tls = tls_;
  return request;
}

Result<std::string> Daemon::get(const std::string& target, Duration timeout) const {
  HttpRequest get = request("GET", target);
  get.timeout = timeout;
  return body_of(fetch(get));
}

Result<std::string> Daemon::post(const std::string& target, std::string body) const {
  return body_of(post_any(target, std::move(body), "application/json"));
}

Result<HttpResponse> Daemon::post_any(const std::string& target, std::string body,
                                      const std::string& content_type, Duration timeout) const {
  HttpRequest post = request("POST", target);
  post.timeout = timeout;
  post.headers.emplace_back("Content-Type", content_type);
  post.body = std::move(body);
  return fetch(post);
}

Result<void> Daemon::stream(const std::string& target,
                            const std::function<bool(std::string_view)>& take) const {
  const Result<HttpResponse> response = fetch_stream(request("GET", target), take);
  if (!response) return response.error();
  if (response->status / 100 != 2) return error_of(*response);
  return {};
}

}  // namespace statewire
