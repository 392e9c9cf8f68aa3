// Whatever became of the journal and of the rows of its spans, a question about a time has the
// answer of whoever looks at every entry.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "api/queries.h"
#include "model/told_time.h"
#include "store/block.h"
#include "store/journal_spans.h"
#include "store/kept_engine.h"
#include "store/sample_entries.h"
#include "store/store.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Time kFirstDay = *parse_time("2026-06-01T08:00:00Z");

// What is known of an entry without any store.
struct Known {
  Time time;
  std::string actor;
};

class RandomJournal {
 public:
  explicit RandomJournal(uint64_t seed) : random_(seed) { open(); }

  void step() {
    commit(below(4) == 0 ? below(2'000) : below(200));
    switch (below(40)) {
      case 0:
      case 1:
      case 2:
        return open();  // The process was killed.
      case 3:
        return trim();
      case 4:
      case 5:
        return touch_row(false);
      case 6:
      case 7:
        return touch_row(true);
      case 8:
        return lose_block();
      case 9:
        return lose_end();
      case 10:
        tells_times_ = !tells_times_;  // An older program takes its turn, or ends it.
        return open();
      case 11:
        now_ += hours(24 * below(30));
    }
  }

  // The sequences that are wanted, the newest first, by looking at all entries.
  std::vector<uint64_t> expected(const HistoryFilter& filter) const {
    std::vector<uint64_t> found;
    for (auto each = known_.rbegin(); each != known_.rend(); ++each) {
      const auto& [sequence, entry] = *each;
      if (found.size() == filter.limit || sequence < store_->first_sequence()) break;
      const bool is_theirs = filter.actor.empty() || filter.actor == entry.actor;
      if (is_theirs && filter.is_wanted_time(entry.time)) found.push_back(sequence);
    }
    return found;
  }

  HistoryFilter filter() {
    HistoryFilter filter;
    if (below(5) > 0) filter.since = any_time();
    if (below(5) > 0) filter.until = filter.since ? *filter.since + stretch() : any_time();
    if (below(4) == 0) filter.actor = "mallory";
    filter.limit = below(3) == 0 ? 1 + below(20) : 1'000'000;
    return filter;
  }

  Store& store() { return *store_; }

  size_t rows() const {
    size_t count = 0;
    (void)engine_->each(Family::meta, span_key(0), Direction::forward,
                        [&](std::string_view key, std::string_view) {
                          count += is_span_key(key);
                          return true;
                        });
    return count;
  }

 private:
  uint64_t below(uint64_t bound) { return random_() % bound; }

  void open() {
    store_.reset();
    store_ = *Store::open({}, std::make_unique<KeptEngine>(*engine_));
  }

  Duration stretch() {
    const Duration units[] = {seconds(1), minutes(1), hours(1), hours(24)};
    return units[below(4)] * static_cast<int64_t>(1 + below(40));
  }
  // Near to one that is told, or just it.
  Time any_time() {
    if (known_.empty() || below(10) == 0) return kFirstDay + hours(below(4'000));
    const auto at = known_.lower_bound(1 + below(known_.rbegin()->first));
    return below(2) == 0 ? at->second.time : at->second.time + stretch() - stretch();
  }

  Entry entry(uint64_t sequence, Arena& arena) {
    Entry entry = typical_entry(sequence, sequence % 500, now_, arena);
    entry.previous_sequence = 0;
    entry.after.cause.actor = below(50) == 0 ? "mallory" : "bob";
    Time time = now_ - seconds(below(30));
    if (below(400) == 0) time = now_ - hours(below(3'000));  // Late.
    if (below(400) == 0) time = now_ + minutes(below(60));   // Early.
    if (below(400) == 0) time = Time();
    entry.observation.key.time_ns = to_ns(time);
    if (below(200) == 0) {
      entry.observation.effect = Effect::declare;
      entry.received = now_ - hours(below(50));
    }
    return entry;
  }

  void commit(uint64_t count) {
    Arena arena;
    now_ += seconds(below(3) == 0 ? below(4'000) : below(20));
    const uint64_t first = store_->last_sequence() + 1;
    writer_.begin(first, now_);
    for (uint64_t sequence = first; sequence < first + count; ++sequence) {
      const Entry made = entry(sequence, arena);
      const Observation& seen = made.observation;
      writer_.add(made);
      known_[sequence] = {told_time(seen.effect, seen.key, made.received),
                          std::string(made.after.cause.actor)};
    }
    const std::string_view block = writer_.finish({});
    ASSERT_TRUE(store_->commit({.first_sequence = first,
                                .last_sequence = first + count - 1,
                                .recorded = now_,
                                .block = block,
                                .times = tells_times_ ? &writer_.times() : nullptr}));
  }

  void trim() {
    const uint64_t first = store_->first_sequence();
    const uint64_t count = store_->last_sequence() + 1 - first;
    ASSERT_TRUE(store_->trim_journal(first + below(count + 1) / 2));
  }

  using Row = std::pair<std::string, std::string>;

  std::vector<Row> rows_of(Family family, std::string_view from) const {
    std::vector<Row> rows;
    (void)engine_->each(family, from, Direction::forward,
                        [&](std::string_view key, std::string_view value) {
                          if (family != Family::meta || is_span_key(key))
                            rows.emplace_back(key, value);
                          return true;
                        });
    return rows;
  }

  void touch_row(bool removes) {
    const std::vector<Row> rows = rows_of(Family::meta, span_key(0));
    if (rows.empty()) return;
    auto [key, value] = rows[below(rows.size())];
    EngineBatch batch;
    if (removes) {
      batch.remove(Family::meta, key);
    } else {
      value[below(value.size())] ^= static_cast<char>(1 << below(8));
      batch.put(Family::meta, key, value);
    }
    ASSERT_TRUE(engine_->write(batch, Sync::no));
  }

  void forget(const Row& row, EngineBatch& batch) {
    const auto block = BlockReader::open(row.second);
    const uint64_t first = block->first_sequence();
    known_.erase(known_.lower_bound(first), known_.lower_bound(first + block->size()));
    batch.remove(Family::journal, row.first);
  }
  // As salvage leaves it.
  void lose_block() {
    const std::vector<Row> rows = rows_of(Family::journal, {});
    if (rows.size() < 3) return;
    EngineBatch batch;
    forget(rows[1 + below(rows.size() - 2)], batch);
    ASSERT_TRUE(engine_->write(batch, Sync::no));
    open();
  }
  // What comes next has sequences that others had.
  void lose_end() {
    const std::vector<Row> rows = rows_of(Family::journal, {});
    const size_t count = std::min<size_t>(below(20), rows.size() - 1);
    EngineBatch batch;
    for (size_t i = rows.size() - count; i < rows.size(); ++i) forget(rows[i], batch);
    ASSERT_TRUE(engine_->write(batch, Sync::no));
    open();
  }

  std::mt19937_64 random_;
  std::unique_ptr<Engine> engine_ = make_memory_engine();
  std::unique_ptr<Store> store_;
  BlockWriter writer_;
  Time now_ = kFirstDay;
  bool tells_times_ = true;
  std::map<uint64_t, Known> known_;
};

// All pages, as the command asks for them.
std::vector<uint64_t> answered(Store& store, HistoryFilter filter) {
  const Queries queries(
      {.store = store, .catalog = nullptr, .subscriptions = {}, .teller = {"test", nullptr}});
  std::vector<uint64_t> sequences;
  const size_t limit = filter.limit;
  do {
    filter.limit = limit - sequences.size();
    const Result<std::string> json = queries.history(filter);
    if (!json) return {};
    simdjson::dom::parser parser;
    const simdjson::dom::object answer = parser.parse(*json);
    for (const simdjson::dom::element event : simdjson::dom::array(answer["events"])) {
      sequences.push_back(uint64_t{event["sequence"]});
    }
    if (answer["next"].get(filter.before) != simdjson::SUCCESS) break;
  } while (sequences.size() < limit);
  return sequences;
}

TEST(HistorySpansTest, a_question_about_a_time_has_the_answer_of_who_looks_at_every_entry) {
  const uint64_t seed = std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  size_t rows = 0;
  for (uint64_t round = 0; round < 2; ++round) {
    SCOPED_TRACE(round);
    RandomJournal journal(seed + round);
    for (int i = 0; i < 100; ++i) {
      ASSERT_NO_FATAL_FAILURE(journal.step());
      const HistoryFilter filter = journal.filter();
      ASSERT_EQ(answered(journal.store(), filter), journal.expected(filter)) << "step " << i;
      rows = std::max(rows, journal.rows());
    }
    for (int i = 0; i < 30; ++i) {
      const HistoryFilter filter = journal.filter();
      ASSERT_EQ(answered(journal.store(), filter), journal.expected(filter)) << "at the end " << i;
    }
  }
  EXPECT_GT(rows, 0u);
}

}  // namespace
}  // namespace statewire
