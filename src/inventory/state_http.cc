// A state behind HTTP, as Terraform's backend `http` has it: GET answers with the state, or with
// 404 or 204 where there is none. To ask is to fetch, so that a look keeps what it was answered
// for the reading that follows; an ETag spares the next look the body.
//
// Nobody who only reads may take a lock, and no method asks for one. A server that refuses to hand
// out what is locked answers 423 or 409.
#include <optional>
#include <stop_token>
#include <utility>

#include "base/base64.h"
#include "base/first_answer.h"
#include "base/http_date.h"
#include "base/ids.h"
#include "base/limits.h"
#include "inventory/state_place.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr auto kTimeout = std::chrono::minutes(1);

class StateBehindHttp final : public StatePlace {
 public:
  StateBehindHttp(HttpStateAddress address, HttpClient& http, std::stop_token stop)
      : address_(std::move(address)), http_(http), stop_(std::move(stop)) {}

  Result<StateMarks> look() override;
  Result<StateText> read(const std::string& path) override;
  bool is_far() const override { return true; }

 private:
  Result<HttpResponse> get(std::string_view known);
  Result<void> fetch(bool is_wanted);

  const HttpStateAddress address_;
  HttpClient& http_;
  const std::stop_token stop_;
  std::string mark_;               // Of the state that was answered last.
  std::string etag_;               // Of the same.
  Time looked_;                    // When that was, by the server's clock; Time(): it is not known.
  Time written_;                   // Of the same.
  std::string read_;               // The mark of what was read last.
  std::optional<StateText> text_;  // Fetched, and not read yet.
};

Result<HttpResponse> StateBehindHttp::get(std::string_view known) {
  HttpRequest request{.url = address_.url, .timeout = kTimeout};
  request.response_bytes_max = kStateBytesMax;
  if (!address_.user.empty()) {
    request.headers.push_back(
        {"Authorization",
         "Basic " + base64_encoded(address_.user + ":" + address_.password.reveal())});
  }
  if (!known.empty()) request.headers.push_back({"If-None-Match", std::string(known)});
  const auto first = std::make_shared<FirstAnswer<Result<HttpResponse>>>();
  const std::stop_callback on_stop(stop_, [&] { first->tell(unavailable("stopping")); });
  http_.send(std::move(request),
             [first](Result<HttpResponse> answer) { first->tell(std::move(answer)); });
  return first->wait();
}

// What was read already is fetched again only where it is wanted.
Result<void> StateBehindHttp::fetch(bool is_wanted) {
  Result<HttpResponse> answer = get(is_wanted ? std::string_view() : etag_);
  if (!answer) return answer.error();
  const Time now = parse_http_date(answer->header("Date")).value_or(Time());
  switch (answer->status) {
    case 304:
      if (is_wanted || etag_.empty()) return failed("http 304 to who has nothing");
      looked_ = now;
      return {};
    case 204:
    case 404:
      return failed(std::string(kNoStateText));
    case 409:
    case 423:
      return unavailable("it is locked");
    case 200:
      break;
    default:
      return failed("http " + std::to_string(answer->status));
  }
  etag_ = answer->header("ETag");
  std::string mark = etag_.empty() ? std::to_string(hash64(answer->body)) : etag_;
  // Where the server does not say when it was written, it was after the last look that saw another:
  // then no change by hand is taken for one that the run has ended. Of the first that is seen,
  // nobody knows.
  const std::optional<Time> modified = parse_http_date(answer->header("Last-Modified"));
  if (modified || mark != mark_) written_ = modified.value_or(looked_);
  looked_ = now;
  mark_ = mark;
  text_.reset();
  if (mark == read_ && !is_wanted) return {};
  text_ = StateText{.text = std::move(answer->body), .mark = std::move(mark), .written = written_};
  return {};
}

Result<StateMarks> StateBehindHttp::look() {
  if (Result<void> fetched = fetch(false); !fetched) return fetched.error();
  return StateMarks{{address_.shown, mark_}};
}

Result<StateText> StateBehindHttp::read(const std::string&) {
  if (!text_) {
    if (Result<void> fetched = fetch(true); !fetched) return fetched.error();
  }
  StateText text = *std::move(text_);
  text_.reset();
  read_ = text.mark;
  return text;
}

}  // namespace

Result<HttpStateAddress> parse_http_state(std::string_view text) {
  const Result<Url> url = parse_url(text);
  if (!url) return url.error();
  if (!url->user.empty() || !url->password.empty()) {
    return bad_input("`user` and `password` are keys of their own, and not in the URL");
  }
  return HttpStateAddress{
      .url = std::string(text), .shown = url->origin() + url->path, .user = {}, .password = {}};
}

std::unique_ptr<StatePlace> state_behind_http(HttpStateAddress address, HttpClient& http,
                                              std::stop_token stop) {
  return std::make_unique<StateBehindHttp>(std::move(address), http, std::move(stop));
}

}  // namespace statewire
