#include "sinks/s3_archive.h"

#include <algorithm>

#include "aws/gzip.h"
#include "aws/queue.h"
#include "aws/xml.h"
#include "base/ids.h"
#include "net/url.h"
#include "sinks/line_writer.h"

namespace statewire {
namespace {

// What was written and not settled is of the last second: two folders around midnight, and few
// objects. More are not looked at; their lines would then be written twice.
constexpr size_t kFoldersMax = 2;
constexpr size_t kObjectsMax = 32;
constexpr size_t kObjectBytesMax = 64 << 20;
constexpr size_t kTextBytesMax = 256 << 20;
constexpr size_t kListMax = 1000;
constexpr Duration kTimeout = std::chrono::minutes(2);

std::string padded(uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(20 - digits.size(), '0') + digits;
}

std::string_view ending_of(std::string_view content_type) {
  if (content_type.find("json") != content_type.npos) return ".jsonl.gz";
  return content_type.find("csv") != content_type.npos ? ".csv.gz" : ".txt.gz";
}

std::string hash_of(std::string_view line) {
  const auto bytes = hash128("archive line", {line});
  return {bytes.begin(), bytes.end()};
}

}  // namespace

S3Archive::S3Archive(S3Place place, AwsClient& aws, const Clock& clock)
    : place_(std::move(place)), aws_(aws), clock_(clock) {}

void S3Archive::deliver(std::span<const Delivery> batch, Completion done) {
  auto own = std::make_shared<Batch>();
  own->deliveries.assign(batch.begin(), batch.end());
  own->done = std::move(done);
  if (knows_end_) return write_on(std::move(own));
  written_.clear();
  written_until_ = 0;
  list_folders(std::move(own), "");
}

std::string S3Archive::root(const Batch& batch) const {
  return place_.prefix + std::string(batch.deliveries.front().subscription) + "/";
}

void S3Archive::call(AwsCall call, std::function<void(AwsAnswer)> done) {
  call.role = place_.place.role;
  call.timeout = kTimeout;
  call.attempts_max = 1;  // The subscription decides when to try again.
  aws_.call(std::move(call), [self = shared_from_this(), done = std::move(done)](AwsAnswer answer) {
    done(std::move(answer));
  });
}

AwsCall S3Archive::list_call(const std::string& prefix, const std::string& after,
                             bool folders) const {
  AwsCall call = s3_call(place_.place.target, "GET", place_.bucket, "");
  call.query = folders ? "delimiter=%2F&" : "";
  call.query +=
      "list-type=2&max-keys=" + std::to_string(kListMax) + "&prefix=" + percent_encode(prefix);
  if (!after.empty()) call.query += "&start-after=" + percent_encode(after);
  return call;
}

// The last folders by date. They come in order, a thousand at a time.
void S3Archive::list_folders(BatchPtr batch, std::string after) {
  call(list_call(root(*batch), after, true), [this, batch](AwsAnswer answer) {
    const Result<AwsXml> xml =
        answer.ok() ? AwsXml::parse(answer.response.body) : bad_input("no answer");
    if (!answer.ok()) return fail(batch, attempt_for(answer));
    if (!xml) return fail(batch, {.verdict = Verdict::retry, .detail = "the list is no XML"});
    const std::string dated = root(*batch) + "dt=";
    for (const AwsXml& folder : xml->all("CommonPrefixes")) {
      const std::string name = folder.text("Prefix");
      if (name.starts_with(dated)) batch->folders.push_back(name);
      if (batch->folders.size() > kFoldersMax) batch->folders.pop_front();
    }
    if (xml->text("IsTruncated") == "true" && !batch->folders.empty()) {
      // Behind all keys of that folder.
      return list_folders(batch, batch->folders.back() + "\x7f");
    }
    list_keys(batch);
  });
}

// In each folder, the objects that may hold what is to be written now: those whose last sequence
// is not before its first.
void S3Archive::list_keys(BatchPtr batch) {
  if (batch->folders.empty()) return read_objects(batch);
  const std::string folder = std::move(batch->folders.front());
  batch->folders.pop_front();
  const std::string after = folder + padded(batch->deliveries.front().sequence - 1) + "~";
  call(list_call(folder, after, false), [this, batch](AwsAnswer answer) {
    const Result<AwsXml> xml =
        answer.ok() ? AwsXml::parse(answer.response.body) : bad_input("no answer");
    if (!answer.ok()) return fail(batch, attempt_for(answer));
    if (!xml) return fail(batch, {.verdict = Verdict::retry, .detail = "the list is no XML"});
    for (const AwsXml& object : xml->all("Contents")) batch->keys.push_back(object.text("Key"));
    list_keys(batch);
  });
}

void S3Archive::read_objects(BatchPtr batch) {
  while (batch->keys.size() > kObjectsMax) batch->keys.pop_back();
  if (batch->keys.empty()) {
    knows_end_ = true;
    return write_on(batch);
  }
  const std::string key = std::move(batch->keys.front());
  batch->keys.pop_front();
  AwsCall get = s3_call(place_.place.target, "GET", place_.bucket, key);
  get.response_bytes_max = kObjectBytesMax;
  call(std::move(get), [this, batch, key](AwsAnswer answer) {
    if (!answer.ok()) return fail(batch, attempt_for(answer));
    const std::string name = key.substr(key.rfind('/') + 1, 20);
    const bool is_number = name.size() == 20 && name.find_first_not_of("0123456789") == name.npos;
    if (is_number) written_until_ = std::max<uint64_t>(written_until_, std::stoull(name));
    remember(answer.response.body);
    read_objects(batch);
  });
}

// What is no archive of lines is none of ours.
void S3Archive::remember(const std::string& body) {
  const Result<std::string> text = gunzip(body, kTextBytesMax);
  if (!text) return;
  std::string_view left = *text;
  while (!left.empty()) {
    const size_t end = std::min(left.find('\n'), left.size());
    written_.insert(hash_of(left.substr(0, end)));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
}

// Until all of the batch is written, or something fails.
void S3Archive::write_on(BatchPtr batch) {
  const std::vector<Delivery>& deliveries = batch->deliveries;
  while (batch->begin < deliveries.size() && !written_.empty()) {
    const Delivery& delivery = deliveries[batch->begin];
    if (delivery.is_redriven || delivery.sequence > written_until_) break;
    std::string line;
    append_line(line, delivery);
    line.pop_back();
    if (!written_.contains(hash_of(line))) break;
    batch->attempts.emplace_back();
    ++batch->begin;
  }
  if (batch->begin < deliveries.size()) return write(batch, end_of_object(*batch));
  if (!deliveries.back().is_redriven && deliveries.back().sequence >= written_until_) {
    written_.clear();
  }
  batch->done(std::move(batch->attempts));
}

// A redriven delivery is of the past, and an object of its own. What was tried before ends where it
// ended then.
size_t S3Archive::end_of_object(const Batch& batch) const {
  const std::vector<Delivery>& deliveries = batch.deliveries;
  size_t end = batch.begin + 1;
  if (deliveries[batch.begin].is_redriven) return end;
  const bool is_repeat = !unsure_.key.empty() &&
                         deliveries[batch.begin].sequence >= unsure_.first &&
                         deliveries[batch.begin].sequence <= unsure_.last;
  while (end < deliveries.size() && !deliveries[end].is_redriven &&
         !(is_repeat && deliveries[end].sequence > unsure_.last)) {
    ++end;
  }
  return end;
}

S3Archive::Range S3Archive::range_of(const Batch& batch, size_t end) const {
  const Delivery& first = batch.deliveries[batch.begin];
  const Delivery& last = batch.deliveries[end - 1];
  if (!first.is_redriven && !unsure_.key.empty() && first.sequence >= unsure_.first &&
      last.sequence <= unsure_.last) {
    return unsure_;
  }
  Range range{.first = first.sequence, .last = last.sequence, .key = root(batch)};
  const std::string ending(ending_of(first.content_type));
  if (first.is_redriven) {
    range.key += "redriven/" + padded(first.sequence) + "-" + std::string(first.id) + ending;
  } else {
    range.key += "dt=" + format_time(clock_.now()).substr(0, 10) + "/" + padded(range.last) + "-" +
                 padded(range.first) + ending;
  }
  return range;
}

void S3Archive::write(BatchPtr batch, size_t end) {
  const Range range = range_of(*batch, end);
  std::string lines;
  append_header(lines, batch->deliveries[batch->begin]);
  for (size_t i = batch->begin; i < end; ++i) append_line(lines, batch->deliveries[i]);
  AwsCall put = s3_call(place_.place.target, "PUT", place_.bucket, range.key, gzipped(lines));
  put.headers = {{"Content-Type", "application/gzip"}};
  if (!batch->deliveries[batch->begin].is_redriven) unsure_ = range;
  call(std::move(put), [this, batch, end](AwsAnswer answer) {
    if (!answer.ok()) return fail(batch, attempt_for(answer));
    if (!batch->deliveries[batch->begin].is_redriven) unsure_ = {};
    batch->attempts.resize(end, Attempt{.status = answer.status});
    batch->begin = end;
    write_on(batch);
  });
}

// What comes behind is not tried: it would leave a hole.
void S3Archive::fail(const BatchPtr& batch, Attempt attempt) const {
  batch->attempts.resize(batch->deliveries.size(), attempt);
  batch->done(std::move(batch->attempts));
}

}  // namespace statewire
