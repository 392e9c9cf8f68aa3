// Makes a store with a long past, to ask it things: history_store PATH ENTRIES RESOURCES
#include <charconv>
#include <cstdio>
#include <cstring>

#include "store/long_history.h"

namespace statewire {
namespace {

uint64_t number_of(const char* text) {
  uint64_t number = 0;
  std::from_chars(text, text + std::strlen(text), number);
  return number;
}

Result<void> make(const char* path, uint64_t entries, uint64_t resources) {
  const auto store = Store::open({.path = path});
  if (!store) return store.error();
  return LongHistory(**store, entries, resources, SystemClock().now()).make();
}

}  // namespace
}  // namespace statewire

int main(int argc, char** argv) {
  using namespace statewire;
  if (argc != 4) return std::fprintf(stderr, "history_store PATH ENTRIES RESOURCES\n"), 64;
  const Result<void> made = make(argv[1], std::max<uint64_t>(1'000, number_of(argv[2])),
                                 std::max<uint64_t>(1, number_of(argv[3])));
  if (!made) return std::fprintf(stderr, "%s\n", made.error().text.c_str()), 1;
  return 0;
}
