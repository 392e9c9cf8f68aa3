// The sinks of mails: one core, which makes a letter of each delivery, and a carrier for each way
// that a letter can take. The core decides who gets it, how it looks, and what becomes of a
// delivery whose recipients have separate fates.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sinks/mail_address.h"
#include "sinks/sink.h"

namespace statewire {

struct Letter {
  std::string from;             // An address.
  std::vector<std::string> to;  // Those who are to get it now; not empty.
  std::string message;          // RFC 5322, the same for all recipients and over every retry.
  bool is_for_rest = false;     // Others of the same delivery have their fates already.
};

class MailCarrier {
 public:
  // One attempt for all recipients, or one for each, in their order. Called once, from any thread,
  // also when the carrier is gone.
  using Done = std::function<void(std::vector<Attempt>)>;

  virtual ~MailCarrier() = default;
  // Does not block. Called from one thread.
  virtual void carry(Letter letter, Done done) = 0;
  // As Sink::ask_place().
  virtual void ask_place(PlaceDone done) { done({}); }
};

// Who writes to whom.
struct MailForm {
  MailSender from;
  MailRecipients to;
};
// Reads `from`, `to` and `fallback`. Nothing where it has told a problem, or one of them is
// missing.
std::optional<MailForm> read_mail_form(MapReader& keys);

std::unique_ptr<Sink> make_mail_sink(MailForm form, std::unique_ptr<MailCarrier> carrier);

}  // namespace statewire
