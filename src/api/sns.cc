#include "api/sns.h"

#include <algorithm>

#include "api/answers.h"
#include "api/events.h"
#include "api/tokens.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "sources/event_reader.h"
#include "sources/sqs_message.h"

namespace statewire {
namespace {

constexpr std::string_view kSource = "http";
constexpr Duration kConfirmTimeout = std::chrono::seconds(10);
constexpr Duration kRefusalEvery = std::chrono::milliseconds(100);

std::string_view message_type(const HttpRequestHead& head) {
  return head.header("x-amz-sns-message-type");
}

const SnsTopic* find_topic(const Snapshot& snapshot, std::string_view arn) {
  const auto found = std::ranges::find(snapshot.topics, arn, &SnsTopic::arn);
  return found == snapshot.topics.end() ? nullptr : &*found;
}

}  // namespace

bool is_sns(const HttpRequestHead& head) { return !message_type(head).empty(); }

bool is_raw_sns(const HttpRequestHead& head) {
  return equal_ignoring_case(head.header("x-amz-sns-rawdelivery"), "true");
}

// One request on its way to its answer.
struct SnsInbox::Visit {
  Visit(HttpServerRequest&& request, HttpResponder&& its_responder)
      : head(std::move(request.head)),
        body(std::move(request.body)),
        responder(std::move(its_responder)) {}

