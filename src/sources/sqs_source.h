// Events from a queue of SQS.
//
// A message is deleted only after its events were committed; until then it is kept from others, for
// an hour at most. One that cannot be read now goes back to its queue. A message is an event, an
// event in an envelope of SNS, or the news of a CloudTrail file, which is fetched and read.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "aws/client.h"
#include "aws/queue.h"
#include "sources/source.h"

namespace statewire {

struct SqsSourceOptions {
  SqsQueue queue;
  AwsRole role;          // To assume first; empty: none.
  size_t receivers = 2;  // Receiving calls at once.
  bool deletes_unreadable = true;
  // How long a message is hidden from others; prolonged at half time.
  std::chrono::seconds hidden_for = std::chrono::seconds(60);
  // How long a message is left to its queue that cannot be read now; twice as long each time.
  std::chrono::seconds again_after = std::chrono::seconds(10);
  std::chrono::seconds poll = std::chrono::seconds(20);  // How long a call waits for messages.
};

// The client and the clock outlive the source.
std::unique_ptr<Source> make_sqs_source(std::string name, SqsSourceOptions options, AwsClient& aws,
                                        AwsSettings settings, const Clock& clock);

extern const SourceKind sqs_source_kind;

}  // namespace statewire
