#include "delivery/dispatcher.h"

#include <algorithm>
#include <future>

#include "base/log.h"
#include "delivery/left_behind.h"

namespace statewire {
namespace {

constexpr Duration kIdleMax = std::chrono::seconds(10);
constexpr Duration kUrgentInterval = std::chrono::milliseconds(20);
constexpr Duration kWriteAgain = std::chrono::seconds(1);
constexpr Duration kExpireInterval = std::chrono::seconds(10);
// Of the wall clock against the steady one; less is no jump.
constexpr Duration kJumpMin = std::chrono::seconds(1);
constexpr auto kGracePiece = std::chrono::milliseconds(20);

bool holds_journal(const Pipeline& pipeline) {
  return pipeline.subscription().on_lag == OnLag::hold;
}

}  // namespace

// A pipeline, and what it borrows.
struct Dispatcher::Running {
  Running(std::shared_ptr<const void> borrowed, Pipeline::Parts parts)
      : keep_alive(std::move(borrowed)), pipeline(std::move(parts)) {}

  const std::shared_ptr<const void> keep_alive;
  Pipeline pipeline;
};

Dispatcher::Dispatcher(Store& store, const Clock& clock, const Clock& wall)
    : store_(store),
      clock_(clock),
      wall_(wall),
      wall_ahead_(wall.now() - clock.now()),
      now_(clock.now()),
      checkpointed_(now_),
      write_again_(now_),
      begin_again_(now_),
      expired_(clock.now()) {}

Dispatcher::~Dispatcher() = default;

Result<void> Dispatcher::replace(PipelineSet set, Duration grace) {
  Result<void> outcome;
  const Result<void> ran = on_own_thread([&] {
    const Time now = this->now();
    for (const Place& place : places_) place.pipeline->on_answers(now);
    if (outcome = checkpoint(now, Book::Extent::everything); !outcome) return;
    const std::vector<Place> before = places_;
    const auto done_before = done_before_;
    const Duration parked_age = set.parked_age;
    plan_places(std::move(set), now + grace);
    if (outcome = begin_next(now); outcome) outcome = checkpoint(now, Book::Extent::due);
    if (outcome) {
      parked_age_ = parked_age;
    } else {
      places_ = before;
      done_before_ = done_before;
    }
    publish_counts();
  });
  return ran ? outcome : ran;
}

void Dispatcher::plan_places(PipelineSet set, Time leaves_by) {
  for (Place& place : places_) {
    place.next = {};
    place.leaves_by = std::min(place.leaves_by.value_or(leaves_by), leaves_by);
  }
  for (Pipeline::Parts& parts : set.parts) {
    parts.wake = [this] { wake(); };
    const auto place = std::ranges::find_if(places_, [&](const Place& place) {
      return place.pipeline != nullptr &&
             place.pipeline->subscription().name == parts.subscription.name;
    });
    auto next = std::make_shared<Running>(set.keep_alive, std::move(parts));
    Place& own = place != places_.end() ? *place : places_.emplace_back();
    own.next = {next, &next->pipeline};
    own.leaves_by = own.leaves_by.value_or(leaves_by);
  }
}

// REQUIRES: a checkpoint was written right before, so that the store has what they left.
Result<void> Dispatcher::begin_next(Time now) {
  Result<void> outcome;
  for (Place& place : places_) {
    if (!place.may_leave(now)) continue;
    const Result<void> loaded = place.next != nullptr ? place.next->load(now) : Result<void>();
    if (loaded) {
      if (place.pipeline != nullptr) {
        const PipelineCounts done = place.pipeline->counts();
        done_before_[done.name].add(done);
        if (place.next != nullptr) place.next->succeed(*place.pipeline);
      }
      place = {.pipeline = std::move(place.next)};
    } else if (outcome) {
      outcome = loaded;
    }
  }
  std::erase_if(places_,
                [](const Place& place) { return place.pipeline == nullptr && !place.leaves_by; });
  return outcome;
}

bool Dispatcher::may_anyone_begin(Time now) const {
  return now >= begin_again_ &&
         std::ranges::any_of(places_, [now](const Place& place) { return place.may_leave(now); });
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
    for (const Place& place : places_) place.pipeline->on_clock_jump(jump);
  }
  return now_ = steady + jumped_;
}

