// What comes of certificates is in the tests of POST /sns.
#include "aws/sns_certificates.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "net/servers_for_test.h"

namespace statewire {
namespace {

// Built with AddressSanitizer, this fails where the answer reaches what was destroyed.
TEST(SnsCertificates, answer_after_their_end_is_told_once) {
  LateServer server(LateServer::Answers::requests);
  HttpClient http(HttpClientLimits{});
  const SystemClock clock;
  auto certificates = std::make_unique<SnsCertificates>(
      http, clock, clock, SnsAddresses{.request_for = [&](const std::string&) {
        return HttpRequest{.method = "POST", .url = server.url()};
      }});
  std::jthread thread([&] { http.run(); });
  std::promise<Result<SnsSigningKey>> told;
  certificates->find("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
                     *parse_sns_topic("arn:aws:sns:eu-west-1:123456789012:t"),
                     [&](Result<SnsSigningKey> key) { told.set_value(std::move(key)); });
  server.wait_for_request();
  certificates.reset();
  server.answer();
  EXPECT_FALSE(told.get_future().get().ok());
  http.stop();
}

}  // namespace
}  // namespace statewire
