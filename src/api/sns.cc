#include "api/sns.h"

#include <algorithm>

#include "api/answers.h"
#include "api/events.h"
#include "api/tokens.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "format/clean_text.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

constexpr std::string_view kSource = "http";
constexpr Duration kConfirmTimeout = std::chrono::seconds(10);

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
        share(std::move(request.share)),
        responder(std::move(its_responder)) {}

  HttpRequestHead head;
  std::string body;
  ByteShare share;
  HttpResponder responder;
  SnsMessage message;
  SnsTopic topic;
  bool is_verified = false;  // SNS signed it.
};

class SnsInbox::Reading final : public Turns::Task {
 public:
  Reading(SnsInbox& inbox, VisitPtr visit) : inbox_(inbox), visit_(std::move(visit)) {}
  bool turn() override {
    go_through(*gate_, visit_, [this] { inbox_.read(visit_); });
    return false;
  }

 private:
  SnsInbox& inbox_;
  const VisitPtr visit_;
  const std::shared_ptr<Gate> gate_ = inbox_.gate_;
};

template <typename Work>
void SnsInbox::go_through(Gate& gate, const VisitPtr& visit, Work work) {
  const std::lock_guard lock(gate.mutex);
  if (gate.is_open) return work();
  visit->responder.respond(unavailable_response("stopping", kRetryAfterSeconds));
}

SnsInbox::SnsInbox(Parts parts)
    : parts_(std::move(parts)),
      certificates_(parts_.http, parts_.clock, parts_.steady, parts_.addresses),
      refusals_(parts_.steady.now()) {}

SnsInbox::~SnsInbox() {
  const std::lock_guard lock(gate_->mutex);
  gate_->is_open = false;
}

std::optional<HttpServerResponse> SnsInbox::judge_head(const HttpRequestHead& head,
                                                       const Snapshot& snapshot) const {
  if (is_raw_sns(head)) {
    if (auto refusal = judge_token(head, TokenScope::ingest, snapshot.tokens)) {
      refusals_.add(SnsRefusal::token, "a raw message needs one", parts_.steady.now());
      return refusal;
    }
  } else if (snapshot.topics.empty()) {
    refusals_.add(SnsRefusal::topic, "http.topics names none", parts_.steady.now());
    return error_response(403, "no topic of SNS is allowed: name them in http.topics");
  }
  if (head.content_length().value_or(0) > kSnsBodyBytesMax) {
    return error_response(413, "a message of SNS is not as long");
  }
  return std::nullopt;
}

void SnsInbox::take(HttpServerRequest&& request, HttpResponder responder) {
  const auto visit = std::make_shared<Visit>(std::move(request), std::move(responder));
  if (visit->body.size() > kSnsBodyBytesMax) {
    return visit->responder.respond(error_response(413, "a message of SNS is not as long"));
  }
  if (visit->body.size() <= kRecognisedAtOnceBytesMax) return read(visit);
  if (!parts_.turns.add(std::make_shared<Reading>(*this, visit))) {
    visit->responder.respond(unavailable_response("busy", kRetryAfterSeconds));
  }
}

void SnsInbox::read(const VisitPtr& visit) {
  if (is_raw_sns(visit->head)) return submit(visit);
  judge(visit);
}

// What costs nothing comes first; a certificate is asked for only where all else is well.
void SnsInbox::judge(const VisitPtr& visit) {
  Result<SnsMessage> message = parse_sns_message(visit->body);
  if (!message) return refuse(visit, SnsRefusal::malformed, message.error().text);
  visit->message = *std::move(message);
  const std::string_view told_type = message_type(visit->head);
  if (!told_type.empty() && told_type != visit->message.type_name) {
    return refuse(visit, SnsRefusal::malformed,
                  "the message is of another type than its header says");
  }
  const std::shared_ptr<const Snapshot> snapshot = parts_.live.get();
  const SnsTopic* const topic = find_topic(*snapshot, visit->message.topic_arn);
  if (topic == nullptr) {
    return refuse(visit, SnsRefusal::topic, "the topic is not among http.topics");
  }
  visit->topic = *topic;
  if (!is_timely(visit->message, parts_.clock.now())) {
    return refuse(visit, SnsRefusal::too_old, "the message is older than SNS tries to deliver it");
  }
  const std::string& url = visit->message.signing_certificate_url;
  if (!is_certificate_url(url, *topic)) {
    return refuse(visit, SnsRefusal::certificate,
                  "the certificate is not one of SNS in the topic's region");
  }
  const size_t bytes = visit->body.size();
  if (waiting_bytes_.fetch_add(bytes) + bytes > kSnsWaitingBytesMax) {
    waiting_bytes_ -= bytes;
    return visit->responder.respond(
        unavailable_response("busy with other messages of SNS", kRetryAfterSeconds));
  }
  certificates_.find(url, *topic,
                     [this, gate = gate_, visit, bytes](const Result<SnsSigningKey>& key) {
                       go_through(*gate, visit, [&] {
                         waiting_bytes_ -= bytes;
                         verify(visit, key);
                       });
                     });
}

