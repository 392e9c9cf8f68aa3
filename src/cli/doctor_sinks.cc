// Sinks: whether their hosts and folders are there; or, where that is wanted, whether they take an
// example.
#include <unistd.h>

#include <filesystem>

#include "cli/doctor.h"
#include "cli/try_sink.h"
#include "config/read_file.h"
#include "net/http_client.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr std::string_view kHowToTry = "not tried: `statewire doctor --send` sends an example";

// What may be shown of the address of a sink: its origin; empty where it has none.
std::string origin_of(const Node& sink) {
  std::string address;
  if (const Node url = sink.find("url")) address = url.text();
  if (const Node file = sink.find("url_file")) {
    Result<std::string> content = read_file(file.file_path(), kSecretBytesMax);
    if (content) address = *std::move(content);
    while (!address.empty() && address.back() <= ' ') address.pop_back();
  }
  const Result<Url> parsed = parse_url(address);
  return parsed ? parsed->origin() : std::string();
}

// Any answer will do: its own address is asked by nobody but a delivery.
void look_at_host(const std::string& what, const std::string& origin, Findings& findings) {
  HttpRequest request{.method = "HEAD", .url = origin + "/"};
  request.timeout = std::chrono::seconds(10);
  const Result<HttpResponse> response = fetch(request);
  if (response) return findings.well(what, origin + " answers");
  findings.wrong(what, origin + ": " + response.error().text,
                 "look at the address, the network, the proxy and the certificates");
}

void look_at_folder(const std::string& what, const std::string& path, Findings& findings) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return findings.well(what, path);
  findings.wrong(what, folder.string() + " cannot be written by this user",
                 "make the folder, or let this user write there");
}

}  // namespace

void look_at_sinks(const Settings& settings, Findings& findings) {
  for (const Subscription& subscription : settings.subscriptions) {
    const std::string what = "sink " + subscription.name;
    const Node sink = subscription.sink.value_or(Node());
    const std::string origin = origin_of(sink);
    if (!origin.empty()) {
      look_at_host(what, origin, findings);
    } else if (subscription.sink_kind == "file") {
      look_at_folder(what, sink.find("path").file_path(), findings);
    } else if (subscription.sink_kind == "stdout") {
      findings.well(what, "standard output");
    } else {
      findings.not_tried(what, kHowToTry);
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
