#include "lambda/runtime.h"

#include <charconv>

#include "base/json_writer.h"
#include "base/limits.h"
#include "net/http_client.h"

namespace statewire {
namespace {

constexpr std::string_view kVersion = "/2018-06-01/runtime/";

std::string error_json(std::string_view type, std::string_view text) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("errorType", type);
    json.text("errorMessage", text);
    json.begin_array("stackTrace");
    json.end_array();
    json.end_object();
  });
}

}  // namespace

LambdaRuntime::LambdaRuntime(std::string place) : url_("http://" + std::move(place)) {}

Result<LambdaInvocation> LambdaRuntime::next() {
  HttpRequest request{.url = url_ + std::string(kVersion) + "invocation/next",
                      .timeout = Duration::zero(),  // None: it comes when it comes.
                      .response_bytes_max = kLambdaPayloadBytesMax,
                      .by_proxy = false};
  Result<HttpResponse> response = fetch(request);
  if (!response) return response.error();
  if (response->status != 200) {
    return failed("the runtime interface answered " + std::to_string(response->status));
  }
  LambdaInvocation invocation{.id = std::string(response->header("Lambda-Runtime-Aws-Request-Id")),
                              .payload = std::move(response->body)};
  const std::string_view deadline = response->header("Lambda-Runtime-Deadline-Ms");
  int64_t milliseconds = 0;
  const auto [end, error] =
      std::from_chars(deadline.data(), deadline.data() + deadline.size(), milliseconds);
  if (invocation.id.empty() || error != std::errc() || end != deadline.data() + deadline.size()) {
    return failed("the runtime interface names no invocation, or no deadline");
  }
  invocation.deadline = Time(std::chrono::milliseconds(milliseconds));
  return invocation;
}

Result<void> LambdaRuntime::answer(const LambdaInvocation& invocation, std::string json) {
  return post("invocation/" + invocation.id + "/response", std::move(json), {});
}

Result<void> LambdaRuntime::fail(const LambdaInvocation& invocation, std::string_view type,
                                 std::string_view text) {
  return post("invocation/" + invocation.id + "/error", error_json(type, text), type);
}

Result<void> LambdaRuntime::fail_init(std::string_view type, std::string_view text) {
  return post("init/error", error_json(type, text), type);
}

Result<void> LambdaRuntime::post(const std::string& path, std::string body,
                                 std::string_view error_type) {
  HttpRequest request{.method = "POST",
                      .url = url_ + std::string(kVersion) + path,
                      .headers = {{"Content-Type", "application/json"}},
                      .body = std::move(body),
                      .by_proxy = false};
  if (!error_type.empty()) {
    request.headers.emplace_back("Lambda-Runtime-Function-Error-Type", error_type);
  }
  const Result<HttpResponse> response = fetch(request);
  if (!response) return response.error();
  if (response->status / 100 != 2) {
    return failed("the runtime interface answered " + std::to_string(response->status));
  }
  return {};
}

}  // namespace statewire
