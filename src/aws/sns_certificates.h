// The certificates that SNS signs with, fetched when a message names one, and kept for a day.
//
// A stranger may send messages that name certificates: what is fetched is bounded in number (so
// many a minute, so many at once), size and time, and only from hosts of SNS; what failed is
// remembered for a short time. Any thread; the answer comes on the caller's or the HTTP client's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "aws/sns_certificate.h"
#include "aws/sns_message.h"
#include "base/mutex.h"
#include "base/token_bucket.h"
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

  // Borrows both: `http` must have ended before this does.
  SnsCertificates(HttpClient& http, const Clock& clock, SnsAddresses addresses);
  ~SnsCertificates();

  // REQUIRES: is_certificate_url(url, topic). An error is `unavailable` where asking again may
  // help, else bad_input. `done` is called once, and must not block.
  void find(const std::string& url, const SnsTopic& topic, Done done);

 private:
  struct Known {
    Result<SnsSigningKey> key;
    Time until;
  };
  struct Fetch;

  void begin(const std::string& url, const SnsTopic& topic);
  void ask(const std::shared_ptr<Fetch>& fetch, const std::string& url);
  void take(const std::shared_ptr<Fetch>& fetch, const Result<HttpResponse>& response);
  void check(const std::shared_ptr<Fetch>& fetch);
  void settle(const Fetch& fetch, Result<SnsSigningKey> key);
  void keep(const std::string& url, Known known) REQUIRES(mutex_);

  HttpClient& http_;
  const Clock& clock_;
  const SnsAddresses addresses_;

  Mutex mutex_;
  std::map<std::string, Known> known_ GUARDED_BY(mutex_);                 // By URL.
  std::map<std::string, std::vector<Done>> fetching_ GUARDED_BY(mutex_);  // By URL.
  TokenBucket fetches_ GUARDED_BY(mutex_);
};

}  // namespace statewire