void SnsInbox::verify(const VisitPtr& visit, const Result<SnsSigningKey>& key) {
  if (!key && key.error().kind == ErrorKind::unavailable) {
    return visit->responder.respond(unavailable_response(key.error().text, kRetryAfterSeconds));
  }
  if (!key) return refuse(visit, SnsRefusal::certificate, key.error().text);
  const SnsMessage& signed_message = visit->message;
  if (!key->has_signed(signed_text(signed_message), signed_message.signature,
                       signed_message.signature_version)) {
    return refuse(visit, SnsRefusal::signature, "the signature is not that of the message");
  }
  visit->is_verified = true;
  follow(visit);
}

// REQUIRES: the message is SNS's own, and of a topic that is allowed.
void SnsInbox::follow(const VisitPtr& visit) {
  const SnsMessage& message = visit->message;
  switch (message.type) {
    case SnsMessageType::notification:
      return submit(visit);
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
void SnsInbox::submit(const VisitPtr& visit) {
  Chunk chunk;
  chunk.source = kSource;
  chunk.text = std::move(visit->body);
  chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  free_text(visit->body);
  visit->message = {};
  chunk.share = std::move(visit->share);
  chunk.done = [visit](const Result<ChunkFates>& fates) {
    if (fates) return visit->responder.respond(json_response(counts_of(*fates)));
    visit->responder.respond(unavailable_response(fates.error().text, kRetryAfterSeconds));
  };
  if (Result<void> taken = parts_.intake.enter(std::move(chunk)); !taken) {
    visit->responder.respond(unavailable_response(taken.error().text, kRetryAfterSeconds));
  }
}

void SnsInbox::confirm(const VisitPtr& visit) {
  if (!is_subscribe_url(visit->message.subscribe_url, visit->topic)) {
    return refuse(visit, SnsRefusal::confirmation,
                  "the subscription is not confirmed at SNS in the topic's region");
  }
  if (confirming_.fetch_add(1) >= kSnsConfirmationsAtATime) {
    --confirming_;
    return visit->responder.respond(
        unavailable_response("busy with other subscriptions", kRetryAfterSeconds));
  }
  HttpRequest request = parts_.addresses.request_for(visit->message.subscribe_url);
  request.timeout = kConfirmTimeout;
  request.response_bytes_max = kShortAnswerBytesMax;
  parts_.http.send(std::move(request),
                   [this, gate = gate_, visit](const Result<HttpResponse>& response) {
                     go_through(*gate, visit, [&] { on_confirmed(visit, response); });
                   });
}

void SnsInbox::on_confirmed(const VisitPtr& visit, const Result<HttpResponse>& response) {
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
}

// Counted in the ledger, and then told. Only of what SNS signed anything is kept.
void SnsInbox::refuse(const VisitPtr& visit, SnsRefusal reason, std::string_view why) {
  std::string told;
  append_clean(told, cut_utf8(why, kRepeatedTextBytesMax));
  const int status = reason == SnsRefusal::malformed ? 400 : 403;
  const auto answer = [visit, status, told] {
    visit->responder.respond(error_response(status, told));
  };
  if (!refusals_.add(reason, told, parts_.steady.now())) return answer();
  Chunk chunk;
  chunk.source = kSource;
  chunk.unreadable = "SNS: " + told;
  chunk.is_only_counted = !visit->is_verified;
  if (visit->is_verified) chunk.text = cut_utf8(visit->body, kLedgerSampleBytesMax);
  free_text(visit->body);
  visit->share.shrink_to(0);
  chunk.done = [answer](const Result<ChunkFates>&) { answer(); };
  if (!parts_.intake.enter(std::move(chunk))) answer();
}

}  // namespace statewire
