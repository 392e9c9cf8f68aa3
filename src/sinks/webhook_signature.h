// Signatures of Standard Webhooks: a receiver that knows the secret sees that a request comes from
// here, and when it was sent.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "config/map_reader.h"
#include "net/http_client.h"

namespace statewire {

// Immutable; any thread. Its texts are secrets, and shown nowhere.
class WebhookSigner {
 public:
  // Reads `sign`: a map with `secret` or `secret_file`, or a list of such while secrets are
  // changed. No `sign` signs nothing.
  static WebhookSigner read(const Node& sign);

  bool is_signing() const { return !keys_.empty(); }
  // `webhook-timestamp` and `webhook-signature`, which has one signature for each secret. What is
  // signed is "<id>.<seconds>.<body>", the id being that of the header `webhook-id`.
  std::vector<HttpHeader> headers(std::string_view id, Time now, std::string_view body) const;

 private:
  std::vector<std::string> keys_;  // Bytes.
};

}  // namespace statewire
