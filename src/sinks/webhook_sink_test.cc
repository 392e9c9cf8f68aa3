#include "net/servers_for_test.h"
#include "sinks/sink_fixture_test.h"
#include "sinks/verdicts.h"
#include "sinks/webhook_signature.h"

namespace statewire {
namespace {

constexpr std::string_view kToken = "T0K3N-dont-show-this";

class WebhookSinkTest : public SinkTest {
 protected:
  Attempt deliver(const std::string& url, const std::string& more = "") {
    const auto sink = open("webhook", "url: " + url + "\n" + more);
    EXPECT_NE(sink, nullptr) << problems_->to_text();
    if (sink == nullptr) return {};
    const Delivery delivery = delivery_of("{\"a\":1}");
    Outcome outcome;
    sink->deliver({&delivery, 1}, outcome.completion());
    const std::vector<Attempt> attempts = outcome.wait();
    EXPECT_EQ(attempts.size(), 1u);
    EXPECT_EQ(outcome.calls(), 1);
    EXPECT_EQ(attempts.at(0).detail.find(kToken), std::string::npos) << attempts.at(0).detail;
    return attempts.at(0);
  }
};

Verdict documented(int status) {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return Verdict::unavailable;
    case 408:
    case 425:
    case 429:
      return Verdict::retry;
    case 410:
      return Verdict::gone;
    default:
      if (status < 300) return Verdict::delivered;
      if (status < 400) return Verdict::unavailable;
      return status < 500 ? Verdict::reject : Verdict::retry;
  }
}

TEST_F(WebhookSinkTest, every_status_has_its_verdict) {
  for (int status = 200; status < 600; ++status) {
    ASSERT_EQ(verdict_for_status(status), documented(status)) << status;
  }
}

TEST_F(WebhookSinkTest, statuses_of_a_real_server_give_their_verdict) {
  for (const int status : {200, 202, 204, 299, 301, 302, 304, 307, 400, 401, 403, 404, 408,
                           409, 410, 413, 422, 429, 451, 499, 500, 502, 503, 504, 599}) {
    OneAnswerServer server(answer_of(status, "location: http://127.0.0.1:1/\r\n"));
    const Attempt attempt = deliver(server.url() + "/hook");
    EXPECT_EQ(attempt.verdict, documented(status)) << status << " " << attempt.detail;
    EXPECT_EQ(attempt.status, status);
    const bool is_redirect = status >= 300 && status < 400;
    EXPECT_EQ(attempt.detail,
              "http " + std::to_string(status) +
                  (is_redirect ? ": a redirect to http://127.0.0.1:1, which is not followed" : ""));
  }
}

TEST_F(WebhookSinkTest, request_carries_payload_id_and_attempt) {
  OneAnswerServer server(answer_of(200));
  deliver(server.url() + "/hook?x=1", "headers: {authorization: Bearer abc, X-Team: shop}");
  const std::string request = server.request();
  for (const char* part :
       {"POST /hook?x=1 HTTP/1.1\r\n", "content-type: application/json\r\n",
        "webhook-id: 8991022680756a9f1ba4c4b7b9ca9eef\r\n",
        "idempotency-key: 8991022680756a9f1ba4c4b7b9ca9eef\r\n", "statewire-attempt: 3\r\n",
        "authorization: Bearer abc\r\n", "X-Team: shop\r\n", "\r\n\r\n{\"a\":1}"}) {
    EXPECT_NE(request.find(part), std::string::npos) << part << "\n" << request;
  }
}

TEST_F(WebhookSinkTest, configured_header_replaces_our_own) {
  OneAnswerServer server(answer_of(200));
  deliver(server.url(), "headers: {Content-Type: text/x}");
  EXPECT_NE(server.request().find("Content-Type: text/x\r\n"), std::string::npos);
  EXPECT_EQ(server.request().find("content-type: application/json"), std::string::npos);
}

TEST_F(WebhookSinkTest, binary_mode_has_attributes_as_headers) {
  OneAnswerServer server(answer_of(200));
  const auto sink = open("webhook", "url: " + server.url() + "\nmode: binary");
  const Delivery delivery =
      delivery_of(R"({"specversion":"1.0","id":"1","source":"/s/ä %","severitynumber":9,)"
                  R"("datacontenttype":"application/json","data":{"a":[1, 2]}})");
  Outcome outcome;
  sink->deliver({&delivery, 1}, outcome.completion());
  EXPECT_EQ(outcome.wait().at(0).verdict, Verdict::delivered);
  const std::string request = server.request();
  for (const char* part :
       {"ce-specversion: 1.0\r\n", "ce-id: 1\r\n", "ce-source: /s/%C3%A4%20%25\r\n",
        "ce-severitynumber: 9\r\n", "content-type: application/json\r\n",
        "webhook-id: 8991022680756a9f1ba4c4b7b9ca9eef\r\n", "\r\n\r\n{\"a\":[1,2]}"}) {
    EXPECT_NE(request.find(part), std::string::npos) << part << "\n" << request;
  }
  const Delivery text = delivery_of("09:00:12 stable");
  Outcome refused;
  sink->deliver({&text, 1}, refused.completion());
  EXPECT_EQ(refused.wait().at(0).verdict, Verdict::reject);
}

TEST_F(WebhookSinkTest, retry_after_is_kept) {
  OneAnswerServer server(answer_of(503, "Retry-After: 17\r\n"));
  EXPECT_EQ(deliver(server.url()).retry_after, std::chrono::seconds(17));
}

TEST_F(WebhookSinkTest, answer_is_kept_as_one_short_line) {
  OneAnswerServer server(answer_of(422, "", "no such\n\tchannel\n" + std::string(5000, 'x')));
  const Attempt attempt = deliver(server.url());
  EXPECT_TRUE(attempt.detail.starts_with("http 422: no such  channel xxx")) << attempt.detail;
  EXPECT_EQ(attempt.detail.size(), 1024u);
  OneAnswerServer binary(answer_of(400, "", "\xff\xfe"));
  EXPECT_EQ(deliver(binary.url()).detail, "http 400: (an answer that is no text)");
}

// What counts is the status: the rest need not be read.
TEST_F(WebhookSinkTest, a_long_answer_is_cut_and_judged_by_its_status) {
  for (const int status : {200, 202, 422, 503}) {
    OneAnswerServer server(answer_of(status, "", std::string(3 << 20, 'x')));
    const Attempt attempt = deliver(server.url());
    EXPECT_EQ(attempt.verdict, documented(status)) << attempt.detail;
    EXPECT_EQ(attempt.status, status);
  }
}

TEST_F(WebhookSinkTest, files_of_tls_are_read_with_the_configuration) {
  for (const char* files :
       {"ca_file: /nonexistent/ca.pem", "certificate_file: /nonexistent/client.pem",
        "key_file: /nonexistent/client.key", "ca_file: /dev/null"}) {
    open("webhook", std::string("url: https://127.0.0.1:1/\n") + files);
    EXPECT_FALSE(problems_->ok()) << files;
  }
}

TEST_F(WebhookSinkTest, network_faults_are_tried_again) {
  std::string refused;
  {
    OneAnswerServer server("");
    refused = server.url();
  }
  EXPECT_EQ(deliver(refused + "/" + std::string(kToken)).verdict, Verdict::retry);
  for (const char* answer : {"", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf",
                             "no http at all\r\n\r\n"}) {
    OneAnswerServer server(answer);
    const Attempt attempt = deliver(server.url() + "/" + std::string(kToken));
    EXPECT_EQ(attempt.verdict, Verdict::retry) << answer;
    EXPECT_FALSE(attempt.detail.empty());
  }
}

TEST_F(WebhookSinkTest, silence_is_tried_again_after_the_timeout) {
  OneAnswerServer server("", false);
  const Attempt attempt = deliver(server.url() + "/" + std::string(kToken), "timeout: 50ms");
  EXPECT_EQ(attempt.verdict, Verdict::retry);
}

TEST_F(WebhookSinkTest, no_secret_is_shown_even_where_the_server_echoes_it) {
  const std::string token(kToken);
  OneAnswerServer server(
      answer_of(400, "", "cannot POST /services/" + token + "?key=" + token + " with " + token));
  const std::string host = server.url().substr(7);
  deliver("http://user:" + token + "@" + host + "/services/" + token + "?key=" + token,
          "headers: {authorization: Bearer " + token + "}");
  deliver("http://" + host + "/services/" + token);
  deliver("http://" + host + "/%54" + token.substr(1));  // Echoed decoded.
  deliver("http://" + host, "headers: {x-api-key: " + token + "}");
}

TEST_F(WebhookSinkTest, url_must_be_one_of_the_web_and_is_not_shown) {
  for (const std::string& url :
       std::vector<std::string>{"ftp://x/", "hooks.example.org/" + std::string(kToken), "http://",
                                "\"http://x y\"", "http:///path"}) {
    EXPECT_EQ(open("webhook", "url: " + url), nullptr) << url;
    const std::string text = problems_->to_text();
    EXPECT_NE(text.find("http:// or https://"), std::string::npos) << text;
    EXPECT_EQ(text.find(kToken), std::string::npos) << text;
  }
}

// The example of the specification's reference implementation, and one of two secrets.
TEST_F(WebhookSinkTest, signature_is_that_of_standard_webhooks) {
  const auto sign = [&](const std::string& yaml) {
    problems_ = std::make_unique<Problems>();
    const auto document = Document::parse("statewire.yaml", yaml, *problems_);
    return WebhookSigner::read(document->root().find("sign"));
  };
  const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const WebhookSigner signer = sign("sign: {secret: " + secret + "}");
  EXPECT_EQ(problems_->to_text(), "");
  const Time now = from_ns(int64_t{1'614'265'330} * 1'000'000'000);
  const auto headers =
      signer.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", now, R"({"test": 2432232314})");
  ASSERT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers[0], (HttpHeader{"webhook-timestamp", "1614265330"}));
  EXPECT_EQ(headers[1].second, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  const WebhookSigner both =
      sign("sign: [{secret: " + secret + "}, {secret: whsec_" + std::string(40, 'A') + "}]");
  const std::string two = both.headers("id", now, "body")[1].second;
  EXPECT_EQ(std::ranges::count(two, ' '), 1);
  EXPECT_NE(two.find(" v1,"), std::string::npos);
}

TEST_F(WebhookSinkTest, a_signed_request_carries_its_signature) {
  OneAnswerServer server(answer_of(200));
  deliver(server.url(), "sign: {secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}");
  const std::string request = server.request();
  EXPECT_NE(request.find("\r\nwebhook-timestamp: "), std::string::npos) << request;
  EXPECT_NE(request.find("\r\nwebhook-signature: v1,"), std::string::npos) << request;
}

TEST_F(WebhookSinkTest, a_secret_that_cannot_sign_is_a_problem_and_not_shown) {
  const std::string token(kToken);
  for (const std::string& sign : {"{secret: " + token + "}", "{secret: whsec_" + token + "}",
                                  std::string("{secret: whsec_AAAA}"), std::string("[]"),
                                  std::string("{}"), std::string("{secret_file: /nonexistent}")}) {
    open("webhook", "url: http://127.0.0.1/\nsign: " + sign);
    EXPECT_FALSE(problems_->ok()) << sign;
    EXPECT_EQ(problems_->to_text().find(kToken), std::string::npos) << problems_->to_text();
  }
  open("webhook",
       "url: http://127.0.0.1/\nheaders: {Webhook-Id: x}\n"
       "sign: {secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}");
  EXPECT_NE(problems_->to_text().find("this header is signed"), std::string::npos);
}

TEST_F(WebhookSinkTest, headers_that_would_break_the_request_are_refused) {
  for (const char* headers : {"{\"a b\": x}", "{Content-Length: 5}", "{a: \"x\\r\\ny\"}", "[x]"}) {
    open("webhook", "url: http://127.0.0.1/\nheaders: " + std::string(headers));
    EXPECT_FALSE(problems_->ok()) << headers;
  }
}

}  // namespace
}  // namespace statewire
