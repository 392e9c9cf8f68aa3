#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "pattern/pattern_set.h"

// Sanitizers bring an allocator of their own, which must not be replaced.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STATEWIRE_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define STATEWIRE_COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef STATEWIRE_COUNTS_ALLOCATIONS
#define STATEWIRE_COUNTS_ALLOCATIONS 1
#endif

#if STATEWIRE_COUNTS_ALLOCATIONS

namespace {
thread_local size_t allocations = 0;
}  // namespace

// Counts for the whole test program; memory still comes from malloc.
void* operator new(size_t bytes) {
  ++allocations;
  if (void* place = std::malloc(bytes)) return place;
  throw std::bad_alloc();
}
void operator delete(void* place) noexcept { std::free(place); }
void operator delete(void* place, size_t) noexcept { std::free(place); }

namespace statewire {
namespace {

TEST(PatternSet, allocates_nothing_once_warm) {
  PatternSet set;
  const size_t before_build = allocations;
  for (uint32_t i = 0; i < 200; ++i) {
    const std::string name = std::to_string(i);
    const std::string json =
        R"({"source":["some.long.source.name"],"detail":{"eventName":["CallThatHasALongName)" +
        name + R"("],"tags":{"key":[{"anything-but":["x","y"]},{"exists":false}]}}})";
    set.add(i, std::get<Pattern>(Pattern::compile(json)));
  }
  set.publish();
  PatternScratch scratch;
  EXPECT_GT(allocations, before_build);  // The counter counts.

  simdjson::dom::parser parser;
  const std::string json = R"({"source":"some.long.source.name","detail":{
      "eventName":"CallThatHasALongName7","tags":[{"key":"x"},{"key":"z"}]}})";
  const auto event = parser.parse(json).value();
  std::vector<uint32_t> out;
  set.match(event, scratch, out);
  ASSERT_EQ(out, std::vector<uint32_t>{7});
  const size_t before = allocations;
  for (int i = 0; i < 100; ++i) set.match(event, scratch, out);
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace statewire

#endif
