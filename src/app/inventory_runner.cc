// Whatever goes wrong is tried again at the next turn: the records tell what is still missing.
#include "app/inventory_runner.h"

#include <algorithm>
#include <set>

#include "app/process_limits.h"
#include "base/log.h"
#include "inventory/trouble.h"

namespace statewire {
namespace {

using std::chrono::steady_clock;

constexpr auto kTurnMax = std::chrono::seconds(1);
// A look at all records takes a second for a million: it gets no more than this part of the time.
constexpr int kLookPart = 100;
constexpr auto kLookEvery = std::chrono::minutes(1);
// All that an inventory reads.
const InventoryPlace kEverywhere[] = {{}};

void add_unanswered(const InventoryVisits::Unanswered& unanswered, InventoryReading& reading) {
  // Where it is not whole and names no place, any may be unread.
  if (reading.is_whole || !reading.unread.empty()) {
    reading.unread.insert(reading.unread.end(), unanswered.places.begin(), unanswered.places.end());
  }
  reading.is_whole = false;
  reading.is_passing = reading.is_passing && unanswered.fault.empty();
  if (is_unread(reading.trouble)) reading.trouble.clear();
  add_trouble(unanswered.fault, reading.trouble);
  add_trouble(unanswered.being_asked, reading.trouble);
}

bool is_within(const InventoryPlace& place, const InventoryPlace& other) {
  return (other.account.empty() || other.account == place.account) &&
         (other.region.empty() || other.region == place.region);
}

std::span<const InventoryPlace> missing_in(const InventoryReading& reading) {
  if (reading.is_whole) return {};
  return reading.unread.empty() ? std::span<const InventoryPlace>(kEverywhere) : reading.unread;
}

}  // namespace

InventoryRunner::InventoryRunner(Parts parts)
    : settings_(parts.settings),
      catalog_(std::move(parts.catalog)),
      clock_(parts.clock),
      pass_(parts.store, parts.intake, parts.clock),
      turns_(settings_.size()) {
  const auto wake = [this] {
    Lock lock(mutex_);
    is_news_ = true;
    woken_.notify_all();
  };
  for (const InventorySetting& setting : settings_) {
    visits_.push_back(std::make_unique<InventoryVisits>(
        *setting.inventory, clock_,
        InventoryVisits::Settings{.patience = parts.patience, .on_news = wake}));
  }
  {
    Lock lock(mutex_);
    for (const InventorySetting& setting : settings_) {
      InventoryState& state = states_.emplace_back();
      state.name = setting.name;
      state.kind = setting.kind->name;
    }
  }
  for (size_t i = 0; i < settings_.size(); ++i) set_missing(i, kEverywhere);
}

InventoryRunner::~InventoryRunner() { stop(); }

void InventoryRunner::start() {
  for (const auto& visits : visits_) visits->start();
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void InventoryRunner::stop() {
  if (!thread_.joinable()) return;  // The settings may be gone.
  thread_.request_stop();
  for (const InventorySetting& setting : settings_) setting.inventory->stop();
  thread_.join();  // It starts threads of visits.
  for (const auto& visits : visits_) visits->stop();
}

std::vector<InventoryState> InventoryRunner::states() const {
  std::vector<InventoryState> states;
  {
    Lock lock(mutex_);
    states = states_;
  }
  for (size_t i = 0; i < states.size(); ++i) states[i].waits = visits_[i]->waits();
  return states;
}

// Without inventories, what earlier ones have left is taken away, and that is all.
void InventoryRunner::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      drop_others(stop);
    } catch (const std::exception& fault) {
      log_error("what inventories of before declared cannot be taken away",
                {{"fault", std::string_view(fault.what())}});
    }
    if (settings_.empty() && have_others_gone_) return;
    for (size_t i = 0; i < settings_.size() && !stop.stop_requested(); ++i) {
      take_turn_if_due(i, stop);
    }
    tell_waits();
    look_at_records(stop);
    Lock lock(mutex_);
    woken_.wait_for(mutex_, stop, kTurnMax, [this]() REQUIRES(mutex_) { return is_news_; });
    is_news_ = false;
  }
}

// Near places are read as soon as it is due, and far ones once they have answered. A turn that
// takes long is followed by a pause that is as long.
void InventoryRunner::take_turn_if_due(size_t place, const std::stop_token& stop) {
  Turn& turn = turns_[place];
  const auto begun = steady_clock::now();
  if (turn.due <= begun) {
    visits_[place]->begin();
    turn.due = begun + settings_[place].every;
  }
  try {
    if (!visits_[place]->take_news()) return;
    turn.was_taken = true;
    take_turn(place, stop);
  } catch (const std::exception& fault) {
    log_error("an inventory could not be read",
              {{"inventory", settings_[place].name}, {"fault", std::string_view(fault.what())}});
    set_missing(place, kEverywhere);
    Lock lock(mutex_);
    set_trouble(states_[place], fault.what());
  }
  const auto ended = steady_clock::now();
  turn.due = std::max(turn.due, ended + (ended - begun));
}

