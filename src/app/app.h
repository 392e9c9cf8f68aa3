// The daemon: owns all parts, starts and stops them in order, reloads.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "app/settings.h"
#include "base/result.h"

namespace statewire {

// How far a source is that comes to an end.
struct SourceProgress {
  std::string name;
  Progress bytes;
  uint64_t events = 0;  // Committed, whatever their fates, now and by earlier runs.
  bool is_over = false;
};

struct AppOptions {
  std::string config_path;
  std::string version;  // "0.1.0"
  // Called on the main thread, once, when everything runs.
  std::function<void(const Settings& settings, uint16_t port, size_t catalog_entries)> on_ready =
      [](const Settings&, uint16_t, size_t) {};
  // Called on the main thread a few times a second while sources run that come to an end, and
  // once more when the last of them did.
  std::function<void(std::span<const SourceProgress>)> on_progress =
      [](std::span<const SourceProgress>) {};
};

// From now on the signals that run_app() looks at wait for it: one that comes before does not end
// the process. REQUIRES: called on the main thread, before any other thread was started.
void hold_signals();

// Runs until SIGTERM or SIGINT; reads the configuration again on SIGHUP, all of it or nothing.
// REQUIRES: called on the main thread, before any other thread was started. bad_input where the
// configuration has errors, which are then in `problems`; other errors are of starting.
Result<void> run_app(AppOptions options, Problems& problems);

}  // namespace statewire
