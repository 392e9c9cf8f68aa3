#include "sinks/place_report.h"

#include "base/limits.h"
#include "base/text.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr Duration kPatience = std::chrono::seconds(10);

std::string cut(const std::string& text) {
  return std::string(cut_utf8(text, kAttemptDetailBytesMax));
}

// Refused to ask, by somebody who knows who asks.
bool is_not_permitted(const AwsAnswer& answer) {
  const std::string_view code = bare_code(answer.code);
  return code.starts_with("AccessDenied") || code.starts_with("AuthorizationError") ||
         code.starts_with("NotAuthorized") || code.starts_with("UnauthorizedOperation");
}

PlaceReport report_of(const AwsAnswer& answer, const std::string& what) {
  if (answer.ok()) return {.state = PlaceState::well, .detail = what + " is there"};
  if (is_not_permitted(answer)) {
    return {.state = PlaceState::unknown,
            .detail = cut("may not ask whether " + what + " is there (" +
                          std::string(bare_code(answer.code)) + ")")};
  }
  return {.state = PlaceState::wrong,
          .detail = cut(what + ": " + answer.text()),
          .is_unreachable = answer.fault == AwsFault::network};
}

}  // namespace

void ask_host(HttpClient& http, const std::string& url, const ClientTls& tls, PlaceDone done) {
  const Result<Url> parsed = parse_url(url);
  if (!parsed) return done({});
  const std::string origin = parsed->origin();
  HttpRequest request{.method = "HEAD", .url = origin + "/"};
  request.timeout = kPatience;
  request.tls = tls;
  http.send(std::move(request), [origin, done = std::move(done)](const auto& response) {
    done(response ? PlaceReport{.state = PlaceState::well, .detail = origin + " answers"}
                  : PlaceReport{.state = PlaceState::wrong, .detail = cut(response.error().text)});
  });
}

void ask_aws(AwsClient& aws, AwsCall call, std::string what, PlaceDone done) {
  call.timeout = kPatience;
  call.attempts_max = 1;
  aws.call(std::move(call), [what = std::move(what), done = std::move(done)](
                                const AwsAnswer& answer) { done(report_of(answer, what)); });
}

}  // namespace statewire
