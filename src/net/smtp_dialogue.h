// Follows the dialogue of one mail, RFC 5321: which command a reply answers, and what was refused.
// Internal to net.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/smtp_client.h"

namespace statewire {

// Not thread-safe; does no I/O.
class SmtpDialogue {
 public:
  explicit SmtpDialogue(size_t recipients) : recipients_(recipients) {}

  // A connection is made: everything begins again.
  void on_connect() { *this = SmtpDialogue(recipients_.size()); }
  // A line that was sent, or a part of the message.
  void on_sent(std::string_view line);
  // A line of a reply.
  void on_reply(std::string_view line);

  SmtpStage stage() const { return stage_; }
  // Grows with every stage and every recipient.
  size_t step() const { return step_; }
  // There was a goodbye: what became of the mail is known.
  bool is_over() const { return is_over_; }
  // The reply that refused the mail as a whole; its code is 0 where there is none.
  const SmtpReply& refusal() const { return refusal_; }
  // The mail was taken, or `last` says what became of it.
  SmtpOutcome outcome(SmtpReply last) const;
  // Every recipient was refused, each by itself.
  bool is_refused_by_all() const;
  // The recipient whose answer is still to come.
  std::optional<size_t> unanswered() const;

 private:
  void go_to(SmtpStage stage);
  void finish_reply(int code);

  SmtpStage stage_ = SmtpStage::greeting;
  size_t step_ = 0;
  size_t asked_ = 0;  // Recipients so far.
  bool is_over_ = false;
  std::string text_;    // Of a reply of several lines.
  int first_code_ = 0;  // Of its first line.
  std::vector<SmtpReply> recipients_;
  SmtpReply refusal_;
};

}  // namespace statewire
