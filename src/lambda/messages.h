// What an invocation brings, message by message, and what is answered to it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace statewire {

struct LambdaMessage {
  std::string id;    // Of SQS; empty: the payload is no batch of a queue.
  std::string body;  // kPaddingBytes may be read behind its end.
  // Of a FIFO queue: what must stay in order. Empty for others.
  std::string group;
  // Attributes that the sinks `sns` and `sqs` give their messages; may be empty.
  std::string delivery_id;
  std::string type;
  std::string content_type;
};

// The messages of a batch of SQS, in order; any other payload is one message, the whole of it.
// bad_input where it is no JSON.
Result<std::vector<LambdaMessage>> messages_of(const std::string& payload);

// The answer that puts the messages with these ids back, and deletes all others.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
std::string batch_answer(const std::vector<std::string>& failed_ids);

}  // namespace statewire
