#include "delivery/dispatcher.h"

#include <future>

#include "base/log.h"

namespace statewire {
namespace {

// Cursors alone are written this often: a restart repeats at most what this time settled.
constexpr Duration kFlushInterval = std::chrono::seconds(1);
constexpr Duration kIdleMax = std::chrono::seconds(10);

}  // namespace

Dispatcher::Dispatcher(Store& store, const Clock& clock,
                       std::vector<std::unique_ptr<Subscriber>> subscribers)
    : store_(store), clock_(clock), subscribers_(std::move(subscribers)) {}

Dispatcher::~Dispatcher() = default;

Result<void> Dispatcher::load() {
  const Time now = clock_.now();
  for (const auto& subscriber : subscribers_) {
    if (Result<void> loaded = subscriber->load(now); !loaded) return loaded;
  }
  flush(now, true);
  return {};
}

void Dispatcher::run(Duration grace) {
  {
    Lock lock(mutex_);
    is_running_ = true;
  }
  for (;;) {
    const Time now = clock_.now();
    std::vector<std::function<void()>> tasks;
    {
      Lock lock(mutex_);
      is_awake_ = false;
      if (is_stopping_) break;
      tasks.swap(tasks_);
    }
    for (const auto& task : tasks) task();
    const bool did_something = turn(now);
    flush(now, false);
    if (!did_something) wait_until(now, next_due(now));
  }
  drain(grace);
}

// One round over all subscriptions. True where something was done.
bool Dispatcher::turn(Time now) {
  bool did_something = take_answers(now);
  for (size_t i = 0; i < subscribers_.size(); ++i) {
    Subscriber& subscriber = *subscribers_[i];
    const Result<bool> read = subscriber.read(now);
    if (!read) {
      log_error("the journal cannot be read",
                {{"subscription", subscriber.subscription().name}, {"error", read.error().text}});
    }
    did_something |= read.ok() && *read;
    subscriber.send(now, [this](Answer answer) { take_answer(std::move(answer)); }, i);
  }
  return did_something;
}

void Dispatcher::take_answer(Answer answer) {
  Lock lock(mutex_);
  answers_.push_back(std::move(answer));
  is_awake_ = true;
  wakes_.notify_all();
}

bool Dispatcher::take_answers(Time now) {
  std::vector<Answer> answers;
  {
    Lock lock(mutex_);
    answers.swap(answers_);
  }
  for (const Answer& answer : answers) {
    subscribers_[answer.subscriber]->take_answer(answer, now);
  }
  return !answers.empty();
}

void Dispatcher::flush(Time now, bool is_forced) {
  bool is_needed = is_forced || now - flushed_ >= kFlushInterval;
  for (const auto& subscriber : subscribers_) is_needed |= subscriber->has_unsettled_changes();
  if (!is_needed) return;
  flushed_ = now;
  Settlement settlement;
  for (const auto& subscriber : subscribers_) subscriber->report(settlement);
  publish_counts();
  if (settlement.is_empty()) return;
  if (Result<void> settled = store_.settle(settlement); !settled) {
    log_error("delivery state cannot be written", {{"error", settled.error().text}});
  }
}

void Dispatcher::publish_counts() {
  std::vector<SubscriberCounts> counts;
  std::vector<Held> held;
  for (const auto& subscriber : subscribers_) {
    counts.push_back(subscriber->counts());
    held.push_back({subscriber->subscription().on_lag, subscriber->cursor()});
  }
  Lock lock(mutex_);
  counts_ = std::move(counts);
  held_ = std::move(held);
}

Time Dispatcher::next_due(Time now) const {
  Time due = now + kIdleMax;
  for (const auto& subscriber : subscribers_) {
    if (const std::optional<Time> own = subscriber->next_due(now)) due = std::min(due, *own);
  }
  return std::min(due, std::max(now, flushed_ + kFlushInterval));
}

void Dispatcher::wait_until(Time now, Time due) {
  Lock lock(mutex_);
  wakes_.wait_for(mutex_, due - now, [this]() REQUIRES(mutex_) {
    return is_awake_ || is_stopping_ || !tasks_.empty();
  });
}

// What is in flight may still be answered; what is not will be sent again after the restart.
void Dispatcher::drain(Duration grace) {
  const Time deadline = clock_.now() + grace;
  auto is_idle = [this] {
    return std::ranges::all_of(subscribers_, [](const auto& each) { return each->is_idle(); });
  };
  for (Time now = clock_.now(); !is_idle() && now < deadline; now = clock_.now()) {
    take_answers(now);
    Lock lock(mutex_);
    wakes_.wait_for(mutex_, std::chrono::milliseconds(50),
                    [this]() REQUIRES(mutex_) { return !answers_.empty(); });
  }
  take_answers(clock_.now());
  flush(clock_.now(), true);
  std::vector<std::function<void()>> tasks;
  {
    Lock lock(mutex_);
    is_running_ = false;
    tasks.swap(tasks_);
  }
  for (const auto& task : tasks) task();
}

void Dispatcher::stop() {
  Lock lock(mutex_);
  is_stopping_ = true;
  wakes_.notify_all();
}

void Dispatcher::wake() {
  Lock lock(mutex_);
  is_awake_ = true;
  wakes_.notify_all();
}

void Dispatcher::on_own_thread(const std::function<void()>& task) {
  std::promise<void> done;
  {
    Lock lock(mutex_);
    if (is_running_) {
      tasks_.push_back([&] {
        task();
        done.set_value();
      });
      wakes_.notify_all();
    } else {
      task();
      return;
    }
  }
  done.get_future().wait();
}

Result<Redriven> Dispatcher::redrive(const ParkedFilter& filter, bool is_dry_run) {
  std::optional<Result<Redriven>> result;
  on_own_thread([&] {
    result = redrive_parked(store_, filter, is_dry_run, clock_.now());
    if (!*result || is_dry_run) return;
    for (const Parked& parked : (**result).moved) {
      for (const auto& subscriber : subscribers_) {
        if (subscriber->subscription().name != parked.delivery.subscription) continue;
        subscriber->take_redriven(parked.delivery, clock_.now());
      }
    }
  });
  return *std::move(result);
}

Result<std::vector<Parked>> Dispatcher::drop(const ParkedFilter& filter, bool is_dry_run) {
  std::optional<Result<std::vector<Parked>>> result;
  on_own_thread([&] { result = drop_parked(store_, filter, is_dry_run); });
  return *std::move(result);
}

std::vector<SubscriberCounts> Dispatcher::counts() const {
  Lock lock(mutex_);
  return counts_;
}

std::optional<uint64_t> Dispatcher::held_from() const {
  Lock lock(mutex_);
  std::optional<uint64_t> lowest;
  for (const Held& held : held_) {
    if (held.on_lag == OnLag::hold) lowest = std::min(lowest.value_or(held.cursor), held.cursor);
  }
  return lowest;
}

}  // namespace statewire
