// AWS Signature Version 4 in headers, as "Signing AWS API requests" in the IAM user guide has it.
// Pure: no clock, no state; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/credentials.h"
#include "net/http_message.h"

namespace statewire {

struct SigningInput {
  std::string_view method;
  std::string_view path;                   // As it stands in the request line, encoded.
  std::string_view query;                  // The same, without the question mark.
  const std::vector<HttpHeader>* headers;  // All are signed, `host` among them.
  std::string_view body;
  std::string_view region;
  std::string_view service;
  Time now;
  // S3 takes paths as they are; all others want dots resolved, and what is encoded encoded again.
  bool normalizes_path = true;
  bool encodes_path_again = true;
  // `x-amz-content-sha256`, which S3 demands.
  bool adds_body_hash = false;
  // False where the token is added after signing.
  bool signs_session_token = true;
};

struct Signature {
  std::vector<HttpHeader> headers;  // To add to the request: date, token, hash, authorization.
  std::string canonical_request;    // For tests; holds the session token.
  std::string string_to_sign;
  std::string hex;
};

Signature sign_v4(const SigningInput& input, const AwsCredentials& credentials);

// SHA-256 in hex, lower case.
std::string sha256_hex(std::string_view bytes);

}  // namespace statewire
