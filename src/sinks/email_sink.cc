// Sends each delivery as a mail. Reads the messages of the format `email`. Recipients may be
// templates over the notification.
#include <simdjson.h>

#include <algorithm>

#include "config/secret.h"
#include "format/sink_formats.h"
#include "net/url.h"
#include "sinks/kinds.h"
#include "sinks/mail_address.h"
#include "sinks/mail_message.h"
#include "sinks/verdicts.h"

namespace statewire {
namespace {

namespace dom = simdjson::dom;

constexpr Duration kMailTimeout = std::chrono::seconds(30);

struct Letterbox {
  SmtpServer server;
  MailSender from;
  MailRecipients to;
  Duration timeout{};
};

std::string text_at(const dom::element& message, std::string_view key) {
  std::string_view text;
  if (message[key].get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

bool descend(dom::element& at, std::string_view key) {
  return at.at_key(key).get(at) == simdjson::SUCCESS;
}

// A field by its dotted path; the key of a tag may hold dots itself.
std::string field_at(dom::element at, std::string_view path) {
  constexpr std::string_view kTags = "resource.tags.";
  const bool is_tag = path.starts_with(kTags);
  const std::string_view tag = is_tag ? path.substr(kTags.size()) : std::string_view();
  std::string_view rest = is_tag ? kTags.substr(0, kTags.size() - 1) : path;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('.'), rest.size());
    if (!descend(at, rest.substr(0, end))) return {};
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (is_tag && !descend(at, tag)) return {};
  std::string_view text;
  return at.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(at);
}

class EmailSink final : public Sink {
 public:
  EmailSink(Letterbox letterbox, SinkContext& context)
      : letterbox_(std::move(letterbox)), mail_(context.mail) {
    Redaction redaction;
    redaction.hide(letterbox_.server.password);
    redaction_ = std::make_shared<const Redaction>(std::move(redaction));
  }

  // One mail for each delivery: `batch` holds exactly one, as the limits say.
  void deliver(std::span<const Delivery> batch, Completion done) override {
    CHECK(batch.size() == 1);
    Result<Mail> mail = mail_of(batch.front());
    if (!mail) return done({Attempt{.verdict = Verdict::reject, .detail = mail.error().text}});
    mail_.send(*std::move(mail),
               [done = std::move(done), redaction = redaction_](Result<SmtpReply> reply) {
                 Attempt attempt = attempt_for(reply);
                 attempt.detail = redaction->apply(std::move(attempt.detail));
                 done({std::move(attempt)});
               });
  }

 private:
  Result<Mail> mail_of(const Delivery& delivery) {
    dom::element message;
    if (delivery.content_type != kMailContentType ||
        parser_.parse(delivery.payload.data(), delivery.payload.size(), true).get(message) !=
            simdjson::SUCCESS) {
      return bad_input("not a message of the format email");
    }
    MailContent content{.from = letterbox_.from};
    dom::element data;
    const bool has_data = message["data"].get(data) == simdjson::SUCCESS;
    Result<std::vector<std::string>> to = letterbox_.to.resolve(
        [&](std::string_view path) { return has_data ? field_at(data, path) : std::string(); });
    if (!to) return to.error();
    content.to = *to;
    content.subject = text_at(message, "subject");
    content.text = text_at(message, "text");
    content.html = text_at(message, "html");
    content.date = delivery.first_attempt;
    content.id = delivery.id;
    content.thread = text_at(message, "resource");
    content.subscription = delivery.subscription;
    return Mail{.server = letterbox_.server,
                .from = letterbox_.from.address,
                .to = *std::move(to),
                .message = mail_message(content),
                .timeout = letterbox_.timeout};
  }

  const Letterbox letterbox_;
  SmtpClient& mail_;
  std::shared_ptr<const Redaction> redaction_;
  dom::parser parser_;
};

bool is_host(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':';
  });
}

void read_server(MapReader& keys, SmtpServer& server) {
  const Node host = keys.required("host");
  server.host = host.text();
  if (host && !is_host(server.host)) host.error("wanted the name or the address of a server");
  const Node tls = keys.optional("tls");
  server.tls = tls.choice<SmtpTls>(
      {{"none", SmtpTls::none}, {"starttls", SmtpTls::starttls}, {"tls", SmtpTls::tls}},
      SmtpTls::starttls);
  const int64_t usual_port = server.tls == SmtpTls::tls    ? 465
                             : server.tls == SmtpTls::none ? 25
                                                           : 587;
  server.port = static_cast<uint16_t>(keys.optional("port").integer(1, 65535, usual_port));
  const Node user = keys.optional("user");
  server.user = user.text();
  const std::optional<Secret> password = optional_secret(keys, "password");
  if (password) server.password = password->reveal();
  if (user && !password) user.error_at_key("a user has a password: add password_file");
  if (password && !user) keys.node().error("a password without a user");
  if (user && server.tls == SmtpTls::none && !is_loopback(server.host)) {
    tls.error("a password does not go over a network in the clear: starttls, or tls");
  }
  const Node ca_file = keys.optional("ca_file");
  if (ca_file) server.ca_file = ca_file.file_path();
}

std::unique_ptr<Sink> open_email(MapReader& keys, SinkContext& context) {
  Letterbox letterbox;
  read_server(keys, letterbox.server);
  const Node from = keys.required("from");
  const std::optional<MailSender> sender = parse_mailbox(from.text());
  if (from && !sender) from.error("wanted an address, such as Statewire <statewire@example.org>");
  letterbox.to = MailRecipients::read(keys);
  letterbox.timeout = keys.optional("timeout").duration(kMailTimeout, std::chrono::milliseconds(1),
                                                        std::chrono::minutes(10));
  if (!sender || letterbox.to.empty() || letterbox.server.host.empty()) return nullptr;
  letterbox.from = *sender;
  return std::make_unique<EmailSink>(std::move(letterbox), context);
}

}  // namespace

const SinkKind email_sink_kind{
    .name = "email",
    .summary = "send each delivery as a mail",
    .limits = {.batch_deliveries_max = 1, .in_flight_max = 4, .per_hour_max = 60},
    .open = open_email,
};

}  // namespace statewire
