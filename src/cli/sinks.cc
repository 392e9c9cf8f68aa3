// The configured sinks, and one delivery to one of them. A subscription has one sink, which goes
// by its name.
#include <future>
#include <optional>
#include <thread>

#include "base/ids.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/config_at_hand.h"
#include "cli/list.h"
#include "format/example_notification.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr ListColumn kSinkColumns[] = {
    {.title = "sink", .path = "name"},
    {.title = "kind", .path = "kind"},
    {.title = "format", .path = "format"},
    {.title = "a batch", .path = "limits.batch_deliveries", .align = Align::right},
    {.title = "in flight", .path = "limits.in_flight", .align = Align::right},
    {.title = "pace", .path = "limits.pace", .align = Align::right},
    {.title = "what it does", .path = "summary"},
};

void write_sinks(const Settings& settings, JsonWriter& json) {
  json.begin_array();
  for (const Subscription& subscription : settings.subscriptions) {
    const SinkKind& kind = *find_sink_kind(subscription.sink_kind);
    json.begin_object();
    json.text("name", subscription.name);
    json.text("kind", kind.name);
    json.text("format", subscription.format_name);
    json.text("summary", kind.summary);
    json.begin_object("limits");
    json.number("batch_deliveries", kind.limits.batch_deliveries_max);
    json.number("in_flight", kind.limits.in_flight_max);
    if (kind.limits.gather > Duration()) json.text("gather", format_duration(kind.limits.gather));
    if (kind.limits.pace > Duration()) json.text("pace", format_duration(kind.limits.pace));
    json.end_object();
    json.end_object();
  }
  json.end_array();
}

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

// All clients run until the sink has answered: AWS's looks for credentials while HTTP's sends.
Attempt deliver_once(Sink& sink, const Delivery& delivery, ConfigAtHand& config) {
  std::promise<Attempt> answer;
  sink.deliver({&delivery, 1},
               [&](std::vector<Attempt> attempts) { answer.set_value(std::move(attempts.at(0))); });
  const std::jthread sending([&] { config.http.run(); });
  const std::jthread looking([&] { config.aws.run(); });
  const std::jthread mailing([&] { config.mail.run(); });
  Attempt attempt = answer.get_future().get();
  config.aws.stop();
  config.mail.stop();
  config.http.stop();
  return attempt;
}

// Where it went, as the configuration says it; of a secret address only the host, or the file that
// it stands in.
std::string destination_of(const Subscription& subscription) {
  if (!subscription.sink) return {};
  const Node& sink = *subscription.sink;
  for (const char* key : {"to", "path", "queue", "topic", "bucket", "bus", "function"}) {
    if (const Node place = sink.find(key); place && place.is_scalar()) return place.text();
  }
  if (const Node file = sink.find("url_file")) return "the address in " + file.text();
  const Node url = sink.find("url");
  if (!url) return {};
  const Result<Url> parsed = parse_url(url.text());
  return parsed ? parsed->origin() : std::string();
}

void tell(const Subscription& subscription, const Attempt& attempt, Terminal& terminal) {
  const bool is_delivered = attempt.verdict == Verdict::delivered;
  const std::string destination = destination_of(subscription);
  std::string line =
      subscription.name + " (" + subscription.format_name + " to " + subscription.sink_kind;
  line += (destination.empty() ? "" : ", ") + destination + "): ";
  line += terminal.tinted(name_of(attempt.verdict), is_delivered ? Tint::good : Tint::bad);
  if (!attempt.detail.empty()) line += ", " + attempt.detail;
  if (attempt.retry_after > Duration()) {
    line += ", again after " + format_duration(attempt.retry_after);
  }
  terminal.write(line + "\n");
}

void write_attempt(const Subscription& subscription, const Attempt& attempt, JsonWriter& json) {
  json.begin_object();
  json.text("name", subscription.name);
  json.text("kind", subscription.sink_kind);
  json.text("format", subscription.format_name);
  json.known_text("destination", destination_of(subscription));
  json.text("verdict", name_of(attempt.verdict));
  if (attempt.status != 0) json.number("status", attempt.status);
  json.known_text("detail", attempt.detail);
  json.end_object();
  json.end_line();
}

// Its place in the settings; nothing, and a complaint, where there is no such subscription.
std::optional<size_t> find_sink(const Settings& settings, const std::string& name,
                                Terminal& terminal) {
  std::vector<std::string_view> names;
  for (size_t i = 0; i < settings.subscriptions.size(); ++i) {
    if (settings.subscriptions[i].name == name) return i;
    names.push_back(settings.subscriptions[i].name);
  }
  const std::string_view near = nearest(name, names);
  terminal.complain("there is no sink \"" + name + "\"" +
                    (near.empty() ? "; `statewire sinks` lists them"
                                  : "; did you mean \"" + std::string(near) + "\"?"));
  return std::nullopt;
}

}  // namespace

ExitCode run_sinks(const Invocation& invocation, Terminal& terminal) {
  const std::unique_ptr<ConfigAtHand> config = load_config(invocation, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  const Result<Reply> reply =
      Reply::parse(json_of([&](JsonWriter& json) { write_sinks(*config->settings, json); }));
  CHECK(reply.ok());
  ListWriter list(terminal, output_form(invocation), kSinkColumns);
  list.add(items_at(reply->root(), ""));
  list.finish("no subscription is configured, and so no sink");
  return ExitCode::well;
}

ExitCode run_sinks_test(const Invocation& invocation, Terminal& terminal) {
  const std::unique_ptr<ConfigAtHand> config = load_config(invocation, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  const Settings& settings = *config->settings;
  const std::optional<size_t> place = find_sink(settings, invocation.text("NAME"), terminal);
  if (!place) return ExitCode::usage;
  const Subscription& subscription = settings.subscriptions[*place];
  const Time now = config->clock.now();
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
                            .first_attempt = now};
    attempt = deliver_once(*settings.sinks[*place], delivery, *config);
  } else {
    attempt.detail = "not rendered: " + rendered.error().text;
  }
  if (invocation.text("--output") == "json") {
    terminal.write(json_of([&](JsonWriter& json) { write_attempt(subscription, attempt, json); }));
  } else {
    tell(subscription, attempt, terminal);
  }
  return attempt.verdict == Verdict::delivered ? ExitCode::well : ExitCode::failed;
}

}  // namespace statewire
