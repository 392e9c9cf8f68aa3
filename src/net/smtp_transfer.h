// One mail on a libcurl handle, and the sockets of all. Internal to net.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "net/curl_handle.h"
#include "net/smtp_client.h"
#include "net/smtp_dialogue.h"

namespace statewire {

// The sockets of all connections. Libcurl waits for replies inside its own functions, where only
// the end of the connection reaches it. Any thread.
class SmtpSockets {
 public:
  // A new socket, or CURL_SOCKET_BAD.
  curl_socket_t open(const curl_sockaddr& address) EXCLUDES(mutex_);
  void close(curl_socket_t socket) EXCLUDES(mutex_);
  // Ends all connections, and refuses new ones. A message that was cut was not sent.
  void cut() EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  std::set<curl_socket_t> open_ GUARDED_BY(mutex_);
  bool is_cut_ GUARDED_BY(mutex_) = false;
};

// Not thread-safe.
class SmtpTransfer {
 public:
  // Borrows both; `sockets` must outlive `handle`, which may keep a connection.
  SmtpTransfer(Mail mail, CurlHandle& handle, SmtpSockets& sockets);

  // Sends the mail, and waits for the reply. Once.
  Result<SmtpOutcome> perform();
  // After it failed: the recipient at which the server ended the connection.
  std::optional<size_t> cut_at() const {
    return is_late_ || is_given_up_ ? std::nullopt : dialogue_.unanswered();
  }
  Mail take_mail() { return std::move(mail_); }

 private:
  using Steady = std::chrono::steady_clock;

  static int on_dialogue(CURL*, curl_infotype kind, char* bytes, size_t size, void* transfer);
  static int on_progress(void* transfer, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  static size_t on_read(char* to, size_t size, size_t count, void* transfer);
  static int on_seek(void* transfer, curl_off_t offset, int origin);
  static curl_socket_t on_open(void* transfer, curlsocktype purpose, curl_sockaddr* address);
  static int on_close(void* sockets, curl_socket_t socket);
  Result<SmtpOutcome> outcome_of(CURLcode code) const;
  void set_times();
  void set_security();
  void set_envelope();
  void set_login_alone();
  bool is_unwanted();
  bool is_in_time();
  Duration time_for_stage() const;
  std::string late_text() const;
  void forget_callbacks();

  Mail mail_;
  // "smtp://mail.example.org:587": what shares connections, and all that may be shown.
  const std::string origin_;
  CurlHandle& handle_;
  SmtpSockets& sockets_;
  CurlLines to_;
  size_t sent_ = 0;  // Bytes of the message.
  SmtpDialogue dialogue_;
  std::vector<curl_socket_t> opened_;  // For this mail.
  bool is_connected_ = false;
  bool is_late_ = false;
  bool is_given_up_ = false;
  std::pair<size_t, bool> step_;  // Of the dialogue, and whether all of the message was sent.
  Steady::time_point since_ = Steady::now();  // It is at this step.
};

}  // namespace statewire
