// States in a bucket: what fails is tried at the next look.
#include <fnmatch.h>

#include "aws/bucket.h"
#include "base/http_date.h"
#include "base/limits.h"
#include "inventory/state_place.h"

namespace statewire {
namespace {

constexpr auto kReadTimeout = std::chrono::minutes(1);
constexpr int kNotFound = 404;

class StateObjects final : public StatePlace {
 public:
  StateObjects(S3StatePattern pattern, AwsRole role, AwsClient& aws, std::stop_token stop)
      : pattern_(std::move(pattern)),
        bucket_(pattern_.bucket, std::move(role), aws, stop),
        stop_(std::move(stop)) {}

  Result<StateMarks> look() override {
    return pattern_.key.find_first_of(kOfPatterns) == std::string::npos ? look_at_one() : list();
  }
  Result<StateText> read(const std::string& path) override;
  bool is_far() const override { return true; }

 private:
  std::string path_of(const std::string& key) const {
    return std::string(kS3Scheme) + pattern_.bucket + "/" + key;
  }
  Result<StateMarks> look_at_one();
  Result<StateMarks> list();

  const S3StatePattern pattern_;
  S3Bucket bucket_;
  const std::stop_token stop_;
};

Result<StateMarks> StateObjects::look_at_one() {
  const Result<AwsAnswer> answer = bucket_.ask({.method = "HEAD", .key = pattern_.key});
  if (!answer) return answer.error();
  if (answer->status == kNotFound) return failed(std::string(kNoStateText));
  if (!answer->ok()) return error_of_s3(*answer);
  return StateMarks{{path_of(pattern_.key), std::string(answer->response.header("ETag"))}};
}

Result<StateMarks> StateObjects::list() {
  StateMarks marks;
  const std::string prefix = pattern_.key.substr(0, pattern_.key.find_first_of(kOfPatterns));
  const Result<void> listed = bucket_.list(prefix, kStatePagesMax, [&](const AwsXml& object) {
    const std::string key = object.text("Key");
    if (::fnmatch(pattern_.key.c_str(), key.c_str(), FNM_PATHNAME) != 0) return;
    marks[path_of(key)] = object.text("ETag");
  });
  return listed ? Result<StateMarks>(std::move(marks)) : Result<StateMarks>(listed.error());
}

Result<StateText> StateObjects::read(const std::string& path) {
  if (stop_.stop_requested()) return unavailable("stopping");
  const Result<AwsAnswer> answer = bucket_.ask({.key = path.substr(path_of("").size()),
                                                .timeout = kReadTimeout,
                                                .answer_bytes_max = kStateBytesMax});
  if (!answer) return answer.error();
  if (!answer->ok()) return error_of_s3(*answer);
  const std::optional<Time> written = parse_http_date(answer->response.header("Last-Modified"));
  if (!written) return failed("S3 does not say when it was written");
  return StateText{.text = answer->response.body,
                   .mark = std::string(answer->response.header("ETag")),
                   .written = *written};
}

}  // namespace

Result<S3StatePattern> parse_s3_states(std::string_view text) {
  const Result<S3Path> path = parse_s3_path(text);
  if (!path || path->key.empty()) {
    return bad_input("wanted s3://BUCKET/KEY, such as s3://states/prod/*.tfstate");
  }
  return S3StatePattern{.bucket = path->bucket, .key = path->key};
}

std::unique_ptr<StatePlace> states_in_s3(S3StatePattern pattern, AwsRole role, AwsClient& aws,
                                         std::stop_token stop) {
  return std::make_unique<StateObjects>(std::move(pattern), std::move(role), aws, std::move(stop));
}

}  // namespace statewire
