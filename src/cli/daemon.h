// The API of a running daemon: over the socket in its store, or over HTTP from elsewhere.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/secret.h"
#include "net/http_client.h"

namespace statewire {

class Daemon {
 public:
  static constexpr Duration kAnswerTimeout = std::chrono::minutes(5);

  // Nothing where no daemon serves that store; an error where one does and will not talk to us.
  static Result<std::optional<Daemon>> find(const std::string& store_path);
  // The one whose API stands below `url`; asks nothing of it yet. bad_input where either is none.
  static Result<Daemon> at(std::string_view url, Secret token, ClientTls tls = {});

  // The body of a 2xx reply. Otherwise an error with what the daemon said: not_found of 404,
  // unavailable of 429 and 503, bad_input of other 4xx (of 409 the text is the whole body).
  Result<std::string> get(const std::string& target, Duration timeout = kAnswerTimeout) const;
  Result<std::string> post(const std::string& target, std::string body) const;
  // Any answer of any status, within the time.
  Result<HttpResponse> post_any(const std::string& target, std::string body,
                                const std::string& content_type,
                                Duration timeout = kAnswerTimeout) const;
  // Until the daemon ends the reply, or `take` returns false.
  Result<void> stream(const std::string& target,
                      const std::function<bool(std::string_view)>& take) const;

 private:
  Daemon(std::string base, std::string socket)
      : base_(std::move(base)), socket_(std::move(socket)) {}
  HttpRequest request(std::string method, const std::string& target) const;

  std::string base_;    // Stands before every target.
  std::string socket_;  // Empty: over TCP.
  Secret token_;        // Empty: none is shown.
  ClientTls tls_;
};

// Appends "name=value", encoded, to a target, if there is a value.
void add_parameter(std::string& target, std::string_view name, std::string_view value);

}  // namespace statewire
