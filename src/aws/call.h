// One call of an AWS service, before it is signed; plain values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/credentials.h"
#include "aws/endpoint.h"
#include "aws/role.h"
#include "base/limits.h"
#include "net/http_client.h"

namespace statewire {

// Where a service is called.
struct AwsTarget {
  AwsService service;
  std::string region;        // Of the signature.
  std::string url;           // "https://sqs.eu-west-1.amazonaws.com", without a slash at its end.
  bool is_custom = false;    // An endpoint that somebody configured.
  std::string ca_file = {};  // PEM: the authorities to trust instead of the system's.
};

struct AwsCall {
  AwsTarget target;
  AwsRole role;  // To assume first; empty: none.
  std::string method = "POST";
  std::string path = "/";  // Encoded.
  std::string query;       // Encoded, without the question mark.
  std::vector<HttpHeader> headers;
  std::string body;
  Duration timeout = std::chrono::seconds(30);
  size_t response_bytes_max = kAwsAnswerBytesMax;
  int attempts_max = 3;
  bool is_signed = true;
};

// The JSON protocols: `operation` as "AmazonSQS.ReceiveMessage", `version` "1.0" or "1.1".
AwsCall json_call(AwsTarget target, std::string_view operation, std::string_view version,
                  std::string body);

// The query protocol: "Action=Publish&Version=2010-03-31&…", a form in the body.
using QueryFields = std::vector<std::pair<std::string, std::string>>;
AwsCall query_call(AwsTarget target, std::string_view action, std::string_view version,
                   const QueryFields& fields);

// REST: method, path and query are the caller's.
AwsCall rest_call(AwsTarget target, std::string method, std::string path, std::string body = {});

// The same as HTTP. Copies the call, since it may have to be sent again.
HttpRequest signed_request(const AwsCall& call, const AwsCredentials& credentials, Time now);
HttpRequest unsigned_request(const AwsCall& call);

}  // namespace statewire
