// Puts each delivery as a message into a queue of SQS.
//
// The body is the payload. The attributes `id`, `type` and `content-type` are the delivery's. In a
// FIFO queue, the group is the resource and the deduplication id is the delivery's key.
#include "aws/json.h"
#include "aws/queue.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "sinks/aws_attempt.h"
#include "sinks/kinds.h"

namespace statewire {
namespace {

constexpr std::string_view kString = "String";

class SqsForm final : public AwsBatchForm {
 public:
  SqsForm(SqsQueue queue, AwsRole role) : queue_(std::move(queue)), role_(std::move(role)) {}

  // The members of the entry but its id.
  Result<AwsEntry> encode(const Delivery& delivery) const override {
    if (delivery.payload.empty()) return bad_input("a message of a queue is not empty");
    AwsEntry entry{.bytes = delivery.payload.size()};
    const auto add = [&](std::string_view name, std::string_view value, JsonWriter& json) {
      if (value.empty()) return;
      json.key_text(name);
      json.begin_object();
      json.text("DataType", kString);
      json.text("StringValue", value);
      json.end_object();
      entry.bytes += name.size() + kString.size() + value.size();
    };
    entry.text = json_of([&](JsonWriter& json) {
      json.text("MessageBody", delivery.payload);
      json.begin_object("MessageAttributes");
      add("id", delivery.id, json);
      add("type", delivery.type, json);
      add("content-type", delivery.content_type, json);
      json.end_object();
      if (queue_.is_fifo) {
        json.text("MessageGroupId", fifo_group(delivery));
        json.text("MessageDeduplicationId", delivery.key());
      }
    });
    return entry;
  }

  AwsCall call(std::span<const AwsEntry> entries) const override {
    AwsCall call = sqs_call(queue_, "SendMessageBatch", json_of([&](JsonWriter& json) {
                              json.begin_object();
                              json.text("QueueUrl", queue_.url);
                              json.begin_array("Entries");
                              for (size_t i = 0; i < entries.size(); ++i) {
                                json.begin_object();
                                // Its place is the id by which the answer names it.
                                json.text("Id", std::to_string(i));
                                json.raw(entries[i].text);
                                json.end_object();
                              }
                              json.end_array();
                              json.end_object();
                            }));
    call.role = role_;
    return call;
  }

  std::vector<Attempt> read(const AwsAnswer& answer, size_t entries) const override {
    std::vector<Attempt> attempts(
        entries, Attempt{.verdict = Verdict::retry, .detail = "the answer does not name it"});
    const Result<AwsJson> json = AwsJson::parse(answer.response.body);
    if (!json) return attempts;
    const auto place_of = [&](const AwsJson& part) {
      return entry_place(part.text("Id"), entries);
    };
    for (const AwsJson& part : json->items("Successful")) {
      if (place_of(part) < entries) attempts[place_of(part)] = {.status = answer.status};
    }
    for (const AwsJson& part : json->items("Failed")) {
      if (place_of(part) >= entries) continue;
      attempts[place_of(part)] = attempt_for_part({.service = kSqs.key,
                                                   .code = part.text("Code"),
                                                   .blame = blame_of(part.text("SenderFault"))},
                                                  part.text("Message"));
    }
    return attempts;
  }

  AwsCall question() const override {
    AwsCall call = sqs_call(queue_, "GetQueueAttributes", json_of([&](JsonWriter& json) {
                              json.begin_object();
                              json.text("QueueUrl", queue_.url);
                              json.begin_array("AttributeNames");
                              json.text("QueueArn");
                              json.end_array();
                              json.end_object();
                            }));
    call.role = role_;
    return call;
  }
  std::string place_name() const override { return "queue " + queue_.name; }

 private:
  const SqsQueue queue_;
  const AwsRole role_;
};

std::unique_ptr<Sink> open_sqs(MapReader& keys, SinkContext& context) {
  const Node url = keys.required("queue");
  const AwsKeys aws = read_aws_keys(keys);
  if (!url) return nullptr;
  const Result<AwsSettings> settings = context.aws.settings();
  Result<SqsQueue> queue =
      settings ? find_queue(*settings, url.text(), aws.region) : Result<SqsQueue>(settings.error());
  if (!queue) {
    url.error(queue.error().text);
    return nullptr;
  }
  return std::make_unique<AwsBatchSink>(std::make_shared<SqsForm>(*std::move(queue), aws.role),
                                        context.aws);
}

}  // namespace

const SinkKind sqs_sink_kind{
    .name = "sqs",
    .summary = "each delivery as a message in a queue of SQS",
    .limits = {.batch_deliveries_max = kAwsBatchEntriesMax, .in_flight_max = 16},
    .open = open_sqs,
};

}  // namespace statewire
