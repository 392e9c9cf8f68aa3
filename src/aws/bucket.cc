// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
#include "aws/bucket.h"

#include <algorithm>

#include "base/percent.h"

namespace statewire {
namespace {

constexpr int kNotFound = 404;

}  // namespace

Result<S3Path> parse_s3_path(std::string_view text) {
  const auto wrong = bad_input("wanted s3://BUCKET/PREFIX");
  if (!text.starts_with(kS3Scheme)) return wrong;
  text.remove_prefix(kS3Scheme.size());
  const size_t slash = std::min(text.find('/'), text.size());
  S3Path path{.bucket = std::string(text.substr(0, slash)),
              .key = std::string(text.substr(std::min(slash + 1, text.size())))};
  return is_bucket_name(path.bucket) ? Result<S3Path>(std::move(path)) : wrong;
}

Error error_of_s3(const AwsAnswer& answer) {
  if (answer.status == kNotFound) return not_found(answer.text());
  // Much of what S3 says passes by itself.
  return may_pass_later(answer.fault) ? unavailable(answer.text()) : failed(answer.text());
}

// A bucket in another region says in which.
Result<AwsAnswer> S3Bucket::ask(const Ask& ask) {
  const Result<AwsSettings> settings = aws_.settings();
  if (!settings) return settings.error();
  // Some region must be asked which one is the bucket's.
  if (region_.empty() && settings->region().empty()) {
    region_ = aws_.region_of_instance();
    if (region_.empty()) {
      return bad_input(
          "no AWS region is known, and no instance says one: export AWS_REGION=REGION, or write "
          "`region = REGION` below [default] in ~/.aws/config. What a unit sets for the daemon is "
          "not set for commands");
    }
  }
  while (true) {
    const Result<AwsTarget> target = settings->target(kS3, region_);
    if (!target) return target.error();
    AwsCall call = s3_call(*target, ask.method, bucket_, ask.key, ask.body);
    call.query = ask.query;
    call.role = role_;
    call.timeout = ask.timeout;
    call.attempts_max = ask.attempts_max;
    call.response_bytes_max = ask.answer_bytes_max;
    AwsAnswer answer = aws_.call_and_wait(std::move(call), stop_);
    const std::string_view region = answer.response.header("x-amz-bucket-region");
    if (answer.ok() || !region_.empty() || !is_region(region) || region == target->region) {
      return answer;
    }
    region_ = region;
  }
}

Result<void> S3Bucket::list(const std::string& prefix, size_t pages_max,
                            const std::function<void(const AwsXml&)>& visit) {
  std::string next;
  for (size_t pages = 0; pages < pages_max; ++pages) {
    // In the order that the signature wants.
    std::string query = next.empty() ? "" : "continuation-token=" + percent_encode(next) + "&";
    query += "list-type=2&prefix=" + percent_encode(prefix);
    const Result<AwsAnswer> answer = ask({.query = std::move(query)});
    if (!answer) return answer.error();
    if (!answer->ok()) return error_of_s3(*answer);
    const Result<AwsXml> page = AwsXml::parse(answer->response.body);
    if (!page) return page.error();
    for (const AwsXml& object : page->all("Contents")) visit(object);
    next = page->text("NextContinuationToken");
    if (next.empty()) return {};
  }
  return failed("too many objects begin with \"" + prefix +
                "\": write more of the key, or name another place");
}

}  // namespace statewire
