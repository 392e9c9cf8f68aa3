#include "aws/call.h"

#include "aws/sigv4.h"
#include "base/percent.h"
#include "net/url.h"

namespace statewire {

AwsCall json_call(AwsTarget target, std::string_view operation, std::string_view version,
                  std::string body) {
  AwsCall call{.target = std::move(target), .body = std::move(body)};
  call.headers = {{"Content-Type", "application/x-amz-json-" + std::string(version)},
                  {"X-Amz-Target", std::string(operation)}};
  return call;
}

AwsCall query_call(AwsTarget target, std::string_view action, std::string_view version,
                   const QueryFields& fields) {
  AwsCall call{.target = std::move(target)};
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  call.body = "Action=" + percent_encode(action) + "&Version=" + percent_encode(version);
  for (const auto& [name, value] : fields) {
    call.body += "&" + percent_encode(name) + "=" + percent_encode(value);
  }
  return call;
}

AwsCall rest_call(AwsTarget target, std::string method, std::string path, std::string body) {
  AwsCall call{.target = std::move(target), .method = std::move(method), .path = std::move(path)};
  call.body = std::move(body);
  return call;
}

HttpRequest unsigned_request(const AwsCall& call) {
  HttpRequest request{.method = call.method, .url = call.target.url + call.path};
  if (!call.query.empty()) request.url += "?" + call.query;
  request.headers = call.headers;
  request.headers.emplace_back("User-Agent", "statewire");
  request.body = call.body;
  request.timeout = call.timeout;
  request.response_bytes_max = call.response_bytes_max;
  request.tls.ca_file = call.target.ca_file;
  return request;
}

HttpRequest signed_request(const AwsCall& call, const AwsCredentials& credentials, Time now) {
  HttpRequest request = unsigned_request(call);
  const Result<Url> url = parse_url(request.url);
  if (!url) return request;  // The client will say why.
  // Proxies may change the user agent: it is not signed.
  std::vector<HttpHeader> headers = call.headers;
  headers.emplace_back("Host", url->authority());
  const bool is_s3 = call.target.service.key == kS3.key;
  Signature signature = sign_v4({.method = call.method,
                                 .path = url->path,
                                 .query = url->query,
                                 .headers = &headers,
                                 .body = call.body,
                                 .region = call.target.region,
                                 .service = call.target.service.signing_name,
                                 .now = now,
                                 .normalizes_path = !is_s3,
                                 .encodes_path_again = !is_s3,
                                 .adds_body_hash = is_s3},
                                credentials);
  for (HttpHeader& header : signature.headers) request.headers.push_back(std::move(header));
  return request;
}

}  // namespace statewire
