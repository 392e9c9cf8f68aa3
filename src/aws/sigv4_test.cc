// AWS's own vectors; testdata/signing_vectors.json names their source.
#include "aws/sigv4.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "config/read_file.h"

namespace statewire {
namespace {

using simdjson::dom::element;

std::string text_of(element vector, const char* name) {
  return std::string(std::string_view(vector[name]));
}

// The vectors give targets as people write them: what cannot stand in a request line is encoded.
std::string on_the_wire(std::string_view path) {
  std::string result;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f) {
      result += c;
    } else {
      constexpr char kDigits[] = "0123456789ABCDEF";
      result += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return result;
}

void check(element vector) {
  const std::string name = text_of(vector, "name");
  SCOPED_TRACE(name);
  std::vector<HttpHeader> headers;
  for (const element header : vector["headers"].get_array()) {
    const auto pair = header.get_array();
    headers.emplace_back(std::string(std::string_view(pair.at(0))),
                         std::string(std::string_view(pair.at(1))));
  }
  const std::string body = text_of(vector, "body");
  const std::string target = text_of(vector, "target");
  const size_t mark = std::min(target.find('?'), target.size());
  const std::string path = on_the_wire(target.substr(0, mark));
  const std::string query = target.substr(std::min(mark + 1, target.size()));
  const AwsCredentials credentials{
      .access_key_id = text_of(vector, "access_key_id"),
      .secret_access_key = Secret(text_of(vector, "secret_access_key")),
      .session_token = Secret(text_of(vector, "session_token"))};
  const std::string region = text_of(vector, "region");
  const std::string service = text_of(vector, "service");
  const std::string method = text_of(vector, "method");
  const Signature signature = sign_v4({.method = method,
                                       .path = path,
                                       .query = query,
                                       .headers = &headers,
                                       .body = body,
                                       .region = region,
                                       .service = service,
                                       .now = *parse_time(text_of(vector, "time")),
                                       .normalizes_path = bool(vector["normalize"]),
                                       .encodes_path_again = false,
                                       .adds_body_hash = bool(vector["sign_body"]),
                                       .signs_session_token = !bool(vector["omit_session_token"])},
                                      credentials);
  EXPECT_EQ(signature.canonical_request, text_of(vector, "canonical_request"));
  EXPECT_EQ(signature.string_to_sign, text_of(vector, "string_to_sign"));
  EXPECT_EQ(signature.hex, text_of(vector, "signature"));
  const bool sends_token = !text_of(vector, "session_token").empty();
  bool has_token = false;
  for (const HttpHeader& header : signature.headers) {
    has_token |= header.first == "X-Amz-Security-Token";
  }
  EXPECT_EQ(has_token, sends_token);
}

TEST(SigV4, signs_as_the_vectors_of_aws_say) {
  const Result<std::string> text =
      read_file(SOURCE_DIR "/src/aws/testdata/signing_vectors.json", 1 << 20);
  ASSERT_TRUE(text.ok());
  simdjson::dom::parser parser;
  const element document = parser.parse(*text);
  size_t count = 0;
  for (const element vector : document["vectors"].get_array()) {
    check(vector);
    ++count;
  }
  EXPECT_EQ(count, 38u);
}

// Lambda's path of an ARN, whose canonical form the suite gives in a vector of another format.
TEST(SigV4, encodes_a_path_again_for_all_but_s3) {
  const std::vector<HttpHeader> headers{{"Host", "lambda.us-east-2.amazonaws.com"}};
  SigningInput input{.method = "POST",
                     .path = "/2015-03-31/functions/arn%3Aaws%3Alambda/invocations",
                     .headers = &headers,
                     .region = "us-east-2",
                     .service = "lambda",
                     .now = *parse_time("2021-05-11T15:40:45Z")};
  EXPECT_NE(sign_v4(input, {}).canonical_request.find("/arn%253Aaws%253Alambda/"),
            std::string::npos);
  input.encodes_path_again = false;
  EXPECT_NE(sign_v4(input, {}).canonical_request.find("/arn%3Aaws%3Alambda/"), std::string::npos);
}

}  // namespace
}  // namespace statewire
