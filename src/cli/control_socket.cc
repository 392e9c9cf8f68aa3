#include "cli/control_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/descriptor.h"
#include "base/limits.h"
#include "base/percent.h"
#include "cli/reply.h"
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

Result<std::optional<ControlSocket>> ControlSocket::find(const std::string& store_path) {
  std::string path = store_path + "/control.sock";
  switch (const int error = try_connection(path)) {
    case 0:
      return std::optional(ControlSocket(std::move(path)));
    case ENOENT:
    case ENOTDIR:
    case ECONNREFUSED:  // It was left behind.
    case ENAMETOOLONG:  // Nobody can listen there.
      return std::optional<ControlSocket>();
    default:
      return failed(path + ": " + reason_of(error));
  }
}

HttpRequest ControlSocket::request(std::string method, const std::string& target) const {
  HttpRequest request;
  request.method = std::move(method);
  request.url = "http://statewire" + target;
  request.response_bytes_max = kDaemonAnswerBytesMax;
  request.timeout = std::chrono::minutes(5);
  request.unix_socket = path_;
  return request;
}

Result<std::string> ControlSocket::get(const std::string& target) const {
  return body_of(fetch(request("GET", target)));
}

Result<std::string> ControlSocket::post(const std::string& target, std::string body) const {
  return body_of(post_any(target, std::move(body), "application/json"));
}

Result<HttpResponse> ControlSocket::post_any(const std::string& target, std::string body,
                                             const std::string& content_type) const {
  HttpRequest post = request("POST", target);
  post.headers = {{"Content-Type", content_type}};
  post.body = std::move(body);
  return fetch(post);
}

Result<void> ControlSocket::stream(const std::string& target,
                                   const std::function<bool(std::string_view)>& take) const {
  const Result<HttpResponse> response = fetch_stream(request("GET", target), take);
  if (!response) return response.error();
  if (response->status / 100 != 2) return error_of(*response);
  return {};
}

}  // namespace statewire
