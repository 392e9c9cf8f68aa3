// Tasks of any thread, done by one: what comes back to a source's thread from calls and commits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <stop_token>
#include <vector>

#include "base/mutex.h"

namespace statewire {

class Mailbox {
 public:
  using Task = std::function<void()>;

  // Any thread. False once it was closed: the task was not and will not be done.
  bool post(Task task) EXCLUDES(mutex_) {
    Lock lock(mutex_);
    if (is_closed_) return false;
    tasks_.push_back(std::move(task));
    changed_.notify_all();
    return true;
  }
  // Waits for tasks until `deadline`, or, where stop is not requested yet, until it is; then does
  // those that are there. One thread.
  void serve(std::chrono::steady_clock::time_point deadline, std::stop_token stop)
      EXCLUDES(mutex_) {
    std::vector<Task> tasks;
    {
      Lock lock(mutex_);
      const auto has_tasks = [this]() REQUIRES(mutex_) { return !tasks_.empty(); };
      if (stop.stop_requested()) {
        changed_.wait_until(mutex_, deadline, has_tasks);
      } else {
        changed_.wait_until(mutex_, stop, deadline, has_tasks);
      }
      tasks.swap(tasks_);
    }
    for (const Task& task : tasks) task();
  }
  // Closes it, unless tasks wait: they hold what others are to have back. True where it is closed.
  bool close_if_empty() EXCLUDES(mutex_) {
    Lock lock(mutex_);
    is_closed_ = tasks_.empty();
    return is_closed_;
  }
  // Closes it, and does the tasks that wait. The thread of serve().
  void close() EXCLUDES(mutex_) {
    std::vector<Task> tasks;
    {
      Lock lock(mutex_);
      is_closed_ = true;
      tasks.swap(tasks_);
    }
    for (const Task& task : tasks) task();
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Task> tasks_ GUARDED_BY(mutex_);
  bool is_closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace statewire
