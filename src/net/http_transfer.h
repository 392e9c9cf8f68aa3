// One request on one libcurl handle. Internal to net.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_client.h"

namespace statewire {

// Once, before any other use of libcurl. Any thread.
void prepare_curl();

// Scheme, host and port of a URL: what shares connections, and all that may be shown of it. An
// error where it is no http or https URL.
Result<std::string> origin_of(const std::string& url);

// Not thread-safe; must not move while curl works on it.
class HttpTransfer {
 public:
  HttpTransfer();
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  // Makes the handle ready. An error where the request can never be sent.
  Result<void> prepare(HttpRequest request, std::string origin);
  // Pieces of a 2xx body go to `take` instead of the response; false ends the transfer well.
  void stream_to(std::function<bool(std::string_view)> take);
  CURL* handle() { return handle_.get(); }
  // After curl is through with it. May be called once for each prepare().
  Result<HttpResponse> finish(CURLcode code);

 private:
  struct HandleDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  static size_t on_header(char* bytes, size_t size, size_t count, void* transfer);
  static size_t on_body(char* bytes, size_t size, size_t count, void* transfer);
  void set_method();
  void set_security();
  Result<void> set_headers();
  void take_header(std::string_view line);
  bool take_body(std::string_view piece);
  long status() const;

  const std::unique_ptr<CURL, HandleDeleter> handle_;
  std::unique_ptr<curl_slist, ListDeleter> headers_;
  HttpRequest request_;
  std::string origin_;
  HttpResponse response_;
  std::function<bool(std::string_view)> take_;
  bool too_large_ = false;
  bool taken_enough_ = false;
  char reason_[CURL_ERROR_SIZE] = "";
};

}  // namespace statewire
