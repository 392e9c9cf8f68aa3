// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
#include <fnmatch.h>

#include "aws/queue.h"
#include "aws/xml.h"
#include "base/http_date.h"
#include "base/limits.h"
#include "base/percent.h"
#include "inventory/state_place.h"

namespace statewire {
namespace {

constexpr std::string_view kScheme = "s3://";
constexpr std::string_view kOfPatterns = "*?[";
// Whoever stops the program waits for the call in flight; what fails is tried at the next look.
constexpr auto kLookTimeout = std::chrono::seconds(10);
constexpr auto kReadTimeout = std::chrono::minutes(1);
constexpr int kNotFound = 404;

// Much of what S3 says passes by itself.
Error error_of(const AwsAnswer& answer) {
  return may_pass_later(answer.fault) ? unavailable(answer.text()) : failed(answer.text());
}

class StateObjects final : public StatePlace {
 public:
  StateObjects(S3StatePattern pattern, AwsRole role, AwsClient& aws)
      : pattern_(std::move(pattern)), role_(std::move(role)), aws_(aws) {}

  Result<StateMarks> look() override {
    return pattern_.key.find_first_of(kOfPatterns) == std::string::npos ? look_at_one() : list();
  }
  Result<StateText> read(const std::string& path) override;
  bool is_far() const override { return true; }

 private:
  std::string path_of(const std::string& key) const {
    return std::string(kScheme) + pattern_.bucket + "/" + key;
  }
  Result<AwsAnswer> ask(std::string method, const std::string& key, std::string query);
  Result<StateMarks> look_at_one();
  Result<StateMarks> list();

  const S3StatePattern pattern_;
  const AwsRole role_;
  AwsClient& aws_;
  std::string region_;  // Of the bucket, once an answer told it; empty: where calls usually go.
};

// A bucket in another region says in which.
Result<AwsAnswer> StateObjects::ask(std::string method, const std::string& key, std::string query) {
  const Result<AwsSettings> settings = aws_.settings();
  if (!settings) return settings.error();
  while (true) {
    const Result<AwsTarget> target = settings->target(kS3, region_);
    if (!target) return target.error();
    AwsCall call = s3_call(*target, method, pattern_.bucket, key);
    call.query = query;
    call.role = role_;
    const bool is_look = key.empty() || method == "HEAD";
    call.timeout = is_look ? Duration(kLookTimeout) : Duration(kReadTimeout);
    call.attempts_max = 1;
    call.response_bytes_max = kStateBytesMax;
    AwsAnswer answer = aws_.call_and_wait(std::move(call));
    const std::string_view region = answer.response.header("x-amz-bucket-region");
    if (answer.ok() || !region_.empty() || !is_region(region) || region == target->region) {
      return answer;
    }
    region_ = region;
  }
}

Result<StateMarks> StateObjects::look_at_one() {
  const Result<AwsAnswer> answer = ask("HEAD", pattern_.key, {});
  if (!answer) return answer.error();
  if (answer->status == kNotFound) return StateMarks();
  if (!answer->ok()) return error_of(*answer);
  return StateMarks{{path_of(pattern_.key), std::string(answer->response.header("ETag"))}};
}

Result<StateMarks> StateObjects::list() {
  StateMarks marks;
  const std::string prefix = pattern_.key.substr(0, pattern_.key.find_first_of(kOfPatterns));
  std::string next;
  for (size_t pages = 0; pages < kStatePagesMax; ++pages) {
    // In the order that the signature wants.
    std::string query = next.empty() ? "" : "continuation-token=" + percent_encode(next) + "&";
    query += "list-type=2&prefix=" + percent_encode(prefix);
    const Result<AwsAnswer> answer = ask("GET", "", std::move(query));
    if (!answer) return answer.error();
    if (!answer->ok()) return error_of(*answer);
    const Result<AwsXml> page = AwsXml::parse(answer->response.body);
    if (!page) return page.error();
    for (const AwsXml& object : page->all("Contents")) {
      const std::string key = object.text("Key");
      if (::fnmatch(pattern_.key.c_str(), key.c_str(), FNM_PATHNAME) != 0) continue;
      marks[path_of(key)] = object.text("ETag");
    }
    next = page->text("NextContinuationToken");
    if (next.empty()) return marks;
  }
  return failed("too many objects begin with \"" + prefix +
                "\": write more of the key before its first pattern");
}

Result<StateText> StateObjects::read(const std::string& path) {
  const Result<AwsAnswer> answer = ask("GET", path.substr(path_of("").size()), {});
  if (!answer) return answer.error();
  if (!answer->ok()) return error_of(*answer);
  const std::optional<Time> written = parse_http_date(answer->response.header("Last-Modified"));
  if (!written) return failed("S3 does not say when it was written");
  return StateText{.text = answer->response.body,
                   .mark = std::string(answer->response.header("ETag")),
                   .written = *written};
}

}  // namespace

Result<S3StatePattern> parse_s3_states(std::string_view text) {
  const auto wrong = bad_input("wanted s3://BUCKET/KEY, such as s3://states/prod/*.tfstate");
  if (!text.starts_with(kScheme)) return wrong;
  text.remove_prefix(kScheme.size());
  const size_t slash = text.find('/');
  if (slash == text.npos || slash + 1 == text.size()) return wrong;
  S3StatePattern pattern{.bucket = std::string(text.substr(0, slash)),
                         .key = std::string(text.substr(slash + 1))};
  return is_bucket_name(pattern.bucket) ? Result<S3StatePattern>(std::move(pattern)) : wrong;
}

std::unique_ptr<StatePlace> states_in_s3(S3StatePattern pattern, AwsRole role, AwsClient& aws) {
  return std::make_unique<StateObjects>(std::move(pattern), std::move(role), aws);
}

}  // namespace statewire
