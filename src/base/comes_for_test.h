// Waits for what another thread does.
#pragma once

#include <chrono>
#include <thread>

namespace statewire {

// Whether `is_there` becomes true within a minute, on a machine that does other things, too.
template <typename Predicate>
bool comes(Predicate is_there) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!is_there()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace statewire
