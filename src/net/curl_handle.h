// A handle of libcurl, and what every transfer sets on it. Internal to net.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "net/client_tls.h"

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
  // after `timeout`, with these files.
  void begin(const char* protocols, Duration timeout, const ClientTls& tls);
  // Why a transfer to `place` failed, without anything secret. bad_input where its certificate is
  // not trusted: nothing will pass until a person acts.
  Error failure(const std::string& place, CURLcode code) const;

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
