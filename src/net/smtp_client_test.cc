// Mail servers that hang. What a server gets is in tests/people.
#include "net/smtp_client.h"

#include <gtest/gtest.h>

#include <future>
#include <map>

#include "base/limits.h"
#include "net/servers_for_test.h"
#include "net/smtp_dialogue.h"
#include "net/smtp_name.h"

namespace statewire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n') + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::future<Result<SmtpOutcome>> send(SmtpClient& client, uint16_t port, SmtpTimeouts timeouts = {},
                                      std::shared_ptr<std::atomic<bool>> is_unwanted = nullptr) {
  auto promise = std::make_shared<std::promise<Result<SmtpOutcome>>>();
  client.send({.server = {.host = "127.0.0.1", .port = port, .tls = SmtpTls::none},
               .from = "a@example.org",
               .to = {"b@example.org"},
               .message = "Subject: s\r\n\r\nt\r\n",
               .timeouts = timeouts,
               .is_unwanted = std::move(is_unwanted)},
              [promise](Result<SmtpOutcome> reply) { promise->set_value(std::move(reply)); });
  return promise->get_future();
}

class HungMailServer : public testing::TestWithParam<LateServer::Answers> {
 protected:
  LateServer server_{GetParam()};
  std::unique_ptr<SmtpClient> client_ = std::make_unique<SmtpClient>();
};

TEST_P(HungMailServer, does_not_hold_up_the_end) {
  std::jthread thread([this] { client_->run(); });
  std::future<Result<SmtpOutcome>> reply = send(*client_, server_.port());
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
  std::future<Result<SmtpOutcome>> waiting = send(client, slow.port());
  slow.wait_for_request();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(send(client, quick.port()).get()->mail.code, 250);
  slow.answer();
  EXPECT_EQ(waiting.get()->mail.code, 250);
  client.stop();
}

// Says of each recipient what it is told to, and takes all mails. Nothing said: it ends the
// connection instead.
class RecipientServer {
 public:
  explicit RecipientServer(std::map<std::string, std::string> replies)
      : replies_(std::move(replies)) {}
  ~RecipientServer() {
    socket_.shut_down();
    thread_.join();
  }
  uint16_t port() const { return socket_.port(); }

 private:
  void serve() {
    for (int connection = socket_.accept(); connection >= 0; connection = socket_.accept()) {
      talk(connection);
      close_gently(connection);
    }
  }
  void talk(int connection) {
    send_all(connection, "220 hello\r\n");
    bool is_message = false;
    std::string text;
    for (std::string piece; !(piece = receive_some(connection)).empty();) {
      text += piece;
      for (size_t end; (end = text.find("\r\n")) != std::string::npos;) {
        const std::string line = text.substr(0, end);
        text.erase(0, end + 2);
        if (is_message && line != ".") continue;
        const std::string reply = reply_to(line);
        if (reply.empty()) return;
        is_message = reply.starts_with("354") && line == "DATA";
        send_all(connection, reply + "\r\n");
      }
    }
  }
  std::string reply_to(const std::string& line) const {
    if (line == "DATA") return "354 go on";
    if (!line.starts_with("RCPT TO:<")) return "250 ok";
    const std::string address = line.substr(9, line.find('>') - 9);
    const auto reply = replies_.find(address);
    return reply == replies_.end() ? "250 ok" : reply->second;
  }

  const std::map<std::string, std::string> replies_;
  LoopbackPort socket_;
  std::thread thread_{[this] { serve(); }};
};

TEST(SmtpClient, no_recipient_is_lost_for_an_odd_answer) {
  for (const auto& [reply, code] : std::initializer_list<std::pair<const char*, int>>{
           {"354 eh", 354}, {"100 eh", 100}, {"600 eh", 600}, {"550-no\r\n250 yes", 0}, {"", 0}}) {
    const std::map<std::string, std::string> replies{{"b@example.org", reply}};
    RecipientServer server(replies);
    SmtpClient client;
    std::jthread thread([&] { client.run(); });
    std::promise<Result<SmtpOutcome>> promise;
    client.send({.server = {.host = "127.0.0.1", .port = server.port(), .tls = SmtpTls::none},
                 .from = "a@example.org",
                 .to = {"b@example.org", "c@example.org"},
                 .message = "Subject: s\r\n\r\nt\r\n"},
                [&](Result<SmtpOutcome> outcome) { promise.set_value(std::move(outcome)); });
    const Result<SmtpOutcome> outcome = promise.get_future().get();
    client.stop();
    ASSERT_TRUE(outcome.ok()) << reply << outcome.error().text;
    EXPECT_EQ(outcome->mail.code, 250) << reply;
    ASSERT_EQ(outcome->recipients.size(), 2u) << reply;
    EXPECT_EQ(outcome->recipients[0].code, code) << reply;
    EXPECT_FALSE(outcome->recipients[0].text.empty()) << reply;
    EXPECT_EQ(outcome->recipients[1].code, 250) << reply;
  }
}

