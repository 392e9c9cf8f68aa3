// The CloudTrail files that messages name: fetched a few at a time, unpacked, and handed over as a
// message's own text is.
#include "aws/gzip.h"
#include "base/limits.h"
#include "base/log.h"
#include "sources/event_reader.h"
#include "sources/sqs_run.h"

namespace statewire {

void SqsRun::fetch_files() {
  while (!files_waiting_.empty() && fetching_ < kSqsFilesAtATime) {
    File file = std::move(files_waiting_.front());
    files_waiting_.pop_front();
    const std::string& region =
        file.object.region.empty() ? parts_.options.queue.target.region : file.object.region;
    const Result<AwsTarget> target = parts_.settings.target(kS3, region);
    if (!target || !is_bucket_name(file.object.bucket)) {
      refuse_file(file, target ? "no name of a bucket" : target.error().text);
      continue;
    }
    AwsCall get = s3_call(*target, "GET", file.object.bucket, file.object.key);
    get.role = parts_.options.role;
    get.timeout = std::chrono::minutes(2);
    get.response_bytes_max = kSqsFileBytesMax;
    ++fetching_;
    parts_.aws.call(std::move(get), [mailbox = mailbox_, this, file](AwsAnswer answer) {
      mailbox->post([this, file, answer = std::move(answer)] {
        --fetching_;
        on_file(file, answer);
      });
    });
  }
}

void SqsRun::on_file(File file, const AwsAnswer& answer) {
  if (!held_.contains(file.message)) return;  // Let go meanwhile.
  const std::string place = "s3://" + file.object.bucket + "/" + file.object.key;
  if (const std::string_view region = answer.response.header("x-amz-bucket-region");
      !answer.ok() && !file.knows_region && !region.empty() && region != file.object.region) {
    file.object.region = region;
    file.knows_region = true;
    files_waiting_.push_back(std::move(file));
    return fetch_files();
  }
  if (answer.fault == AwsFault::missing) return refuse_file(file, answer.text());
  if (!answer.ok()) {
    log_warn("a file that a message names cannot be fetched; it is tried again",
             {{"source", parts_.name}, {"file", place}, {"reason", answer.text()}});
    --held_.at(file.message).files_left;
    return settle_part(file.message, false, false);
  }
  Result<std::string> text = gunzip(answer.response.body, kEventDocumentBytesMax);
  if (!text) return refuse_file(file, text.error().text);
  --held_.at(file.message).files_left;
  parts_waiting_.push_back({file.message, *std::move(text), place});
  submit_parts();
}

// The ledger is to know of it: what stands for the file there is why it cannot be read.
void SqsRun::refuse_file(const File& file, const std::string& why) {
  --held_.at(file.message).files_left;
  parts_waiting_.push_back({file.message, "(cannot be read: " + why + ")",
                            "s3://" + file.object.bucket + "/" + file.object.key});
  submit_parts();
}

}  // namespace statewire
