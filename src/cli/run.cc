#include <filesystem>

#include "app/app.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/config_at_hand.h"
#include "cli/elsewhere.h"
#include "cli/progress_line.h"

namespace statewire {
namespace {

// What a person wants to know first. On standard error, as standard output is for sinks; and by way
// of the log, as nothing waits for a person who does not read.
std::string greeting(const Settings& settings, uint16_t port, size_t catalog_entries) {
  const std::string store = std::filesystem::path(settings.store.path).lexically_normal().string();
  const std::string url = url_of(settings.http.listener, port);
  std::string text = "statewire " + std::string(program_version()) + " · store " + store +
                     " · catalog " + with_thousands(catalog_entries) +
                     (catalog_entries == 1 ? " entry · " : " entries · ") +
                     counted(settings.subscriptions.size(), "subscription") + "\n";
  text += "events  POST " + url + "/events     metrics  " + url + "/metrics\n";
  return text;
}

// How commands without --config find what this one runs; empty where they do.
std::string export_hint(const std::string& config_path) {
  std::error_code error;
  const std::string found = find_config("");
  if (!found.empty() && std::filesystem::equivalent(found, config_path, error)) return {};
  return "other commands find it after:  export STATEWIRE_CONFIG=" +
         std::filesystem::absolute(config_path, error).lexically_normal().string() + "\n";
}

// Something to try that is there; of the demo, the event that comes after its day.
std::string example_event(const std::string& config_path) {
  const std::filesystem::path folder = std::filesystem::path(config_path).parent_path();
  for (const char* const name : {"../var/demo-stopped.json", "ec2-stopped.json"}) {
    const std::filesystem::path example = (folder / name).lexically_normal();
    std::error_code error;
    if (std::filesystem::exists(example, error)) return example.string();
  }
  return "EVENT.json";
}

}  // namespace

ExitCode run_daemon(const Invocation& invocation, Terminal& terminal) {
  hold_signals();
  const std::string path = find_config(invocation.text("--config"));
  if (path.empty()) {
    terminal.complain(no_config_text());
    return ExitCode::bad_config;
  }
  AppOptions options;
  options.config_path = path;
  options.version = program_version();
  options.on_ready = [&](const Settings& settings, uint16_t port, size_t catalog_entries) {
    write_to_log(greeting(settings, port, catalog_entries) + export_hint(path) +
                 "serving until Ctrl-C. Try:  statewire resources   statewire ledger   "
                 "statewire explain " +
                 example_event(path) + "\n");
  };
  const SystemClock clock;
  ProgressLine progress(clock.now());
  options.on_progress = [&](std::span<const SourceProgress> sources) {
    if (terminal.streams().err_is_terminal) write_to_log(progress.text(sources, clock.now()));
  };
  Problems problems;
  const Result<void> ran = run_app(std::move(options), problems);
  write_to_log(problems.to_text());
  if (!problems.ok()) return ExitCode::bad_config;
  if (ran) return ExitCode::well;
  write_to_log("statewire: " + ran.error().text + "\n");
  return exit_code_of(ran.error());
}

}  // namespace statewire
