// Where states of Terraform lie: files of this machine, a bucket of S3, or behind HTTP.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "aws/client.h"
#include "base/result.h"
#include "config/secret.h"
#include "net/http_client.h"

namespace statewire {

// What a state is known by: another mark means that it was written since.
using StateMarks = std::map<std::string, std::string, std::less<>>;

struct StateText {
  std::string text;
  std::string mark;
  Time written;  // Time(): nobody knows.
};

// Not thread-safe. Blocks for as long as files or calls take.
class StatePlace {
 public:
  virtual ~StatePlace() = default;
  // The states that are there now, by their paths. An error where nobody can tell, and where one
  // that is named, and not by a pattern, is not there: what it declared is as it was then.
  virtual Result<StateMarks> look() = 0;
  // One of them, whole. `unavailable`: somebody writes it, which passes by itself.
  virtual Result<StateText> read(const std::string& path) = 0;
  // To look or to read costs a call, which may take long: who has something else to do does not
  // wait for it, and what has the same mark as before is not read again.
  virtual bool is_far() const = 0;
};

// Of paths and keys: what has one of these is a pattern.
inline constexpr std::string_view kOfPatterns = "*?[";
inline constexpr std::string_view kNoStateText = "no state is there";

// `pattern`: a path, or a pattern as glob(3) has them.
std::unique_ptr<StatePlace> states_in_files(std::string pattern);

// "s3://BUCKET/KEY"; in the key, `*`, `?` and `[…]` are a pattern, of which none passes a "/".
struct S3StatePattern {
  std::string bucket;
  std::string key;
};
// bad_input says what is wrong with it.
Result<S3StatePattern> parse_s3_states(std::string_view text);

// Its marks are ETags. S3 puts an object whole or not at all, so that no half of a state is seen,
// and no lock asked for. Borrows `aws`. Once `stop` is requested no call is waited for.
std::unique_ptr<StatePlace> states_in_s3(S3StatePattern pattern, AwsRole role, AwsClient& aws,
                                         std::stop_token stop);

struct HttpStateAddress {
  std::string url;    // May hold a token.
  std::string shown;  // The same without query; what it is called.
  std::string user;   // Empty: none is told.
  Secret password;
};
// bad_input says what is wrong with it, and shows nothing of it.
Result<HttpStateAddress> parse_http_state(std::string_view text);

// One state, as Terraform's backend `http` keeps it. Its mark is its ETag, or where the server has
// none what it says. Borrows `http`. Once `stop` is requested no answer is waited for.
std::unique_ptr<StatePlace> state_behind_http(HttpStateAddress address, HttpClient& http,
                                              std::stop_token stop);

}  // namespace statewire
