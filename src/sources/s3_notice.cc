#include "sources/s3_notice.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/dom_text.h"
#include "base/percent.h"

namespace statewire {
namespace {

namespace dom = simdjson::dom;

uint64_t number_of(FoundElement found) {
  uint64_t number = 0;
  return found.get_uint64().get(number) == simdjson::SUCCESS ? number : 0;
}

// S3 writes keys in its own notices as forms do.
std::string decoded_key(std::string_view written) {
  std::string key(written);
  std::ranges::replace(key, '+', ' ');
  return percent_decode(key);
}

// The folder below AWSLogs/[<organisation>/]<account>/, which names the service that wrote the
// file. Nothing where there is no such folder.
std::optional<std::string_view> folder_of_service(std::string_view key) {
  constexpr std::string_view kLogs = "AWSLogs/";
  const size_t logs = key.rfind(kLogs);
  if (logs == key.npos || (logs > 0 && key[logs - 1] != '/')) return std::nullopt;
  std::string_view rest = key.substr(logs + kLogs.size());
  const int folders_before = rest.starts_with("o-") ? 2 : 1;
  for (int i = 0; i < folders_before; ++i) {
    rest.remove_prefix(std::min(rest.find('/'), rest.size() - 1) + 1);
    if (rest.empty()) return std::nullopt;
  }
  return rest.substr(0, rest.find('/'));
}

// Digests and insights lie beside them, and the files of Config.
bool is_cloudtrail_file(std::string_view key) {
  if (!key.ends_with(".json.gz")) return false;
  if (const auto folder = folder_of_service(key)) return *folder == "CloudTrail";
  return key.find("/CloudTrail/") != key.npos;
}

void add(S3Object object, std::vector<S3Object>& files) {
  if (is_cloudtrail_file(object.key)) files.push_back(std::move(object));
}

// By "ObjectCreated:Put"; some services write "s3:" before it, and some leave it out.
bool is_created(std::string_view event_name) {
  if (event_name.starts_with("s3:")) event_name.remove_prefix(3);
  return event_name.empty() || event_name.starts_with("ObjectCreated:");
}

void add_records(dom::array records, std::vector<S3Object>& files) {
  for (const dom::element record : records) {
    if (text_of(record["eventSource"]) != "aws:s3" || !is_created(text_of(record["eventName"]))) {
      continue;
    }
    const FoundElement s3 = record["s3"];
    add({.bucket = std::string(text_of(s3["bucket"]["name"])),
         .key = decoded_key(text_of(s3["object"]["key"])),
         .region = std::string(text_of(record["awsRegion"])),
         .bytes = number_of(s3["object"]["size"])},
        files);
  }
}

}  // namespace

std::vector<S3Object> cloudtrail_files_of(dom::object message) {
  std::vector<S3Object> files;
  dom::array items;
  if (!message["Records"].get_array().get(items)) add_records(items, files);
  if (text_of(message["source"]) == "aws.s3" && text_of(message["detail-type"]) == kObjectCreated) {
    const FoundElement detail = message["detail"];
    add({.bucket = std::string(text_of(detail["bucket"]["name"])),
         .key = std::string(text_of(detail["object"]["key"])),
         .region = std::string(text_of(message["region"])),
         .bytes = number_of(detail["object"]["size"])},
        files);
  }
  const std::string_view bucket = text_of(message["s3Bucket"]);
  if (!bucket.empty() && !message["s3ObjectKey"].get_array().get(items)) {
    for (const dom::element key : items) {
      add({.bucket = std::string(bucket), .key = std::string(text_of(key)), .region = {}}, files);
    }
  }
  return files;
}

}  // namespace statewire
