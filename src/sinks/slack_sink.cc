// Posts each delivery into a channel of Slack, by an incoming webhook. Reads the messages of the
// format `slack`. Sends one a second, as Slack allows.
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
#include "sinks/json_post.h"
#include "sinks/kinds.h"

namespace statewire {
namespace {

// Slack says "ok", and nothing else. 404 says that the webhook was removed, and 410 that its
// channel is archived: a person can mend both, so that nothing is parked and the subscription does
// not end.
Attempt judge_slack(const Result<HttpResponse>& response, Time now) {
  Attempt attempt = attempt_for(response, now);
  if (attempt.verdict == Verdict::delivered && response->body != "ok") {
    return not_of_service(*response, "Slack");
  }
  if (attempt.status == 404 || attempt.status == 410) attempt.verdict = Verdict::unavailable;
  return attempt;
}

std::unique_ptr<Sink> open_slack(MapReader& keys, SinkContext& context) {
  return open_chat_sink(keys, context, judge_slack);
}

}  // namespace

const SinkKind slack_sink_kind{
    .name = "slack",
    .summary = "post each delivery to a channel of Slack",
    .limits = {.batch_deliveries_max = 1,
               .in_flight_max = 1,
               .per_hour_max = 60,
               .pace = std::chrono::seconds(1)},
    .open = open_slack,
};

}  // namespace statewire