void Dispatcher::expect_run() {
  Lock lock(mutex_);
  is_running_ = true;
}

void Dispatcher::run() {
  Duration grace{};
  for (;;) {
    std::vector<std::function<void()>> tasks;
    {
      Lock lock(mutex_);
      is_awake_ = false;
      grace = stop_grace_;
      if (is_stopping_) break;
      tasks.swap(tasks_);
    }
    for (const auto& task : tasks) task();
    if (!turn()) wait_until(next_due());
  }
  drain(grace);
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
  for (const Place& place : places_) is_more |= turn_one(place, now);
  if (is_checkpoint_due(now) || (now >= write_again_ && may_anyone_begin(now))) {
    is_more |= write_and_go_on(now);
  }
  expire();
  // What somebody waits for is shown once it is written.
  if (!is_more && !is_urgent()) publish_counts();
  return is_more;
}

// True if there is more to do at once.
bool Dispatcher::turn_one(const Place& place, Time now) {
  Pipeline& pipeline = *place.pipeline;
  pipeline.set_wall_ahead(wall_ahead_ - jumped_);
  bool is_more = pipeline.on_answers(now);
  if (place.leaves_by) return is_more;
  if (now >= write_again_) {
    const Result<bool> advanced = pipeline.advance(now);
    if (!advanced) {
      log_error("the store cannot be read for a subscription; it is tried again",
                {{"subscription", pipeline.subscription().name}, {"error", advanced.error().text}});
    }
    is_more |= advanced.ok() && *advanced;
  }
  pipeline.send(now);
  return is_more;
}

// True where a pipeline began.
bool Dispatcher::write_and_go_on(Time now) {
  if (const Result<void> written = checkpoint(now, Book::Extent::due); !written) {
    log_error("delivery state cannot be written; it is tried again",
              {{"error", written.error().text}});
    return false;
  }
  const bool is_anyone_new = may_anyone_begin(now);
  if (is_anyone_new) {
    if (const Result<void> begun = begin_next(now); !begun) {
      log_error("a subscription cannot go on with the new configuration yet; it is tried again",
                {{"error", begun.error().text}});
      begin_again_ = now + kWriteAgain;
    }
  }
  // A batch that is written down now may go.
  for (const Place& place : places_) {
    if (!place.leaves_by) place.pipeline->send(now);
  }
  return is_anyone_new;
}

bool Dispatcher::is_checkpoint_due(Time now) const {
  if (now < write_again_) return false;
  const Duration since = now - checkpointed_;
  return since >= kCheckpointInterval || (is_urgent() && since >= kUrgentInterval);
}

bool Dispatcher::is_urgent() const {
  return std::ranges::any_of(places_,
                             [](const Place& place) { return place.pipeline->is_urgent(); });
}

// Where the write fails nothing has changed, and the next checkpoint says the same and more.
Result<void> Dispatcher::checkpoint(Time now, Book::Extent extent) {
  checkpointed_ = now;
  Settlement settlement;
  for (const Place& place : places_) {
    const Book::Extent own = place.may_leave(now) ? Book::Extent::everything : extent;
    place.pipeline->prepare(now, own, settlement);
  }
  if (Result<void> settled = store_.settle(settlement); !settled) {
    write_again_ = now + kWriteAgain;
    return settled;
  }
  for (const Place& place : places_) place.pipeline->written();
  publish_counts();
  return {};
}

Result<void> Dispatcher::checkpoint_everything() {
  return checkpoint(now(), Book::Extent::everything);
}

void Dispatcher::expire() {
  const Time steady = clock_.now();
  if (parked_age_ <= Duration() || steady - expired_ < kExpireInterval) return;
  expired_ = steady;
  // Old by both clocks: one that was set back or forward drops nothing before its time.
  const Time now = std::min(steady, wall_.now());
  const Result<uint64_t> dropped = expire_parked(store_, now - parked_age_, expire_place_);
  if (!dropped) {
    log_error("parked deliveries cannot be looked through", {{"error", dropped.error().text}});
  } else if (*dropped > 0) {
    log_warn("parked deliveries were dropped: nobody came for them",
             {{"count", *dropped}, {"age", format_duration(parked_age_)}});
  }
}

