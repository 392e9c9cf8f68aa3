#include "app/source_runner.h"

#include <algorithm>

#include "base/log.h"

namespace statewire {

SourceRunner::SourceRunner(std::vector<SourceSetting>& sources, Intake& intake, const Clock& clock)
    : sources_(sources), intake_(intake), clock_(clock) {
  Lock lock(mutex_);
  for (const SourceSetting& source : sources_) {
    states_.push_back({.name = source.name, .kind = std::string(source.kind->name)});
  }
}

SourceRunner::~SourceRunner() { stop(); }

void SourceRunner::start() {
  for (size_t i = 0; i < sources_.size(); ++i) {
    threads_.emplace_back([this, i](std::stop_token stop) { run(i, std::move(stop)); });
  }
}

void SourceRunner::run(size_t place, std::stop_token stop) {
  const SourceSetting& source = sources_[place];
  const Result<void> ended = source.source->run(intake_, stop);
  if (stop.stop_requested()) return;  // It was to end, and whoever wanted that knows why.
  if (!ended) {
    log_error("a source ended", {{"source", source.name}, {"error", ended.error().text}});
    set_state(place, "failed", ended.error().text);
    return;
  }
  log_info("a source is done", {{"source", source.name}});
  set_state(place, "done");
}

void SourceRunner::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

void SourceRunner::set_state(size_t place, std::string state, std::string reason) {
  Lock lock(mutex_);
  states_[place].state = std::move(state);
  states_[place].reason = std::move(reason);
  states_[place].since = clock_.now();
}

std::vector<SourceState> SourceRunner::states() const {
  std::vector<SourceState> states;
  {
    Lock lock(mutex_);
    states = states_;
  }
  for (size_t i = 0; i < states.size(); ++i) {
    const Source& source = *sources_[i].source;
    states[i].progress = source.progress();
    if (states[i].state != "running") continue;
    SourceNote note = source.note();
    states[i].reason = std::move(note.text);
    if (note.is_over) states[i].state = "done";
    if (std::optional<SourceTrouble> trouble = source.trouble()) {
      states[i].state = "failing";
      states[i].since = trouble->since;
      states[i].reason = std::move(trouble->reason);
    }
  }
  return states;
}

void SourceRunner::tell_removed(std::span<const SourceSetting> old,
                                std::span<const SourceSetting> fresh) {
  for (const SourceSetting& source : old) {
    const auto kept = std::ranges::find(fresh, source.name, &SourceSetting::name);
    if (kept == fresh.end()) log_info("a source was removed", {{"source", source.name}});
  }
}

}  // namespace statewire
