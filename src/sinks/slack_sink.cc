// Posts each delivery into a channel of Slack, by an incoming webhook. Reads the messages of the
// format `slack`. Sends one a second, as Slack allows.
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
#include <algorithm>

#include "sinks/json_post.h"
#include "sinks/kinds.h"

namespace statewire {
namespace {

// "no_service", "invalid_payload"
bool is_error_word(std::string_view text) {
  return text.find('_') != text.npos &&
         std::ranges::all_of(text, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); });
}

// Slack says "ok", and those that speak its language something else; a page is of none of them. 404
// says that the webhook was removed, and 410 that its channel is archived: a person can mend both,
// so that nothing is parked and the subscription does not end.
Attempt judge_slack(const Result<HttpResponse>& response, Time now) {
  Attempt attempt = attempt_for_service(response, now, "Slack");
  if (attempt.verdict == Verdict::delivered && is_error_word(response->body)) {
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
