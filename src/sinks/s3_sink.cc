#include "sinks/s3_sink.h"

#include "aws/queue.h"
#include "sinks/s3_archive.h"

namespace statewire {
namespace {

class S3Sink final : public Sink {
 public:
  explicit S3Sink(std::shared_ptr<S3Archive> archive) : archive_(std::move(archive)) {}

  void deliver(std::span<const Delivery> batch, Completion done) override {
    archive_->deliver(batch, std::move(done));
  }

 private:
  const std::shared_ptr<S3Archive> archive_;
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
  return std::make_unique<S3Sink>(
      std::make_shared<S3Archive>(std::move(place), context.aws, context.clock));
}

}  // namespace

// Objects cost by their number, whatever their size: at most one in five seconds.
const SinkKind s3_sink_kind{
    .name = "s3",
    .summary = "archive deliveries in a bucket of S3: packed lines, by date",
    .limits = {.batch_deliveries_max = 8000,
               .in_flight_max = 1,
               .is_in_order = true,
               .pace = std::chrono::seconds(5)},
    .open = open_s3,
};

}  // namespace statewire
