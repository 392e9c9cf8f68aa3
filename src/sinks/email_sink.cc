// Sends each delivery as a mail over SMTP.
#include <algorithm>
#include <atomic>

#include "base/text.h"
#include "config/secret.h"
#include "net/smtp_name.h"
#include "net/url.h"
#include "sinks/client_tls.h"
#include "sinks/kinds.h"
#include "sinks/mail_sink.h"
#include "sinks/smtp_verdicts.h"
#include "sinks/verdicts.h"

namespace statewire {
namespace {

class SmtpCarrier final : public MailCarrier {
 public:
  SmtpCarrier(SmtpServer server, SmtpTimeouts timeouts, SmtpClient& mail)
      : server_(std::move(server)), timeouts_(timeouts), mail_(mail) {
    Redaction redaction;
    redaction.hide(server_.password);
    redaction_ = std::make_shared<const Redaction>(std::move(redaction));
  }

  ~SmtpCarrier() override { *is_gone_ = true; }

  void carry(Letter letter, Done done) override {
    Mail mail{.server = server_,
              .from = std::move(letter.from),
              .to = std::move(letter.to),
              .message = std::move(letter.message),
              .timeouts = timeouts_,
              .is_unwanted = is_gone_};
    mail_.send(std::move(mail),
               [done = std::move(done), redaction = redaction_,
                is_for_rest = letter.is_for_rest](const Result<SmtpOutcome>& outcome) {
                 std::vector<Attempt> attempts = attempts_for(outcome, is_for_rest);
                 for (Attempt& attempt : attempts) {
                   attempt.detail = redaction->apply(std::move(attempt.detail));
                 }
                 done(std::move(attempts));
               });
  }

  void ask_place(PlaceDone done) override {
    constexpr Duration kPatience = std::chrono::seconds(10);
    Mail mail{.server = server_,
              .timeouts = {.connect = kPatience, .reply = kPatience},
              .is_unwanted = is_gone_,
              .is_login_alone = true};
    std::string place = server_.host + ":" + std::to_string(server_.port);
    mail_.send(std::move(mail),
               [done = std::move(done), redaction = redaction_, place = std::move(place),
                has_user = !server_.user.empty()](const Result<SmtpOutcome>& outcome) {
                 const Attempt attempt = attempts_for(outcome).front();
                 if (attempt.verdict == Verdict::delivered) {
                   return done({.state = PlaceState::well,
                                .detail = place + (has_user ? " lets us log in" : " answers")});
                 }
                 done({.state = PlaceState::wrong, .detail = redaction->apply(attempt.detail)});
               });
  }

 private:
  const SmtpServer server_;
  const SmtpTimeouts timeouts_;
  SmtpClient& mail_;  // Outlives every sink.
  std::shared_ptr<const Redaction> redaction_;
  // A server that hangs keeps no thread for a subscription that was removed or replaced.
  const std::shared_ptr<std::atomic<bool>> is_gone_ = std::make_shared<std::atomic<bool>>(false);
};

bool is_host(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '-' || c == ':';
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
  const Node client_name = keys.optional("ehlo");
  server.client_name = client_name.text();
  if (client_name && !is_client_name(server.client_name)) {
    client_name.error(
        "wanted a domain such as web1.example.org, or an address such as [192.0.2.1]");
  }
  server.files = read_client_tls(keys);
  if (server.tls == SmtpTls::none && !server.files.certificate_file.empty()) {
    tls.error("a certificate is shown with starttls or tls alone");
  }
}

// A shorter time for the message itself would only send it twice.
SmtpTimeouts read_timeouts(MapReader& keys) {
  SmtpTimeouts timeouts;
  const Node node = keys.optional("timeout");
  if (!node) return timeouts;
  timeouts.connect = timeouts.reply = timeouts.data =
      node.duration(timeouts.connect, std::chrono::milliseconds(1), std::chrono::minutes(10));
  return timeouts;
}

std::unique_ptr<Sink> open_email(MapReader& keys, SinkContext& context) {
  SmtpServer server;
  read_server(keys, server);
  const SmtpTimeouts timeouts = read_timeouts(keys);
  std::optional<MailForm> form = read_mail_form(keys);
  if (!form || server.host.empty()) return nullptr;
  return make_mail_sink(*std::move(form),
                        std::make_unique<SmtpCarrier>(std::move(server), timeouts, context.mail));
}

}  // namespace

const SinkKind email_sink_kind{
    .name = "email",
    .summary = "send each delivery as a mail",
    .limits = {.batch_deliveries_max = 1, .in_flight_max = 4, .per_hour_max = 60},
    .open = open_email,
};

}  // namespace statewire
