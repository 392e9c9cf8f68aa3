#include "sources/handover.h"

#include <utility>

#include "base/limits.h"

namespace statewire {

Handover::Handover(Intake& intake) : intake_(intake), state_(std::make_shared<State>()) {}

bool Handover::submit(Chunk chunk, Origin origin, std::stop_token stop) {
  if (!wait_for_place(stop)) return false;
  chunk.done = [state = state_, origin](Result<ChunkFates> result) {
    acknowledge(*state, origin, result);
  };
  chunk.is_void = [state = state_] { return has_returned(*state); };
  while (!stop.stop_requested()) {
    if (intake_.submit(std::move(chunk))) return true;  // A refusal leaves the chunk as it was.
    intake_.wait_for_room(stop);
  }
  const Lock lock(state_->mutex);
  --state_->in_flight;
  return false;
}

bool Handover::wait_for_place(std::stop_token stop) {
  Lock lock(state_->mutex);
  const std::stop_callback wake(stop, [state = state_] { state->changed.notify_all(); });
  while (!stop.stop_requested() && state_->returned.origins.empty() &&
         state_->in_flight >= kChunksInFlightMax) {
    state_->changed.wait_for(lock.native(), std::chrono::milliseconds(100));
  }
  if (stop.stop_requested() || !state_->returned.origins.empty()) return false;
  ++state_->in_flight;
  return true;
}

void Handover::acknowledge(State& state, const Origin& origin, const Result<ChunkFates>& result) {
  const Lock lock(state.mutex);
  --state.in_flight;
  if (!result) {
    state.returned.origins.push_back(origin);
    state.returned.reason = result.error().text;
  }
  state.changed.notify_all();
}

void Handover::drain() {
  Lock lock(state_->mutex);
  while (state_->in_flight > 0) state_->changed.wait(lock.native());
}

bool Handover::has_returned() const { return has_returned(*state_); }

bool Handover::has_returned(State& state) {
  const Lock lock(state.mutex);
  return !state.returned.origins.empty();
}

Handover::Returned Handover::take_back() {
  drain();
  const Lock lock(state_->mutex);
  return std::exchange(state_->returned, {});
}

void wait_for(std::chrono::nanoseconds time, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace statewire
