#include "ingest/timer_source.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace statewire {
namespace {

constexpr Duration kLookMax = std::chrono::seconds(10);
constexpr auto kPauseAfterFault = std::chrono::seconds(1);

void append_member(std::string& out, std::string_view before, std::string_view value) {
  out.append(before);
  append_json_string(out, value);
}

Timer kept(const Timer& timer, Arena& arena) {
  Timer copy = timer;
  for (std::string_view* const text : {&copy.resource_id, &copy.type, &copy.account, &copy.region,
                                       &copy.source, &copy.value, &copy.evidence}) {
    *text = arena.copy(*text);
  }
  return copy;
}

}  // namespace

void append_timer_event(const Timer& timer, std::string& out) {
  const std::string due = format_time(timer.due);
  const std::string_view phase = name_of(timer.phase);
  append_member(out, R"({"version":"0","id":)",
                "timer-" + std::string(timer.resource_id) + "-" + due);
  append_member(out, R"(,"source":)", kTimerEventSource);
  append_member(out, R"(,"detail-type":)", kTimerEventType);
  append_member(out, R"(,"account":)", timer.account);
  append_member(out, R"(,"region":)", timer.region);
  append_member(out, R"(,"time":)", due);
  append_member(out, R"(,"detail":{"source":)", timer.source);
  append_member(out, R"(,"resource-id":)", timer.resource_id);
  append_member(out, R"(,"resource-type":)", timer.type);
  append_member(out, R"(,"phase":)", phase);
  append_member(out, R"(,"state":)", timer.value.empty() ? phase : timer.value);
  append_member(out, R"(,"evidence":)", timer.evidence);
  out.append("}}\n");
}

TimerSource::TimerSource(const Store& store, Ingest& ingest, const Clock& clock)
    : store_(store), ingest_(ingest), clock_(clock) {}

void TimerSource::run(std::stop_token stop) {
  while (wait_until_due(stop)) {
    Result<void> fired = read_due();
    if (fired && !due_.empty()) fired = fire(stop);
    if (fired) continue;
    log_error("timers could not be fired; they are tried again", {{"error", fired.error().text}});
    Lock lock(mutex_);
    changed_.wait_for(mutex_, stop, kPauseAfterFault, [] { return false; });
  }
}

// False where stop was requested.
bool TimerSource::wait_until_due(const std::stop_token& stop) {
  Lock lock(mutex_);
  while (!stop.stop_requested()) {
    waits_for_ = store_.next_timer();
    const Time now = clock_.now();
    if (waits_for_ <= now) return true;
    const auto is_earlier = [this]() REQUIRES(mutex_) { return store_.next_timer() < waits_for_; };
    if (waits_for_ == Time::max()) {
      changed_.wait(mutex_, stop, is_earlier);
    } else {
      changed_.wait_for(mutex_, stop, std::min<Duration>(waits_for_ - now, kLookMax), is_earlier);
    }
  }
  return false;
}

void TimerSource::look() {
  Lock lock(mutex_);
  if (store_.next_timer() < waits_for_) changed_.notify_all();
}

// None may be due after all: the store knows it by then.
Result<void> TimerSource::read_due() {
  const Time now = clock_.now();
  arena_.clear();
  due_.clear();
  return store_.each_timer([&](const Timer& timer) {
    if (timer.due > now || due_.size() == kFiredMax) return false;
    due_.push_back(kept(timer, arena_));
    return true;
  });
}

Result<void> TimerSource::fire(const std::stop_token& stop) {
  Chunk chunk;
  chunk.source = kTimersSource;
  for (const Timer& timer : due_) append_timer_event(timer, chunk.text);
  chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  chunk.done = [this](const Result<ChunkFates>& fates) { on_done(fates); };
  {
    Lock lock(mutex_);
    outcome_.reset();
  }
  // A refusal leaves the chunk as it was.
  while (!ingest_.fire(std::move(chunk), due_)) {
    if (stop.stop_requested()) return {};
    ingest_.wait_for_room(stop);
  }
  Lock lock(mutex_);
  changed_.wait(mutex_, [this]() REQUIRES(mutex_) { return outcome_.has_value(); });
  return *outcome_;
}

void TimerSource::on_done(const Result<ChunkFates>& fates) {
  Lock lock(mutex_);
  outcome_ = fates ? Result<void>() : Result<void>(fates.error());
  changed_.notify_all();
}

}  // namespace statewire
