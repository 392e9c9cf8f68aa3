// Mail over SMTP, by libcurl: RFC 5321, with STARTTLS or TLS and authentication. Sent by
// HttpClient::send_mail: mail shares the thread and the limits of HTTP requests.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace statewire {

enum class SmtpTls {
  none,
  starttls,  // The server must offer it: nothing is sent in the clear.
  tls,       // From the first byte on.
};

struct SmtpServer {
  std::string host;  // A name, or an IPv4 or bare IPv6 address.
  uint16_t port = 587;
  SmtpTls tls = SmtpTls::starttls;
  std::string user = {};  // Empty: no authentication.
  std::string password = {};
  std::string ca_file = {};  // PEM: the authorities to trust instead of the system's.
};

// REQUIRES: addresses without blanks, angle brackets and line ends.
struct Mail {
  SmtpServer server;
  std::string from;             // Of the envelope.
  std::vector<std::string> to;  // Of the envelope. One that is refused refuses the mail.
  std::string message;          // RFC 5322: headers, an empty line, the body; CRLF line ends.
  Duration timeout = std::chrono::seconds(30);
};

// What the server said last: 250, or the code that refused the mail, with its text.
struct SmtpReply {
  int code = 0;
  std::string text;
};

// An error is of the network, or of TLS; it names host and port, and nothing secret.
using MailDone = std::function<void(Result<SmtpReply>)>;

}  // namespace statewire