// Servers that hang take one place each, as long as somebody waits for their mails.
TEST(SmtpClient, servers_that_hang_leave_room_for_others) {
  LateServer hung[] = {LateServer(LateServer::Answers::clients),
                       LateServer(LateServer::Answers::clients)};
  LateServer quick(LateServer::Answers::mails);
  quick.answer();
  SmtpClient client;
  std::vector<std::jthread> threads;
  for (size_t i = 0; i < 3; ++i) threads.emplace_back([&] { client.run(); });
  const auto is_unwanted = std::make_shared<std::atomic<bool>>(false);
  std::vector<std::future<Result<SmtpOutcome>>> waiting;
  for (size_t i = 0; i < 2 * kMailsPerServerMax; ++i) {
    waiting.push_back(send(client, hung[i % 2].port(), {}, is_unwanted));
  }
  for (LateServer& each : hung) each.wait_for_request();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(send(client, quick.port()).get()->mail.code, 250);
  *is_unwanted = true;
  for (auto& each : waiting) EXPECT_FALSE(each.get().ok());
  client.stop();
}

// Each stage has a time of its own. The longest is that of the answer to the message: a client that
// gives up on it sends the mail twice.
TEST(SmtpClient, waits_for_each_answer_as_long_as_its_stage_may_take) {
  const milliseconds soon(100);
  const SmtpTimeouts quick{.connect = soon, .reply = soon, .data = soon, .sending = soon};
  SmtpClient client;
  std::jthread thread([&] { client.run(); });
  LateServer silent(LateServer::Answers::clients);
  const Result<SmtpOutcome> unheard = send(client, silent.port(), quick).get();
  ASSERT_FALSE(unheard.ok());
  EXPECT_NE(unheard.error().text.find("no answer within 100ms (greeting)"), std::string::npos)
      << unheard.error().text;
  // Curl looks at the times once a second.
  LateServer slow(LateServer::Answers::mails);
  std::future<Result<SmtpOutcome>> waiting = send(client, slow.port(), quick);
  EXPECT_EQ(waiting.wait_for(milliseconds(1500)), std::future_status::timeout);
  slow.answer();
  EXPECT_EQ(waiting.get()->mail.code, 250);
  client.stop();
}

TEST(SmtpClient, lets_no_server_hold_up_another) {
  LateServer hung(LateServer::Answers::mails);
  LateServer quick(LateServer::Answers::mails);
  quick.answer();
  SmtpClient client;
  std::vector<std::jthread> threads;
  for (size_t i = 0; i < kMailsPerServerMax + 1; ++i) {
    threads.emplace_back([&] { client.run(); });
  }
  std::vector<std::future<Result<SmtpOutcome>>> waiting;
  for (size_t i = 0; i < 2 * kMailsPerServerMax; ++i) waiting.push_back(send(client, hung.port()));
  hung.wait_for_request();
  EXPECT_EQ(send(client, quick.port()).get()->mail.code, 250);
  client.stop();
}

TEST(SmtpClient, answers_every_mail_once_where_it_never_ran) {
  auto client = std::make_unique<SmtpClient>();
  std::future<Result<SmtpOutcome>> waiting = send(*client, 1);
  client->stop();
  EXPECT_EQ(waiting.get().error().kind, ErrorKind::unavailable);
  EXPECT_EQ(send(*client, 1).get().error().kind, ErrorKind::unavailable);
}

