// Puts each delivery as an event onto a bus of EventBridge.
//
// `detail-type` is the delivery's type, `resources` its resource, `detail` the payload; a payload
// that is not JSON becomes {"message": payload}. EventBridge does not drop repeats: a receiver
// recognises them by the notification's id in `detail`.
#include "aws/json.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "sinks/aws_attempt.h"
#include "sinks/kinds.h"

namespace statewire {
namespace {

constexpr size_t kTimeBytes = 14;  // What the service counts for a time.

class EventBridgeForm final : public AwsBatchForm {
 public:
  EventBridgeForm(std::string bus, std::string source, AwsPlace place)
      : bus_(std::move(bus)), source_(std::move(source)), place_(std::move(place)) {}

  Result<AwsEntry> encode(const Delivery& delivery) const override {
    const std::string detail = json_payload(delivery);
    if (!detail.starts_with('{')) return bad_input("the detail of an event is a JSON object");
    AwsEntry entry;
    entry.bytes = kTimeBytes + source_.size() + delivery.type.size() + detail.size() +
                  delivery.resource.size();
    entry.text = json_of([&](JsonWriter& json) {
      json.begin_object();
      json.text("EventBusName", bus_);
      json.text("Source", source_);
      json.text("DetailType", delivery.type);
      json.text("Detail", detail);
      if (!delivery.resource.empty()) {
        json.begin_array("Resources");
        json.text(delivery.resource);
        json.end_array();
      }
      json.end_object();
    });
    return entry;
  }

  AwsCall call(std::span<const AwsEntry> entries) const override {
    AwsCall call =
        json_call(place_.target, "AWSEvents.PutEvents", "1.1", json_of([&](JsonWriter& json) {
                    json.begin_object();
                    json.begin_array("Entries");
                    for (const AwsEntry& entry : entries) json.raw(entry.text);
                    json.end_array();
                    json.end_object();
                  }));
    call.role = place_.role;
    return call;
  }

  // In the order of the request.
  std::vector<Attempt> read(const AwsAnswer& answer, size_t entries) const override {
    std::vector<Attempt> attempts(
        entries, Attempt{.verdict = Verdict::retry, .detail = "the answer does not name it"});
    const Result<AwsJson> json = AwsJson::parse(answer.response.body);
    if (!json) return attempts;
    const std::vector<AwsJson> parts = json->items("Entries");
    for (size_t i = 0; i < std::min(entries, parts.size()); ++i) {
      const std::string code = parts[i].text("ErrorCode");
      attempts[i] = code.empty() ? Attempt{.status = answer.status}
                                 : attempt_for_part({.service = kEventBridge.key, .code = code},
                                                    parts[i].text("ErrorMessage"));
    }
    return attempts;
  }

  AwsCall question() const override {
    AwsCall call = json_call(place_.target, "AWSEvents.DescribeEventBus", "1.1",
                             json_of([&](JsonWriter& json) {
                               json.begin_object();
                               json.text("Name", bus_);
                               json.end_object();
                             }));
    call.role = place_.role;
    return call;
  }
  std::string place_name() const override { return "bus " + bus_; }

 private:
  const std::string bus_;
  const std::string source_;
  const AwsPlace place_;
};

std::unique_ptr<Sink> open_eventbridge(MapReader& keys, SinkContext& context) {
  const Node bus = keys.required("bus");
  const Node source = keys.optional("source");
  AwsKeys aws = read_aws_keys(keys);
  if (source.text().starts_with("aws.")) {
    source.error("sources that begin with \"aws.\" are for AWS alone");
    return nullptr;
  }
  if (!bus) return nullptr;
  if (bus.text().empty()) {
    bus.error("wanted the name or the ARN of a bus, such as default");
    return nullptr;
  }
  if (aws.region.empty()) aws.region = region_of_arn(bus.text());
  std::optional<AwsPlace> place = find_place(kEventBridge, aws, context, bus);
  if (!place) return nullptr;
  return std::make_unique<AwsBatchSink>(
      std::make_shared<EventBridgeForm>(bus.text(), source.text("statewire"), *std::move(place)),
      context.aws);
}

}  // namespace

const SinkKind eventbridge_sink_kind{
    .name = "eventbridge",
    .summary = "put each delivery as an event onto a bus of EventBridge",
    .limits = {.batch_deliveries_max = kAwsBatchEntriesMax, .in_flight_max = 8},
    .open = open_eventbridge,
};

}  // namespace statewire
