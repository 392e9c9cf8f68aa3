// The text of a mail, RFC 5322 and MIME. All functions are pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "sinks/mail_address.h"

namespace statewire {

struct MailContent {
  MailSender from;
  std::vector<std::string> to;
  std::string subject;  // UTF-8.
  std::string text;     // UTF-8; empty where there is only HTML.
  std::string html;     // Empty where there is only text.
  Time date;
  std::string key;           // What Message-ID is made of: 32 hex digits.
  std::string id;            // Of the notification that it tells.
  std::string thread;        // What is about the same has the same; shown as one conversation.
  std::string subscription;  // Letters, digits, "-", "_" and ".".
};

// The same content always gives the same bytes: a repeat is the same mail.
std::string mail_message(const MailContent& content);

// RFC 2047: as it is where it is ASCII, else in encoded words; folded.
std::string encoded_header(std::string_view name, std::string_view text);
// RFC 2045, section 6.7, with CRLF line ends.
std::string quoted_printable(std::string_view text);

}  // namespace statewire
