#include "aws/sns_certificates.h"

#include <algorithm>
#include <optional>

#include "base/log.h"

namespace statewire {
namespace {

constexpr size_t kKnownMax = 64;
constexpr size_t kFetchingMax = 8;
constexpr double kFetchesMax = 32;  // At once, after a quiet time.
constexpr Duration kFetchEvery = std::chrono::seconds(10);
constexpr Duration kFetchTimeout = std::chrono::seconds(5);
constexpr size_t kFileBytesMax = 64 << 10;
constexpr int kIssuersMax = 3;
constexpr Duration kKeepGood = std::chrono::hours(24);
// SNS itself comes again after 20 seconds, and then later and later.
constexpr Duration kKeepBad = std::chrono::seconds(15);

bool is_http(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

}  // namespace

// One certificate on its way, with the issuers that it needs.
struct SnsCertificates::Fetch {
  std::string url;
  std::vector<std::string> names;
  std::optional<SnsCertificate> certificate = {};
  int issuers = 0;
};

SnsCertificates::SnsCertificates(HttpClient& http, const Clock& clock, SnsAddresses addresses)
    : http_(http),
      clock_(clock),
      addresses_(std::move(addresses)),
      fetches_(kFetchesMax, kFetchEvery, clock.now()) {}

SnsCertificates::~SnsCertificates() = default;

void SnsCertificates::find(const std::string& url, const SnsTopic& topic, Done done) {
  const Time now = clock_.now();
  std::optional<Result<SnsSigningKey>> answer;
  {
    Lock lock(mutex_);
    if (const auto known = known_.find(url); known != known_.end() && now < known->second.until) {
      answer = known->second.key;
    } else if (const auto under_way = fetching_.find(url); under_way != fetching_.end()) {
      under_way->second.push_back(std::move(done));
      return;
    } else if (fetching_.size() >= kFetchingMax || !fetches_.take(now)) {
      answer = unavailable("too many certificates of SNS are asked for");
    } else {
      fetching_[url].push_back(std::move(done));
    }
  }
  if (answer) return done(*std::move(answer));
  begin(url, topic);
}

void SnsCertificates::begin(const std::string& url, const SnsTopic& topic) {
  ask(std::make_shared<Fetch>(Fetch{.url = url, .names = certificate_names(topic.region)}), url);
}

void SnsCertificates::ask(const std::shared_ptr<Fetch>& fetch, const std::string& url) {
  HttpRequest request = addresses_.request_for(url);
  request.timeout = kFetchTimeout;
  request.response_bytes_max = kFileBytesMax;
  http_.send(std::move(request),
             [this, fetch](const Result<HttpResponse>& response) { take(fetch, response); });
}

void SnsCertificates::take(const std::shared_ptr<Fetch>& fetch,
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
void SnsCertificates::check(const std::shared_ptr<Fetch>& fetch) {
  Result<SnsSigningKey> key = fetch->certificate->check(
      {.ca_file = addresses_.ca_file, .names = fetch->names, .now = clock_.now()});
  const bool lacks_issuer = !key && key.error().kind == ErrorKind::not_found;
  if (lacks_issuer && fetch->issuers < kIssuersMax) {
    const std::string url = fetch->certificate->issuer_url();
    ++fetch->issuers;
    if (is_http(url)) return ask(fetch, url);
  }
  settle(*fetch,
         lacks_issuer ? Result<SnsSigningKey>(bad_input(key.error().text)) : std::move(key));
}

void SnsCertificates::settle(const Fetch& fetch, Result<SnsSigningKey> key) {
  const Time now = clock_.now();
  if (!key) {
    log_warn("a certificate of SNS cannot be used",
             {{"url", fetch.url}, {"error", key.error().text}});
  }
  std::vector<Done> waiting;
  {
    Lock lock(mutex_);
    const Time until = key ? std::min(now + kKeepGood, key->expires()) : now + kKeepBad;
    keep(fetch.url, {.key = key, .until = until});
    const auto under_way = fetching_.find(fetch.url);
    waiting.swap(under_way->second);
    fetching_.erase(under_way);
  }
  for (const Done& done : waiting) done(key);
}

// What ends first makes room: failures before certificates.
void SnsCertificates::keep(const std::string& url, Known known) {
  known_.insert_or_assign(url, std::move(known));
  if (known_.size() <= kKnownMax) return;
  known_.erase(
      std::ranges::min_element(known_, {}, [](const auto& each) { return each.second.until; }));
}

}  // namespace statewire
