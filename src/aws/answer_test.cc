#include "aws/answer.h"

#include <gtest/gtest.h>

#include "aws/xml.h"

namespace statewire {
namespace {

const Time kNow = *parse_time("2026-11-23T09:00:00Z");

AwsAnswer answer(int status, std::string body, std::vector<HttpHeader> headers = {},
                 const AwsCredentials& credentials = {}) {
  return answer_of(HttpResponse{.status = status, .headers = std::move(headers), .body = body},
                   "sqs", credentials, kNow);
}

TEST(Answer, codes_are_found_in_all_protocols) {
  const AwsAnswer json =
      answer(400, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"No such queue"})");
  EXPECT_EQ(json.code, "QueueDoesNotExist");
  EXPECT_EQ(json.fault, AwsFault::missing);
  EXPECT_EQ(json.text(), "QueueDoesNotExist: No such queue");
  const AwsAnswer query = answer(403,
                                 "<ErrorResponse><Error><Type>Sender</Type>"
                                 "<Code>AccessDenied</Code><Message>No &amp; no</Message></Error>"
                                 "<RequestId>1</RequestId></ErrorResponse>");
  EXPECT_EQ(query.text(), "AccessDenied: No & no");
  EXPECT_EQ(query.fault, AwsFault::denied);
  const AwsAnswer s3 = answer(404,
                              "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchBucket</Code>"
                              "<Message>None</Message></Error>");
  EXPECT_EQ(s3.fault, AwsFault::missing);
  const AwsAnswer rest = answer(429, R"({"message":"Rate exceeded"})",
                                {{"x-amzn-ErrorType", "TooManyRequestsException:http://x"}});
  EXPECT_EQ(rest.code, "TooManyRequestsException");
  EXPECT_EQ(rest.fault, AwsFault::throttled);
}

TEST(Answer, the_status_decides_where_there_is_no_code) {
  EXPECT_EQ(answer(200, "").fault, AwsFault::none);
  EXPECT_EQ(answer(400, "no").fault, AwsFault::unknown);
  EXPECT_EQ(answer(307, "").fault, AwsFault::transient);
  EXPECT_EQ(answer(301, "").fault, AwsFault::refused);
  EXPECT_EQ(answer(413, "").fault, AwsFault::invalid);
  EXPECT_EQ(answer(403, "").fault, AwsFault::denied);
  EXPECT_EQ(answer(404, "").fault, AwsFault::missing);
  EXPECT_EQ(answer(408, "").fault, AwsFault::transient);
  EXPECT_EQ(answer(429, "").fault, AwsFault::throttled);
  EXPECT_EQ(answer(500, "").fault, AwsFault::transient);
  EXPECT_EQ(answer(503, "<html").fault, AwsFault::transient);
  EXPECT_EQ(answer_of(failed("cut"), "sqs", {}, kNow).fault, AwsFault::network);
}

TEST(Answer, whose_fault_it_is_is_found_in_all_protocols) {
  const std::string json = R"({"__type":"com.amazonaws.sqs#InvalidParameterValue"})";
  EXPECT_EQ(answer(400, json).fault, AwsFault::invalid);
  EXPECT_EQ(answer(400, json, {{"x-amzn-query-error", "InvalidParameterValue;Sender"}}).fault,
            AwsFault::invalid);
  EXPECT_EQ(answer(400, json, {{"x-amzn-query-error", "InvalidParameterValue;Receiver"}}).fault,
            AwsFault::transient);
  EXPECT_EQ(answer(400,
                   "<ErrorResponse><Error><Type>Receiver</Type><Code>InvalidParameter</Code>"
                   "</Error></ErrorResponse>")
                .fault,
            AwsFault::transient);
}

TEST(Answer, a_refused_signature_with_a_strange_date_is_a_wrong_clock) {
  const std::string body = R"({"__type":"InvalidSignatureException"})";
  EXPECT_EQ(answer(403, body, {{"Date", "Mon, 23 Nov 2026 09:01:00 GMT"}}).fault, AwsFault::denied);
  EXPECT_EQ(answer(403, body, {{"Date", "Mon, 23 Nov 2026 10:00:00 GMT"}}).fault, AwsFault::skewed);
}

TEST(Answer, shows_no_secret_even_where_the_service_echoes_it) {
  const AwsCredentials credentials{.access_key_id = "AKIDEXAMPLE",
                                   .secret_access_key = Secret("very-secret-key"),
                                   .session_token = Secret("very-secret-token")};
  const AwsAnswer told = answer(
      403,
      R"({"__type":"InvalidSignatureException","message":"token very-secret-token does not match\nThe Canonical String was very-secret-token"})",
      {}, credentials);
  EXPECT_EQ(told.text(), "InvalidSignatureException: token (hidden) does not match");
}

TEST(Answer, waits_as_long_as_it_is_asked_to) {
  EXPECT_EQ(answer(503, "", {{"Retry-After", "7"}}).retry_after, std::chrono::seconds(7));
}

TEST(Xml, is_bounded) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_FALSE(AwsXml::parse(deep).ok());
  // What stands in comments, in sections of text and in attributes closes nothing.
  for (const std::string& open : {std::string("<a><!--</a></a>-->"), std::string("<a>"),
                                  std::string("<a><![CDATA[</a></a>]]>"),
                                  std::string("<a b='</a></a>'>"), std::string("<a b='/>'>")}) {
    std::string hidden;
    for (int i = 0; i < 400'000; ++i) hidden += open;
    EXPECT_FALSE(AwsXml::parse(hidden).ok()) << open;
  }
  std::string wide = "<a>";
  for (int i = 0; i < 200'000; ++i) wide += "<b/>";
  EXPECT_FALSE(AwsXml::parse(wide + "</a>").ok());
  EXPECT_FALSE(AwsXml::parse("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>").ok());
  EXPECT_FALSE(AwsXml::parse("").ok());
  EXPECT_FALSE(AwsXml::parse("<a><b></a>").ok());
  const Result<AwsXml> xml = AwsXml::parse("<a><b><c>1</c><c>2</c></b></a>");
  ASSERT_TRUE(xml.ok());
  EXPECT_EQ(xml->name(), "a");
  ASSERT_EQ(xml->all("b/c").size(), 2u);
  EXPECT_EQ(xml->all("b/c")[1].text(""), "2");
  EXPECT_EQ(xml->text("b/x"), "");
}

}  // namespace
}  // namespace statewire