TEST(SmtpClient, refuses_mails_that_nobody_can_send) {
  SmtpClient client;
  std::jthread thread([&] { client.run(); });
  std::promise<Result<SmtpOutcome>> reply;
  client.send({.server = {.host = "127.0.0.1", .port = 1}, .from = "a b", .to = {}, .message = ""},
              [&](Result<SmtpOutcome> its) { reply.set_value(std::move(its)); });
  EXPECT_EQ(reply.get_future().get()->mail.code, 553);
  client.stop();
}

TEST(SmtpDialogue, knows_what_a_reply_answers) {
  SmtpDialogue dialogue(3);
  dialogue.on_reply("220 here\r\n");
  dialogue.on_sent("EHLO me\r\n");
  dialogue.on_reply("502 no\r\n");
  EXPECT_EQ(dialogue.refusal().stage, SmtpStage::hello);
  dialogue.on_sent("HELO me\r\n");
  dialogue.on_reply("250 here\r\n");
  EXPECT_EQ(dialogue.refusal().code, 0) << "what passes in another way was not refused";
  dialogue.on_sent("AUTH PLAIN\r\n");
  dialogue.on_reply("334 \r\n");
  dialogue.on_sent("DATA\r\n");  // A password, in base64.
  EXPECT_EQ(dialogue.stage(), SmtpStage::auth);
  dialogue.on_reply("235 welcome\r\n");
  dialogue.on_sent("MAIL FROM:<a@example.org>\r\n");
  dialogue.on_reply("250 ok\r\n");
  for (const char* reply :
       {"251 forwarded\r\n", "550-5.1.1 no such\r\n550 5.1.1 user\r\n", "450\r\n"}) {
    dialogue.on_sent("RCPT TO:<b@example.org>\r\n");
    for (const std::string_view line : lines_of(reply)) dialogue.on_reply(line);
  }
  EXPECT_FALSE(dialogue.is_refused_by_all());
  dialogue.on_sent("DATA\r\n");
  dialogue.on_reply("354 go on\r\n");
  EXPECT_EQ(dialogue.stage(), SmtpStage::message);
  dialogue.on_reply("554 refused\r\n");
  dialogue.on_sent("QUIT\r\n");
  dialogue.on_reply("221 bye\r\n");
  const SmtpOutcome outcome = dialogue.outcome(dialogue.refusal());
  EXPECT_EQ(outcome.mail.code, 554);
  EXPECT_EQ(outcome.mail.stage, SmtpStage::message);
  ASSERT_EQ(outcome.recipients.size(), 3u);
  EXPECT_EQ(outcome.recipients[0].code, 250);
  EXPECT_EQ(outcome.recipients[1].code, 550);
  EXPECT_EQ(outcome.recipients[1].text, "5.1.1 no such 5.1.1 user");
  EXPECT_EQ(outcome.recipients[2].code, 450);
}

TEST(SmtpDialogue, a_server_that_closes_refuses_the_mail) {
  SmtpDialogue dialogue(2);
  dialogue.on_sent("RCPT TO:<b@example.org>\r\n");
  dialogue.on_reply("421 closing\r\n");
  EXPECT_EQ(dialogue.refusal().code, 421);
  dialogue.on_sent("RCPT TO:<c@example.org>\r\n");
  dialogue.on_reply("503 what?\r\n");
  EXPECT_EQ(dialogue.refusal().code, 421);
  dialogue.on_connect();
  EXPECT_EQ(dialogue.refusal().code, 0);
  EXPECT_EQ(dialogue.stage(), SmtpStage::greeting);
}

// RFC 5321, 4.1.1.1.
TEST(SmtpName, is_a_domain_or_an_address) {
  for (const char* good : {"web1.example.org", "[192.0.2.1]", "[IPv6:2001:db8::1]", "a.b"}) {
    EXPECT_TRUE(is_client_name(good)) << good;
  }
  for (const char* bad :
       {"", "web1", "web_1.example.org", "192.0.2.1]", "[192.0.2]", "[2001:db8::1]", "a..b", "-a.b",
        "a b.c", "a.b\r\nMAIL", "[]", "[IPv6:]"}) {
    EXPECT_FALSE(is_client_name(bad)) << bad;
  }
  EXPECT_TRUE(is_client_name(own_client_name())) << own_client_name();
}

}  // namespace
}  // namespace statewire
