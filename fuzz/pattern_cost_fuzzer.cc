// Looks for events and patterns that cost more than their size allows, in steps, time and memory.
// An input is a case as lines/cost_for_test.h describes it: a few bytes make a large event. How
// many steps a byte takes counts as coverage, so that what costs more is kept and changed further.
// The faults that there once were are tried at the start, and are what inputs are made from.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "lines/cost_for_test.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

using statewire::cost::kKnownFaults;

// libFuzzer reads this section: each counter that rises is new coverage.
__attribute__((section("__libfuzzer_extra_counters"))) uint8_t steps_of_byte[64];
__attribute__((section("__libfuzzer_extra_counters"))) uint8_t milliseconds[64];

size_t magnitude(double value) {
  size_t magnitude = 0;
  for (; value >= 1 && magnitude < 63; value /= 1.5) ++magnitude;
  return magnitude;
}

void try_case(std::string_view text) {
  statewire::cost::Costs costs;
  const std::string excess = statewire::cost::excess_of(text, costs);
  if (!excess.empty()) {
    std::fprintf(stderr, "costs too much: %s\n%.*s\n", excess.c_str(),
                 static_cast<int>(std::min<size_t>(text.size(), 1000)), text.data());
    std::abort();
  }
  const double bytes = static_cast<double>(costs.event.bytes) + 1;
  steps_of_byte[magnitude(static_cast<double>(costs.event.steps) / bytes)] = 1;
  milliseconds[magnitude((costs.event.seconds + costs.patterns.seconds) * 1e3)] = 1;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  for (const auto& known : kKnownFaults) try_case(known.text);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try_case({reinterpret_cast<const char*>(data), size});
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  const std::string_view known = kKnownFaults[seed / 8 % std::size(kKnownFaults)].text;
  if ((size < 8 || seed % 8 == 0) && known.size() <= max_size) {
    std::memcpy(data, known.data(), known.size());
    size = known.size();
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
