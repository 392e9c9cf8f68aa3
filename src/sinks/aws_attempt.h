// Verdicts from answers of AWS, and requests from batches of deliveries.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/client.h"
#include "sinks/place_report.h"
#include "sinks/sink.h"

namespace statewire {

// What the policy for faults of AWS means for a delivery.
Verdict verdict_for(AwsFault fault);
Attempt attempt_for(const AwsAnswer& answer);
// The attempt for one part of a batch, which was refused so.
Attempt attempt_for_part(const AwsError& error, std::string_view message);
// Whom a part of a batch blames, by its field SenderFault.
AwsBlame blame_of(std::string_view sender_fault);
// A success that the service itself cannot have answered: something between it and us did.
Attempt not_of_service(const AwsAnswer& answer, std::string_view service);
Attempt rejected(std::string why);

// The keys that all sinks of AWS have: `region`, `role`.
struct AwsKeys {
  std::string region;
  AwsRole role;
};
AwsKeys read_aws_keys(MapReader& keys);
// Where a service is called. If there is no such place, the problem is told at `node`.
struct AwsPlace {
  AwsTarget target;
  AwsRole role;
};
std::optional<AwsPlace> find_place(const AwsService& service, const AwsKeys& keys,
                                   SinkContext& context, const Node& node);
// The region in "arn:aws:sns:eu-west-1:123456789012:topic"; empty where this is no ARN.
std::string region_of_arn(std::string_view arn);

// One delivery as a part of a request.
struct AwsEntry {
  size_t place = 0;  // Of the delivery in its batch.
  std::string text;  // As the request wants it.
  size_t bytes = 0;  // As the service counts them.
};

// How a service takes batches.
class AwsBatchForm {
 public:
  virtual ~AwsBatchForm() = default;
  // An error rejects the delivery.
  virtual Result<AwsEntry> encode(const Delivery& delivery) const = 0;
  virtual AwsCall call(std::span<const AwsEntry> entries) const = 0;
  // For a request that was taken: an attempt for each entry, in order.
  virtual std::vector<Attempt> read(const AwsAnswer& answer, size_t entries) const = 0;
  // Asks whether the place is there.
  virtual AwsCall question() const = 0;
  virtual std::string place_name() const = 0;
};

// The place of an entry that an answer names by its digit; `entries` where it is none.
size_t entry_place(std::string_view id, size_t entries);

// Sends a batch in as many requests as it takes, at once: SQS, SNS and EventBridge all take ten
// entries and 256 KiB a request.
class AwsBatchSink final : public Sink {
 public:
  AwsBatchSink(std::shared_ptr<const AwsBatchForm> form, AwsClient& aws)
      : form_(std::move(form)), aws_(aws) {}

  void deliver(std::span<const Delivery> batch, Completion done) override;
  void ask_place(PlaceDone done) override {
    ask_aws(aws_, form_->question(), form_->place_name(), std::move(done));
  }

 private:
  const std::shared_ptr<const AwsBatchForm> form_;
  AwsClient& aws_;  // Outlives every sink.
};

// What a service that wants JSON gets of a delivery: its payload, or, where that is no JSON,
// {"message": payload}.
std::string json_payload(const Delivery& delivery);
// What puts deliveries of one resource in order in a FIFO queue or topic: the resource's id, or
// its hash where that is too long or has other characters than these may have.
std::string fifo_group(const Delivery& delivery);

}  // namespace statewire
