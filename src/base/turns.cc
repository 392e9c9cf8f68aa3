#include "base/turns.h"

#include <exception>
#include <utility>

#include "base/log.h"

namespace statewire {

bool Turns::add(TaskPtr task) {
  Lock lock(mutex_);
  if (is_stopping_ || tasks_ >= limits_.tasks_max) return false;
  ++tasks_;
  new_.push_back(std::move(task));
  changed_.notify_one();
  return true;
}

bool Turns::add_again(TaskPtr task) {
  Lock lock(mutex_);
  if (is_stopping_) return false;
  ++tasks_;
  ++begun_count_;
  begun_.push_back(std::move(task));
  changed_.notify_one();
  return true;
}

void Turns::run() {
  while (true) {
    Turn turn = next();
    if (turn.task == nullptr) return;
    bool wants_another = false;
    try {
      wants_another = turn.task->turn();
    } catch (const std::exception& fault) {
      log_error("a task was broken off", {{"fault", std::string_view(fault.what())}});
    }
    end(std::move(turn), wants_another);
  }
}

// No task once it stops.
Turns::Turn Turns::next() {
  Lock lock(mutex_);
  changed_.wait(mutex_, [this]() REQUIRES(mutex_) {
    return is_stopping_ || !new_.empty() || !begun_.empty();
  });
  if (is_stopping_) return {};
  const bool is_first = begun_.empty() || (newcomer_is_next_ && !new_.empty());
  newcomer_is_next_ = !is_first;
  std::deque<TaskPtr>& from = is_first ? new_ : begun_;
  Turn turn{std::move(from.front()), is_first};
  from.pop_front();
  return turn;
}

// A task that ends does so outside the lock: its end may call whoever waits for it.
void Turns::end(Turn turn, bool wants_another) {
  Lock lock(mutex_);
  if (wants_another && !is_stopping_) {
    if (turn.is_first && begun_count_ >= limits_.begun_max) {
      waiting_.push_back(std::move(turn.task));
    } else {
      if (turn.is_first) ++begun_count_;
      begun_.push_back(std::move(turn.task));
    }
  } else {
    --tasks_;
    if (!turn.is_first) --begun_count_;
  }
  while (!waiting_.empty() && begun_count_ < limits_.begun_max) {
    ++begun_count_;
    begun_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    changed_.notify_one();
  }
}

void Turns::stop() {
  std::deque<TaskPtr> left[3];
  Lock lock(mutex_);
  is_stopping_ = true;
  left[0].swap(new_);
  left[1].swap(begun_);
  left[2].swap(waiting_);
  changed_.notify_all();
}

}  // namespace statewire
