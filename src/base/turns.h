// Tasks that may take long, and take turns on a few threads: newcomers have every other turn, so
// that what is short never waits for what is long.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>

#include "base/mutex.h"

namespace statewire {

class Turns {
 public:
  class Task {
   public:
    virtual ~Task() = default;
    // A few milliseconds of work. True: it wants another turn. What it throws ends it.
    virtual bool turn() = 0;
  };
  using TaskPtr = std::shared_ptr<Task>;

  struct Limits {
    size_t tasks_max = 0;  // All of them together.
    size_t begun_max = 0;  // Those that take turns; others wait before their second.
  };
  explicit Turns(Limits limits) : limits_(limits) {}

  // Any thread. False where there are too many, or none are taken any more.
  [[nodiscard]] bool add(TaskPtr task) EXCLUDES(mutex_);
  // The same for one that had turns and then waited for something else: it is not refused for want
  // of room.
  [[nodiscard]] bool add_again(TaskPtr task) EXCLUDES(mutex_);
  // Gives turns until stop(). Any number of threads.
  void run() EXCLUDES(mutex_);
  // Any thread. Tasks that are left end without another turn.
  void stop() EXCLUDES(mutex_);

 private:
  struct Turn {
    TaskPtr task;
    bool is_first = false;
  };
  Turn next() EXCLUDES(mutex_);
  void end(Turn turn, bool wants_another) EXCLUDES(mutex_);

  const Limits limits_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<TaskPtr> new_ GUARDED_BY(mutex_);
  std::deque<TaskPtr> begun_ GUARDED_BY(mutex_);
  std::deque<TaskPtr> waiting_ GUARDED_BY(mutex_);  // Had one turn, and wait for a place there.
  size_t tasks_ GUARDED_BY(mutex_) = 0;             // Those in a turn included.
  size_t begun_count_ GUARDED_BY(mutex_) = 0;       // Likewise.
  bool newcomer_is_next_ GUARDED_BY(mutex_) = true;
  bool is_stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace statewire
