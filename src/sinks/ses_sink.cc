// Sends each delivery as a mail by SES. Reads the messages of the format `email`. Recipients may be
// templates over the notification; the fallback replaces an address that cannot be made.
#include "aws/json.h"
#include "format/sink_formats.h"
#include "sinks/aws_attempt.h"
#include "sinks/kinds.h"
#include "sinks/mail_address.h"

namespace statewire {
namespace {

struct SesLetter {
  std::string from;
  MailRecipients to;
};

std::string utf8_content(std::string_view text) {
  return JsonObject().add("Data", text).add("Charset", "UTF-8").take();
}

// A service that does not know an address yet will know it once somebody verified it.
Attempt attempt_for_mail(const AwsAnswer& answer) {
  if (answer.ok()) {
    const Result<AwsJson> json = AwsJson::parse(answer.response.body);
    const bool is_taken = json && !json->text("MessageId").empty();
    return is_taken ? attempt_for(answer) : not_of_service(answer, "SES");
  }
  Attempt attempt = attempt_for(answer);
  if (answer.code.starts_with("MessageRejected") &&
      answer.message.find("not verified") != std::string::npos) {
    attempt.verdict = Verdict::unavailable;
  }
  return attempt;
}

class SesSink final : public Sink {
 public:
  SesSink(SesLetter letter, AwsPlace place, AwsClient& aws)
      : letter_(std::move(letter)), place_(std::move(place)), aws_(aws) {}

  // One mail for each delivery: `batch` holds exactly one, as the limits say.
  void deliver(std::span<const Delivery> batch, Completion done) override {
    CHECK(batch.size() == 1);
    Result<std::string> body = body_of(batch.front());
    if (!body) return done({rejected(body.error().text)});
    AwsCall call = rest_call(place_.target, "POST", "/v2/email/outbound-emails", *std::move(body));
    call.headers = {{"Content-Type", "application/json"}};
    call.role = place_.role;
    call.attempts_max = 1;  // The subscription decides when to try again.
    aws_.call(std::move(call),
              [done = std::move(done)](AwsAnswer answer) { done({attempt_for_mail(answer)}); });
  }

 private:
  Result<std::string> body_of(const Delivery& delivery) const {
    const Result<AwsJson> mail = AwsJson::parse(delivery.payload);
    if (delivery.content_type != kMailContentType || !mail || !mail->is_object()) {
      return bad_input("not a message of the format email");
    }
    const Result<std::vector<std::string>> addresses = letter_.to.resolve(
        [&](std::string_view path) { return mail->text("data." + std::string(path)); });
    if (!addresses) return addresses.error();
    std::string to;
    for (const std::string& address : *addresses) {
      to += (to.empty() ? "[\"" : ",\"") + address + "\"";  // Plain ASCII without quotes.
    }
    JsonObject body;
    const std::string text = mail->text("text");
    const std::string html = mail->text("html");
    if (!text.empty() || html.empty()) body.add_json("Text", utf8_content(text));
    if (!html.empty()) body.add_json("Html", utf8_content(html));
    JsonObject simple;
    simple.add_json("Subject", utf8_content(mail->text("subject"))).add_json("Body", body.take());
    return JsonObject()
        .add("FromEmailAddress", letter_.from)
        .add_json("Destination", JsonObject().add_json("ToAddresses", to + "]").take())
        .add_json("Content", JsonObject().add_json("Simple", simple.take()).take())
        .take();
  }

  const SesLetter letter_;
  const AwsPlace place_;
  AwsClient& aws_;  // Outlives every sink.
};

std::unique_ptr<Sink> open_ses(MapReader& keys, SinkContext& context) {
  const Node from = keys.required("from");
  const AwsKeys aws = read_aws_keys(keys);
  const SesLetter letter{.from = from.text(), .to = MailRecipients::read(keys)};
  if (from && !parse_mailbox(letter.from)) {
    from.error("wanted an address, such as \"Statewire <statewire@example.org>\"");
  }
  if (!from || letter.to.empty()) return nullptr;
  std::optional<AwsPlace> place = find_place(kSes, aws, context, from);
  if (!place) return nullptr;
  return std::make_unique<SesSink>(letter, *std::move(place), context.aws);
}

}  // namespace

const SinkKind ses_sink_kind{
    .name = "ses",
    .summary = "send each delivery as a mail by SES",
    .limits = {.batch_deliveries_max = 1, .in_flight_max = 8},
    .open = open_ses,
};

}  // namespace statewire
