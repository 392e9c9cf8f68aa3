#include "cli/queue_policy.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

constexpr std::string_view kQueue = "arn:aws:sqs:eu-west-1:123456789012:statewire";
const QueueRule kRule{.arn = "arn:aws:events:eu-west-1:123456789012:rule/statewire-calls",
                      .account = "123456789012"};

std::string statement(const std::string& more,
                      const std::string& principal = R"({"Service":"events.amazonaws.com"})") {
  return R"({"Statement":[{"Effect":"Allow","Principal":)" + principal +
         R"(,"Action":"sqs:SendMessage","Resource":")" + std::string(kQueue) + "\"" + more + "}]}";
}
bool lets(const std::string& policy) { return policy_lets_send(policy, kQueue, kRule); }

TEST(QueuePolicy, lets_the_rules_that_it_names) {
  EXPECT_TRUE(lets(policy_for_rules(kQueue, std::vector{kRule})));
  EXPECT_TRUE(lets(statement("")));
  EXPECT_TRUE(lets(statement("", "\"*\"")));
  EXPECT_TRUE(lets(statement("", R"({"Service":["sns.amazonaws.com","events.amazonaws.com"]})")));
  for (const char* condition :
       {R"("ArnLike":{"aws:SourceArn":"arn:aws:events:*:*:rule/statewire-*"})",
        R"("ArnEquals":{"AWS:SourceArn":["arn:x","arn:aws:events:eu-west-1:123456789012:rule/*"]})",
        R"("StringEquals":{"aws:SourceAccount":"123456789012"})",
        R"("Bool":{"aws:SecureTransport":"true"})"}) {
    EXPECT_TRUE(lets(statement(",\"Condition\":{" + std::string(condition) + "}"))) << condition;
  }
}

TEST(QueuePolicy, refuses_all_others) {
  for (const char* condition :
       {R"("ArnEquals":{"aws:SourceArn":"arn:aws:events:eu-west-1:123456789012:rule/other"})",
        R"("StringEquals":{"aws:SourceArn":"arn:aws:events:eu-west-1:123456789012:rule/*"})",
        R"("StringEquals":{"aws:SourceAccount":"222222222222"})",
        R"("IpAddress":{"aws:SourceIp":"203.0.113.0/24"})"}) {
    EXPECT_FALSE(lets(statement(",\"Condition\":{" + std::string(condition) + "}"))) << condition;
  }
  EXPECT_FALSE(lets(statement("", R"({"Service":"sns.amazonaws.com"})")));
  EXPECT_FALSE(lets(""));
  EXPECT_FALSE(lets("{}"));
  EXPECT_FALSE(lets(R"({"Statement":"x"})"));
  EXPECT_FALSE(policy_lets_send(statement(""), "arn:aws:sqs:eu-west-1:123456789012:other", kRule));
}

TEST(QueuePolicy, a_denial_wins_and_one_of_plain_http_does_not_concern_rules) {
  const std::string allowed =
      R"({"Effect":"Allow","Principal":"*","Action":"SQS:*","Resource":"*"})";
  const std::string denied = R"({"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*")";
  EXPECT_FALSE(lets("{\"Statement\":[" + allowed + "," + denied + "}]}"));
  EXPECT_TRUE(lets("{\"Statement\":[" + allowed + "," + denied +
                   R"(,"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]})"));
}

TEST(ShellWord, is_one_word) { EXPECT_EQ(shell_word("a'b"), R"('a'\''b')"); }

}  // namespace
}  // namespace statewire
