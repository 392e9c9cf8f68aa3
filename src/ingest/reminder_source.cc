#include "ingest/reminder_source.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/limits.h"
#include "base/log.h"

namespace statewire {
namespace {

constexpr Duration kLookMax = std::chrono::seconds(10);
constexpr auto kPauseAfterFault = std::chrono::seconds(1);

}  // namespace

ReminderSource::ReminderSource(const Store& store, Ingest& ingest, const Clock& clock)
    : store_(store), ingest_(ingest), clock_(clock) {}

void ReminderSource::run(std::stop_token stop) {
  while (wait_until_due(stop)) {
    Result<void> fired;
    try {
      fired = fire_due(stop);
    } catch (const std::exception& fault) {
      fired = failed(fault.what());
    }
    if (fired) continue;
    log_error("reminders could not be fired; they are tried again",
              {{"error", fired.error().text}});
    Lock lock(mutex_);
    changed_.wait_for(mutex_, stop, kPauseAfterFault, [] { return false; });
  }
}

// False where stop was requested.
bool ReminderSource::wait_until_due(const std::stop_token& stop) {
  Lock lock(mutex_);
  while (!stop.stop_requested()) {
    waits_for_ = store_.next_reminder();
    const Time now = clock_.now();
    if (waits_for_ <= now) return true;
    const auto is_earlier = [this]()
                                REQUIRES(mutex_) { return store_.next_reminder() < waits_for_; };
    if (waits_for_ == Time::max()) {
      changed_.wait(mutex_, stop, is_earlier);
    } else {
      changed_.wait_for(mutex_, stop, std::min<Duration>(waits_for_ - now, kLookMax), is_earlier);
    }
  }
  return false;
}

void ReminderSource::look() {
  Lock lock(mutex_);
  if (store_.next_reminder() < waits_for_) changed_.notify_all();
}

// None may be due after all: the store knows it by then.
Result<void> ReminderSource::read_due() {
  const Time now = clock_.now();
  arena_ = Arena();
  due_.clear();
  size_t bytes = 0;
  return store_.each_reminder([&](const Reminder& reminder) {
    const bool is_full = due_.size() == kRemindersAtATime || bytes > kRemindersBytesAtATime;
    if (reminder.key.due > now || is_full) return false;
    bytes += reminder.payload.size();
    Reminder& kept = due_.emplace_back(reminder);
    kept.key.resource_id = arena_.copy(reminder.key.resource_id);
    kept.payload = arena_.copy(reminder.payload);
    return true;
  });
}

// After `done` was taken nothing is left to do but to wait for it: it answers to this.
Result<void> ReminderSource::fire_due(const std::stop_token& stop) {
  if (Result<void> read = read_due(); !read || due_.empty()) return read;
  {
    Lock lock(mutex_);
    outcome_.reset();
  }
  while (!ingest_.fire(due_, [this](const Result<ChunkFates>& fates) { on_done(fates); })) {
    if (stop.stop_requested()) return {};
    ingest_.wait_for_room(stop);
  }
  Lock lock(mutex_);
  changed_.wait(mutex_, [this]() REQUIRES(mutex_) { return outcome_.has_value(); });
  return *outcome_;
}

void ReminderSource::on_done(const Result<ChunkFates>& fates) {
  Lock lock(mutex_);
  outcome_ = fates ? Result<void>() : Result<void>(fates.error());
  changed_.notify_all();
}

}  // namespace statewire
