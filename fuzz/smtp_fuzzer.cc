// Bytes as what a server of mail may say, at any stage of a dialogue. Nothing may crash, and what
// is kept of them is bounded.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"
#include "net/smtp_dialogue.h"
#include "net/smtp_name.h"

namespace {

using namespace statewire;

constexpr std::string_view kSent[] = {"EHLO a.b\r\n",      "HELO a.b\r\n", "STARTTLS\r\n",
                                      "AUTH PLAIN\r\n",    "bWFpbA==\r\n", "MAIL FROM:<a@b>\r\n",
                                      "RCPT TO:<c@d>\r\n", "DATA\r\n",     "QUIT\r\n"};
constexpr size_t kRecipients = 3;

// A recipient may be answered by any three digits.
void check_reply(const SmtpReply& reply) {
  const bool is_recipient = reply.stage == SmtpStage::recipient;
  CHECK(reply.text.size() <= kSmtpReplyBytesMax);
  CHECK(reply.code == 0 ||
        (reply.code >= (is_recipient ? 1 : 200) && reply.code <= (is_recipient ? 999 : 599)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(bytes), size);
  (void)is_client_name(text);
  SmtpDialogue dialogue(kRecipients);
  size_t steps = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end == text.npos ? end : end + 1);
    text.remove_prefix(line.size());
    const auto first = static_cast<uint8_t>(line.front());
    if (first >= 0x80) {
      dialogue.on_sent(kSent[first % std::size(kSent)]);
    } else {
      dialogue.on_reply(line);
    }
    CHECK(dialogue.step() >= steps);
    steps = dialogue.step();
  }
  check_reply(dialogue.refusal());
  const SmtpOutcome outcome = dialogue.outcome(dialogue.refusal());
  CHECK(outcome.recipients.empty() || outcome.recipients.size() == kRecipients);
  for (const SmtpReply& each : outcome.recipients) check_reply(each);
  CHECK(!dialogue.is_refused_by_all() || !outcome.recipients.empty());
  return 0;
}
