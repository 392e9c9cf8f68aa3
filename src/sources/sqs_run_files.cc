// The CloudTrail files that messages name: fetched a few at a time, and handed over as a message's
// own text is; the intake unpacks them.
#include <charconv>

#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "net/inflate.h"
#include "sources/event_reader.h"
#include "sources/sqs_run.h"

namespace statewire {
namespace {

constexpr auto kFileTimeout = std::chrono::seconds(60);

std::string place_of_object(const S3Object& object) {
  return "s3://" + object.bucket + "/" + object.key;
}

std::string file_too_long(uint64_t bytes, uint64_t bytes_max) {
  return with_thousands(bytes) + " bytes long; at most " + with_thousands(bytes_max);
}

class FileUnpacking final : public Unpacking {
 public:
  FileUnpacking(std::string packed, std::shared_ptr<const ByteBudget> budget)
      : inflation_(std::move(packed), kEventDocumentBytesMax), budget_(std::move(budget)) {}

  Result<bool> step(Chunk& chunk) override {
    switch (inflation_.step(chunk.share, 0)) {
      case Inflation::Outcome::going_on:
        return false;
      case Inflation::Outcome::whole:
        chunk.text = inflation_.take();
        break;
      case Inflation::Outcome::broken:
        chunk.unreadable = "cannot be read: not valid gzip, or cut off";
        break;
      case Inflation::Outcome::too_long:
        chunk.unreadable = "cannot be read: it unpacks to more than " +
                           with_thousands(kEventDocumentBytesMax) + " bytes";
        break;
      case Inflation::Outcome::no_room:
        // It is longer than it says. Others have the memory, or it needs too much.
        if (budget_->taken() > chunk.share.size()) return unavailable("others take the memory");
        chunk.unreadable = "cannot be read: it takes more memory to unpack than there is";
        break;
    }
    return true;
  }

