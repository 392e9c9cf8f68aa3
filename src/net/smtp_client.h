// Mail over SMTP, by libcurl: RFC 5321, with STARTTLS or TLS and authentication.
//
// A mail that some of its recipients cannot get is sent to the others. A server's answer comes with
// the stage of the dialogue that it was given at: the same code means other things at others.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "base/time.h"
#include "net/client_tls.h"

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
  ClientTls files = {};  // Of TLS.
  // What the client calls itself: a domain or an address literal. Empty: this machine's.
  std::string client_name = {};
};

// How long each stage may take: RFC 5321, 4.5.3.2. A client that gives up on an answer to the
// message sends it twice.
struct SmtpTimeouts {
  Duration connect = std::chrono::seconds(30);
  Duration reply = std::chrono::minutes(5);  // To anything but what follows.
  Duration data = std::chrono::minutes(2);
  Duration sending = std::chrono::minutes(10);  // The message; three minutes a block in the RFC.
  Duration message = std::chrono::minutes(10);
};

// REQUIRES: addresses without blanks, angle brackets and line ends.
struct Mail {
  SmtpServer server;
  std::string from;             // Of the envelope.
  std::vector<std::string> to;  // Of the envelope.
  std::string message;          // RFC 5322: headers, an empty line, the body; CRLF line ends.
  SmtpTimeouts timeouts = {};
  // Once it is true nobody waits for the mail, and it is given up. Null: never.
  std::shared_ptr<const std::atomic<bool>> is_unwanted = nullptr;
  // Nothing is sent: it connects, begins TLS, logs in, and says goodbye.
  bool is_login_alone = false;
};

// What the server answers to.
enum class SmtpStage {
  greeting,  // The connection itself.
  hello,
  starttls,
  auth,
  sender,     // MAIL
  recipient,  // RCPT
  data,       // DATA
  message,    // All of the message.
};
std::string_view name_of(SmtpStage stage);

// What says that a command or a mail was taken.
constexpr int kSmtpTaken = 250;

// 250, or the code that refused, with its text. A code of 0 with a text: an answer that is none.
struct SmtpReply {
  SmtpStage stage = SmtpStage::message;
  int code = 0;
  std::string text;

  bool is_unanswered() const { return code == 0 && text.empty(); }
};

// What became of a mail.
struct SmtpOutcome {
  SmtpReply mail;  // For all recipients but those that were refused.
  // One for each recipient, in their order; empty where none was refused by itself. A code of 250
  // says that it gets what became of the mail.
  std::vector<SmtpReply> recipients;
};

// An error is of the network, or of TLS; it names host and port, and nothing secret. bad_input
// where the server's certificate is not trusted.
using MailDone = std::function<void(Result<SmtpOutcome>)>;

class CurlHandle;
class SmtpSockets;

// Sends mails on threads of its own: libcurl blocks its thread until a mail server has replied, and
// some take their time to look into a message. So that servers that hang hold up no other, none has
// more than kMailsPerServerMax of them, one that did not answer last has one, and a part of them is
// only for servers that have none.
//
// A server that closes the connection instead of an answer to one recipient gets the mail again
// without that one.
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

  // As it was seen last.
  struct Server {
    size_t busy = 0;  // Mails under way.
    bool answers = false;
  };

  std::optional<Job> wait_for_job() EXCLUDES(mutex_);
  bool may_begin(const Job& job) const REQUIRES(mutex_);
  Result<SmtpOutcome> carry(Mail mail, CurlHandle& handle);
  void finish(const std::string& server, bool answers) EXCLUDES(mutex_);

  const std::unique_ptr<SmtpSockets> sockets_;

  Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> jobs_ GUARDED_BY(mutex_);
  std::map<std::string, Server> servers_ GUARDED_BY(mutex_);
  size_t threads_ GUARDED_BY(mutex_) = 0;
  size_t under_way_ GUARDED_BY(mutex_) = 0;
  size_t waiting_bytes_ GUARDED_BY(mutex_) = 0;
  bool is_stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace statewire
