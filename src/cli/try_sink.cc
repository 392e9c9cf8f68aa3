#include "cli/try_sink.h"

#include <future>
#include <thread>

#include "base/ids.h"
#include "format/example_notification.h"

namespace statewire {
namespace {

// No account has this number, and no instance this id.
constexpr std::string_view kTestAccount = "000000000000";
constexpr std::string_view kTestId = "arn:aws:ec2:eu-west-1:000000000000:instance/i-statewire-test";
constexpr std::string_view kTestType = "[TEST] EC2 instance";
constexpr std::string_view kTestName = "statewire-sinks-test";
constexpr Tag kTestTags[] = {{"Name", kTestName}, {"team", "shop"}};

// Nobody is to take it for news: every text of it that a person reads says what it is.
Notification test_notification(const Settings& settings, const Subscription& subscription,
                               Time now) {
  Notification notification = example_notification();
  notification.resource.id = kTestId;
  notification.resource.type = kTestType;
  notification.tags = kTestTags;
  notification.resource.account = kTestAccount;
  notification.subscription = subscription.name;
  notification.why = "somebody tests this sink";
  notification.origin.id = notification.cause.evidence = kTestName;
  notification.instance = settings.instance;
  notification.source = "sinks-test";
  notification.name = notification.resource.name = kTestName;
  notification.time = now;
  notification.recorded = now;
  notification.previous.since = now - std::chrono::seconds(14);
  const std::string time = format_time(now);
  notification.id.bytes = hash128("sinks test", {settings.instance, time});
  return notification;
}

Attempt deliver_once(Sink& sink, const Delivery& delivery, ConfigAtHand& config) {
  std::promise<Attempt> answer;
  sink.deliver({&delivery, 1},
               [&](std::vector<Attempt> attempts) { answer.set_value(std::move(attempts.at(0))); });
  Attempt attempt;
  run_clients(config, [&] { attempt = answer.get_future().get(); });
  return attempt;
}

}  // namespace

void run_clients(ConfigAtHand& config, const std::function<void()>& wait) {
  const std::jthread sending([&] { config.http.run(); });
  const std::jthread looking([&] { config.aws.run(); });
  const std::jthread mailing([&] { config.mail.run(); });
  wait();
  config.aws.stop();
  config.mail.stop();
  config.http.stop();
}

std::vector<PlaceReport> ask_places(ConfigAtHand& config) {
  const auto& sinks = config.settings->sinks;
  std::vector<std::promise<PlaceReport>> answers(sinks.size());
  for (size_t i = 0; i < sinks.size(); ++i) {
    sinks[i]->ask_place(
        [&answer = answers[i]](PlaceReport report) { answer.set_value(std::move(report)); });
  }
  std::vector<PlaceReport> reports;
  run_clients(config, [&] {
    for (std::promise<PlaceReport>& answer : answers) reports.push_back(answer.get_future().get());
  });
  return reports;
}

Attempt try_sink(ConfigAtHand& config, size_t place) {
  const Settings& settings = *config.settings;
  const Subscription& subscription = settings.subscriptions[place];
  const Time now = config.clock.now();
  const Notification notification = test_notification(settings, subscription, now);
  std::string payload;
  const Result<void> rendered = subscription.format->render(notification, payload);
  Attempt attempt{.verdict = Verdict::reject};
  if (rendered) {
    const std::string id = to_hex(notification.id);
    const Delivery delivery{.id = id,
                            .subscription = subscription.name,
                            .resource = notification.resource.id,
                            .type = "statewire.resource.transition.v1",
                            .content_type = subscription.format->content_type(),
                            .payload = payload,
                            .header = subscription.format->header(),
                            .sequence = notification.sequence,
                            .first_attempt = now,
                            .is_example = true};
    attempt = deliver_once(*settings.sinks[place], delivery, config);
  } else {
    attempt.detail = "not rendered: " + rendered.error().text;
  }
  return attempt;
}

}  // namespace statewire
