// Runs the configured sources, each on a thread of its own.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "api/live.h"
#include "app/settings.h"
#include "base/mutex.h"

namespace statewire {

class SourceRunner {
 public:
  // Borrows all.
  SourceRunner(std::vector<SourceSetting>& sources, Intake& intake, const Clock& clock);
  ~SourceRunner();

  void start();
  // Asks all to stop, and waits until what they handed over was acknowledged.
  void stop();
  // Any thread.
  std::vector<SourceState> states() const;
  // For the log: those of `old` that `fresh` has no more.
  static void tell_removed(std::span<const SourceSetting> old,
                           std::span<const SourceSetting> fresh);

 private:
  void run(size_t place, std::stop_token stop);
  void set_state(size_t place, std::string state, std::string reason = {});

  std::vector<SourceSetting>& sources_;
  Intake& intake_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::vector<SourceState> states_ GUARDED_BY(mutex_);
  std::vector<std::jthread> threads_;
};

}  // namespace statewire
