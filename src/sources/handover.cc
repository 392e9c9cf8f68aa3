#include "sources/handover.h"

#include <utility>

#include "base/limits.h"

namespace statewire {

Handover::Handover(Intake& intake, std::stop_token stop, std::chrono::nanoseconds grace)
    : intake_(intake),
      stop_(std::move(stop)),
      state_(std::make_shared<State>()),
      on_stop_(stop_, [state = state_, grace] {
        const Lock lock(state->mutex);
        state->void_at = std::chrono::steady_clock::now() + grace;
        state->changed.notify_all();
      }) {}

bool Handover::submit(Chunk chunk, Origin origin) {
  const size_t bytes = chunk.text.size();
  if (!wait_for_place(bytes)) return false;
  chunk.done = [state = state_, origin, bytes](Result<ChunkFates> result) {
    acknowledge(*state, origin, bytes, result);
  };
  chunk.is_void = [state = state_] { return is_void(*state); };
  while (may_submit()) {
    if (intake_.submit(std::move(chunk))) return true;  // A refusal leaves the chunk as it was.
    intake_.wait_for_room(stop_);
  }
  const Lock lock(state_->mutex);
  --state_->in_flight;
  state_->bytes -= bytes;
  return false;
}

bool Handover::may_submit() const { return !stop_.stop_requested() && !has_returned(); }

bool Handover::wait_for_place(size_t bytes) {
  State& state = *state_;
  Lock lock(state.mutex);
  while (!stop_.stop_requested() && state.returned.origins.empty() && state.in_flight > 0 &&
         (state.in_flight >= kChunksInFlightMax || state.bytes + bytes > kInFlightBytesMax)) {
    state.changed.wait(lock.native());
  }
  if (stop_.stop_requested() || !state.returned.origins.empty()) return false;
  ++state.in_flight;
  state.bytes += bytes;
  return true;
}

void Handover::acknowledge(State& state, const Origin& origin, size_t bytes,
                           const Result<ChunkFates>& result) {
  const Lock lock(state.mutex);
  --state.in_flight;
  state.bytes -= bytes;
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

bool Handover::has_returned() const {
  const Lock lock(state_->mutex);
  return !state_->returned.origins.empty();
}

bool Handover::is_void(State& state) {
  const Lock lock(state.mutex);
  return !state.returned.origins.empty() || std::chrono::steady_clock::now() >= state.void_at;
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
