// Batches of queues, message by message.
#include "lambda/messages.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

std::vector<LambdaMessage> message_of(const std::string& queue) {
  Result<std::vector<LambdaMessage>> messages = messages_of(
      R"({"Records":[{"messageId":"m0","body":"x","eventSource":"aws:sqs","eventSourceARN":)"
      R"("arn:aws:sqs:eu-west-1:123456789012:)" +
      queue + R"(","attributes":{"MessageGroupId":"web-1"}}]})");
  EXPECT_TRUE(messages.ok());
  return *std::move(messages);
}

TEST(LambdaMessages, of_a_queue_in_order_names_what_stays_in_order) {
  EXPECT_EQ(message_of("people.fifo").front().group, "web-1");
  EXPECT_EQ(message_of("people").front().group, "");
}

}  // namespace
}  // namespace statewire
