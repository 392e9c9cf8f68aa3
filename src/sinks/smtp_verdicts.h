// What a server of mail means, by the stage at which it says it.
#pragma once

#include <string_view>
#include <vector>

#include "net/smtp_client.h"
#include "sinks/sink.h"

namespace statewire {

// A code that refuses, or is none that is known. `text` begins with the enhanced code, where there
// is one. 4xx asks to come again, at every stage. 5xx refuses everybody where it is about who we
// are (greeting, EHLO, STARTTLS, AUTH, MAIL); one recipient at RCPT; this mail after that.
Verdict verdict_for_smtp(SmtpStage stage, int code, std::string_view text);

// One for all recipients, or one for each of `recipients`. Where each of them is refused for who we
// are or what we may, it is not about them: nothing passes until a person acts. Where the mail is
// `for_rest` of its recipients alone, it is: others had another answer.
std::vector<Attempt> attempts_for(const Result<SmtpOutcome>& outcome, bool for_rest = false);

}  // namespace statewire
