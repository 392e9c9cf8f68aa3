// Counts what is allocated. REQUIRES: one file of a program includes this, as it replaces the
// memory of all of it.
#pragma once

#include <cstdlib>
#include <new>
#include <string>
#include <variant>

#include "base/sanitizers_for_test.h"
#include "pattern/pattern_set.h"

// Sanitizers bring an allocator of their own, which must not be replaced.
#define STATEWIRE_COUNTS_ALLOCATIONS !STATEWIRE_SANITIZED

#if STATEWIRE_COUNTS_ALLOCATIONS

namespace statewire {
inline thread_local size_t allocations = 0;
}  // namespace statewire

// Counts for the whole test program; memory still comes from malloc.
void* operator new(size_t bytes) {
  ++statewire::allocations;
  if (void* place = std::malloc(bytes)) return place;
  throw std::bad_alloc();
}
void operator delete(void* place) noexcept { std::free(place); }
void operator delete(void* place, size_t) noexcept { std::free(place); }

namespace statewire {

// One of every operator, and rules that only forbid.
inline void fill(PatternSet& set) {
  uint32_t id = 0;
  const auto add = [&](const std::string& json) {
    set.add(id++, std::get<Pattern>(Pattern::compile(json)));
  };
  for (int i = 0; i < 200; ++i) {
    add(R"({"source":["some.long.source.name"],"detail":{"eventName":["CallThatHasALongName)" +
        std::to_string(i) + R"("],"tags":{"key":[{"anything-but":["x","y"]},{"exists":false}]}}})");
  }
  for (const char* const test :
       {R"({"prefix":"some"})", R"({"suffix":"name"})", R"({"equals-ignore-case":"SOME"})",
        R"({"prefix":{"equals-ignore-case":"SOME"}})", R"({"wildcard":"*long*"})",
        R"({"wildcard":"*o*m*"})", R"({"cidr":"10.0.0.0/8"})", R"({"numeric":[">",5]})",
        R"({"anything-but":"x"})", R"({"anything-but":{"wildcard":"*y"}})", "5", "null",
        R"({"exists":true})", R"({"exists":false})"}) {
    add(R"({"source":[)" + std::string(test) + "]}");
    add(R"({"detail":{"tags":{"key":[)" + std::string(test) + R"(],"value":[{"exists":false}]}}})");
  }
  set.seal();
}

size_t allocations_of(const auto& match) {
  for (int i = 0; i < 3; ++i) match();
  const size_t before = allocations;
  for (int i = 0; i < 100; ++i) match();
  return allocations - before;
}

}  // namespace statewire

#endif
