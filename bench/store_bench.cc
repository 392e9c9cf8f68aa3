// The codec and the commit, alone: nothing is recognised, folded or sent.
//   store_bench --benchmark_filter=commit
// STATEWIRE_BENCH_DIR names where the store is made; the current directory otherwise.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "store/block.h"
#include "store/sample_entries.h"
#include "store/store.h"

namespace statewire {
namespace {

constexpr size_t kBatchEntries = 1000;
constexpr uint64_t kResources = 100'000;

Time now() { return SystemClock().now(); }

std::vector<Entry> random_batch(uint64_t first, std::mt19937_64& random, Arena& arena) {
  std::vector<Entry> entries;
  const Time recorded = now();
  for (size_t i = 0; i < kBatchEntries; ++i) {
    entries.push_back(typical_entry(first + i, random() % kResources, recorded, arena));
  }
  return entries;
}

void add_entry(benchmark::State& state) {
  Arena arena;
  std::mt19937_64 random(1);
  const std::vector<Entry> entries = random_batch(1'000'000, random, arena);
  BlockWriter writer;
  size_t bytes = 0;
  for (auto _ : state) {
    writer.begin(entries[0].sequence, entries[0].recorded);
    for (const Entry& entry : entries) writer.add(entry);
    bytes = writer.finish({}).size();
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kBatchEntries));
  state.counters["bytes_per_entry"] = static_cast<double>(bytes) / kBatchEntries;
}
BENCHMARK(add_entry);

void read_entry(benchmark::State& state) {
  Arena arena;
  std::mt19937_64 random(1);
  BlockWriter writer;
  const std::vector<Entry> entries = random_batch(1'000'000, random, arena);
  writer.begin(entries[0].sequence, entries[0].recorded);
  for (const Entry& entry : entries) writer.add(entry);
  const BlockReader reader = *BlockReader::open(writer.finish({}));
  Arena reading;
  for (auto _ : state) {
    reading.clear();
    for (size_t i = 0; i < reader.size(); ++i) {
      benchmark::DoNotOptimize(reader.entry(i, reading).ok());
    }
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kBatchEntries));
}
BENCHMARK(read_entry);

// Each batch: blocks packed, each changed record once, one synced write. With `reads` the records
// are looked up before, as ingest does.
void commit(benchmark::State& state) {
  const bool reads = state.range(0) != 0;
  const char* const place = std::getenv("STATEWIRE_BENCH_DIR");
  const std::string path = std::string(place == nullptr ? "." : place) + "/store_bench.db";
  std::filesystem::remove_all(path);
  auto opened = Store::open({.path = path});
  if (!opened) return state.SkipWithError(opened.error().text.c_str());
  Store& store = **opened;
  BlockWriter writer;
  Arena arena;
  std::mt19937_64 random(1);
  std::vector<const Record*> records;
  std::vector<std::string_view> ids;
  std::vector<std::optional<Record>> found;
  for (auto _ : state) {
    state.PauseTiming();
    arena.clear();
    const std::vector<Entry> entries = random_batch(store.last_sequence() + 1, random, arena);
    state.ResumeTiming();
    if (reads) {
      ids.clear();
      for (const Entry& entry : entries) ids.push_back(entry.after.resource.id);
      if (!store.records(ids, arena, found)) return state.SkipWithError("records");
    }
    writer.begin(entries[0].sequence, entries[0].recorded);
    records.clear();
    for (const Entry& entry : entries) {
      writer.add(entry);
      records.push_back(&entry.after);
    }
    const LedgerDelta ledger;
    const Commit what{.first_sequence = entries[0].sequence,
                      .last_sequence = entries.back().sequence,
                      .recorded = entries[0].recorded,
                      .block = writer.finish(ledger),
                      .records = records,
                      .aliases = {},
                      .cursors = {},
                      .ledger = &ledger};
    if (!store.commit(what)) return state.SkipWithError("commit");
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kBatchEntries));
  state.counters["journal_mb"] = static_cast<double>(store.journal_bytes()) / 1e6;
  state.counters["memory_mb"] = static_cast<double>(store.memory_used()) / 1e6;
  opened->reset();
  std::filesystem::remove_all(path);
}
BENCHMARK(commit)->ArgName("reads")->Arg(0)->Arg(1)->Iterations(3000)->UseRealTime();

}  // namespace
}  // namespace statewire

BENCHMARK_MAIN();
