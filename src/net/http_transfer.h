// One request on one libcurl handle. Internal to net.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "net/curl_handle.h"
#include "net/http_client.h"

namespace statewire {

// Not thread-safe; must not move while curl works on it.
class HttpTransfer {
 public:
  // Makes the handle ready. An error where the request can never be sent.
  Result<void> prepare(HttpRequest request);
  // Pieces of a 2xx body go to `take` instead of the response; false ends the transfer well.
  void stream_to(std::function<bool(std::string_view)> take);
  CURL* handle() const { return handle_.get(); }
  // After curl is through with it. May be called once for each prepare().
  Result<HttpResponse> finish(CURLcode code);

 private:
  static size_t on_header(char* bytes, size_t size, size_t count, void* transfer);
  static size_t on_body(char* bytes, size_t size, size_t count, void* transfer);
  void set_method();
  void set_way(std::string_view host);
  Result<void> set_headers();
  void keep_header(std::string_view line);
  bool on_piece(std::string_view piece);
  long status() const;

  CurlHandle handle_;
  CurlLines headers_;
  HttpRequest request_;
  std::string origin_;
  HttpResponse response_;
  std::function<bool(std::string_view)> reader_;
  bool too_large_ = false;
  bool has_enough_ = false;
};

}  // namespace statewire
