#include "app/inventory_visits.h"

#include <algorithm>

#include "base/log.h"
#include "inventory/trouble.h"

namespace statewire {
namespace {

// Of one inventory, besides those that do not answer.
constexpr size_t kVisitsAtOnce = 8;
// Where so many do not answer, the others wait until one of those is given up.
constexpr size_t kVisitsInAll = 64;

}  // namespace

InventoryVisits::InventoryVisits(Inventory& inventory, const Clock& clock, Settings settings)
    : inventory_(inventory), clock_(clock), settings_(std::move(settings)) {
  Lock lock(mutex_);
  for (InventoryPlace& place : inventory.far_places())
    places_.push_back({.place = std::move(place)});
}

InventoryVisits::~InventoryVisits() { stop(); }

void InventoryVisits::start() { add_threads(); }

void InventoryVisits::add_threads() {
  size_t count = 0;
  {
    Lock lock(mutex_);
    const auto stalls = [this](const Place& place) REQUIRES(mutex_) {
      return place.phase == Phase::asked && is_late(place.heard_since);
    };
    const auto stalling = static_cast<size_t>(std::ranges::count_if(places_, stalls));
    count = std::min({places_.size(), stalling + kVisitsAtOnce, kVisitsInAll});
  }
  try {
    while (threads_.size() < count) {
      threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
    }
  } catch (const std::system_error&) {
    if (threads_.empty()) throw;  // Those that there are go on.
  }
}

void InventoryVisits::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

void InventoryVisits::begin() {
  Lock lock(mutex_);
  for (Place& place : places_) {
    if (place.phase == Phase::answered) place.phase = Phase::queued;
  }
  is_news_ = true;
  queued_.notify_all();
}

void InventoryVisits::run(const std::stop_token& stop) {
  const auto is_queued = [](const Place& place) { return place.phase == Phase::queued; };
  while (!stop.stop_requested()) {
    size_t at = 0;
    {
      Lock lock(mutex_);
      auto next = std::ranges::find_if(places_, is_queued);
      if (next == places_.end()) {
        queued_.wait(mutex_, stop,
                     [&]() REQUIRES(mutex_) { return std::ranges::any_of(places_, is_queued); });
        continue;
      }
      at = static_cast<size_t>(next - places_.begin());
      next->phase = Phase::asked;
      next->asked = next->heard = clock_.now();
      next->since = next->heard_since = Steady::now();
    }
    visit(at);
  }
}

void InventoryVisits::visit(size_t place) {
  const auto on_answer = [&] {
    Lock lock(mutex_);
    places_[place].heard = clock_.now();
    places_[place].heard_since = Steady::now();
  };
  std::string fault;
  try {
    inventory_.visit(place, on_answer);
  } catch (const std::exception& thrown) {
    fault = thrown.what();
  }
  {
    Lock lock(mutex_);
    Place& visited = places_[place];
    visited.phase = Phase::answered;
    visited.asked_before = visited.asked;
    visited.fault = fault.empty() ? fault : visited.place.name + ": " + fault;
    is_news_ = true;
  }
  settings_.on_news();
}

// Where no thread is free, those that are queued wait for places that are late.
bool InventoryVisits::take_news() {
  add_threads();
  Lock lock(mutex_);
  if (!is_news_) return false;
  size_t queued = 0, asked = 0;
  for (const Place& place : places_) {
    if (place.phase == Phase::asked && !is_late(place.since)) return false;
    queued += place.phase == Phase::queued ? 1 : 0;
    asked += place.phase == Phase::asked ? 1 : 0;
  }
  if (queued > 0 && asked < threads_.size()) return false;
  is_news_ = false;
  return true;
}

InventoryVisits::Unanswered InventoryVisits::unanswered() const {
  Lock lock(mutex_);
  Unanswered all;
  std::string slow, queued;
  for (const Place& place : places_) {
    const std::string& name = place.place.name;
    if (place.phase == Phase::queued) {
      add_trouble(name + ": it is asked after others", queued);
    } else if (place.phase == Phase::asked && is_late(place.heard_since)) {
      add_trouble(name + ": it has not answered since " + format_time(place.heard),
                  all.being_asked);
    } else if (place.phase == Phase::asked) {
      add_trouble(name + ": it is being asked since " + format_time(place.asked), slow);
    }
    add_trouble(place.fault, all.fault);
    if (place.phase != Phase::answered || !place.fault.empty()) all.places.push_back(place.place);
  }
  for (const std::string& rest : {slow, queued}) add_trouble(rest, all.being_asked);
  return all;
}

Time InventoryVisits::asked(Time now) const {
  Lock lock(mutex_);
  for (const Place& place : places_) {
    const bool has_answered = place.phase == Phase::answered && place.fault.empty();
    if (has_answered) now = std::min(now, place.asked_before);
  }
  return now;
}

std::vector<InventoryWait> InventoryVisits::waits() const {
  Lock lock(mutex_);
  std::vector<InventoryWait> waits;
  for (const Place& place : places_) {
    if (place.phase != Phase::asked || !is_late(place.heard_since)) continue;
    waits.push_back({.place = place.place.name, .since = place.heard});
  }
  std::ranges::sort(waits, {}, &InventoryWait::since);
  return waits;
}

}  // namespace statewire
