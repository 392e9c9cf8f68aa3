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

// One of every operator, and rules that only forbid.
void fill(PatternSet& set) {
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
  set.publish();
}

constexpr std::string_view kEvent = R"({"source":"some.long.source.name","detail":{
      "eventName":"CallThatHasALongName7","tags":[{"key":"x"},{"key":["z","10.1.2.3",7]},
      {"key":"with an \u0065scape","value":1.5e3}]}})";

size_t allocations_of(const auto& match) {
  for (int i = 0; i < 3; ++i) match();
  const size_t before = allocations;
  for (int i = 0; i < 100; ++i) match();
  return allocations - before;
}

TEST(PatternSet, allocates_nothing_once_warm) {
  PatternSet set;
  const size_t before_build = allocations;
  fill(set);
  EXPECT_GT(allocations, before_build);  // The counter counts.
  PatternScratch scratch;
  std::vector<uint32_t> out;
  simdjson::dom::parser parser;
  const auto event = parser.parse(kEvent).value();
  EXPECT_EQ(allocations_of([&] { set.match(event, scratch, out); }), 0u);
  EXPECT_GT(out.size(), 10u);
  const simdjson::padded_string json(kEvent);
  EXPECT_EQ(allocations_of([&] { EXPECT_TRUE(set.match(json, scratch, out)); }), 0u);
  EXPECT_GT(out.size(), 10u);
}

TEST(LineMatches, allocate_nothing_once_warm) {
  PatternSet set;
  fill(set);
  PatternScratch scratch;
  std::string lines;
  for (int i = 0; i < 200; ++i) {
    lines += R"({"source":"some.long","detail":{"tags":[{"key":)" + std::to_string(i) + "}]}}\n";
    if (i % 50 == 0) lines += "{\"source\":\"not closed\n";
  }
  const simdjson::padded_string text(lines);
  size_t matched = 0;
  EXPECT_EQ(allocations_of([&] {
              for (LineMatches each(set, scratch, text); each.next();) matched += each.ids().size();
            }),
            0u);
  EXPECT_GT(matched, 1'000u);
}

TEST(Pattern, allocates_nothing_once_warm) {
  const auto pattern = std::get<Pattern>(Pattern::compile(
      R"({"detail":{"tags":{"key":[{"suffix":"z"}],"value":[{"exists":false}]},"x":[null,"y",
         {"exists":false}]}})"));
  simdjson::dom::parser parser;
  const auto event = parser.parse(kEvent).value();
  EXPECT_EQ(allocations_of([&] { EXPECT_TRUE(pattern.matches(event)); }), 0u);
}

}  // namespace
}  // namespace statewire

#endif
