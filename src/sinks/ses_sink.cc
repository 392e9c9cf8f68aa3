// Sends each delivery as a mail by SES.
#include "aws/json.h"
#include "base/base64.h"
#include "base/json_writer.h"
#include "sinks/aws_attempt.h"
#include "sinks/kinds.h"
#include "sinks/mail_sink.h"

namespace statewire {
namespace {

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

// Then it would be said to every call. An address that is not verified may be this recipient's.
bool is_about_us(const AwsAnswer& answer, Verdict verdict) {
  if (answer.code.starts_with("MessageRejected") || answer.fault == AwsFault::unknown) return false;
  return verdict == Verdict::retry || verdict == Verdict::unavailable;
}

// A call for each recipient, one after the other: SES refuses a whole call for one address that it
// will not write to, and counts and bills recipients, not calls. Where a call says that nothing
// passes, the others are not made.
class Round : public std::enable_shared_from_this<Round> {
 public:
  Round(Letter letter, AwsPlace place, AwsClient& aws, MailCarrier::Done done)
      : letter_(std::move(letter)), place_(std::move(place)), aws_(aws), done_(std::move(done)) {
    content_ = json_of([&](JsonWriter& json) {
      json.begin_object();
      json.begin_object("Raw");
      json.text("Data", base64_encoded(letter_.message));
      json.end_object();
      json.end_object();
    });
  }

  void next() {
    if (attempts_.size() == letter_.to.size()) return done_(std::move(attempts_));
    const std::string& to = letter_.to[attempts_.size()];
    AwsCall call = rest_call(place_.target, "POST", "/v2/email/outbound-emails",
                             json_of([&](JsonWriter& json) {
                               json.begin_object();
                               json.text("FromEmailAddress", letter_.from);
                               json.begin_object("Destination");
                               json.begin_array("ToAddresses");
                               json.text(to);
                               json.end_array();
                               json.end_object();
                               json.raw("Content", content_);
                               json.end_object();
                             }));
    call.headers = {{"Content-Type", "application/json"}};
    call.role = place_.role;
    call.attempts_max = 1;  // The subscription decides when to try again.
    aws_.call(std::move(call),
              [self = shared_from_this()](const AwsAnswer& answer) { self->on_answer(answer); });
  }

 private:
  void on_answer(const AwsAnswer& answer) {
    attempts_.push_back(attempt_for_mail(answer));
    const Attempt attempt = attempts_.back();
    if (is_about_us(answer, attempt.verdict)) attempts_.resize(letter_.to.size(), attempt);
    next();
  }

  const Letter letter_;
  const AwsPlace place_;
  AwsClient& aws_;  // Outlives every sink.
  const MailCarrier::Done done_;
  std::string content_;
  std::vector<Attempt> attempts_;
};

class SesCarrier final : public MailCarrier {
 public:
  SesCarrier(AwsPlace place, AwsClient& aws) : place_(std::move(place)), aws_(aws) {}

  void carry(Letter letter, Done done) override {
    std::make_shared<Round>(std::move(letter), place_, aws_, std::move(done))->next();
  }

  void ask_place(PlaceDone done) override {
    AwsCall call = rest_call(place_.target, "GET", "/v2/email/account");
    call.role = place_.role;
    ask_aws(aws_, std::move(call), "the account's SES", std::move(done));
  }

 private:
  const AwsPlace place_;
  AwsClient& aws_;  // Outlives every sink.
};

std::unique_ptr<Sink> open_ses(MapReader& keys, SinkContext& context) {
  const Node from = keys.optional("from");
  const AwsKeys aws = read_aws_keys(keys);
  std::optional<MailForm> form = read_mail_form(keys);
  if (!form) return nullptr;
  std::optional<AwsPlace> place = find_place(kSes, aws, context, from);
  if (!place) return nullptr;
  return make_mail_sink(*std::move(form),
                        std::make_unique<SesCarrier>(*std::move(place), context.aws));
}

}  // namespace

const SinkKind ses_sink_kind{
    .name = "ses",
    .summary = "send each delivery as a mail by SES",
    .limits = {.batch_deliveries_max = 1, .in_flight_max = 8},
    .open = open_ses,
};

}  // namespace statewire
