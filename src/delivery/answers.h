// Answers of a sink on their way to the stage that sent. A sink may answer after a reload or a
// stop: the box is closed then, and drops the answer.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/mutex.h"
#include "delivery/book.h"
#include "sinks/sink.h"

namespace statewire {

// One batch that a sink was given. It keeps the texts that the sink looks at alive until the sink
// has dropped its completion, even if the book is gone by then.
struct Flight {
  std::vector<uint64_t> numbers;  // Of its deliveries, in order.
  std::string subscription;
  std::string batch_id;  // Of a frozen batch.
  FrozenBatch batch;
  std::vector<Book::Node> kept;  // Set by the stage when it ends before the answer.
};

struct Answer {
  std::shared_ptr<Flight> flight;
  std::vector<Attempt> attempts;  // One for each delivery.
};

// Any thread.
class AnswerBox {
 public:
  // `wake` is called after each answer, on the thread that brings it.
  explicit AnswerBox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void put(Answer answer) {
    Lock lock(mutex_);
    if (is_closed_) return;
    answers_.push_back(std::move(answer));
    wake_();
  }
  std::vector<Answer> take_all() {
    std::vector<Answer> answers;
    Lock lock(mutex_);
    answers.swap(answers_);
    return answers;
  }
  // From now on answers are dropped, and `wake` is not called any more.
  void close() {
    Lock lock(mutex_);
    is_closed_ = true;
    answers_.clear();
  }

 private:
  const std::function<void()> wake_;
  Mutex mutex_;
  bool is_closed_ GUARDED_BY(mutex_) = false;
  std::vector<Answer> answers_ GUARDED_BY(mutex_);
};

}  // namespace statewire