  HttpRequestHead head;
  std::string body;
  HttpResponder responder;
  SnsMessage message;
  SnsTopic topic;
};

SnsInbox::SnsInbox(Parts parts)
    : parts_(std::move(parts)),
      certificates_(parts_.http, parts_.clock, parts_.addresses),
      counted_refusals_(kSnsRefusalsMax, kRefusalEvery, parts_.clock.now()) {}

std::optional<HttpServerResponse> SnsInbox::judge_head(const HttpRequestHead& head,
                                                       const Snapshot& snapshot) const {
  if (is_raw_sns(head)) return judge_token(head, TokenScope::ingest, snapshot.tokens);
  if (snapshot.topics.empty()) {
    return error_response(403, "no topic of SNS is allowed: name them in http.topics");
  }
  if (head.content_length().value_or(0) > kSnsBodyBytesMax) {
    return error_response(413, "a message of SNS is not as long");
  }
  return std::nullopt;
}

void SnsInbox::take(HttpServerRequest&& request, HttpResponder responder) {
  const bool is_raw = is_raw_sns(request.head);
  const auto visit = std::make_shared<Visit>(std::move(request), std::move(responder));
  if (is_raw) return submit(visit, visit->body);
  judge(visit);
}

// What costs nothing comes first; a certificate is asked for only where all else is well.
void SnsInbox::judge(const VisitPtr& visit) {
  if (visit->body.size() > kSnsBodyBytesMax) return refuse(visit, 413, "too long for SNS");
  Result<SnsMessage> message = parse_sns_message(visit->body);
  if (!message) return refuse(visit, 400, message.error().text);
  visit->message = *std::move(message);
  const std::string_view told_type = message_type(visit->head);
  if (!told_type.empty() && told_type != visit->message.type_name) {
    return refuse(visit, 400, "the message is of another type than its header says");
  }
  const std::shared_ptr<const Snapshot> snapshot = parts_.live.get();
  const SnsTopic* const topic = find_topic(*snapshot, visit->message.topic_arn);
  if (topic == nullptr) {
    return refuse(visit, 403, "the topic is not among http.topics: " + visit->message.topic_arn);
  }
  visit->topic = *topic;
  if (!is_timely(visit->message, parts_.clock.now())) {
    return refuse(visit, 403, "the message is older than SNS tries to deliver it");
  }
  const std::string& url = visit->message.signing_certificate_url;
  if (!is_certificate_url(url, *topic)) {
    return refuse(visit, 403, "the certificate is not one of SNS in the topic's region");
  }
  const size_t bytes = visit->body.size();
  if (waiting_bytes_.fetch_add(bytes) + bytes > kSnsWaitingBytesMax) {
    waiting_bytes_ -= bytes;
    return visit->responder.respond(
        unavailable_response("busy with other messages of SNS", kRetryAfterSeconds));
  }
  certificates_.find(url, *topic, [this, visit, bytes](const Result<SnsSigningKey>& key) {
    waiting_bytes_ -= bytes;
    if (!key && key.error().kind == ErrorKind::unavailable) {
      return visit->responder.respond(unavailable_response(key.error().text, kRetryAfterSeconds));
    }
    if (!key) return refuse(visit, 403, key.error().text);
    const SnsMessage& signed_message = visit->message;
    if (!key->has_signed(signed_text(signed_message), signed_message.signature,
                         signed_message.signature_version)) {
      return refuse(visit, 403, "the signature is not that of the message");
    }
    follow(visit);
  });
}

// REQUIRES: the message is SNS's own, and of a topic that is allowed.
void SnsInbox::follow(const VisitPtr& visit) {
  const SnsMessage& message = visit->message;
  switch (message.type) {
    case SnsMessageType::notification:
      return submit(visit, visit->body);
    case SnsMessageType::subscription_confirmation:
      return confirm(visit);
    case SnsMessageType::unsubscribe_confirmation:
      break;
  }
  // Its SubscribeURL would undo what somebody wanted.
  log_warn("a subscription to a topic was ended", {{"topic", message.topic_arn}});
  visit->responder.respond(json_response(R"({"unsubscribed":true})"));
}

// Whatever becomes of its events, a message that was stored is not wanted again.
void SnsInbox::submit(const VisitPtr& visit, std::string_view body) {
  SqsContent content = read_sqs_message(body);
  Chunk chunk;
  chunk.source = kSource;
  if (!content.files.empty()) {
    content.event = body;
    chunk.unreadable = "it names files of CloudTrail, which only a source of kind sqs fetches";
  }
  chunk.text = std::move(content.event);
  chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  visit->body.clear();
  chunk.done = [visit](const Result<ChunkFates>& fates) {
    if (fates) return visit->responder.respond(json_response(counts_of(*fates)));
    visit->responder.respond(unavailable_response(fates.error().text, kRetryAfterSeconds));
  };
  if (Result<void> taken = parts_.intake.submit(std::move(chunk)); !taken) {
    visit->responder.respond(unavailable_response(taken.error().text, kRetryAfterSeconds));
  }
}

void SnsInbox::confirm(const VisitPtr& visit) {
  if (!is_subscribe_url(visit->message.subscribe_url, visit->topic)) {
    return refuse(visit, 403, "the subscription is not confirmed at SNS in the topic's region");
  }
  if (confirming_.fetch_add(1) >= kSnsConfirmationsAtATime) {
    --confirming_;
    return visit->responder.respond(
        unavailable_response("busy with other subscriptions", kRetryAfterSeconds));
  }
  HttpRequest request = parts_.addresses.request_for(visit->message.subscribe_url);
  request.timeout = kConfirmTimeout;
  request.response_bytes_max = kShortAnswerBytesMax;
  parts_.http.send(std::move(request), [this, visit](const Result<HttpResponse>& response) {
    --confirming_;
    const std::string& topic = visit->topic.arn;
    if (response && response->status == 200) {
      log_info("a subscription to a topic is confirmed", {{"topic", topic}});
      return visit->responder.respond(json_response(R"({"confirmed":true})"));
    }
    const std::string why =
        response ? "http " + std::to_string(response->status) : response.error().text;
    log_warn("a subscription cannot be confirmed", {{"topic", topic}, {"error", why}});
    visit->responder.respond(
        unavailable_response("the subscription cannot be confirmed: " + why, kRetryAfterSeconds));
  });
}

// Counted in the ledger with its reason, and then told.
void SnsInbox::refuse(const VisitPtr& visit, int status, const std::string& why) {
  if (!may_count_refusal()) return visit->responder.respond(error_response(status, why));
  Chunk chunk;
  chunk.source = kSource;
  chunk.unreadable = "SNS: " + why;
  chunk.text = std::move(visit->body);
  chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  chunk.done = [visit, status, why](const Result<ChunkFates>&) {
    visit->responder.respond(error_response(status, why));
  };
  if (!parts_.intake.submit(std::move(chunk))) {
    visit->responder.respond(error_response(status, why));
  }
}

bool SnsInbox::may_count_refusal() {
  Lock lock(mutex_);
  return counted_refusals_.take(parts_.clock.now());
}

}  // namespace statewire
