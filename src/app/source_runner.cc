#include "app/source_runner.h"

#include <atomic>

#include "base/log.h"

namespace statewire {

// The way of one source into the intake: it knows when an event last went through.
class SourceRunner::Door final : public Intake {
 public:
  Door(Intake& intake, const Clock& clock) : intake_(intake), clock_(clock) {}

  Result<void> submit(Chunk&& chunk) override { return watched(std::move(chunk), &Intake::submit); }
  Result<void> enter(Chunk&& chunk) override { return watched(std::move(chunk), &Intake::enter); }
  void wait_for_room(std::stop_token stop) override { intake_.wait_for_room(std::move(stop)); }
  Result<std::string> cursor(std::string_view key) override { return intake_.cursor(key); }
  Result<std::map<std::string, std::string>> cursors(std::string_view prefix) override {
    return intake_.cursors(prefix);
  }

  std::optional<Time> last_event() const {
    const int64_t ns = last_event_ns_;
    return ns == 0 ? std::nullopt : std::optional(from_ns(ns));
  }

 private:
  // One without a text only moves a cursor, or says what could not be read.
  Result<void> watched(Chunk&& chunk, Result<void> (Intake::*pass)(Chunk&&)) {
    const bool has_events = !chunk.text.empty() || chunk.unpacking != nullptr;
    Result<void> passed = (intake_.*pass)(std::move(chunk));
    if (passed && has_events) last_event_ns_ = to_ns(clock_.now());
    return passed;
  }

  Intake& intake_;
  const Clock& clock_;
  std::atomic<int64_t> last_event_ns_{0};
};

SourceRunner::SourceRunner(std::vector<SourceSetting>& sources, Intake& intake, const Clock& clock)
    : sources_(sources), clock_(clock) {
  Lock lock(mutex_);
  for (const SourceSetting& source : sources_) {
    doors_.push_back(std::make_unique<Door>(intake, clock));
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
  const Result<void> ended = source.source->run(*doors_[place], std::move(stop));
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
    states[i].last_event = doors_[i]->last_event();
    if (states[i].state != "running") continue;
    if (std::optional<SourceTrouble> trouble = source.trouble()) {
      states[i].state = "failing";
      states[i].since = trouble->since;
      states[i].reason = std::move(trouble->reason);
    }
  }
  return states;
}

}  // namespace statewire
