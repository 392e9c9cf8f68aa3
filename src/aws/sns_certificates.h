// The certificates that SNS signs with, fetched when a message names one, and kept for a day.
//
// A stranger may send messages that name certificates: what is fetched is bounded in number (so
// many a minute, so many at once), size and time, and only from hosts of SNS; what failed is
// remembered for a short time. Any thread; the answer comes on the caller's or the HTTP client's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "aws/sns_certificate.h"
#include "aws/sns_message.h"
#include "net/http_client.h"

namespace statewire {

// How the fixed addresses of SNS are reached, and whom its certificates must lead to. A value, so
// that tests can have both of their own; no configuration changes them.
struct SnsAddresses {
  std::function<HttpRequest(const std::string& url)> request_for = [](const std::string& url) {
    HttpRequest request;
    request.url = url;
    return request;
  };
  std::string ca_file = {};  // PEM; empty: the system's authorities.
};

class SnsCertificates {
 public:
  using Done = std::function<void(Result<SnsSigningKey>)>;

  // Borrows all: they must outlive every request of `http`, also of those that outlive this. By
  // `clock` a certificate is valid, by `steady` it is kept.
  SnsCertificates(HttpClient& http, const Clock& clock, const Clock& steady,
                  SnsAddresses addresses);

  // REQUIRES: is_certificate_url(url, topic). An error is `unavailable` where asking again may
  // help, else bad_input. `done` is called once, and must not block.
  void find(const std::string& url, const SnsTopic& topic, Done done);

 private:
  class Cache;
  const std::shared_ptr<Cache> cache_;  // Fetches that are under way keep it.
};

}  // namespace statewire
