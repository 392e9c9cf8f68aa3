#include "net/smtp_dialogue.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

constexpr int kClosing = 421;
constexpr int kGoOn = 354;

bool is_refused(const SmtpReply& reply) {
  return reply.code != kSmtpTaken && !reply.is_unanswered();
}

}  // namespace

std::string_view name_of(SmtpStage stage) {
  switch (stage) {
    case SmtpStage::greeting:
      return "greeting";
    case SmtpStage::hello:
      return "EHLO";
    case SmtpStage::starttls:
      return "STARTTLS";
    case SmtpStage::auth:
      return "AUTH";
    case SmtpStage::sender:
      return "MAIL";
    case SmtpStage::recipient:
      return "RCPT";
    case SmtpStage::data:
      return "DATA";
    case SmtpStage::message:
      return "end of data";
  }
  CHECK(false);
}

void SmtpDialogue::go_to(SmtpStage stage) {
  stage_ = stage;
  ++step_;
  text_.clear();
  first_code_ = 0;
}

// What is sent while authenticating is base64, which has no blanks, and may be any word without
// them.
void SmtpDialogue::on_sent(std::string_view line) {
  if (line == "QUIT\r\n") is_over_ = true;
  if (line.starts_with("EHLO ") || line.starts_with("HELO ")) return go_to(SmtpStage::hello);
  if (line.starts_with("AUTH ")) return go_to(SmtpStage::auth);
  if (line.starts_with("MAIL FROM:")) return go_to(SmtpStage::sender);
  if (line.starts_with("RCPT TO:")) {
    ++asked_;
    return go_to(SmtpStage::recipient);
  }
  if (stage_ == SmtpStage::hello && line.starts_with("STARTTLS")) return go_to(SmtpStage::starttls);
  if (stage_ == SmtpStage::recipient && line.starts_with("DATA")) return go_to(SmtpStage::data);
}

// "250-first", "250 last"; some servers leave the last one's text and blank out. A recipient may be
// answered by anything.
void SmtpDialogue::on_reply(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  int code = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), code);
  const bool is_known = code >= 200 && code <= 599;
  const bool is_any = stage_ == SmtpStage::recipient && code >= 0 && code <= 999;
  if (is_over_ || parsed.ec != std::errc() || (!is_known && !is_any)) return;
  if (first_code_ == 0) first_code_ = code;
  if (line.size() > 4) text_.append(text_.empty() ? "" : " ").append(line.substr(4));
  text_ = cut_utf8(text_, kSmtpReplyBytesMax);
  if (line.size() > 3 && line[3] == '-') return;
  finish_reply(code);
  text_.clear();
  first_code_ = 0;
}

// A recipient's refusal is its own, but for a server that closes: nothing passes then.
void SmtpDialogue::finish_reply(int code) {
  if (stage_ == SmtpStage::data && code == kGoOn) return go_to(SmtpStage::message);
  SmtpReply reply{.stage = stage_, .code = code, .text = text_};
  if (stage_ == SmtpStage::recipient && asked_ > 0 && asked_ <= recipients_.size()) {
    if (code / 100 == 2) reply.code = kSmtpTaken;
    if (code / 100 != first_code_ / 100) {
      reply.text = "smtp " + std::to_string(first_code_) + " and " + std::to_string(code) +
                   " in one reply: " + text_;
      reply.text = cut_utf8(reply.text, kSmtpReplyBytesMax);
      reply.code = 0;
    }
    recipients_[asked_ - 1] = reply;
    if (code != kClosing) return;
  }
  // What was refused in one way may pass in another: EHLO as HELO, AUTH by another method.
  if (refusal_.code != 0 && refusal_.stage != stage_) return;
  refusal_ = code < 400 ? SmtpReply{} : std::move(reply);
}

bool SmtpDialogue::is_refused_by_all() const {
  return !recipients_.empty() && std::ranges::all_of(recipients_, is_refused);
}

std::optional<size_t> SmtpDialogue::unanswered() const {
  const bool waits = stage_ == SmtpStage::recipient && asked_ > 0 && asked_ <= recipients_.size() &&
                     recipients_[asked_ - 1].is_unanswered();
  return waits ? std::optional(asked_ - 1) : std::nullopt;
}

SmtpOutcome SmtpDialogue::outcome(SmtpReply last) const {
  SmtpOutcome outcome{.mail = std::move(last), .recipients = {}};
  if (std::ranges::any_of(recipients_, is_refused)) outcome.recipients = recipients_;
  return outcome;
}

}  // namespace statewire
