// Archives deliveries as objects of S3: lines, packed with gzip, one object for each batch.
//
// "PREFIX/SUBSCRIPTION/dt=2026-11-23/FIRST-LAST-ID.jsonl.gz" holds the deliveries from journal
// sequence FIRST to LAST, each once and in order; objects do not overlap. The date is the one on
// which the batch was frozen. The name is made only of what the batch was frozen with: a write that
// is repeated, after a lost answer or a kill, replaces itself. ID is the beginning of the first
// delivery's id: another journal with the same sequences replaces nothing. Functions have no
// journal: there the name is the whole id of the batch.
#include "aws/gzip.h"
#include "aws/queue.h"
#include "base/limits.h"
#include "sinks/aws_attempt.h"
#include "sinks/kinds.h"
#include "sinks/line_writer.h"

namespace statewire {
namespace {

constexpr Duration kS3Timeout = std::chrono::minutes(2);
constexpr size_t kIdBytesShown = 8;

std::string padded(uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(20 - digits.size(), '0') + digits;
}

std::string_view ending_of(std::string_view content_type) {
  if (content_type.find("json") != content_type.npos) return ".jsonl.gz";
  return content_type.find("csv") != content_type.npos ? ".csv.gz" : ".txt.gz";
}

struct S3Place {
  AwsPlace place;
  std::string bucket;
  std::string prefix;  // Empty, or with a slash at its end.
};

class S3Sink final : public Sink {
 public:
  S3Sink(S3Place place, AwsClient& aws) : place_(std::move(place)), aws_(aws) {}

  void deliver(std::span<const Delivery> batch, Completion done) override {
    std::string lines;
    append_header(lines, batch.front());
    for (const Delivery& delivery : batch) append_line(lines, delivery);
    AwsCall put =
        s3_call(place_.place.target, "PUT", place_.bucket, key_of(batch.front()), gzipped(lines));
    put.headers = {{"Content-Type", "application/gzip"}};
    put.role = place_.place.role;
    put.timeout = kS3Timeout;
    put.attempts_max = 1;  // The subscription decides when to try again.
    aws_.call(std::move(put), [count = batch.size(), done = std::move(done)](AwsAnswer answer) {
      // S3 tells the tag of what it has stored.
      const bool is_stored = answer.ok() && !answer.response.header("ETag").empty();
      done(std::vector<Attempt>(
          count, answer.ok() && !is_stored ? not_of_service(answer, "S3") : attempt_for(answer)));
    });
  }

  void ask_place(PlaceDone done) override {
    AwsCall call = s3_call(place_.place.target, "GET", place_.bucket, "");
    call.query = "location=";
    call.role = place_.place.role;
    ask_aws(aws_, std::move(call), "bucket " + place_.bucket, std::move(done));
  }

 private:
  // Redriven deliveries and tests are no part of the sequence, and stand beside it.
  std::string key_of(const Delivery& first) const {
    std::string key = place_.prefix + std::string(first.subscription) + "/";
    if (first.is_redriven) {
      key += "redriven/" + padded(first.sequence) + "-" + std::string(first.id);
    } else if (first.batch == nullptr) {
      key += "test/" + std::string(first.id);
    } else {
      const FrozenBatch& batch = *first.batch;
      key += "dt=" + format_time(batch.frozen).substr(0, 10) + "/";
      if (batch.first_sequence == 0) {
        key += batch.id;
      } else {
        key += padded(batch.first_sequence) + "-" + padded(batch.last_sequence) + "-" +
               std::string(batch.id.substr(0, kIdBytesShown));
      }
    }
    return key.append(ending_of(first.content_type));
  }

  const S3Place place_;
  AwsClient& aws_;  // Outlives every sink.
};

std::unique_ptr<Sink> open_s3(MapReader& keys, SinkContext& context) {
  const Node bucket = keys.required("bucket");
  const Node prefix = keys.optional("prefix");
  const AwsKeys aws = read_aws_keys(keys);
  S3Place place{.place = {}, .bucket = bucket.text(), .prefix = prefix.text()};
  if (!bucket) return nullptr;
  if (!is_bucket_name(place.bucket)) {
    bucket.error("wanted the name of a bucket, without s3:// and without a path");
    return nullptr;
  }
  if (place.prefix.starts_with('/') || place.prefix.find("//") != std::string::npos) {
    prefix.error("a prefix has neither a slash at its beginning nor two in a row");
    return nullptr;
  }
  if (!place.prefix.empty() && !place.prefix.ends_with('/')) place.prefix += '/';
  std::optional<AwsPlace> found = find_place(kS3, aws, context, bucket);
  if (!found) return nullptr;
  place.place = *std::move(found);
  return std::make_unique<S3Sink>(std::move(place), context.aws);
}

}  // namespace

// Objects cost by their number, whatever their size: what comes within five seconds is one.
const SinkKind s3_sink_kind{
    .name = "s3",
    .summary = "archive deliveries in a bucket of S3: packed lines, by date",
    .limits = {.batch_deliveries_max = kS3BatchDeliveriesMax,
               .batch_bytes_max = kS3BatchBytesMax,
               .in_flight_max = 1,
               .is_in_order = true,
               .is_frozen = true,
               .gather = std::chrono::seconds(5)},
    .open = open_s3,
};

}  // namespace statewire
