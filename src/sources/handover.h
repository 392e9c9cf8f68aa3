// Hands the chunks of one source to the intake: in order, so many at once, and knows which of them
// came back. Where one did, those behind it are void, so that no cursor passes what was not stored.
// Used by one thread; acknowledgements come from any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "sources/piece_reader.h"
#include "sources/source.h"

namespace statewire {

class Handover {
 public:
  // Where a chunk came from, for reading it again.
  struct Origin {
    uint64_t file = 0;  // The source's own number for it.
    TextPosition begin;
  };

  // What is in flight `grace` after stop was requested comes back with the next commit: a long
  // chunk takes many, and nobody waits for it.
  Handover(Intake& intake, std::stop_token stop, std::chrono::nanoseconds grace);

  // Waits while too many or too long ones are in flight, or the intake is busy. False where the
  // chunk was not taken: stop was requested, or an earlier chunk came back and has to go first.
  bool submit(Chunk chunk, Origin origin);

  // Waits until nothing is in flight.
  void drain();
  // True where a chunk came back: the next submit() would refuse.
  bool has_returned() const;

  // Where the chunks that were not stored came from, and why the last of them was not.
  // Waits until nothing is in flight; afterwards submit() takes chunks again.
  struct Returned {
    std::vector<Origin> origins;
    std::string reason;
  };
  Returned take_back();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // Shared with the acknowledgements.
  struct State {
    Mutex mutex;
    std::condition_variable_any changed;
    size_t in_flight GUARDED_BY(mutex) = 0;
    size_t bytes GUARDED_BY(mutex) = 0;  // Of those in flight.
    Returned returned GUARDED_BY(mutex);
    SteadyTime void_at GUARDED_BY(mutex) = SteadyTime::max();
  };

  bool wait_for_place(size_t bytes);
  bool may_submit() const;
  static bool is_void(State& state);
  static void acknowledge(State& state, const Origin& origin, size_t bytes,
                          const Result<ChunkFates>& result);

  Intake& intake_;
  const std::stop_token stop_;
  const std::shared_ptr<State> state_;
  const std::stop_callback<std::function<void()>> on_stop_;
};

// Waits so long, or until stop is requested.
void wait_for(std::chrono::nanoseconds time, std::stop_token stop);

}  // namespace statewire
