// A bug stops the program, in release builds too: going on would make it worse.
#pragma once

#define CHECK(condition)                                                           \
  do {                                                                             \
    if (!(condition)) [[unlikely]] {                                               \
      ::statewire::abort_for_bug(__FILE__, __LINE__, "CHECK failed: " #condition); \
    }                                                                              \
  } while (false)

namespace statewire {

// Says so on standard error, where somebody reads it; ends the process in any case.
[[noreturn]] void abort_for_bug(const char* file, int line, const char* what);

}  // namespace statewire
