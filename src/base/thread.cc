#include "base/thread.h"

#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

namespace statewire {

bool start_detached(std::function<void()> run) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);  // A thread begins with the mask of its starter.
  bool has_started = true;
  try {
    std::thread(std::move(run)).detach();
  } catch (const std::system_error&) {
    has_started = false;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return has_started;
}

}  // namespace statewire
