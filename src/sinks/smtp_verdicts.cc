#include "sinks/smtp_verdicts.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

// RFC 4954: authentication is required, too weak, wrong, or needs encryption.
bool is_about_login(int code) { return code == 530 || code == 534 || code == 535 || code == 538; }

// A mail that says its size at MAIL may be too large there. RFC 1870, 6; RFC 3463, 3.4.
bool is_too_large(int code, std::string_view text) {
  return code == 552 || text.starts_with("5.3.4") || text.starts_with("5.2.3");
}

// Relays say at RCPT what they think of the client, the sender and their own rules: RFC 3463, 3.2
// and 3.8. The last number may have three digits: 5.1.70 is not 5.1.7.
bool refuses_us(const SmtpReply& reply) {
  if (reply.stage != SmtpStage::recipient || reply.code < 500) return false;
  const std::string_view text = reply.text;
  if (text.starts_with("5.7.")) return true;
  const bool is_about_sender = text.starts_with("5.1.7") || text.starts_with("5.1.8");
  return is_about_sender && (text.size() == 5 || text[5] == ' ');
}

Attempt attempt_for_reply(const SmtpReply& reply) {
  std::string detail = reply.code == 0 ? "" : "smtp " + std::to_string(reply.code);
  if (reply.code / 100 == 2) return {.detail = std::move(detail)};
  if (!reply.text.empty()) {
    detail += (detail.empty() ? "" : ": ") +
              (is_utf8(reply.text) ? reply.text : std::string("(a reply that is no text)"));
  }
  detail.append(" (").append(name_of(reply.stage)).append(")");
  return {.verdict = verdict_for_smtp(reply.stage, reply.code, reply.text),
          .detail = std::string(cut_utf8(detail, kAttemptDetailBytesMax))};
}

}  // namespace

Verdict verdict_for_smtp(SmtpStage stage, int code, std::string_view text) {
  if (is_about_login(code)) return Verdict::unavailable;
  // A password must be changed first: RFC 4954, 4.7.12.
  if (stage == SmtpStage::auth && code == 432) return Verdict::unavailable;
  if (code < 500 || code > 599) return Verdict::retry;
  switch (stage) {
    case SmtpStage::greeting:
    case SmtpStage::hello:
    case SmtpStage::starttls:
    case SmtpStage::auth:
      return Verdict::unavailable;
    case SmtpStage::sender:  // All mails of a subscription have the same.
      return is_too_large(code, text) ? Verdict::reject : Verdict::unavailable;
    case SmtpStage::recipient:  // 552 says "too many recipients": RFC 5321, 4.5.3.1.10.
      return code == 552 ? Verdict::retry : Verdict::reject;
    case SmtpStage::data:
    case SmtpStage::message:
      return Verdict::reject;
  }
  CHECK(false);
}

std::vector<Attempt> attempts_for(const Result<SmtpOutcome>& outcome, bool for_rest) {
  if (!outcome) {
    const bool is_untrusted = outcome.error().kind == ErrorKind::bad_input;
    return {{.verdict = is_untrusted ? Verdict::unavailable : Verdict::retry,
             .detail = std::string(cut_utf8(outcome.error().text, kAttemptDetailBytesMax))}};
  }
  const Attempt of_mail = attempt_for_reply(outcome->mail);
  if (outcome->recipients.empty()) return {of_mail};
  if (!for_rest && std::ranges::all_of(outcome->recipients, refuses_us)) {
    Attempt attempt = attempt_for_reply(outcome->recipients.front());
    attempt.verdict = Verdict::unavailable;
    return {attempt};
  }
  std::vector<Attempt> attempts;
  for (const SmtpReply& recipient : outcome->recipients) {
    const bool is_of_mail = recipient.code == kSmtpTaken || recipient.is_unanswered();
    attempts.push_back(is_of_mail ? of_mail : attempt_for_reply(recipient));
  }
  return attempts;
}

}  // namespace statewire
