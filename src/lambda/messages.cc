#include "lambda/messages.h"

#include "aws/json.h"
#include "base/json_writer.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

std::string attribute(const AwsJson& record, const std::string& name) {
  return record.text("messageAttributes." + name + ".stringValue");
}

std::string padded(std::string text) {
  text.reserve(text.size() + kPaddingBytes);
  return text;
}

}  // namespace

Result<std::vector<LambdaMessage>> messages_of(const std::string& payload) {
  const Result<AwsJson> json = AwsJson::parse(payload);
  if (!json) return json.error();
  std::vector<LambdaMessage> messages;
  for (const AwsJson& record : json->items("Records")) {
    if (record.text("eventSource") != "aws:sqs") continue;
    // The groups of other queues keep no order.
    const bool is_fifo = record.text("eventSourceARN").ends_with(".fifo");
    messages.push_back({.id = record.text("messageId"),
                        .body = padded(record.text("body")),
                        .group = is_fifo ? record.text("attributes.MessageGroupId") : "",
                        .delivery_id = attribute(record, "id"),
                        .type = attribute(record, "type"),
                        .content_type = attribute(record, "content-type")});
  }
  if (messages.empty()) messages.push_back({.body = padded(payload)});
  return messages;
}

std::string batch_answer(const std::vector<std::string>& failed_ids) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.begin_array("batchItemFailures");
    for (const std::string& id : failed_ids) {
      json.begin_object();
      json.text("itemIdentifier", id);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  });
}

}  // namespace statewire
