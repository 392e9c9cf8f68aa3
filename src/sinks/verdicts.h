// What answers mean for a delivery.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http_client.h"
#include "sinks/sink.h"

namespace statewire {

// One table. What says that nothing will pass (no permission; a redirect, which is not followed: a
// payload must not go where nobody sent it) is for a person; 410 ends the subscription; 408, 425
// and 429 pass later, and so does what is not known; all other 4xx are rejected.
Verdict verdict_for_status(int http_status);

// What to keep of an exchange: the verdict, the status, and the beginning of the answer.
Attempt attempt_for(const Result<HttpResponse>& response, Time now);

// An answer that looks like success, and is not of the service: of somebody in between, such as a
// portal that wants a login.
Attempt not_of_service(const HttpResponse& response, std::string_view service);
// As attempt_for(); a page for people is no answer of the service.
Attempt attempt_for_service(const Result<HttpResponse>& response, Time now,
                            std::string_view service);

// Removes what must not be shown from texts of others: an answer may echo a URL or a header.
class Redaction {
 public:
  // All of a URL but its scheme and host: the whole, and its long parts, as a server may show only
  // one of them, decoded or not.
  void hide_url(std::string_view text);
  // `value`, and its words: the second of "Bearer abc".
  void hide(std::string_view value);

  std::string apply(std::string text) const;

 private:
  void hide_part(std::string_view part);
  void add(std::string secret);

  std::vector<std::string> secrets_;  // Longer ones first.
};

}  // namespace statewire
