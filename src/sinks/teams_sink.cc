// Posts each delivery to Microsoft Teams, by an incoming webhook or a workflow. Reads the messages
// of the format `teams`. Sends four a second, as Teams allows.
// https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
#include <charconv>

#include "sinks/json_post.h"
#include "sinks/kinds.h"

namespace statewire {
namespace {

// Teams answers 200 also where the message went nowhere, and tells the real status in the text:
// "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429".
int status_in(std::string_view body) {
  constexpr std::string_view kBefore = "returned HTTP error ";
  const size_t at = body.find(kBefore);
  if (at == std::string_view::npos) return 0;
  body.remove_prefix(at + kBefore.size());
  int status = 0;
  std::from_chars(body.data(), body.data() + body.size(), status);
  return status;
}

// It failed, whatever the status that it names.
constexpr int kFailedSomehow = 500;

Attempt judge_teams(const Result<HttpResponse>& response, Time now) {
  const int told = response && response->status == 200 ? status_in(response->body) : 0;
  HttpResponse meant;
  if (told != 0) {
    meant = *response;
    meant.status = told >= 300 && told < 600 ? told : kFailedSomehow;
  }
  Attempt attempt =
      told != 0 ? attempt_for(meant, now) : attempt_for_service(response, now, "Teams");
  // The webhook or workflow was removed: a person can make it again.
  if (attempt.status == 404 || attempt.status == 410) attempt.verdict = Verdict::unavailable;
  return attempt;
}

std::unique_ptr<Sink> open_teams(MapReader& keys, SinkContext& context) {
  return open_chat_sink(keys, context, judge_teams);
}

}  // namespace

const SinkKind teams_sink_kind{
    .name = "teams",
    .summary = "post each delivery to Microsoft Teams",
    .limits = {.batch_deliveries_max = 1,
               .in_flight_max = 1,
               .per_hour_max = 60,
               .pace = std::chrono::milliseconds(250)},
    .open = open_teams,
};

}  // namespace statewire
