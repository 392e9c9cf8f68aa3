// Sinks: as far as each can go without sending anything; or, where that is wanted, whether it takes
// an example.
#include "cli/doctor.h"
#include "cli/try_sink.h"

namespace statewire {
namespace {

std::string_view advice_for(std::string_view kind, const PlaceReport& report) {
  if (report.is_unreachable) return "look at the network, the proxy and the endpoint";
  if (kind == "email") return "look at host, port, tls, user and password";
  if (kind == "file") return "make the folder, free space, or let this user write there";
  for (const char* of_aws : {"eventbridge", "lambda", "s3", "ses", "sns", "sqs"}) {
    if (kind != of_aws) continue;
    return "make it, or correct its name and region; `statewire aws whoami` shows who asks";
  }
  return "look at the address, the network, the proxy and the certificates";
}

}  // namespace

void look_at_sinks(ConfigAtHand& config, Findings& findings) {
  const std::vector<PlaceReport> reports = ask_places(config);
  for (size_t i = 0; i < reports.size(); ++i) {
    const Subscription& subscription = config.settings->subscriptions[i];
    const std::string what = "sink " + subscription.name;
    const PlaceReport& report = reports[i];
    switch (report.state) {
      case PlaceState::well:
        findings.well(what, report.detail);
        break;
      case PlaceState::wrong:
        findings.wrong(what, report.detail, advice_for(subscription.sink_kind, report));
        break;
      case PlaceState::unknown:
        findings.not_tried(what, (report.detail.empty() ? "not tried" : report.detail) +
                                     ": `statewire doctor --send` sends an example");
        break;
    }
  }
}

void send_to_sink(ConfigAtHand& config, size_t place, Findings& findings) {
  const Subscription& subscription = config.settings->subscriptions[place];
  const std::string what = "sink " + subscription.name;
  const Attempt attempt = try_sink(config, place);
  const std::string answer =
      std::string(name_of(attempt.verdict)) + (attempt.detail.empty() ? "" : ": " + attempt.detail);
  if (attempt.verdict == Verdict::delivered) return findings.well(what, answer);
  findings.wrong(what, answer, "`statewire sinks test " + subscription.name + "` tries it alone");
}

}  // namespace statewire
