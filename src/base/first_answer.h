// An answer that is waited for, and that several may give: who was asked, and who wishes to stop.
#pragma once

#include <future>
#include <mutex>
#include <utility>

namespace statewire {

// Thread-safe. Whoever tells keeps it alive, as the one who waits may be gone by then.
template <typename T>
class FirstAnswer {
 public:
  // The first one counts.
  void tell(T answer) {
    std::call_once(is_told_, [&] { answer_.set_value(std::move(answer)); });
  }
  // REQUIRES: it was not called before.
  T wait() { return answer_.get_future().get(); }

 private:
  std::promise<T> answer_;
  std::once_flag is_told_;
};

}  // namespace statewire
