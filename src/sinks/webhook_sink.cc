// POSTs each delivery to one URL.
//
// The body is the payload. Headers: `content-type`, `webhook-id` and `idempotency-key` with the
// delivery's key, `statewire-attempt` with its number from 1, and those of the configuration.
// With `sign` it is signed as Standard Webhooks are. With `mode: binary` a CloudEvent's attributes
// are headers too, and the body is its data.
#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "config/secret.h"
#include "net/url.h"
#include "sinks/client_tls.h"
#include "sinks/cloudevent_binary.h"
#include "sinks/json_post.h"
#include "sinks/kinds.h"
#include "sinks/place_report.h"
#include "sinks/verdicts.h"
#include "sinks/webhook_signature.h"

namespace statewire {
namespace {

constexpr Duration kWebhookTimeout = std::chrono::seconds(10);

class WebhookSink final : public Sink {
 public:
  struct Target {
    std::string url;                  // May carry a token: never shown.
    std::vector<HttpHeader> headers;  // Nor are their values.
    Duration timeout;
    ClientTls tls;
    WebhookSigner signer;
    bool is_binary = false;  // CloudEvents in binary mode.
  };

  WebhookSink(Target target, SinkContext& context)
      : target_(std::move(target)), http_(context.http), clock_(context.clock) {
    Redaction redaction;
    redaction.hide_url(target_.url);
    for (const auto& [name, value] : target_.headers) redaction.hide(value);
    redaction_ = std::make_shared<const Redaction>(std::move(redaction));
  }

  // One request for each delivery: `batch` holds exactly one, as the limits say.
  // Delivery is at least once: the id lets the receiver drop a repeat.
  void deliver(std::span<const Delivery> batch, Completion done) override {
    CHECK(batch.size() == 1);
    const Delivery& delivery = batch.front();
    Result<BinaryEvent> event = event_of(delivery);
    if (!event) return done({Attempt{.verdict = Verdict::reject, .detail = event.error().text}});
    HttpRequest request{.method = "POST", .url = target_.url};
    request.headers = headers_of(delivery, *event);
    request.body = std::move(event->body);
    request.timeout = target_.timeout;
    request.response_bytes_max = kShortAnswerBytesMax;
    request.cuts_response = true;
    request.tls = target_.tls;
    // The sink may be gone when the answer comes; the clock is not.
    http_.send(std::move(request), [done = std::move(done), redaction = redaction_,
                                    &clock = clock_](Result<HttpResponse> response) {
      Attempt attempt = attempt_for(response, clock.now());
      attempt.detail = redaction->apply(std::move(attempt.detail));
      done({std::move(attempt)});
    });
  }

  void ask_place(PlaceDone done) override {
    ask_host(http_, target_.url, target_.tls, std::move(done));
  }

 private:
  Result<BinaryEvent> event_of(const Delivery& delivery) const {
    if (target_.is_binary) return binary_event_of(delivery.payload);
    return BinaryEvent{.headers = {{"content-type", std::string(delivery.content_type)}},
                       .body = std::string(delivery.payload)};
  }

  std::vector<HttpHeader> headers_of(const Delivery& delivery, const BinaryEvent& event) const {
    const std::string key = delivery.key();
    std::vector<HttpHeader> headers = target_.headers;
    const auto add = [&](std::string_view name, std::string value) {
      const bool is_given = std::any_of(
          target_.headers.begin(), target_.headers.end(),
          [&](const HttpHeader& header) { return equal_ignoring_case(header.first, name); });
      if (!is_given) headers.emplace_back(name, std::move(value));
    };
    for (const auto& [name, value] : event.headers) add(name, value);
    add("user-agent", "statewire");
    add("webhook-id", key);
    add("idempotency-key", key);
    add("statewire-attempt", std::to_string(delivery.attempt));
    if (delivery.is_redriven) add("statewire-redriven", "true");
    if (!target_.signer.is_signing()) return headers;
    for (auto& [name, value] : target_.signer.headers(key, clock_.now(), event.body)) {
      headers.emplace_back(std::move(name), std::move(value));
    }
    return headers;
  }

  const Target target_;
  std::shared_ptr<const Redaction> redaction_;
  HttpClient& http_;  // Outlives every sink, as does the clock.
  const Clock& clock_;
};

bool is_header_name(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
  });
}

bool is_header_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](unsigned char c) { return (c >= 0x20 && c != 0x7f) || c == '\t'; });
}

std::vector<HttpHeader> read_headers(const Node& node) {
  std::vector<HttpHeader> headers;
  if (node.exists() && !node.is_map()) node.error("headers are a map of names to values");
  if (!node.is_map()) return headers;
  for (const Node& entry : node.entries()) {
    const std::string name(entry.key());
    const std::string value = entry.text();
    if (!is_header_name(name)) {
      entry.error_at_key("not the name of a header");
    } else if (equal_ignoring_case(name, "content-length") ||
               equal_ignoring_case(name, "transfer-encoding")) {
      entry.error_at_key("this header follows from the payload and cannot be set");
    } else if (!is_header_value(value)) {
      entry.error("a header's value has no line breaks or other control characters");
    } else {
      headers.emplace_back(name, value);
    }
  }
  return headers;
}

// What is signed is what we say.
void refuse_signed_headers(const std::vector<HttpHeader>& headers, const Node& node) {
  for (const auto& [name, value] : headers) {
    for (const char* own : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
      if (equal_ignoring_case(name, own)) node.find(name).error_at_key("this header is signed");
    }
  }
}

std::unique_ptr<Sink> open_webhook(MapReader& keys, SinkContext& context) {
  const std::optional<Secret> url = required_secret(keys, "url");
  WebhookSink::Target target;
  const Node headers = keys.optional("headers");
  target.headers = read_headers(headers);
  target.signer = WebhookSigner::read(keys.optional("sign"));
  if (target.signer.is_signing()) refuse_signed_headers(target.headers, headers);
  target.is_binary =
      keys.optional("mode").choice<bool>({{"structured", false}, {"binary", true}}, false);
  target.timeout = keys.optional("timeout").duration(kWebhookTimeout, std::chrono::milliseconds(1),
                                                     std::chrono::minutes(10));
  target.tls = read_client_tls(keys);
  if (!url) return nullptr;
  if (!parse_url(url->reveal())) {
    const Node written = keys.optional("url");
    const Node place = written.exists() ? written : keys.optional("url_file");
    place.error("must be a URL that begins with http:// or https://");
    return nullptr;
  }
  target.url = url->reveal();
  return std::make_unique<WebhookSink>(std::move(target), context);
}

}  // namespace

const SinkKind webhook_sink_kind{
    .name = "webhook",
    .summary = "POST each delivery to one URL",
    .limits = {.batch_deliveries_max = 1, .in_flight_max = 64},
    .open = open_webhook,
};

}  // namespace statewire
