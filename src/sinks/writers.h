// Runs what may hang for ever, such as a write to a pipe that nobody reads or to a file on a
// network that is gone: each place has a thread of its own while it has something to do.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace statewire {

// Any thread. Outlives its Writer objects.
class Writers {
 public:
  Writers();
  // A thread that hangs is left behind.
  ~Writers();
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

 private:
  friend class Writer;
  struct Shared;
  const std::shared_ptr<Shared> shared_;  // With the threads, which may outlive this.
};

// One sink's access to the thread of its place, which it shares with others of the same place:
// tasks of a place run one after the other, also over a reload.
class Writer {
 public:
  // `is_wanted` is false where its Writer is gone, or no thread can be had: it does no work then,
  // and answers. Tasks own or share all that they use.
  using Task = std::function<void(bool is_wanted)>;

  Writer(Writers& writers, std::string place);
  // Tasks that have not begun are called here as not wanted; one that runs goes on.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Called exactly once, on the thread of the place, in order.
  void run(Task task);

 private:
  const std::shared_ptr<Writers::Shared> shared_;
  const std::string place_;
};

}  // namespace statewire
