// How long one notification takes to render, in each built-in format.
#include <benchmark/benchmark.h>

#include "config/document.h"
#include "format/example_notification.h"
#include "format/format.h"

namespace statewire {
namespace {

void render(benchmark::State& state, std::string_view format_name) {
  const Notification notification = example_notification();
  Problems problems;
  const Formats formats = Formats::read(Node(), problems);
  const Format* format = formats.find(format_name);
  std::string out;
  for (auto _ : state) {
    out.clear();
    (void)format->render(notification, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(out.size());
}

BENCHMARK_CAPTURE(render, json, "json");
BENCHMARK_CAPTURE(render, json_data, "json-data");
BENCHMARK_CAPTURE(render, csv, "csv");
BENCHMARK_CAPTURE(render, text, "text");

}  // namespace
}  // namespace statewire

BENCHMARK_MAIN();
