// A handle of libcurl, and what every transfer sets on it. Internal to net.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "base/time.h"

namespace statewire {

// Once, before any other use of libcurl. Any thread.
void prepare_curl();

// Not thread-safe; must not move while curl works on it.
class CurlHandle {
 public:
  CurlHandle();
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  CURL* get() const { return handle_.get(); }
  template <typename Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(get(), option, value);
  }
  // Forgets the last transfer and begins another: over `protocols` alone, at least TLS 1.2, done
  // after `timeout`, with the certificates of `ca_file` where that is not empty.
  void begin(const char* protocols, Duration timeout, const std::string& ca_file);
  // Shows the server this certificate, with the key in `key_file`, or in the same file where that
  // is empty. Both are PEM.
  void use_certificate(const std::string& certificate_file, const std::string& key_file);
  // The reason why a transfer failed, without anything secret.
  std::string failure(CURLcode code) const;

 private:
  struct Deleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };

  const std::unique_ptr<CURL, Deleter> handle_;
  char reason_[CURL_ERROR_SIZE] = "";
};

// Lines that curl borrows for a transfer.
class CurlLines {
 public:
  void add(const std::string& line);
  void clear() { lines_.reset(); }
  curl_slist* get() const { return lines_.get(); }

 private:
  struct Deleter {
    void operator()(curl_slist* lines) const { curl_slist_free_all(lines); }
  };

  std::unique_ptr<curl_slist, Deleter> lines_;
};

}  // namespace statewire
