#include "sinks/slack_sink.h"

#include "sinks/json_post.h"

namespace statewire {
namespace {

// 404 says that the webhook was removed, and 410 that its channel is archived: a person can mend
// both, so that nothing is parked and the subscription does not end.
Attempt judge_slack(const Result<HttpResponse>& response, Time now) {
  Attempt attempt = attempt_for(response, now);
  if (attempt.status == 404 || attempt.status == 410) attempt.verdict = Verdict::unavailable;
  return attempt;
}

class SlackSink final : public Sink {
 public:
  SlackSink(JsonPost::Target target, SinkContext& context) : post_(std::move(target), context) {}

  void deliver(std::span<const Delivery> batch, Completion done) override {
    CHECK(batch.size() == 1);
    post_.send(std::string(batch.front().payload), std::move(done));
  }

 private:
  JsonPost post_;
};

std::unique_ptr<Sink> open_slack(MapReader& keys, SinkContext& context) {
  const std::optional<std::string> url = required_https_url(keys);
  const Duration timeout = read_timeout(keys);
  if (!url) return nullptr;
  return std::make_unique<SlackSink>(
      JsonPost::Target{.url = *url, .secret = {}, .timeout = timeout, .judge = judge_slack},
      context);
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