// Until all is here what was said before stays; nothing where that is nothing.
std::optional<PipelineCounts> Dispatcher::counts_of(const Pipeline& pipeline) const {
  const std::string& name = pipeline.subscription().name;
  if (pipeline.is_restoring()) {
    Lock lock(mutex_);
    const auto before = std::ranges::find(counts_, name, &PipelineCounts::name);
    return before == counts_.end() ? std::nullopt : std::optional(*before);
  }
  PipelineCounts counts = pipeline.counts();
  if (const auto done = done_before_.find(name); done != done_before_.end()) {
    counts.add(done->second);
  }
  return counts;
}

void Dispatcher::publish_counts() {
  std::vector<PipelineCounts> counts;
  std::optional<uint64_t> held_from;
  for (const Place& place : places_) {
    const Pipeline& pipeline = *place.pipeline;
    if (std::optional<PipelineCounts> own = counts_of(pipeline)) counts.push_back(*std::move(own));
    const bool holds_next = place.next != nullptr && holds_journal(*place.next);
    if (!holds_journal(pipeline) && !holds_next) continue;
    const uint64_t cursor = pipeline.stored_cursor();
    held_from = std::min(held_from.value_or(cursor), cursor);
  }
  Lock lock(mutex_);
  counts_ = std::move(counts);
  held_from_ = held_from;
}

Time Dispatcher::next_due() const {
  Time due = now_ + kIdleMax;
  for (const Place& place : places_) {
    const Pipeline& pipeline = *place.pipeline;
    if (place.leaves_by) {
      due = std::min(due, std::max({place.may_leave(now_) ? now_ : *place.leaves_by, write_again_,
                                    begin_again_}));
    } else if (const std::optional<Time> own = pipeline.next_due(now_, write_again_)) {
      due = std::min(due, *own);
    }
    if (pipeline.is_urgent()) {
      due = std::min(due, std::max(checkpointed_ + kUrgentInterval, write_again_));
    } else if (pipeline.has_changes()) {
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
void Dispatcher::drain(Duration grace) {
  const Time deadline = now() + grace;
  const auto is_idle = [this] {
    return std::ranges::all_of(places_,
                               [](const Place& place) { return place.pipeline->is_idle(); });
  };
  for (Time now = this->now();; now = this->now()) {
    for (const Place& place : places_) place.pipeline->on_answers(now);
    if (is_idle() || now >= deadline) return;
    Lock lock(mutex_);
    wakes_.wait_for(mutex_, kGracePiece, [this]() REQUIRES(mutex_) { return is_awake_; });
    is_awake_ = false;
  }
}

void Dispatcher::stop(Duration grace) {
  Lock lock(mutex_);
  stop_grace_ = grace;
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
    for (const Place& place : places_) {
      const bool is_ending = place.leaves_by && place.next == nullptr;
      if (!is_ending) of_ours.sent_by->insert(place.pipeline->subscription().name);
    }
    change = redrive_parked(store_, of_ours, is_dry_run, [this] { return !is_stopping(); });
    if (!change) return;
    for (const Place& place : places_) {
      Pipeline& pipeline = *place.pipeline;
      const auto state = change->states.find(pipeline.subscription().name);
      if (state != change->states.end()) pipeline.take_over(state->second);
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

Result<uint64_t> Dispatcher::drop_waiting(const std::string& subscription, bool is_dry_run) {
  Result<uint64_t> dropped = unavailable("it is stopping");
  const Result<void> ran = on_own_thread([&] {
    const bool is_ours = std::ranges::any_of(places_, [&](const Place& place) {
      return place.pipeline->subscription().name == subscription;
    });
    dropped = is_ours ? error_of_configured(subscription)
                      : statewire::drop_waiting(store_, subscription, is_dry_run,
                                                [this] { return !is_stopping(); });
  });
  return ran ? std::move(dropped) : ran.error();
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
