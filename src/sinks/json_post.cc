#include "sinks/json_post.h"

#include <optional>

#include "base/limits.h"
#include "config/secret.h"
#include "net/url.h"
#include "sinks/client_tls.h"
#include "sinks/place_report.h"

namespace statewire {
namespace {

bool is_https_url(std::string_view text) {
  const Result<Url> url = parse_url(text);
  return url && (url->scheme == "https" || is_loopback(url->host));
}

// Nothing where it has told a problem.
std::optional<std::string> required_https_url(MapReader& keys) {
  const std::optional<Secret> url = required_secret(keys, "url");
  if (!url) return std::nullopt;
  if (is_https_url(url->reveal())) return url->reveal();
  const Node written = keys.optional("url");
  const Node place = written.exists() ? written : keys.optional("url_file");
  place.error("must be a URL that begins with https://");
  return std::nullopt;
}

class ChatSink final : public Sink {
 public:
  ChatSink(JsonPost::Target target, SinkContext& context) : post_(std::move(target), context) {}

  void deliver(std::span<const Delivery> batch, Completion done) override {
    CHECK(batch.size() == 1);
    post_.send(std::string(batch.front().payload), std::move(done));
  }

  void ask_place(PlaceDone done) override { post_.ask_place(std::move(done)); }

 private:
  JsonPost post_;
};

}  // namespace

JsonPost::JsonPost(Target target, SinkContext& context)
    : target_(std::move(target)), http_(context.http), clock_(context.clock) {
  Redaction redaction;
  redaction.hide_url(target_.url);
  redaction.hide(target_.secret);
  redaction_ = std::make_shared<const Redaction>(std::move(redaction));
}

void JsonPost::send(std::string body, Completion done) {
  HttpRequest request{.method = "POST", .url = target_.url};
  request.headers = {{"content-type", "application/json"}, {"user-agent", "statewire"}};
  request.body = std::move(body);
  request.timeout = target_.timeout;
  request.response_bytes_max = kShortAnswerBytesMax;
  request.cuts_response = true;
  request.tls = target_.tls;
  http_.send(std::move(request),
             [done = std::move(done), redaction = redaction_, judge = target_.judge,
              &clock = clock_](Result<HttpResponse> response) {
               Attempt attempt = judge(response, clock.now());
               attempt.detail = redaction->apply(std::move(attempt.detail));
               done({std::move(attempt)});
             });
}

void JsonPost::ask_place(PlaceDone done) {
  ask_host(http_, target_.url, target_.tls, std::move(done));
}

Duration read_timeout(MapReader& keys) {
  return keys.optional("timeout").duration(std::chrono::seconds(10), std::chrono::milliseconds(1),
                                           std::chrono::minutes(10));
}

std::unique_ptr<Sink> open_chat_sink(MapReader& keys, SinkContext& context, JsonPost::Judge judge) {
  const std::optional<std::string> url = required_https_url(keys);
  const Duration timeout = read_timeout(keys);
  const ClientTls tls = read_client_tls(keys);
  if (!url) return nullptr;
  return std::make_unique<ChatSink>(
      JsonPost::Target{.url = *url, .secret = {}, .timeout = timeout, .judge = judge, .tls = tls},
      context);
}

}  // namespace statewire
