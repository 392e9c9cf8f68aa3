// Mail over SMTP, by libcurl: RFC 5321, with STARTTLS or TLS and authentication.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
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

class SmtpSockets;

// Sends mails on threads of its own: libcurl blocks its thread until a mail server has replied, and
// some take their time to look into a message.
class SmtpClient {
 public:
  SmtpClient();
  // REQUIRES: every run() has returned, or none was called.
  ~SmtpClient();
  SmtpClient(const SmtpClient&) = delete;
  SmtpClient& operator=(const SmtpClient&) = delete;

  // Any thread. `done` is called exactly once, from any thread, and must not block. An error is
  // `unavailable` where the client is full or stopping.
  void send(Mail mail, MailDone done) EXCLUDES(mutex_);
  // Sends one mail after the other until stop(). As many threads as mails are to be sent at once;
  // each keeps its last connection for the next mail.
  void run() EXCLUDES(mutex_);
  // Cuts the connections, and fails the mails that wait. Does not block. Any thread.
  void stop() EXCLUDES(mutex_);

 private:
  struct Job {
    Mail mail;
    MailDone done;
  };

  std::optional<Job> wait_for_job() EXCLUDES(mutex_);

  const std::unique_ptr<SmtpSockets> sockets_;

  Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> jobs_ GUARDED_BY(mutex_);
  size_t waiting_bytes_ GUARDED_BY(mutex_) = 0;
  bool is_stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace statewire
