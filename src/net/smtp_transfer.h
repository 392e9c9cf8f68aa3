// One mail on one libcurl handle. Internal to net.
#pragma once

#include <string>
#include <string_view>

#include "net/curl_handle.h"
#include "net/smtp_client.h"

namespace statewire {

// Not thread-safe; must not move while curl works on it.
class SmtpTransfer {
 public:
  explicit SmtpTransfer(Mail mail);

  // "smtp://mail.example.org:587": what shares connections, and all that may be shown.
  const std::string& origin() const { return origin_; }
  // Makes the handle ready. An error where the mail can never be sent.
  Result<void> prepare();
  CURL* handle() const { return handle_.get(); }
  // After curl is through with it.
  Result<SmtpReply> finish(CURLcode code);

 private:
  static size_t on_reply(char* bytes, size_t size, size_t count, void* transfer);
  static size_t on_read(char* to, size_t size, size_t count, void* transfer);
  static int on_seek(void* transfer, curl_off_t offset, int origin);
  void set_security();
  void set_envelope();

  const Mail mail_;
  const std::string origin_;
  CurlHandle handle_;
  CurlLines to_;
  size_t sent_ = 0;    // Bytes of the message.
  SmtpReply refusal_;  // The last reply of 400 or more.
};

}  // namespace statewire
