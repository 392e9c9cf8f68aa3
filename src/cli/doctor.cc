// Tries everything that a configuration needs, one after the other, and says what to do where it
// does not work.
#include "cli/doctor.h"

#include <sys/timex.h>
#include <unistd.h>

#include <filesystem>

#include "app/check_paths.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/daemon.h"
#include "cli/reply.h"
#include "format/clean_text.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr size_t kWhatWidth = 22;

void look_at_daemon_source(JsonElement source, Findings& findings) {
  const std::string state = text_at(source, "state");
  if (state != "failing" && state != "failed") return;
  findings.wrong("source " + text_at(source, "name"), state + ": " + text_at(source, "reason"),
                 "the daemon goes on trying where it can; `statewire status` shows it");
}

void look_at_daemon_subscription(JsonElement subscription, Findings& findings) {
  const std::string name = text_at(subscription, "name");
  if (is_true_at(subscription, "gone")) {
    findings.wrong("subscription " + name, "its sink is gone (410)",
                   "name another sink, and reload with SIGHUP");
  } else if (text_at(subscription, "circuit") == "open") {
    findings.wrong("subscription " + name,
                   "its circuit is open: " + text_at(subscription, "failing.reason"),
                   "act on the reason; the daemon tries again by itself");
  }
  if (const uint64_t parked = number_at(subscription, "parked"); parked > 0) {
    findings.doubtful("subscription " + name, counted(parked, "parked message"),
                      "`statewire parked list --subscription " + name + "` says why");
  }
}

void look_at_daemon(JsonElement status, Findings& findings) {
  findings.well("daemon", "version " + text_at(status, "version") + " serves this store");
  if (const std::string problem = text_at(status, "config.problem"); !problem.empty()) {
    findings.wrong("reload", "the last one failed: " + problem,
                   "correct the configuration, and send SIGHUP again");
  }
  if (is_true_at(status, "disk.refuses_events")) {
    findings.wrong("disk", "the daemon refuses new events", "free space, or lower the retention");
  }
  for (const JsonElement source : items_at(status, "sources")) {
    look_at_daemon_source(source, findings);
  }
  for (const JsonElement subscription : items_at(status, "subscriptions")) {
    look_at_daemon_subscription(subscription, findings);
  }
}

void find_daemon(const std::string& store, Findings& findings) {
  const Result<std::optional<Daemon>> daemon = Daemon::find(store);
  if (!daemon) {
    return findings.wrong("daemon", daemon.error().text,
                          "ask as the user that runs it: its socket is for nobody else");
  }
  if (!*daemon) return findings.not_tried("daemon", "none runs: `statewire run` starts one");
  const Result<std::string> json = (*daemon)->get("/api/v1/status");
  const Result<Reply> status = json ? Reply::parse(*json) : json.error();
  if (status) return look_at_daemon(status->root(), findings);
  findings.wrong("daemon", status.error().text, "look at its log");
}

// The folder itself, or the nearest above it that is there.
fs::path nearest_folder(fs::path path) {
  std::error_code error;
  path = fs::absolute(path, error).lexically_normal();
  while (!path.empty() && !fs::exists(path, error) && path != path.root_path()) {
    path = path.parent_path();
  }
  return path;
}

}  // namespace

void Findings::line(std::string_view mark, Tint tint, std::string_view what,
                    std::string_view detail) {
  std::string text = terminal_.tinted(mark, tint) + std::string(7 - mark.size(), ' ');
  std::string label(what);
  label.resize(std::max(label.size() + 2, kWhatWidth), ' ');
  append_clean(text, label + std::string(detail));
  terminal_.write(text + "\n");
}

void Findings::advice(std::string_view what_to_do) {
  std::string text(7 + kWhatWidth, ' ');
  append_clean(text.append("→ "), what_to_do);
  terminal_.write(text + "\n");
}

void Findings::well(std::string_view what, std::string_view detail) {
  line("well", Tint::good, what, detail);
}

void Findings::wrong(std::string_view what, std::string_view detail, std::string_view what_to_do) {
  ++wrong_;
  line("WRONG", Tint::bad, what, detail);
  advice(what_to_do);
}

void Findings::doubtful(std::string_view what, std::string_view detail,
                        std::string_view what_to_do) {
  line("look", Tint::doubtful, what, detail);
  advice(what_to_do);
}

void Findings::not_tried(std::string_view what, std::string_view how) {
  line("-", Tint::faint, what, how);
}

void look_at_store(const Settings& settings, Findings& findings) {
  const fs::path store(settings.store.path);
  const fs::path folder = nearest_folder(store);
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    findings.wrong("store", folder.string() + " cannot be written by this user",
                   "run as its owner, or: install -d -o USER " + store.string());
  } else if (error) {
    findings.wrong("store", folder.string() + ": " + error.message(), "name another folder");
  } else if (space.available < settings.store.free_bytes_min) {
    findings.wrong("disk",
                   with_thousands(space.available >> 20) + " MiB are free, and " +
                       with_thousands(settings.store.free_bytes_min >> 20) + " are needed",
                   "free space, name another disk, or lower the reserve");
  } else {
    findings.well("store",
                  store.string() + ", " + with_thousands(space.available >> 20) + " MiB free");
  }
  find_daemon(settings.store.path, findings);
}

void look_at_clock(Findings& findings) {
  timex state{};
  const int answer = ::adjtimex(&state);
  const std::string now = format_time(SystemClock().now()).substr(0, 19) + "Z";
  if (answer < 0) return findings.not_tried("clock", "the system does not say how it is kept");
  if (answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0) {
    return findings.well("clock", now + ", kept by time synchronisation");
  }
  findings.doubtful("clock", now + ", and nothing keeps it right",
                    "let systemd-timesyncd or chrony keep it: times decide order and holds");
}

void look_at_files(const Settings& settings, Findings& findings) {
  for (const Node& source : settings.document->root().find("sources").entries()) {
    if (source.find("kind").text() != "file") continue;
    const std::string path = source.find("path").file_path();
    const std::string what = "source " + std::string(source.key());
    const bool is_pattern = path.find_first_of("*?[") != std::string::npos;
    if (is_pattern || ::access(path.c_str(), R_OK) == 0) {
      findings.well(what, path);
    } else {
      findings.wrong(what, path + " cannot be read", "make it, or let this user read it");
    }
  }
}

ExitCode run_doctor(const Invocation& invocation, Terminal& terminal) {
  const std::unique_ptr<ConfigAtHand> config = load_config(invocation, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  const Settings& settings = *config->settings;
  Findings findings(terminal);
  findings.well("configuration", settings.path);
  look_at_store(settings, findings);
  look_at_clock(findings);
  look_at_aws(settings, findings);
  look_at_files(settings, findings);
  if (!invocation.has("--send")) look_at_sinks(settings, findings);
  for (size_t i = 0; invocation.has("--send") && i < settings.subscriptions.size(); ++i) {
    // Each with clients of its own: those of a configuration end with one delivery.
    const std::unique_ptr<ConfigAtHand> again = load_config(invocation, terminal);
    if (again == nullptr || i >= again->settings->sinks.size()) return ExitCode::bad_config;
    send_to_sink(*again, i, findings);
  }
  const size_t wrong = findings.count_wrong();
  terminal.write(wrong == 0 ? "all is well\n" : counted(wrong, "thing") + " to mend\n");
  return wrong == 0 ? ExitCode::well : ExitCode::failed;
}

}  // namespace statewire
