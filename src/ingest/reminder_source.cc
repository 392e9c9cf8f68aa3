#include "ingest/reminder_source.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/limits.h"
#include "base/log.h"

namespace statewire {
namespace {

constexpr Duration kLookMax = std::chrono::seconds(10);
constexpr auto kPause = std::chrono::seconds(1);
constexpr std::chrono::seconds kAsideMin = std::chrono::minutes(1);
constexpr std::chrono::seconds kAsideLongest = std::chrono::hours(1);

std::string text_of(const ReminderKey& key) {
  return std::string(key.resource_id) + '\0' + std::to_string(to_ns(key.due)) + ' ' +
         std::to_string(static_cast<int>(key.kind)) + ' ' + std::to_string(key.number);
}

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
    if (fired || stop.stop_requested()) continue;
    log_error("reminders could not be fired; they are tried again",
              {{"error", fired.error().text}});
    pause(stop);
  }
}

void ReminderSource::pause(const std::stop_token& stop) {
  Lock lock(mutex_);
  changed_.wait_for(mutex_, stop, kPause, [] { return false; });
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
  const auto steady_now = std::chrono::steady_clock::now();
  const auto is_aside = [&](const ReminderKey& key) {
    if (aside_.empty()) return false;
    const auto found = aside_.find(text_of(key));
    return found != aside_.end() && steady_now < found->second.again_at;
  };
  arena_ = Arena();
  due_.clear();
  size_t bytes = 0;
  return store_.each_reminder([&](const Reminder& reminder) {
    const bool is_full = due_.size() == kRemindersAtATime || bytes > kRemindersBytesAtATime;
    if (reminder.key.due > now || is_full) return false;
    if (is_aside(reminder.key)) return true;
    bytes += reminder.payload.size();
    Reminder& kept = due_.emplace_back(reminder);
    kept.key.resource_id = arena_.copy(reminder.key.resource_id);
    kept.payload = arena_.copy(reminder.payload);
    return true;
  });
}

Result<void> ReminderSource::fire_due(const std::stop_token& stop) {
  if (Result<void> read = read_due(); !read) return read;
  if (!due_.empty()) return fire(due_, stop);
  // What is due is set aside: the store goes on to call it the next.
  if (!aside_.empty()) pause(stop);
  return {};
}

// What one of them meets in the store, as a record that is damaged, costs only itself: it is looked
// for by halves.
Result<void> ReminderSource::fire(std::span<const Reminder> due, const std::stop_token& stop) {
  const Result<void> fired = fire_together(due, stop);
  if (fired) {
    for (const Reminder& reminder : due) {
      if (!aside_.empty()) aside_.erase(text_of(reminder.key));
    }
    return fired;
  }
  if (fired.error().kind == ErrorKind::unavailable || stop.stop_requested()) return fired;
  if (due.size() == 1) return set_aside(due.front(), fired.error());
  const size_t half = due.size() / 2;
  if (Result<void> first = fire(due.first(half), stop); !first) return first;
  return fire(due.subspan(half), stop);
}

// Many are no fault of their own.
Result<void> ReminderSource::set_aside(const Reminder& reminder, const Error& error) {
  const std::string key = text_of(reminder.key);
  if (aside_.size() >= kRemindersAsideMax && !aside_.contains(key)) return error;
  Aside& aside = aside_[key];
  aside.pause = std::clamp(2 * aside.pause, kAsideMin, kAsideLongest);
  aside.again_at = std::chrono::steady_clock::now() + aside.pause;
  log_error("a reminder could not be fired; it is set aside and tried again later",
            {{"resource", reminder.key.resource_id},
             {"seconds", int64_t{aside.pause.count()}},
             {"error", error.text}});
  return {};
}

// After `done` was taken nothing is left to do but to wait for it: it answers to this.
Result<void> ReminderSource::fire_together(std::span<const Reminder> due,
                                           const std::stop_token& stop) {
  {
    Lock lock(mutex_);
    outcome_.reset();
  }
  while (!ingest_.fire(due, [this](const Result<ChunkFates>& fates) { on_done(fates); })) {
    if (stop.stop_requested()) return unavailable("stopping");
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