// Once for each wait.
void InventoryRunner::tell_waits() {
  for (size_t i = 0; i < settings_.size(); ++i) {
    for (const InventoryWait& wait : visits_[i]->waits()) {
      if (wait.since <= turns_[i].waits_told) continue;
      turns_[i].waits_told = wait.since;
      log_warn("an inventory waits for an answer; the others are read without it",
               {{"inventory", settings_[i].name},
                {"place", wait.place},
                {"since", format_time(wait.since)}});
    }
  }
}

void InventoryRunner::drop_others(const std::stop_token& stop) {
  if (have_others_gone_) return;
  std::vector<std::string_view> names;
  for (const InventorySetting& setting : settings_) names.push_back(setting.name);
  const Result<uint64_t> events = pass_.drop_others(names, stop);
  have_others_gone_ = events.ok();
  if (!events && !stop.stop_requested()) {
    log_error("what inventories of before declared cannot be taken away",
              {{"error", events.error().text}});
  }
}

void InventoryRunner::set_trouble(InventoryState& state, std::string trouble) {
  state.trouble = std::move(trouble);
  if (state.trouble.empty()) {
    state.trouble_since = {};
  } else if (state.trouble_since == Time()) {
    state.trouble_since = clock_.now();
  }
}

// What was missing before, by itself or in more that was, is so since then.
void InventoryRunner::set_missing(size_t place, std::span<const InventoryPlace> missing) {
  const std::string& name = settings_[place].name;
  const std::vector<MissingPlace> before = std::exchange(reach_.missing[name], {});
  std::vector<MissingPlace>& now = reach_.missing[name];
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const InventoryPlace& each : missing) {
    if (!seen.emplace(each.account, each.region).second) continue;
    Time since = clock_.now();
    for (const MissingPlace& other : before) {
      if (is_within(each, other.place)) since = std::min(since, other.since);
    }
    now.push_back({.place = each, .since = since});
  }
  {
    Lock lock(mutex_);
    states_[place].missing = now;
  }
  if (now.empty()) reach_.missing.erase(name);
}

// An inventory that has not changed may still have something to say: of what has changed since
// then.
void InventoryRunner::take_turn(size_t place, const std::stop_token& stop) {
  const InventorySetting& setting = settings_[place];
  const InventoryVisits& visits = *visits_[place];
  const InventoryVisits::Unanswered unanswered = visits.unanswered();
  const Time begun = visits.asked(clock_.now());
  const bool was_whole = !reach_.missing.contains(setting.name);
  if (!setting.inventory->has_changed() && was_whole && unanswered.is_none()) {
    reach_.note_reading(setting.name, begun, true);
    Lock lock(mutex_);
    states_[place].last_read = begun;
    return;
  }
  std::string trouble;
  bool is_passing = false;
  Result<InventoryCounts> counts = InventoryCounts();
  {
    InventoryReading reading = setting.inventory->read();
    reading.place = setting.place;
    reading.asked = begun;
    if (!unanswered.is_none()) add_unanswered(unanswered, reading);
    counts = pass_.declare(setting.name, reading, *catalog_, reach_, stop);
    set_missing(place, counts ? missing_in(reading) : kEverywhere);
    trouble = counts ? reading.trouble : counts.error().text;
    is_passing = counts && reading.is_passing;
  }
  give_back_memory();
  if (!trouble.empty() && !stop.stop_requested()) {
    log_warn("an inventory cannot be read whole; it is tried again",
             {{"inventory", setting.name}, {"reason", trouble}});
  }
  Lock lock(mutex_);
  InventoryState& state = states_[place];
  set_trouble(state, std::move(trouble));
  state.is_passing = is_passing;
  if (!state.missing.empty()) return;  // What is known of the last time is not less true.
  state.last_read = begun;
  state.counts = *std::move(counts);
}

void InventoryRunner::look_at_records(const std::stop_token& stop) {
  const bool is_beginning = !std::ranges::all_of(turns_, &Turn::was_taken);
  const auto now = steady_clock::now();
  if (is_beginning || now < look_due_ || stop.stop_requested()) return;
  Duration grace{};
  for (const InventorySetting& setting : settings_) grace = std::max(grace, setting.grace);
  const Result<uint64_t> events = pass_.look_at_records(reach_, grace, stop);
  if (!events && !stop.stop_requested()) {
    log_error("records cannot be looked at for what no code declares",
              {{"error", events.error().text}});
  }
  const auto ended = steady_clock::now();
  const steady_clock::duration pause = std::max<steady_clock::duration>(
      kLookPart * (ended - now), std::min<steady_clock::duration>(kLookEvery, grace));
  look_due_ = ended + pause;
}

}  // namespace statewire
