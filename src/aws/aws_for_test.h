// For tests: surroundings of their own, and a service on the loopback that answers as it is told.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "aws/surroundings.h"
#include "net/loopback_for_test.h"

namespace statewire {

// A home folder and an environment, of which nothing is the machine's.
class AwsHome {
 public:
  AwsHome() {
    std::string folder = (std::filesystem::temp_directory_path() / "statewire-aws-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    variables_["HOME"] = folder_;
    variables_["AWS_EC2_METADATA_DISABLED"] = "true";
  }
  AwsHome(const AwsHome&) = delete;
  ~AwsHome() { std::filesystem::remove_all(folder_); }

  void set(const std::string& name, const std::string& value) { variables_[name] = value; }
  void unset(const std::string& name) { variables_.erase(name); }
  // Below the home folder.
  std::string write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = std::filesystem::path(folder_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }
  const std::string& folder() const { return folder_; }

  // As the variables are now.
  AwsSurroundings surroundings() const {
    AwsSurroundings result;
    result.environment = [variables = variables_](const std::string& name) {
      const auto found = variables.find(name);
      return found == variables.end() ? std::optional<std::string>() : found->second;
    };
    return result;
  }

 private:
  std::string folder_;
  std::map<std::string, std::string> variables_;
};

struct SeenRequest {
  std::string method;
  std::string target;
  std::string body;
  std::map<std::string, std::string> headers;  // Those that tests look at; lower case.
};

class FakeAws {
 public:
  using Answer = std::function<HttpServerResponse(const SeenRequest&)>;

  explicit FakeAws(Answer answer)
      : answer_(std::move(answer)),
        server_([this](HttpServerRequest&& request, HttpResponder responder) {
          responder.respond(take(request));
        }) {
    server_.start();
  }

  std::string url() const {
    std::string url = server_.url("");
    return url;
  }
  std::vector<SeenRequest> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  HttpServerResponse take(const HttpServerRequest& request) {
    SeenRequest seen{.method = std::string(request.head.method()),
                     .target = std::string(request.head.target()),
                     .body = request.body,
                     .headers = {}};
    for (const char* name :
         {"host", "authorization", "x-amz-target", "x-amz-date", "x-amz-security-token",
          "content-type", "x-aws-ec2-metadata-token", "x-amz-sso_bearer_token",
          "x-amz-invocation-type", "content-encoding", "range"}) {
      seen.headers[name] = std::string(request.head.header(name));
    }
    const std::lock_guard lock(mutex_);
    seen_.push_back(seen);
    return answer_(seen);
  }

  std::mutex mutex_;
  const Answer answer_;  // One request at a time.
  std::vector<SeenRequest> seen_;
  LoopbackServer server_;
};

inline HttpServerResponse json_answer(int status, std::string body) {
  return {.status = status,
          .content_type = "application/x-amz-json-1.0",
          .headers = {},
          .body = std::move(body)};
}

inline std::string sts_credentials(const std::string& action, const std::string& key,
                                   const std::string& expires = "2030-01-01T00:00:00Z") {
  return "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action +
         "Result><Credentials><AccessKeyId>" + key + "</AccessKeyId><SecretAccessKey>secret-of-" +
         key + "</SecretAccessKey><SessionToken>token-of-" + key + "</SessionToken><Expiration>" +
         expires + "</Expiration></Credentials></" + action + "Result></" + action + "Response>";
}

}  // namespace statewire
