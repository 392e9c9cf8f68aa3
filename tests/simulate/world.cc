#include "world.h"

#include <algorithm>
#include <cstdio>

namespace statewire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kTurnsMax = 20'000;
constexpr size_t kSpinsMax = 1'000;
constexpr PipelineLimits kSmallLimits = {
    .sending_max = 3, .held_max = 4, .bytes_max = 8'000, .restored_max = 2, .released_max = 2};
// After writes have failed: until the next is tried, and has come.
constexpr Duration kWritesAgain = milliseconds(1'600);

}  // namespace

World::World(const Script& script, const Common& common)
    : script_(script),
      common_(common),
      disk_(elapsed_, script.is_on_rocks ? RocksFolder::make(script.seed) : nullptr),
      model_(common.conditions, elapsed_),
      plan_(script.plan),
      moods_(kNames) {}

World::~World() = default;

std::string World::play() {
  start();
  for (const Step& step : script_.steps) {
    if (has_failed()) break;
    play_step(step);
  }
  if (!has_failed()) finish();
  process_.reset();
  return model_.first_fault();
}

void World::set_clocks() {
  wall_clock_.set(wall());
  steady_clock_.set(kBegin + elapsed_ + steady_offset_);
}

PipelineSet World::pipelines_of(const std::shared_ptr<Settings>& settings) {
  const uint64_t generation = ++generations_;
  PipelineSet set{.parked_age = settings->plan.parked_age, .keep_alive = settings};
  for (size_t i = 0; i < settings->subscriptions.size(); ++i) {
    const SubscriptionPlan& plan = settings->plan.subscriptions[i];
    set.parts.push_back({.subscription = settings->subscriptions[i],
                         .kind = settings->kinds[i],
                         .sink = std::make_unique<SimulatedSink>(
                             plan.name, generation,
                             [this](std::unique_ptr<Trip> trip) { on_deliver(std::move(trip)); }),
                         .store = *process_->store,
                         .wall = wall_clock_,
                         .teller = {.instance = "simulated"},
                         .ignored = settings->ignored,
                         .limits = plan.has_small_limits ? kSmallLimits : PipelineLimits(),
                         .seed = script_.seed + generation * kNames + plan.name});
  }
  return set;
}

// --- Its life.

void World::start() {
  disk_.fails_reads = false;
  steady_offset_ = wall_offset_;
  set_clocks();
  process_ = std::make_unique<Process>(disk_, script_, common_, steady_clock_, wall_clock_);
  const auto settings = std::make_shared<Settings>(plan_, common_.conditions);
  const Result<void> replaced = process_->dispatcher.replace(pipelines_of(settings), {});
  if (!replaced && disk_.fails_writes) {
    // Whoever starts it again does so until it runs.
    disk_.fails_writes = false;
    failed_until_ = elapsed_;
    process_.reset();
    return start();
  }
  if (!replaced) return model_.fault("it does not start: " + replaced.error().text);
  generation_ = generations_;
  ignore();
  model_.look_at_parked(*process_->store, wall());
  model_.on_plan(plan_, process_->store->first_sequence(), process_->store->last_sequence());
}

void World::end(Duration by) {
  process_.reset();
  elapsed_ += by;
  start();
}

void World::ignore() {
  process_->input.ignore(plan_.ignored_resources);
  course_.ignore(plan_.ignored_resources);
}

// What was to be written may not be written yet.
bool World::has_just_failed() const {
  return disk_.fails_writes || elapsed_ < failed_until_ + kWritesAgain;
}

void World::kill(Duration by) {
  const Duration written = has_just_failed() ? failing_since_ : elapsed_;
  model_.on_killed(written);
  end(by);
}

void World::stop(Duration by) {
  turn_until_idle();
  if (!process_->dispatcher.checkpoint_everything()) return kill(by);
  end(by);
}

void World::cut_power(const Step& step) {
  process_.reset();
  if (step.number > 0) {
    const Duration written = disk_.cut_power(step.number);
    const bool was_failing = written >= failing_since_ && written < failed_until_ + kWritesAgain;
    const bool is_late = disk_.fails_writes || was_failing;
    disk_.fails_reads = false;
    model_.on_power_cut(is_late ? std::min(written, failing_since_) : written,
                        *Process::open(disk_));
  }
  kill(step.by);
}

void World::reload(const Plan& plan, Duration grace) {
  const auto settings = std::make_shared<Settings>(plan, common_.conditions);
  const Result<void> replaced = process_->dispatcher.replace(pipelines_of(settings), grace);
  if (!replaced) {
    const bool may_fail = disk_.fails_writes || disk_.fails_reads;
    if (!may_fail) model_.fault("it does not reload: " + replaced.error().text);
    return;
  }
  plan_ = plan;
  model_.on_waits_changed();
  generation_ = generations_;
  ignore();
  {
    const Undisturbed undisturbed(disk_);
    model_.look_at_parked(*process_->store, wall());
  }
  model_.on_plan(plan_, process_->store->first_sequence(), process_->store->last_sequence());
}

// --- What happens.

void World::trace(const std::string& text) const {
  if (common_.traces) std::printf("%s %s\n", format_time(kBegin + elapsed_).c_str(), text.c_str());
}

void World::play_step(const Step& step) {
  if (common_.traces) trace("-- " + words_of(step));
  switch (step.does) {
    case Does::commit:
      commit(step.events);
      break;
    case Does::pass:
      pass(step.by, kFine);
      break;
    case Does::kill:
      kill(step.by);
      break;
    case Does::stop:
      stop(step.by);
      break;
    case Does::power_cut:
      cut_power(step);
      break;
    case Does::reload:
      reload(step.plan, step.by);
      break;
    case Does::set_clock:
      wall_offset_ += step.by;
      model_.on_clock_set(step.by);
      break;
    case Does::trim:
      trim(step.number);
      break;
    case Does::redrive:
    case Does::drop:
      change_parked(step);
      break;
    case Does::drop_waiting:
      drop_waiting(step.name);
      break;
    case Does::mood:
      moods_[step.name] = step.mood;
      break;
    case Does::answer_late:
      answer_what_hangs(step.name);
      break;
    case Does::read_code:
      read_code(step);
      break;
    case Does::fail_writes:
      if (step.is_on && !disk_.fails_writes && !has_just_failed()) failing_since_ = elapsed_;
      if (!step.is_on && disk_.fails_writes) failed_until_ = elapsed_;
      disk_.fails_writes = step.is_on;
      break;
    case Does::fail_reads:
      disk_.fails_reads = step.is_on;
      break;
  }
  settle_down();
}

void World::settle_down() {
  if (has_failed()) return;
  set_clocks();
  fire_reminders();
  answer_due();
  turn_until_idle();
  const Undisturbed undisturbed(disk_);
  model_.look_at_parked(*process_->store, wall());
  model_.check_rows(*process_->store);
}

void World::commit(const std::vector<EventPlan>& events) {
  const Result<std::vector<Fate>> fates = process_->input.commit(events, wall());
  if (!fates) {
    if (!disk_.fails_reads) model_.fault("a commit fails: " + fates.error().text);
    return;
  }
  events_ += events.size();
  const bool is_trimmed = process_->store->first_sequence() > 1;
  for (size_t i = 0; i < events.size(); ++i) {
    if (is_ignored(plan_.ignored_resources, events[i].resource)) continue;
    model_.on_fate(events[i], wall(), (*fates)[i], process_->limits, is_trimmed);
  }
  read_journal();
  course_.on_commit();
}

void World::fire_reminders() {
  for (;;) {
    const Result<uint64_t> fired = process_->input.fire_due(wall());
    if (!fired && !disk_.fails_reads) model_.fault("reminders fail: " + fired.error().text);
    if (fired && *fired == 0) {
      if (std::string wrong = course_.check(wall()); !wrong.empty()) model_.fault(wrong);
    }
    if (!fired || *fired == 0) return;
    events_ += *fired;
    read_journal();
    course_.on_commit();
  }
}

void World::read_journal() {
  const Undisturbed undisturbed(disk_);
  Arena arena;
  while (told_to_ < process_->store->last_sequence()) {
    const Result<Entry> entry = process_->store->entry(++told_to_, arena);
    if (!entry) return model_.fault("an entry cannot be read: " + entry.error().text);
    model_.on_entry(*entry);
    if (std::string wrong = course_.on_entry(*entry, wall()); !wrong.empty()) model_.fault(wrong);
    if (std::string wrong = code_.on_entry(*entry); !wrong.empty()) model_.fault(wrong);
  }
}

void World::read_code(const Step& step) {
  elapsed_ += milliseconds(1);  // No two are read at the same time.
  set_clocks();
  DeclaredStack stack = simulated_stack(step.number, wall() - step.by);
  const bool is_whole =
      process_->input.read_code(std::move(stack), wall_clock_, step.is_on, events_);
  if (!is_whole && !disk_.fails_reads && !step.is_on) model_.fault("code cannot be read");
  model_.on_more_events();
  read_journal();
  course_.on_commit();
  if (!is_whole) return;
  const std::string wrong =
      code_.check_read(*process_->store, step.number, plan_.ignored_resources, wall());
  if (!wrong.empty()) model_.fault(wrong);
}

// As retention does it: never beyond who holds the journal.
void World::trim(uint64_t kept) {
  const Store& store = *process_->store;
  uint64_t before = store.last_sequence() - std::min(kept, store.last_sequence());
  const std::optional<uint64_t> held_from = process_->dispatcher.held_from();
  if (held_from) before = std::min(before, *held_from);
  (void)process_->store->trim_journal(before + 1);
  model_.on_trimmed(store.first_sequence());
}

void World::change_parked(const Step& step) {
  const bool is_drop = step.does == Does::drop;
  ParkedFilter filter{.resource = std::string(kFilters[step.filter])};
  std::optional<size_t> name;
  if (step.name < kNames) name = step.name, filter.subscription = name_of_subscription(step.name);
  filter.skip_moot = step.is_on && !is_drop;
  if (disk_.fails_reads || disk_.fails_writes) return;
  // What is parked by now is written first.
  (void)process_->dispatcher.checkpoint_everything();
  model_.look_at_parked(*process_->store, wall());
  const size_t expected = model_.parked_matching(name, filter.resource, is_drop);
  is_drop ? model_.expect_dropped(name, filter.resource)
          : model_.expect_redriven(name, filter.resource);
  const Result<ParkedChange> change = is_drop ? process_->dispatcher.drop(filter, false)
                                              : process_->dispatcher.redrive(filter, false);
  if (!change) return model_.fault("it cannot be redriven or dropped: " + change.error().text);
  if (change->count + change->moot_count != expected) {
    model_.fault(std::to_string(change->count + change->moot_count) +
                 " were redriven or dropped, and meant were " + std::to_string(expected));
  }
  model_.look_at_parked(*process_->store, wall());
}

void World::drop_waiting(size_t name) {
  if (disk_.fails_reads || disk_.fails_writes) return;
  const std::string subscription = name_of_subscription(name);
  std::vector<DeliveryRow> rows;
  (void)process_->store->each_delivery(subscription, 0, [&](uint64_t, Result<DeliveryRow> row) {
    if (row) rows.push_back(*std::move(row));
    return true;
  });
  const Result<uint64_t> dropped = process_->dispatcher.drop_waiting(subscription, false);
  if (dropped && model_.is_configured(name)) {
    return model_.fault(subscription + " is configured, and what waits for it is dropped");
  }
  // One that leaves may still wait for its answers, and is configured until then.
  if (!dropped && dropped.error().kind == ErrorKind::bad_input) return;
  if (dropped ? *dropped != rows.size() : !rows.empty()) {
    return model_.fault(std::to_string(rows.size()) + " wait for " + subscription + ", and " +
                        (dropped ? std::to_string(*dropped) : "none") + " were dropped");
  }
  model_.on_waiting_dropped(name, rows);
}

// --- Time.

void World::pass(Duration by, Duration fine) {
  const Duration target = elapsed_ + by;
  size_t spins = 0;
  while (elapsed_ < target && !has_failed()) {
    const Duration left = target - elapsed_;
    const Duration due = process_->dispatcher.until_due();
    spins = due <= Duration() ? spins + 1 : 0;
    if (spins > kSpinsMax)
      return model_.fault("it turns in circles: something is due, and nothing is done");
    Duration step = std::min(due, next_answer() - elapsed_);
    const Time reminder = process_->input.next_due();
    if (reminder > wall()) step = std::min<Duration>(step, reminder - wall());
    step = std::clamp<Duration>(step, milliseconds(1), left);
    if (left > fine && due > seconds(2))
      step =
          std::max<Duration>(step, std::min<Duration>(left, (left - fine) / 8 + milliseconds(1)));
    elapsed_ += step;
    set_clocks();
    fire_reminders();
    answer_due();
    turn_until_idle();
    if (disk_.parked_writes() != parked_seen_) {
      parked_seen_ = disk_.parked_writes();
      const Undisturbed undisturbed(disk_);
      model_.look_at_parked(*process_->store, wall());
    }
  }
}

void World::turn_until_idle() {
  for (size_t turns = 0; !has_failed(); ++turns) {
    if (turns > kTurnsMax) return model_.fault("turns do not end");
    const bool is_more = process_->dispatcher.turn();
    if (!answer_due() && !is_more) return;
  }
}

Duration World::next_answer() const {
  Duration next = Duration::max();
  for (const auto& trip : trips_) next = std::min(next, trip->answers_at);
  return next;
}

// --- Sinks.

void World::on_deliver(std::unique_ptr<Trip> trip) {
  if (trip->generation != generation_) {
    return model_.fault("a configuration sends that was refused or replaced");
  }
  if (common_.traces) trace("send " + words_of(*trip));
  model_.on_sent(*trip);
  plan_answer(moods_[trip->name], elapsed_, *trip);
  const bool is_at_once = trip->answers_at == elapsed_ && moods_[trip->name].delay == Duration();
  if (is_at_once) answer(*trip);
  trips_.push_back(std::move(trip));
}

void World::answer(Trip& trip) {
  if (!trip.is_intact()) model_.fault("what a sink borrowed has changed before it answered");
  if (common_.traces) trace("answer " + words_of(trip));
  const bool is_live = process_ != nullptr && !trip.sink.expired();
  if (is_live) model_.on_answered(trip, trip.answer);
  const Completion done = std::move(trip.done);
  trip.done = nullptr;
  trip.views.clear();
  trip.answers_at = Duration::max();
  done(trip.answer);
  if (trip.is_answered_twice) done(trip.answer);
}

// True where there was something, also what was answered at once.
bool World::answer_due() {
  bool is_any = false;
  for (size_t i = 0; i < trips_.size(); ++i) {
    if (trips_[i]->done != nullptr && trips_[i]->answers_at <= elapsed_) answer(*trips_[i]);
    is_any |= trips_[i]->done == nullptr;
  }
  std::erase_if(trips_, [](const auto& trip) { return trip->done == nullptr; });
  return is_any;
}

void World::answer_what_hangs(size_t name) {
  for (const auto& trip : trips_) {
    if (name == kNames || trip->name == name) trip->answers_at = elapsed_;
  }
}

}  // namespace statewire
