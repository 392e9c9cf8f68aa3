#include "aws/sns_certificates.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/token_bucket.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr Duration kFetchEvery = std::chrono::seconds(10);
constexpr Duration kFetchTimeout = std::chrono::seconds(5);
constexpr Duration kKeepGood = std::chrono::hours(24);
// SNS itself comes again after 20 seconds, and then later and later.
constexpr Duration kKeepBad = std::chrono::seconds(15);

}  // namespace

class SnsCertificates::Cache : public std::enable_shared_from_this<Cache> {
 public:
  Cache(HttpClient& http, const Clock& clock, const Clock& steady, SnsAddresses addresses)
      : http_(http),
        clock_(clock),
        steady_(steady),
        addresses_(std::move(addresses)),
        fetches_(kSnsFetchesMax, kFetchEvery, steady.now()) {}

  void find(const std::string& url, const SnsTopic& topic, Done done) EXCLUDES(mutex_);

 private:
  struct Known {
    Result<SnsSigningKey> key;
    Time until;  // Of the steady clock.
  };
  // One certificate on its way, with the issuers that it needs.
  struct Fetch {
    std::string url;
    std::vector<std::string> names;
    std::optional<SnsCertificate> certificate = {};
    int issuers = 0;
  };

  void ask(const std::shared_ptr<Fetch>& fetch, const std::string& url);
  void on_answer(const std::shared_ptr<Fetch>& fetch, const Result<HttpResponse>& response);
  void check(const std::shared_ptr<Fetch>& fetch);
  void settle(const Fetch& fetch, Result<SnsSigningKey> key) EXCLUDES(mutex_);
  bool is_current(const Known& known, Time now) const;
  void keep(const std::string& url, Known known) REQUIRES(mutex_);

  HttpClient& http_;
  const Clock& clock_;
  const Clock& steady_;
  const SnsAddresses addresses_;

  Mutex mutex_;
  std::map<std::string, Known> known_ GUARDED_BY(mutex_);                 // By URL.
  std::map<std::string, std::vector<Done>> fetching_ GUARDED_BY(mutex_);  // By URL.
  TokenBucket fetches_ GUARDED_BY(mutex_);
};

SnsCertificates::SnsCertificates(HttpClient& http, const Clock& clock, const Clock& steady,
                                 SnsAddresses addresses)
    : cache_(std::make_shared<Cache>(http, clock, steady, std::move(addresses))) {}

void SnsCertificates::find(const std::string& url, const SnsTopic& topic, Done done) {
  cache_->find(url, topic, std::move(done));
}

void SnsCertificates::Cache::find(const std::string& url, const SnsTopic& topic, Done done) {
  const Time now = steady_.now();
  std::optional<Result<SnsSigningKey>> answer;
  {
    Lock lock(mutex_);
    if (const auto known = known_.find(url);
        known != known_.end() && is_current(known->second, now)) {
      answer = known->second.key;
    } else if (const auto under_way = fetching_.find(url); under_way != fetching_.end()) {
      under_way->second.push_back(std::move(done));
      return;
    } else if (fetching_.size() >= kSnsFetchesAtATime || !fetches_.take(now)) {
      answer = unavailable("too many certificates of SNS are asked for");
    } else {
      fetching_[url].push_back(std::move(done));
    }
  }
  if (answer) return done(*std::move(answer));
  ask(std::make_shared<Fetch>(Fetch{.url = url, .names = certificate_names(topic.region)}), url);
}

void SnsCertificates::Cache::ask(const std::shared_ptr<Fetch>& fetch, const std::string& url) {
  HttpRequest request = addresses_.request_for(url);
  request.timeout = kFetchTimeout;
  request.response_bytes_max = kCertificateFileBytesMax;
  http_.send(std::move(request),
             [self = shared_from_this(), fetch](const Result<HttpResponse>& response) {
               self->on_answer(fetch, response);
             });
}

void SnsCertificates::Cache::on_answer(const std::shared_ptr<Fetch>& fetch,
                                       const Result<HttpResponse>& response) {
  if (!response) return settle(*fetch, unavailable(response.error().text));
  if (response->status != 200) {
    return settle(*fetch, unavailable("the certificate: http " + std::to_string(response->status)));
  }
  if (fetch->certificate) {
    if (const Result<void> added = fetch->certificate->add_issuer(response->body); !added) {
      return settle(*fetch, added.error());
    }
  } else {
    Result<SnsCertificate> certificate = SnsCertificate::read(response->body);
    if (!certificate) return settle(*fetch, certificate.error());
    fetch->certificate = *std::move(certificate);
  }
  check(fetch);
}

// SNS serves its own certificate alone. The issuer's address stands in that, which came from SNS
// over TLS; what lies there need not be trusted, as only a chain that holds is.
void SnsCertificates::Cache::check(const std::shared_ptr<Fetch>& fetch) {
  Result<SnsSigningKey> key = fetch->certificate->check(
      {.ca_file = addresses_.ca_file, .names = fetch->names, .now = clock_.now()});
  const bool lacks_issuer = !key && key.error().kind == ErrorKind::not_found;
  if (lacks_issuer && fetch->issuers < kCertificateIssuersMax) {
    const std::string url = fetch->certificate->issuer_url();
    ++fetch->issuers;
    if (parse_url(url)) return ask(fetch, url);
  }
  settle(*fetch,
         lacks_issuer ? Result<SnsSigningKey>(bad_input(key.error().text)) : std::move(key));
}

void SnsCertificates::Cache::settle(const Fetch& fetch, Result<SnsSigningKey> key) {
  if (!key) {
    // The rest of its URL is the sender's, who may be a stranger.
    log_warn("a certificate of SNS cannot be used",
             {{"host", parse_url(fetch.url)->host}, {"error", key.error().text}});
  }
  std::vector<Done> waiting;
  {
    Lock lock(mutex_);
    keep(fetch.url, {.key = key, .until = steady_.now() + (key ? kKeepGood : kKeepBad)});
    const auto under_way = fetching_.find(fetch.url);
    waiting.swap(under_way->second);
    fetching_.erase(under_way);
  }
  for (const Done& done : waiting) done(key);
}

bool SnsCertificates::Cache::is_current(const Known& known, Time now) const {
  return now < known.until && (!known.key || clock_.now() < known.key->expires());
}

// The answer that ends first makes room: failures before certificates.
void SnsCertificates::Cache::keep(const std::string& url, Known known) {
  known_.insert_or_assign(url, std::move(known));
  if (known_.size() <= kSnsCertificatesKept) return;
  known_.erase(
      std::ranges::min_element(known_, {}, [](const auto& each) { return each.second.until; }));
}

}  // namespace statewire