 private:
  Inflation inflation_;
  const std::shared_ptr<const ByteBudget> budget_;
};

// Of the whole object, where a part of it was answered: "bytes 0-99/1234".
std::optional<uint64_t> bytes_of_whole(std::string_view content_range) {
  const size_t slash = content_range.find('/');
  if (slash == content_range.npos) return std::nullopt;
  uint64_t bytes = 0;
  const char* const end = content_range.data() + content_range.size();
  const auto parsed = std::from_chars(content_range.data() + slash + 1, end, bytes);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return bytes;
}

}  // namespace

bool SqsRun::has_file() {
  while (files_.empty() && !named_.empty()) {
    Named& named = named_.front();
    std::optional<S3Object> object = named.objects.pop();
    if (object && held_.contains(named.message)) {
      files_.push_back(
          std::make_shared<File>(File{.message = named.message, .object = *std::move(object)}));
    } else {
      named_.pop_front();  // All are asked for, or the message was let go.
    }
  }
  return !files_.empty();
}

// Reasons why files are refused wait in memory, too.
void SqsRun::fetch_files() {
  while (fetching_ < kSqsFilesAtATime && events_.size() < kQueuedChunksMax && has_file()) {
    const FilePtr file = files_.front();
    const std::string& region =
        file->object.region.empty() ? parts_.options.queue.target.region : file->object.region;
    const Result<AwsTarget> target = parts_.settings.target(kS3, region);
    if (!held_.contains(file->message)) {
      // Let go meanwhile.
    } else if (!target || !is_bucket_name(file->object.bucket)) {
      refuse_file(*file, target ? "no name of a bucket" : target.error().text, Outcome::unreadable);
    } else if (file->object.bytes > kSqsFileBytesMax) {
      refuse_file(*file, file_too_long(file->object.bytes, kSqsFileBytesMax), Outcome::unreadable);
    } else if (reserve_for(*file)) {
      fetch(file, *target);
    } else {
      return;
    }
    files_.pop_front();
  }
}

// What is packed leaves room for one of them to be unpacked.
bool SqsRun::reserve_for(File& file) {
  file.asked_bytes = file.object.bytes > 0 ? file.object.bytes : kSqsFileBytesMax;
  if (file_bytes_->taken() > 0 && file_bytes_->taken() + file.asked_bytes > kSqsPackedBytesMax) {
    return false;
  }
  file.share = ByteShare(file_bytes_);
  return file.share.grow_to(file.asked_bytes);
}

// Only as many bytes as there is memory for: the answer says whether there are more.
void SqsRun::fetch(const FilePtr& file, const AwsTarget& target) {
  AwsCall get = s3_call(target, "GET", file->object.bucket, file->object.key);
  get.role = parts_.options.role;
  get.timeout = kFileTimeout;
  get.headers.push_back({"Range", "bytes=0-" + std::to_string(file->asked_bytes - 1)});
  get.response_bytes_max = std::max(file->asked_bytes, kShortAnswerBytesMax);
  ++fetching_;
  parts_.aws.call(std::move(get), [mailbox = mailbox_, this, file](AwsAnswer answer) {
    auto shared = std::make_shared<AwsAnswer>(std::move(answer));
    mailbox->post([this, file, shared] { on_file(file, std::move(*shared)); });
  });
}

void SqsRun::on_file(const FilePtr& file, AwsAnswer answer) {
  --fetching_;
  if (!held_.contains(file->message)) return;
  if (is_elsewhere(file, answer)) return;
  if (answer.ok()) {
    on_fetched(file, std::move(answer));
  } else {
    on_fault(*file, answer);
  }
}

// The bucket is in another region, or the object is longer than its message says: it is asked for
// again.
bool SqsRun::is_elsewhere(const FilePtr& file, const AwsAnswer& answer) {
  S3Object& object = file->object;
  const std::string_view region = answer.response.header("x-amz-bucket-region");
  const auto whole = bytes_of_whole(answer.response.header("Content-Range"));
  if (!answer.ok() && !file->knows_region && !region.empty() && region != object.region) {
    object.region = region;
    file->knows_region = true;
  } else if (answer.ok() && whole && *whole > file->asked_bytes) {
    object.bytes = *whole;
  } else {
    return false;
  }
  file->share = {};
  files_.push_back(file);
  return true;
}

void SqsRun::on_fetched(const FilePtr& file, AwsAnswer answer) {
  std::string packed = std::move(answer.response.body);
  if (!packed.starts_with("\x1f\x8b")) {
    return refuse_file(*file, "not valid gzip", Outcome::unreadable);
  }
  if (const size_t bytes = announced_bytes(packed); bytes > kEventDocumentBytesMax) {
    return refuse_file(*file, "unpacked, " + file_too_long(bytes, kEventDocumentBytesMax),
                       Outcome::unreadable);
  }
  packed.shrink_to_fit();
  file->share.shrink_to(packed.size());
  Part part{.message = file->message,
            .chunk = {.source = parts_.name, .place = place_of_object(file->object)}};
  part.bytes = packed.capacity() + inflated_room(packed, kEventDocumentBytesMax);
  part.chunk.share = std::move(file->share);
  part.chunk.unpacking = std::make_unique<FileUnpacking>(std::move(packed), file_bytes_);
  fetched_.push_back(std::move(part));
}

// A file that is gone stays gone. What a person must act on may pass days later, and what passes by
// itself soon; the ledger knows of the one, and the log of the other.
void SqsRun::on_fault(const File& file, const AwsAnswer& answer) {
  constexpr int kRangeNotSatisfiable = 416;
  if (answer.status == kRangeNotSatisfiable) {
    return refuse_file(file, "it is empty", Outcome::unreadable);
  }
  if (answer.fault == AwsFault::missing) {
    return refuse_file(file, answer.text(), Outcome::unreadable);
  }
  log_warn(
      "a file that a message names cannot be fetched; its message goes back to its queue",
      {{"source", parts_.name}, {"file", place_of_object(file.object)}, {"reason", answer.text()}});
  if (may_pass_later(answer.fault)) return settle_part(file.message, Outcome::later);
  if (told_.size() >= kSqsToldKept) told_.clear();
  if (!told_.insert(place_of_object(file.object)).second) {
    return settle_part(file.message, Outcome::later);
  }
  refuse_file(file, answer.text(), Outcome::later);
}

// The ledger is to know of it.
void SqsRun::refuse_file(const File& file, std::string why, Outcome outcome) {
  events_.push_back({.message = file.message,
                     .chunk = {.source = parts_.name,
                               .place = place_of_object(file.object),
                               .unreadable = "cannot be read: " + std::move(why)},
                     .outcome = outcome});
}

}  // namespace statewire
