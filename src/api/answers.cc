#include "api/answers.h"

#include "base/text.h"

namespace statewire {

HttpServerResponse json_response(std::string json, int status) {
  HttpServerResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(json);
  return response;
}

HttpServerResponse error_response(int status, std::string_view text) {
  std::string json = R"({"error":)";
  append_json_string(json, text);
  json += "}";
  return json_response(std::move(json), status);
}

HttpServerResponse unavailable_response(std::string_view text, int retry_after_seconds) {
  HttpServerResponse response = error_response(503, text);
  response.headers.emplace_back("Retry-After", std::to_string(retry_after_seconds));
  return response;
}

HttpServerResponse response_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::bad_input:
      return error_response(400, error.text);
    case ErrorKind::not_found:
      return error_response(404, error.text);
    case ErrorKind::unavailable:
    case ErrorKind::failed:
      return unavailable_response(error.text, kRetryAfterSeconds);
    case ErrorKind::damaged:
      break;
  }
  std::string json = R"({"kind":"damaged","error":)";
  append_json_string(json, error.text);
  return json_response(json + "}", 500);
}

HttpServerResponse response_of(Result<std::string> json) {
  if (!json) return response_of(json.error());
  return json_response(*std::move(json));
}

}  // namespace statewire
