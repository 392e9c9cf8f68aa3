#include "cli/elsewhere.h"

#include "api/tokens.h"
#include "app/check_paths.h"
#include "cli/reply.h"
#include "net/http_client.h"

namespace statewire {

std::string url_of(const HttpTcpListener& listener, uint16_t port) {
  std::string host = listener.address;
  if (host == "0.0.0.0" || host == "::") host = "localhost";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return (listener.tls ? "https://" : "http://") + host + ":" + std::to_string(port);
}

std::string daemon_elsewhere(const Settings& settings) {
  const HttpTcpListener& listener = settings.http.listener;
  if (listener.port == 0) return {};
  const std::string url = url_of(listener, listener.port);
  HttpRequest request;
  request.url = url + "/api/v1/status";
  request.timeout = std::chrono::seconds(1);
  request.response_bytes_max = kDaemonAnswerBytesMax;
  request.by_proxy = false;
  const Result<HttpResponse> response = fetch(request);
  const std::string ask = "; --url " + url;
  if (!response) {
    if (response.error().kind != ErrorKind::bad_input) return {};
    return "what listens at " + url + " may be one of another store" + ask +
           " --ca-file FILE asks it";
  }
  if (response->status == 401) {
    // Any program may refuse who shows no token.
    if (response->header("WWW-Authenticate") != kBearerChallenge) return {};
    return "the one at " + url + " may serve another store" + ask + " --token-file FILE asks it";
  }
  const Result<Reply> reply = Reply::parse(response->body);
  if (response->status != 200 || !reply) return {};
  const std::string store = text_at(reply->root(), "store");
  if (store.empty() || text_at(reply->root(), "catalog_entries").empty()) return {};
  if (store == settings.store.path) {
    return "the one at " + url + " does, but " + control_socket_of(store) + " is gone" + ask +
           " asks it; a restart makes the socket again";
  }
  const std::string problem = text_at(reply->root(), "config.problem");
  return "the one at " + url + " serves the store " + store +
         (problem.empty() ? "" : " (the last reload failed: " + problem + ")") + ask + " asks it";
}

}  // namespace statewire
