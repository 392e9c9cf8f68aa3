// Whatever goes wrong is tried again at the next turn: the records tell what is still missing.
#include "app/inventory_runner.h"

#include <algorithm>

#include "app/process_limits.h"
#include "base/log.h"

namespace statewire {
namespace {

using std::chrono::steady_clock;

constexpr auto kTurnMax = std::chrono::seconds(1);
// A look at all records takes a second for a million: it gets no more than this part of the time.
constexpr int kLookPart = 100;
constexpr auto kLookEvery = std::chrono::minutes(1);

}  // namespace

InventoryRunner::InventoryRunner(std::vector<InventorySetting>& settings, const Store& store,
                                 Intake& intake, std::shared_ptr<const Catalog> catalog,
                                 const Clock& clock)
    : settings_(settings),
      catalog_(std::move(catalog)),
      clock_(clock),
      pass_(store, intake, clock),
      turns_(settings.size()) {
  Lock lock(mutex_);
  for (const InventorySetting& setting : settings_) {
    InventoryState& state = states_.emplace_back();
    state.name = setting.name;
    state.kind = setting.kind->name;
  }
}

InventoryRunner::~InventoryRunner() { stop(); }

void InventoryRunner::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void InventoryRunner::stop() {
  if (!thread_.joinable()) return;  // The settings may be gone.
  thread_.request_stop();
  for (const InventorySetting& setting : settings_) setting.inventory->stop();
  thread_.join();
}

std::vector<InventoryState> InventoryRunner::states() const {
  Lock lock(mutex_);
  return states_;
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
      if (turns_[i].due > steady_clock::now()) continue;
      try {
        take_turn(i, stop);
      } catch (const std::exception& fault) {
        log_error("an inventory could not be read",
                  {{"inventory", settings_[i].name}, {"fault", std::string_view(fault.what())}});
        Lock lock(mutex_);
        set_trouble(states_[i], fault.what());
      }
      turns_[i].due = steady_clock::now() + settings_[i].every;
    }
    look_at_records(stop);
    Lock lock(mutex_);
    never_.wait_for(mutex_, stop, kTurnMax, [] { return false; });
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

// An inventory that has not changed may still have something to say: of what has changed since
// then.
void InventoryRunner::take_turn(size_t place, const std::stop_token& stop) {
  const InventorySetting& setting = settings_[place];
  Turn& turn = turns_[place];
  const Time begun = clock_.now();
  if (!setting.inventory->has_changed() && !turn.is_to_do) {
    reach_.read.insert_or_assign(setting.name, begun);
    Lock lock(mutex_);
    states_[place].last_read = begun;
    return;
  }
  turn.is_to_do = true;  // Until all of it has come in, whatever is thrown before.
  std::string trouble;
  bool is_passing = false;
  Result<InventoryCounts> counts = InventoryCounts();
  {
    InventoryReading reading = setting.inventory->read();
    reading.place = setting.place;
    counts = pass_.declare(setting.name, reading, *catalog_, reach_, stop);
    turn.is_to_do = !counts || !reading.is_whole;
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
  if (turn.is_to_do) return;  // What is known of the last time is not less true.
  state.last_read = clock_.now();
  state.counts = *std::move(counts);
}

void InventoryRunner::look_at_records(const std::stop_token& stop) {
  const bool is_any_missing = std::ranges::any_of(turns_, &Turn::is_to_do);
  const auto now = steady_clock::now();
  if (is_any_missing || now < look_due_ || stop.stop_requested()) return;
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
