// What a subscription would have sent, as the configuration has it now: nothing is sent.
#include <algorithm>

#include "base/since.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/config_at_hand.h"
#include "cli/list.h"
#include "sinks/sink.h"

namespace statewire {
namespace {

constexpr std::string_view kTestSince = "7d";

Cell show_trial_severity(JsonElement kind) {
  const std::string severity = text_at(kind, "severity");
  return {severity, tint_of_severity(severity)};
}

constexpr ListColumn kTrialColumns[] = {
    {.title = "count", .path = "count", .align = Align::right},
    {.title = "kind", .path = "kind", .fit = Fit::end},
    {.title = "severity", .path = "severity", .show = show_trial_severity, .spare = 1},
    {.title = "the newest", .path = "example", .fit = Fit::end, .spare = 2},
};

uint64_t limit_of(const Subscription& subscription) {
  const SinkKind* const kind = find_sink_kind(subscription.sink_kind);
  return subscription.per_hour.value_or(kind == nullptr ? 0 : kind->limits.per_hour_max);
}

std::string trial_summary(JsonElement trial, const std::string& name) {
  const uint64_t digests = number_at(trial, "digests");
  const uint64_t told = number_at(trial, "notifications");
  std::string text = name + " would have sent " + counted(number_at(trial, "messages"), "message");
  if (digests > 0) {
    text += " (with " + counted(digests, "digest") + " of " +
            with_thousands(number_at(trial, "counted")) + " more, each announced when it begins)";
  }
  if (const uint64_t groups = number_at(trial, "groups"); groups > 0) {
    text += " (" + with_thousands(groups) + " for deployments, of " +
            counted(number_at(trial, "grouped"), "notification") + ")";
  }
  text += " for " + counted(told, "notification");
  const std::string since = text_at(trial, "since");
  if (since.empty()) return text + ": the store has no events of that time";
  return text + " since " + short_time(since);
}

ExitCode show_trial(const Subscription& subscription, const TrialWish& wish, OutputForm form,
                    Client& client, Terminal& terminal) {
  const Result<std::string> json = client.trial(wish);
  const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
  if (!reply) return fail(reply.error(), terminal);
  if (form == OutputForm::json) {
    terminal.write_data(*json + "\n");
    return ExitCode::well;
  }
  if (is_table(form)) {
    terminal.write(trial_summary(reply->root(), subscription.name) + "; nothing was sent\n");
  }
  const std::vector<JsonElement> kinds = items_at(reply->root(), "kinds");
  if (kinds.empty()) return ExitCode::failed;
  if (is_table(form)) terminal.write("\n");
  ListWriter list(terminal, form, kTrialColumns);
  list.add(kinds);
  return list.finish({.noun = "kind"});
}

}  // namespace

ExitCode run_test(const Invocation& invocation, Terminal& terminal) {
  const std::unique_ptr<ConfigAtHand> config =
      load_config_part(invocation, ConfigPart::rules, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  const std::string name = invocation.text("SUBSCRIPTION");
  const std::vector<Subscription>& all = config->settings->subscriptions;
  const auto subscription = std::ranges::find(all, name, &Subscription::name);
  if (subscription == all.end()) {
    std::vector<std::string_view> names;
    for (const Subscription& each : all) names.push_back(each.name);
    const std::string_view near = nearest(name, names);
    terminal.complain("there is no subscription \"" + name + "\"" +
                      (near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?"));
    return ExitCode::usage;
  }
  const Time now = config->clock.now();
  TrialWish wish{.when_json = subscription->when_json,
                 .hold = subscription->hold,
                 .grouping = subscription->grouping,
                 .per_hour = limit_of(*subscription)};
  wish.since = parse_since(invocation.text("--since", kTestSince), now);
  if (invocation.has("--until")) wish.until = parse_since(invocation.text("--until"), now);
  if (!wish.since || (invocation.has("--until") && !wish.until)) {
    terminal.complain("--since and --until want " + std::string(kSinceForms));
    return ExitCode::usage;
  }
  return with_client(invocation, terminal, Access::explain, [&](Client& client) {
    return show_trial(*subscription, wish, output_form(invocation), client, terminal);
  });
}

}  // namespace statewire
