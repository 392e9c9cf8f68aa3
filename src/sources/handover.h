// Hands the chunks of one source to the intake: in order, so many at once, and knows which of them
// came back. Where one did, those behind it are void, so that no cursor passes what was not stored.
// Used by one thread; acknowledgements come from any.
#pragma once

#include <condition_variable>
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

  explicit Handover(Intake& intake);

  // Waits while too many are in flight or the intake is busy. False where the chunk was not taken:
  // stop was requested, or an earlier chunk came back and has to go first.
  bool submit(Chunk chunk, Origin origin, std::stop_token stop);

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
  // Shared with the acknowledgements.
  struct State {
    Mutex mutex;
    std::condition_variable_any changed;
    size_t in_flight GUARDED_BY(mutex) = 0;
    Returned returned GUARDED_BY(mutex);
  };

  bool wait_for_place(std::stop_token stop);
  static bool has_returned(State& state);
  static void acknowledge(State& state, const Origin& origin, const Result<ChunkFates>& result);

  Intake& intake_;
  const std::shared_ptr<State> state_;
};

// Waits so long, or until stop is requested.
void wait_for(std::chrono::nanoseconds time, std::stop_token stop);

}  // namespace statewire
