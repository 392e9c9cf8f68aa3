// The configured sinks, and one delivery to one of them. A subscription has one sink, which goes
// by its name.
#include <optional>

#include "base/json_writer.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/config_at_hand.h"
#include "cli/list.h"
#include "cli/try_sink.h"
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
    {.title = "what it does", .path = "summary", .fit = Fit::end, .spare = 1},
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
  return list.finish({.noun = "sink", .if_empty = "no subscription is configured, and so no sink"});
}

ExitCode run_sinks_test(const Invocation& invocation, Terminal& terminal) {
  const std::unique_ptr<ConfigAtHand> config = load_config(invocation, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  const Settings& settings = *config->settings;
  const std::optional<size_t> place = find_sink(settings, invocation.text("NAME"), terminal);
  if (!place) return ExitCode::usage;
  const Subscription& subscription = settings.subscriptions[*place];
  const Attempt attempt = try_sink(*config, *place);
  if (invocation.text("--output") == "json") {
    terminal.write(json_of([&](JsonWriter& json) { write_attempt(subscription, attempt, json); }));
  } else {
    tell(subscription, attempt, terminal);
  }
  return attempt.verdict == Verdict::delivered ? ExitCode::well : ExitCode::failed;
}

}  // namespace statewire
