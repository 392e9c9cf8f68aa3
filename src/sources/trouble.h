// What a source cannot read now, though it goes on, and since when.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "base/mutex.h"
#include "base/time.h"

namespace statewire {

struct SourceTrouble {
  Time since;  // By the wall clock.
  std::string reason;
};

// Kept by the source, for whoever asks. Any thread.
class TroubleNote {
 public:
  // Borrows the clock.
  explicit TroubleNote(const Clock& clock) : clock_(clock) {}

  // Empty: there is none any more. One that changes its reason goes on since it began.
  void set(std::string reason) {
    Lock lock(mutex_);
    if (reason.empty()) return trouble_.reset();
    const Time since = trouble_ ? trouble_->since : clock_.now();
    trouble_ = SourceTrouble{since, std::move(reason)};
  }
  void clear() { set({}); }
  std::optional<SourceTrouble> get() const {
    Lock lock(mutex_);
    return trouble_;
  }

 private:
  const Clock& clock_;
  mutable Mutex mutex_;
  std::optional<SourceTrouble> trouble_ GUARDED_BY(mutex_);
};

}  // namespace statewire
