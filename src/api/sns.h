// POST /sns: what an HTTP(S) subscription of SNS sends.
//
// A signed message shows by its signature who sent it, and needs no token; its topic must be among
// those that the configuration allows. One that is delivered raw is signed by nobody: it needs a
// token, as other events do. Notifications are answered after their commit, confirmations after
// SNS was told so. What is refused is answered 4xx, which SNS does not send again; 5xx is for what
// may pass later.
//
// What a stranger sends is counted and not kept, however it is refused.
//
// Threads: judge_head() and take() are called on the server's threads and do not block. What is
// long is read in turns; what needs a certificate first goes on on the HTTP client's thread. What
// comes back after this is gone finds a closed gate.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "api/live.h"
#include "api/sns_refusals.h"
#include "aws/sns_certificates.h"
#include "base/turns.h"
#include "ingest/ingest.h"
#include "net/http_client.h"
#include "net/http_server.h"

namespace statewire {

constexpr std::string_view kSnsPath = "/sns";

// Told by its x-amz-sns-message-type header.
bool is_sns(const HttpRequestHead& head);
// Told by its x-amz-sns-rawdelivery header: the body is the message alone.
bool is_raw_sns(const HttpRequestHead& head);

class SnsInbox {
 public:
  // Borrows everything.
  struct Parts {
    Intake& intake;
    Turns& turns;
    const Clock& clock;
    const Clock& steady;  // For what is kept, and how often something may be done.
    const Live& live;
    HttpClient& http;
    SnsAddresses addresses = {};
  };
  explicit SnsInbox(Parts parts);
  ~SnsInbox();

  // Refuses what needs no body to be refused.
  std::optional<HttpServerResponse> judge_head(const HttpRequestHead& head,
                                               const Snapshot& snapshot) const;
  // REQUIRES: judge_head() had nothing against its head.
  void take(HttpServerRequest&& request, HttpResponder responder);
  SnsRefusalCounts refusals() const { return refusals_.counts(); }

 private:
  struct Visit;
  using VisitPtr = std::shared_ptr<Visit>;
  class Reading;
  // Open as long as the inbox is there; whoever goes through holds it open.
  struct Gate {
    std::recursive_mutex mutex;
    bool is_open = true;
  };
  template <typename Work>
  static void go_through(Gate& gate, const VisitPtr& visit, Work work);

  void read(const VisitPtr& visit);
  void judge(const VisitPtr& visit);
  void verify(const VisitPtr& visit, const Result<SnsSigningKey>& key);
  void follow(const VisitPtr& visit);
  void submit(const VisitPtr& visit);
  void confirm(const VisitPtr& visit);
  void on_confirmed(const VisitPtr& visit, const Result<HttpResponse>& response);
  void refuse(const VisitPtr& visit, SnsRefusal reason, std::string_view why);

  const Parts parts_;
  const std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  SnsCertificates certificates_;
  std::atomic<size_t> waiting_bytes_{0};  // Of messages whose certificate is on its way.
  std::atomic<size_t> confirming_{0};

  mutable SnsRefusals refusals_;
};

}  // namespace statewire
