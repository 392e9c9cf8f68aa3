#include "delivery/dispatcher.h"

#include <algorithm>
#include <future>

#include "base/log.h"

namespace statewire {
namespace {

constexpr Duration kIdleMax = std::chrono::seconds(10);
constexpr Duration kUrgentInterval = std::chrono::milliseconds(20);
constexpr Duration kWriteAgain = std::chrono::seconds(1);
constexpr Duration kExpireInterval = std::chrono::seconds(10);
// Of the wall clock against the steady one; less is no jump.
constexpr Duration kJumpMin = std::chrono::seconds(1);
constexpr auto kGracePiece = std::chrono::milliseconds(20);

}  // namespace

struct Dispatcher::Running {
  PipelineSet set;  // Keeps alive what the pipelines borrow.
  std::vector<std::unique_ptr<Pipeline>> pipelines;
};

Dispatcher::Dispatcher(Store& store, const Clock& clock, const Clock& wall)
    : store_(store),
      clock_(clock),
      wall_(wall),
      running_(std::make_unique<Running>()),
      wall_ahead_(wall.now() - clock.now()),
      now_(clock.now()),
      checkpointed_(now_),
      write_again_(now_),
      expired_(clock.now()) {}

Dispatcher::~Dispatcher() = default;

Result<void> Dispatcher::replace(PipelineSet next, Duration grace,
                                 const std::function<bool()>& is_interrupted) {
  Result<void> outcome;
  const Result<void> ran = on_own_thread([&] {
    drain(grace, is_interrupted);
    if (outcome = checkpoint(now(), Book::Extent::everything); !outcome) return;
    auto running = std::make_unique<Running>();
    running->set = std::move(next);
    for (Pipeline::Parts& parts : running->set.parts) {
      parts.wake = [this] { wake(); };
      running->pipelines.push_back(std::make_unique<Pipeline>(std::move(parts)));
      if (outcome = running->pipelines.back()->load(now()); !outcome) return;
    }
    running_.swap(running);
    outcome = checkpoint(now(), Book::Extent::due);
    if (!outcome) running_.swap(running);
    publish_counts();
  });
  return ran ? outcome : ran;
}

// Where the wall clock is set forward, or a machine wakes up, waits end. What was tried is not
// older for it, and a clock that is set back makes nobody wait.
Time Dispatcher::now() {
  const Time steady = clock_.now();
  const Duration ahead = wall_.now() - steady;
  const Duration jump = ahead - wall_ahead_;
  wall_ahead_ = ahead;
  if (jump > kJumpMin) {
    jumped_ += jump;
    for (const auto& pipeline : running_->pipelines) pipeline->on_clock_jump(jump);
  }
  return now_ = steady + jumped_;
}

void Dispatcher::expect_run() {
  Lock lock(mutex_);
  is_running_ = true;
}

void Dispatcher::run(Duration grace) {
  for (;;) {
    std::vector<std::function<void()>> tasks;
    {
      Lock lock(mutex_);
      is_awake_ = false;
      if (is_stopping_) break;
      tasks.swap(tasks_);
    }
    for (const auto& task : tasks) task();
    if (!turn()) wait_until(next_due());
  }
  drain(grace, [] { return false; });
  if (const Result<void> written = checkpoint(now(), Book::Extent::everything); !written) {
    log_error("delivery state cannot be written at the end; what was settled last is repeated",
              {{"error", written.error().text}});
  }
  std::vector<std::function<void()>> tasks;
  {
    Lock lock(mutex_);
    is_running_ = false;
    tasks.swap(tasks_);
  }
  for (const auto& task : tasks) task();
}

bool Dispatcher::turn() {
  const Time now = this->now();
  bool is_more = false;
  for (const auto& pipeline : running_->pipelines) {
    pipeline->set_wall_ahead(wall_ahead_ - jumped_);
    is_more |= pipeline->on_answers(now);
    if (now >= write_again_) {
      const Result<bool> advanced = pipeline->advance(now);
      if (!advanced) {
        log_error(
            "the store cannot be read for a subscription; it is tried again",
            {{"subscription", pipeline->subscription().name}, {"error", advanced.error().text}});
      }
      is_more |= advanced.ok() && *advanced;
    }
    pipeline->send(now);
  }
  if (is_checkpoint_due(now)) {
    if (const Result<void> written = checkpoint(now, Book::Extent::due); !written) {
      log_error("delivery state cannot be written; it is tried again",
                {{"error", written.error().text}});
    } else {
      // A batch that is written down now may go.
      for (const auto& pipeline : running_->pipelines) pipeline->send(now);
    }
  }
  expire();
  // What somebody waits for is shown once it is written.
  if (!is_more && !is_urgent()) publish_counts();
  return is_more;
}

bool Dispatcher::is_checkpoint_due(Time now) const {
  if (now < write_again_) return false;
  const Duration since = now - checkpointed_;
  return since >= kCheckpointInterval || (is_urgent() && since >= kUrgentInterval);
}

bool Dispatcher::is_urgent() const {
  return std::ranges::any_of(running_->pipelines,
                             [](const auto& pipeline) { return pipeline->is_urgent(); });
}

// Where the write fails nothing has changed, and the next checkpoint says the same and more.
Result<void> Dispatcher::checkpoint(Time now, Book::Extent extent) {
  checkpointed_ = now;
  Settlement settlement;
  for (const auto& pipeline : running_->pipelines) pipeline->prepare(now, extent, settlement);
  if (Result<void> settled = store_.settle(settlement); !settled) {
    write_again_ = now + kWriteAgain;
    return settled;
  }
  for (const auto& pipeline : running_->pipelines) pipeline->written();
  publish_counts();
  return {};
}

Result<void> Dispatcher::checkpoint_everything() {
  return checkpoint(now(), Book::Extent::everything);
}

void Dispatcher::expire() {
  const Time steady = clock_.now();
  if (running_->set.parked_age <= Duration() || steady - expired_ < kExpireInterval) return;
  expired_ = steady;
  // Old by both clocks: one that was set back or forward drops nothing before its time.
  const Time now = std::min(steady, wall_.now());
  const Result<uint64_t> dropped =
      expire_parked(store_, now - running_->set.parked_age, expire_place_);
  if (!dropped) {
    log_error("parked deliveries cannot be looked through", {{"error", dropped.error().text}});
  } else if (*dropped > 0) {
    log_warn("parked deliveries were dropped: nobody came for them",
             {{"count", *dropped}, {"age", format_duration(running_->set.parked_age)}});
  }
}

void Dispatcher::publish_counts() {
  std::vector<PipelineCounts> counts;
  std::optional<uint64_t> held_from;
  for (const auto& pipeline : running_->pipelines) {
    counts.push_back(pipeline->counts());
    if (pipeline->subscription().on_lag != OnLag::hold) continue;
    const uint64_t cursor = pipeline->stored_cursor();
    held_from = std::min(held_from.value_or(cursor), cursor);
  }
  Lock lock(mutex_);
  counts_ = std::move(counts);
  held_from_ = held_from;
}

Time Dispatcher::next_due() const {
  Time due = now_ + kIdleMax;
  for (const auto& pipeline : running_->pipelines) {
    if (const std::optional<Time> own = pipeline->next_due(now_, write_again_)) {
      due = std::min(due, *own);
    }
    if (pipeline->is_urgent()) {
      due = std::min(due, std::max(checkpointed_ + kUrgentInterval, write_again_));
    } else if (pipeline->has_changes()) {
      due = std::min(due, std::max(checkpointed_ + kCheckpointInterval, write_again_));
    }
  }
  return due;
}

void Dispatcher::wait_until(Time due) {
  const Time now = this->now();
  if (due <= now) return;
  Lock lock(mutex_);
  wakes_.wait_for(mutex_, due - now, [this]() REQUIRES(mutex_) {
    return is_awake_ || is_stopping_ || !tasks_.empty();
  });
}

// What is in flight may still be answered; what is not gets its row, and is sent again.
void Dispatcher::drain(Duration grace, const std::function<bool()>& is_interrupted) {
  const Time deadline = now() + grace;
  const auto is_idle = [this] {
    return std::ranges::all_of(running_->pipelines,
                               [](const auto& pipeline) { return pipeline->is_idle(); });
  };
  for (Time now = this->now();; now = this->now()) {
    for (const auto& pipeline : running_->pipelines) pipeline->on_answers(now);
    if (is_idle() || now >= deadline || is_interrupted()) return;
    Lock lock(mutex_);
    wakes_.wait_for(mutex_, kGracePiece, [this]() REQUIRES(mutex_) { return is_awake_; });
    is_awake_ = false;
  }
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

bool Dispatcher::is_stopping() const {
  Lock lock(mutex_);
  return is_stopping_;
}

// Where nobody runs it the caller's thread is the one.
Result<void> Dispatcher::on_own_thread(const std::function<void()>& task) {
  std::promise<void> done;
  bool is_running = false;
  {
    Lock lock(mutex_);
    if (is_stopping_) return unavailable("it is stopping");
    is_running = is_running_;
    if (is_running) {
      tasks_.push_back([&] {
        task();
        done.set_value();
      });
      wakes_.notify_all();
    }
  }
  if (is_running) {
    done.get_future().wait();
  } else {
    task();
  }
  return {};
}

// The store's rows are brought up to date first, so that what was just parked is among them, and
// its numbers are taken over after it.
Result<ParkedChange> Dispatcher::redrive(const ParkedFilter& filter, bool is_dry_run) {
  Result<ParkedChange> change = unavailable("it is stopping");
  const Result<void> ran = on_own_thread([&] {
    if (const Result<void> written = checkpoint_everything(); !written) {
      change = written.error();
      return;
    }
    ParkedFilter of_ours = filter;
    of_ours.sent_by.emplace();
    for (const auto& pipeline : running_->pipelines) {
      of_ours.sent_by->insert(pipeline->subscription().name);
    }
    change = redrive_parked(store_, of_ours, is_dry_run, [this] { return !is_stopping(); });
    if (!change) return;
    for (const auto& pipeline : running_->pipelines) {
      const auto state = change->states.find(pipeline->subscription().name);
      if (state != change->states.end()) pipeline->take_over(state->second);
    }
  });
  return ran ? std::move(change) : ran.error();
}

Result<ParkedChange> Dispatcher::drop(const ParkedFilter& filter, bool is_dry_run) {
  Result<ParkedChange> change = unavailable("it is stopping");
  const Result<void> ran = on_own_thread([&] {
    if (const Result<void> written = checkpoint_everything(); !written) {
      change = written.error();
      return;
    }
    change = drop_parked(store_, filter, is_dry_run, [this] { return !is_stopping(); });
  });
  return ran ? std::move(change) : ran.error();
}

std::vector<PipelineCounts> Dispatcher::counts() const {
  Lock lock(mutex_);
  return counts_;
}

std::optional<uint64_t> Dispatcher::held_from() const {
  Lock lock(mutex_);
  return held_from_;
}

}  // namespace statewire
