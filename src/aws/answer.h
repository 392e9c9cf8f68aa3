// What an AWS service answered, and what that means.
#pragma once

#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "aws/fault.h"
#include "base/time.h"
#include "net/http_client.h"

namespace statewire {

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

// `service` is its AwsService::key. `credentials` are those that signed: nothing of them is shown,
// even where it is echoed.
AwsAnswer answer_of(Result<HttpResponse> response, std::string_view service,
                    const AwsCredentials& credentials, Time now);

}  // namespace statewire
