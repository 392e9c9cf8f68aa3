// Mail servers that hang. What a server gets is in tests/people.
#include "net/smtp_client.h"

#include <gtest/gtest.h>

#include <future>

#include "net/servers_for_test.h"

namespace statewire {
namespace {

using std::chrono::seconds;

std::future<Result<SmtpReply>> send(SmtpClient& client, uint16_t port) {
  auto promise = std::make_shared<std::promise<Result<SmtpReply>>>();
  client.send({.server = {.host = "127.0.0.1", .port = port, .tls = SmtpTls::none},
               .from = "a@example.org",
               .to = {"b@example.org"},
               .message = "Subject: s\r\n\r\nt\r\n"},
              [promise](Result<SmtpReply> reply) { promise->set_value(std::move(reply)); });
  return promise->get_future();
}

class HungMailServer : public testing::TestWithParam<LateServer::Answers> {
 protected:
  LateServer server_{GetParam()};
  std::unique_ptr<SmtpClient> client_ = std::make_unique<SmtpClient>();
};

TEST_P(HungMailServer, does_not_hold_up_the_end) {
  std::jthread thread([this] { client_->run(); });
  std::future<Result<SmtpReply>> reply = send(*client_, server_.port());
  const bool is_taken = GetParam() == LateServer::Answers::goodbyes;
  if (is_taken) {
    EXPECT_TRUE(reply.get().ok());
  } else {
    server_.wait_for_request();
  }
  const auto begin = std::chrono::steady_clock::now();
  client_->stop();
  thread.join();
  if (!is_taken) {
    EXPECT_FALSE(reply.get().ok());
  }
  client_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5));
}

std::string name_of_case(const testing::TestParamInfo<LateServer::Answers>& each) {
  constexpr const char* kNames[] = {"request", "greeting", "reply", "goodbye"};
  return kNames[static_cast<int>(each.param)];
}

INSTANTIATE_TEST_SUITE_P(Each, HungMailServer,
                         testing::Values(LateServer::Answers::clients, LateServer::Answers::mails,
                                         LateServer::Answers::goodbyes),
                         name_of_case);

TEST(SmtpClient, sends_as_many_mails_at_once_as_it_has_threads) {
  LateServer slow(LateServer::Answers::mails);
  LateServer quick(LateServer::Answers::mails);
  quick.answer();
  SmtpClient client;
  std::jthread first([&] { client.run(); });
  std::jthread second([&] { client.run(); });
  std::future<Result<SmtpReply>> waiting = send(client, slow.port());
  slow.wait_for_request();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(send(client, quick.port()).get()->code, 250);
  slow.answer();
  EXPECT_EQ(waiting.get()->code, 250);
  client.stop();
}

TEST(SmtpClient, answers_every_mail_once_where_it_never_ran) {
  auto client = std::make_unique<SmtpClient>();
  std::future<Result<SmtpReply>> waiting = send(*client, 1);
  client->stop();
  EXPECT_EQ(waiting.get().error().kind, ErrorKind::unavailable);
  EXPECT_EQ(send(*client, 1).get().error().kind, ErrorKind::unavailable);
}

TEST(SmtpClient, refuses_mails_that_nobody_can_send) {
  SmtpClient client;
  std::jthread thread([&] { client.run(); });
  std::promise<Result<SmtpReply>> reply;
  client.send({.server = {.host = "127.0.0.1", .port = 1}, .from = "a b", .to = {}, .message = ""},
              [&](Result<SmtpReply> its) { reply.set_value(std::move(its)); });
  EXPECT_EQ(reply.get_future().get().error().kind, ErrorKind::bad_input);
  client.stop();
}

}  // namespace
}  // namespace statewire
