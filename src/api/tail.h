// Server-sent events: the notifications of the journal as they come, to whoever follows.
#pragma once

#include <simdjson.h>

#include <condition_variable>
#include <memory>
#include <string>
#include <vector>

#include "api/live.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "base/time.h"
#include "net/http_server.h"
#include "store/store.h"

namespace statewire {

struct TailLimits {
  size_t followers_max = kFollowersMax;
  // Of one follower that catches up, before it must pause.
  size_t turn_bytes_max = kTailBytesAtATime;
  size_t turn_entries_max = kTailEntriesAtATime;
  Duration pause = std::chrono::milliseconds(50);
  // Adding and stopping are seen so late at most; entries at once.
  Duration wait = std::chrono::milliseconds(200);
  Duration heartbeat = std::chrono::seconds(15);  // A comment where nothing was sent for so long.
};

// What one follower wants.
struct TailWish {
  Pattern when = Pattern::everything();
  const Format* format = nullptr;  // Of `snapshot`.
  std::shared_ptr<const Snapshot> snapshot;
  uint64_t from = 1;  // The first sequence.
};

// Reads the journal once for each follower; a follower that reads too slowly is cut by its stream,
// and may come again from where it was.
class Tail {
 public:
  // Borrows store and clock, which is a steady one: heartbeats are due by it.
  Tail(const Store& store, const Clock& clock, TailLimits limits = {});
  ~Tail();

  // Serves until stop(), then closes every stream. One thread.
  void run();
  // Any thread.
  void stop();
  // Any thread. `unavailable` where there are too many followers, or none are served any more.
  Result<void> check_room() const;
  // Any thread. A stream for which there is no room is closed.
  void add(HttpStream stream, TailWish wish);

 private:
  struct Follower;
  using Followers = std::vector<std::unique_ptr<Follower>>;

  bool take_new(Followers& followers);
  // False where the follower has gone.
  bool serve(Follower& follower, Time now);
  bool serve_block(Follower& follower, const StoredBlock& block, size_t& entries_left);
  void append_if_wanted(const Entry& entry, const TailWish& wish);
  void append_event(uint64_t sequence);
  void wait_for_more(const Followers& followers);

  const Store& store_;
  const Clock& clock_;
  const TailLimits limits_;

  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  bool is_stopping_ GUARDED_BY(mutex_) = false;
  Followers new_ GUARDED_BY(mutex_);
  size_t follower_count_ GUARDED_BY(mutex_) = 0;

  // Of the thread that runs.
  Arena arena_;
  simdjson::dom::parser parser_;
  std::string routable_;
  std::string rendered_;
  std::string piece_;  // What one follower gets in one turn.
};

}  // namespace statewire
