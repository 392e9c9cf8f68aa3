// The daemon's API over the socket in its store.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_client.h"

namespace statewire {

class ControlSocket {
 public:
  // Nothing where no daemon serves that store; an error where one does and will not talk to us.
  static Result<std::optional<ControlSocket>> find(const std::string& store_path);

  // The body of a 2xx reply. Otherwise an error with what the daemon said: not_found of 404,
  // unavailable of 429 and 503, bad_input of other 4xx (of 409 the text is the whole body).
  Result<std::string> get(const std::string& target) const;
  Result<std::string> post(const std::string& target, std::string body) const;
  // Any answer of any status.
  Result<HttpResponse> post_any(const std::string& target, std::string body,
                                const std::string& content_type) const;
  // Until the daemon ends the reply, or `take` returns false.
  Result<void> stream(const std::string& target,
                      const std::function<bool(std::string_view)>& take) const;

 private:
  explicit ControlSocket(std::string path) : path_(std::move(path)) {}
  HttpRequest request(std::string method, const std::string& target) const;

  std::string path_;
};

// Appends "name=value", encoded, to a target, if there is a value.
void add_parameter(std::string& target, std::string_view name, std::string_view value);

}  // namespace statewire
