// Whether a sanitizer watches this program: it is slower then, and has memory of its own.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STATEWIRE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define STATEWIRE_SANITIZED 1
#endif
#endif
#ifndef STATEWIRE_SANITIZED
#define STATEWIRE_SANITIZED 0
#endif

namespace statewire {
inline constexpr bool kIsSanitized = STATEWIRE_SANITIZED != 0;
}  // namespace statewire
