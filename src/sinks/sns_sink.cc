// Publishes each delivery to a topic of SNS.
//
// The message is the payload. The attributes `id`, `type` and `content-type` are the delivery's,
// for filter policies. In a FIFO topic, the group is the resource and the deduplication id is the
// delivery's key.
#include "aws/xml.h"
#include "base/limits.h"
#include "base/percent.h"
#include "sinks/aws_attempt.h"
#include "sinks/kinds.h"

namespace statewire {
namespace {

constexpr std::string_view kVersion = "2010-03-31";

// An entry's text is its fields, "Message=…&MessageAttributes…", without what says which entry they
// are of: that is put before each field's name.
class SnsForm final : public AwsBatchForm {
 public:
  SnsForm(std::string topic, AwsPlace place) : topic_(std::move(topic)), place_(std::move(place)) {}

  Result<AwsEntry> encode(const Delivery& delivery) const override {
    if (delivery.payload.empty()) return bad_input("a message of a topic is not empty");
    AwsEntry entry{.bytes = delivery.payload.size()};
    const auto add = [&](const std::string& name, std::string_view value) {
      entry.text += (entry.text.empty() ? "" : "&") + name + "=" + percent_encode(value);
    };
    add("Message", delivery.payload);
    if (topic_.ends_with(".fifo")) {
      add("MessageGroupId", fifo_group(delivery));
      add("MessageDeduplicationId", delivery.key());
    }
    int number = 0;
    for (const auto& [name, value] :
         {std::pair<std::string_view, std::string_view>{"id", delivery.id},
          {"type", delivery.type},
          {"content-type", delivery.content_type}}) {
      if (value.empty()) continue;
      const std::string at = "MessageAttributes.entry." + std::to_string(++number) + ".";
      add(at + "Name", name);
      add(at + "Value.DataType", "String");
      add(at + "Value.StringValue", value);
      entry.bytes += name.size() + 6 + value.size();
    }
    return entry;
  }

  AwsCall call(std::span<const AwsEntry> entries) const override {
    AwsCall call = query_call(place_.target, "PublishBatch", kVersion, {{"TopicArn", topic_}});
    for (size_t i = 0; i < entries.size(); ++i) {
      const std::string at = "&PublishBatchRequestEntries.member." + std::to_string(i + 1) + ".";
      call.body += at + "Id=" + std::to_string(i);
      std::string_view fields = entries[i].text;
      while (!fields.empty()) {
        const size_t end = std::min(fields.find('&'), fields.size());
        call.body.append(at).append(fields.substr(0, end));
        fields.remove_prefix(std::min(end + 1, fields.size()));
      }
    }
    call.role = place_.role;
    return call;
  }

  std::vector<Attempt> read(const AwsAnswer& answer, size_t entries) const override {
    std::vector<Attempt> attempts(
        entries, Attempt{.verdict = Verdict::retry, .detail = "the answer does not name it"});
    const Result<AwsXml> xml = AwsXml::parse(answer.response.body);
    if (!xml) return attempts;
    const auto place_of = [&](const AwsXml& part) { return entry_place(part.text("Id"), entries); };
    for (const AwsXml& part : xml->all("PublishBatchResult/Successful/member")) {
      if (place_of(part) < entries) attempts[place_of(part)] = {.status = answer.status};
    }
    for (const AwsXml& part : xml->all("PublishBatchResult/Failed/member")) {
      if (place_of(part) >= entries) continue;
      attempts[place_of(part)] = attempt_for_part({.service = kSns.key,
                                                   .code = part.text("Code"),
                                                   .blame = blame_of(part.text("SenderFault"))},
                                                  part.text("Message"));
    }
    return attempts;
  }

  AwsCall question() const override {
    AwsCall call =
        query_call(place_.target, "GetTopicAttributes", kVersion, {{"TopicArn", topic_}});
    call.role = place_.role;
    return call;
  }
  std::string place_name() const override { return "topic " + topic_; }

 private:
  const std::string topic_;
  const AwsPlace place_;
};

std::unique_ptr<Sink> open_sns(MapReader& keys, SinkContext& context) {
  const Node topic = keys.required("topic");
  AwsKeys aws = read_aws_keys(keys);
  if (!topic) return nullptr;
  const std::string arn = topic.text();
  const std::string region = region_of_arn(arn);
  if (region.empty() || arn.find(":sns:") == std::string::npos) {
    topic.error("wanted the ARN of a topic, such as arn:aws:sns:eu-west-1:123456789012:NAME");
    return nullptr;
  }
  if (aws.region.empty()) aws.region = region;
  std::optional<AwsPlace> place = find_place(kSns, aws, context, topic);
  if (!place) return nullptr;
  return std::make_unique<AwsBatchSink>(std::make_shared<SnsForm>(arn, *std::move(place)),
                                        context.aws);
}

}  // namespace

const SinkKind sns_sink_kind{
    .name = "sns",
    .summary = "publish each delivery to a topic of SNS",
    .limits = {.batch_deliveries_max = kAwsBatchEntriesMax, .in_flight_max = 16},
    .open = open_sns,
};

}  // namespace statewire
