// The runtime interface of Lambda, from the side of the function.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace statewire {

struct LambdaInvocation {
  std::string id;
  std::string payload;  // JSON.
  Time deadline;        // By the wall clock: Lambda ends the function then.
};

// Every call waits for its answer; only next() waits without end. Not thread-safe.
class LambdaRuntime {
 public:
  // `place` is what Lambda gives in AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001".
  explicit LambdaRuntime(std::string place);

  // The next one. The process is frozen while there is none. An error: there is no interface to
  // ask.
  Result<LambdaInvocation> next();
  // `json` is what the function answers.
  Result<void> answer(const LambdaInvocation& invocation, std::string json);
  // The invocation as a whole failed: whoever invoked may try again. `type` has no blanks.
  Result<void> fail(const LambdaInvocation& invocation, std::string_view type,
                    std::string_view text);
  // The function cannot start: no invocation is taken.
  Result<void> fail_init(std::string_view type, std::string_view text);

 private:
  Result<void> post(const std::string& path, std::string body, std::string_view error_type);

  const std::string url_;
};

}  // namespace statewire
