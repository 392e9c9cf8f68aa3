#include "sinks/ses_sink.h"

#include <algorithm>

#include "aws/json.h"
#include "format/sink_formats.h"
#include "sinks/aws_attempt.h"
#include "sinks/mail_address.h"

namespace statewire {
namespace {

constexpr size_t kRecipientsMax = 20;

struct SesLetter {
  std::string from;
  std::vector<AddressTemplate> to;
  std::string fallback;  // Empty: none.
};

std::string utf8_content(std::string_view text) {
  return JsonObject().add("Data", text).add("Charset", "UTF-8").take();
}

// A service that does not know an address yet will know it once somebody verified it.
Attempt attempt_for_mail(const AwsAnswer& answer) {
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
    std::string to;
    std::vector<std::string> seen;
    for (const AddressTemplate& address : letter_.to) {
      Result<std::string> made = address.resolve(
          [&](std::string_view path) { return mail->text("data." + std::string(path)); });
      if (!made && letter_.fallback.empty()) {
        return bad_input("no recipient: " + made.error().text);
      }
      const std::string& chosen = made ? *made : letter_.fallback;
      if (std::ranges::find(seen, chosen) != seen.end()) continue;
      seen.push_back(chosen);
      to += (to.empty() ? "[\"" : ",\"") + chosen + "\"";  // Plain ASCII without quotes.
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

void read_recipients(const Node& to, SesLetter& letter) {
  const std::vector<Node> items = to.is_list() ? to.items() : std::vector<Node>{to};
  if (items.empty()) to.error("a mail has at least one recipient");
  if (items.size() > kRecipientsMax) to.error("a mail has at most 20 recipients");
  for (const Node& item : items) {
    Result<AddressTemplate> address = AddressTemplate::parse(item.text());
    if (address) {
      letter.to.push_back(*std::move(address));
    } else {
      item.error(address.error().text);
    }
  }
}

std::unique_ptr<Sink> open_ses(MapReader& keys, SinkContext& context) {
  const Node from = keys.required("from");
  const Node to = keys.required("to");
  const Node fallback = keys.optional("fallback");
  const AwsKeys aws = read_aws_keys(keys);
  SesLetter letter{.from = from.text(), .to = {}, .fallback = fallback.text()};
  if (from && !parse_mailbox(letter.from)) {
    from.error("wanted an address, such as \"Statewire <statewire@example.org>\"");
  }
  if (fallback && !is_mail_address(letter.fallback)) {
    fallback.error("wanted an address, such as ops@example.org");
  }
  if (to) read_recipients(to, letter);
  if (!from || !to) return nullptr;
  std::optional<AwsPlace> place = find_place(kSes, aws, context, from);
  if (!place) return nullptr;
  return std::make_unique<SesSink>(std::move(letter), *std::move(place), context.aws);
}

}  // namespace

const SinkKind ses_sink_kind{
    .name = "ses",
    .summary = "send each delivery as a mail by SES",
    .limits = {.batch_deliveries_max = 1, .in_flight_max = 8},
    .open = open_ses,
};

}  // namespace statewire
