// A mutex that clang's thread-safety analysis understands; plain std::mutex elsewhere.
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define STATEWIRE_THREAD(x) __attribute__((x))
#else
#define STATEWIRE_THREAD(x)
#endif

#define GUARDED_BY(mutex) STATEWIRE_THREAD(guarded_by(mutex))
#define REQUIRES(...) STATEWIRE_THREAD(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) STATEWIRE_THREAD(locks_excluded(__VA_ARGS__))

namespace statewire {

class STATEWIRE_THREAD(capability("mutex")) Mutex {
 public:
  void lock() STATEWIRE_THREAD(acquire_capability()) { mutex_.lock(); }
  void unlock() STATEWIRE_THREAD(release_capability()) { mutex_.unlock(); }
  std::mutex& native() { return mutex_; }

 private:
  std::mutex mutex_;
};

class STATEWIRE_THREAD(scoped_lockable) Lock {
 public:
  explicit Lock(Mutex& mutex) STATEWIRE_THREAD(acquire_capability(mutex)) : lock_(mutex.native()) {}
  ~Lock() STATEWIRE_THREAD(release_capability()) {}
  // For std::condition_variable: wait(lock.native()) in a loop over the condition.
  std::unique_lock<std::mutex>& native() { return lock_; }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace statewire
