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

// A store of 1,000,000 entries of 100,000 resources, with as many aliases and 10,000 rows in its
// ledger; made once, closed cleanly. Removed at the end.
class LongStore {
 public:
  LongStore() {
    const char* const place = std::getenv("STATEWIRE_BENCH_DIR");
    path_ = std::string(place == nullptr ? "." : place) + "/store_bench_long.db";
    std::filesystem::remove_all(path_);
    const std::unique_ptr<Store> store = open();
    BlockWriter writer;
    Arena arena;
    std::mt19937_64 random(1);
    for (size_t batch = 0; batch < 1000; ++batch) {
      arena.clear();
      const std::vector<Entry> entries = random_batch(store->last_sequence() + 1, random, arena);
      writer.begin(entries[0].sequence, entries[0].recorded);
      std::vector<const Record*> records;
      std::vector<AliasChange> aliases;
      for (const Entry& entry : entries) {
        writer.add(entry);
        records.push_back(&entry.after);
        if (aliases.size() < 100) {
          const std::string number = std::to_string(batch * 100 + aliases.size());
          aliases.push_back({arena.join("a-stack-logical-id-", number), entry.after.resource.id});
        }
      }
      LedgerDelta ledger;
      for (size_t i = 0; i < 10; ++i) {
        LedgerRow& row = ledger.rows.emplace_back();
        row.source = "http", row.account = std::to_string(batch * 10 + i), row.region = "eu-west-1";
      }
      CHECK(store->commit({.first_sequence = entries[0].sequence,
                           .last_sequence = entries.back().sequence,
                           .recorded = entries[0].recorded,
                           .block = writer.finish(ledger),
                           .records = records,
                           .aliases = aliases,
                           .ledger = &ledger}));
    }
  }
  ~LongStore() { std::filesystem::remove_all(path_); }

  std::unique_ptr<Store> open() const {
    auto opened = Store::open({.path = path_});
    CHECK(opened.ok());
    return std::move(*opened);
  }
  static const LongStore& instance() {
    static const LongStore store;
    return store;
  }

 private:
  std::string path_;
};

void open_long_store(benchmark::State& state) {
  const LongStore& long_store = LongStore::instance();
  for (auto _ : state) {
    std::unique_ptr<Store> store = long_store.open();
    state.PauseTiming();
    store.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(open_long_store)->Iterations(20)->UseRealTime()->Unit(benchmark::kMillisecond);

void learn_aliases(benchmark::State& state) {
  const std::unique_ptr<Store> store = LongStore::instance().open();
  for (auto _ : state) CHECK(store->learn_aliases({}));
}
BENCHMARK(learn_aliases)->Iterations(5)->UseRealTime()->Unit(benchmark::kMillisecond);

// 256 entries back, eight to a block, as a late observation walks.
void walk_entries(benchmark::State& state) {
  const std::unique_ptr<Store> store = LongStore::instance().open();
  Arena arena;
  for (auto _ : state) {
    arena.clear();
    for (uint64_t back = 0; back < 256; ++back) {
      CHECK(store->entry(store->last_sequence() - 100'000 - back * 125, arena));
    }
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * 256));
}
BENCHMARK(walk_entries)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace statewire

BENCHMARK_MAIN();
