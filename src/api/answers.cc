#include "api/answers.h"

#include "base/json_writer.h"

namespace statewire {

HttpServerResponse json_response(std::string json, int status) {
  HttpServerResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(json);
  return response;
}

HttpServerResponse error_response(int status, std::string_view text) {
  return json_response(json_of([&](JsonWriter& json) {
                         json.begin_object();
                         json.text("error", text);
                         json.end_object();
                       }),
                       status);
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
  return json_response(json_of([&](JsonWriter& json) {
                         json.begin_object();
                         json.text("kind", "damaged");
                         json.text("error", error.text);
                         json.end_object();
                       }),
                       500);
}

HttpServerResponse response_of(Result<std::string> json) {
  if (!json) return response_of(json.error());
  return json_response(*std::move(json));
}

}  // namespace statewire
