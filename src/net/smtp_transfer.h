// One mail on one libcurl handle. Internal to net.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>

#include "net/smtp_client.h"

namespace statewire {

// Not thread-safe; must not move while curl works on it.
class SmtpTransfer {
 public:
  explicit SmtpTransfer(Mail mail);
  SmtpTransfer(const SmtpTransfer&) = delete;
  SmtpTransfer& operator=(const SmtpTransfer&) = delete;

  // "smtp://mail.example.org:587": what shares connections, and all that may be shown.
  const std::string& origin() const { return origin_; }
  // Makes the handle ready. An error where the mail can never be sent.
  Result<void> prepare();
  CURL* handle() { return handle_.get(); }
  // After curl is through with it.
  Result<SmtpReply> finish(CURLcode code);

 private:
  struct HandleDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  static size_t on_reply(char* bytes, size_t size, size_t count, void* transfer);
  static size_t on_read(char* to, size_t size, size_t count, void* transfer);
  static int on_seek(void* transfer, curl_off_t offset, int origin);
  void set_security();
  void set_envelope();

  const Mail mail_;
  const std::string origin_;
  const std::unique_ptr<CURL, HandleDeleter> handle_;
  std::unique_ptr<curl_slist, ListDeleter> to_;
  size_t sent_ = 0;    // Bytes of the message.
  SmtpReply refusal_;  // The last reply of 400 or more.
  char reason_[CURL_ERROR_SIZE] = "";
};

}  // namespace statewire
