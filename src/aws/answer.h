// What an AWS service answered, and what that means.
#pragma once

#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "base/time.h"
#include "net/http_client.h"

namespace statewire {

enum class AwsFault {
  none,
  network,    // No answer.
  throttled,  // Too much at once: later.
  transient,  // Their trouble: later.
  skewed,     // The clock here is wrong.
  expired,    // These credentials are over; others may do.
  denied,     // No credentials, or no permission: a person must act.
  missing,    // What was named does not exist: a person must act.
  invalid,    // The call itself is wrong, and will be the next time.
};
std::string_view name_of(AwsFault fault);

struct AwsAnswer {
  AwsFault fault = AwsFault::none;
  int status = 0;          // Of HTTP; 0 where there was no answer.
  std::string code;        // "QueueDoesNotExist"; empty where there is none.
  std::string message;     // One line of at most 512 bytes, without secrets.
  Duration retry_after{};  // What was asked for; zero where nothing was.
  HttpResponse response = {};

  bool ok() const { return fault == AwsFault::none; }
  // "QueueDoesNotExist: The specified queue does not exist."
  std::string text() const;
};

// `credentials` are those that signed: nothing of them is shown, even where it is echoed.
AwsAnswer answer_of(Result<HttpResponse> response, const AwsCredentials& credentials, Time now);

// What an error code of AWS means; of itself, or with the status where it is not known. Services
// also give codes for the parts of a batch, with status 0.
AwsFault fault_of(std::string_view code, int status);

// "Mon, 23 Nov 2026 23:07:32 GMT", as the Date header has it.
std::optional<Time> parse_http_date(const std::string& text);

}  // namespace statewire
