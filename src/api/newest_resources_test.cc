// Whatever became of the records, the newest are those of whoever looks at all of them: also after
// a restart, before the store knows where they are and when it does.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "api/queries.h"
#include "model/record.h"
#include "store/block.h"
#include "store/kept_engine.h"
#include "store/sample_entries.h"
#include "store/store.h"

namespace statewire {
namespace {

const Time kFirstHour = *parse_time("2026-06-01T08:00:00Z");

class RandomRecords {
 public:
  explicit RandomRecords(uint64_t seed) : random_(seed) { open(); }

  void open() {
    store_.reset();
    store_ = *Store::open({}, std::make_unique<KeptEngine>(*engine_));
  }

  uint64_t below(uint64_t bound) { return random_() % bound; }

  // Some are new, some go on, most are newer than before and some are late.
  void commit(uint64_t count) {
    Arena arena;
    writer_.begin(store_->last_sequence() + 1, kFirstHour);
    std::vector<Entry> entries;
    std::map<std::string_view, const Record*> changed;
    entries.reserve(count);
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t sequence = store_->last_sequence() + 1 + i;
      Entry& entry = entries.emplace_back(typical_entry(sequence, below(3'000), kFirstHour, arena));
      entry.previous_sequence = 0;
      entry.after.since =
          kFirstHour + std::chrono::seconds(below(10) == 0 ? below(50) : sequence / 3);
      entry.after.resource.account = below(30) == 0 ? "000000000001" : "123456789012";
      writer_.add(entry);
    }
    for (const Entry& entry : entries) changed[entry.after.resource.id] = &entry.after;
    std::vector<const Record*> records;
    for (const auto& [id, record] : changed) {
      records.push_back(record);
      known_[std::string(id)] = {record->since, std::string(record->resource.account)};
    }
    ASSERT_TRUE(store_->commit({.first_sequence = store_->last_sequence() + 1,
                                .last_sequence = store_->last_sequence() + count,
                                .recorded = kFirstHour,
                                .block = writer_.finish({}),
                                .records = records}));
  }

  struct Known {
    Time since;
    std::string account;
  };

  // Those that match, the newest first.
  std::vector<std::string> expected(const ResourceFilter& filter) const {
    std::vector<std::pair<Duration, std::string>> found;  // How long ago, so that ids rise.
    for (const auto& [id, record] : known_) {
      const bool is_theirs = filter.account.empty() || filter.account == record.account;
      const bool is_new = !filter.since || record.since >= *filter.since;
      if (is_theirs && is_new) found.emplace_back(kFirstHour - record.since, id);
    }
    std::ranges::sort(found);
    std::vector<std::string> ids;
    for (auto& [age, id] : found) ids.push_back(std::move(id));
    return ids;
  }

  ResourceFilter filter() {
    ResourceFilter filter{.limit = 1 + below(below(2) == 0 ? 5 : 4'000), .is_newest_first = true};
    if (below(3) == 0) filter.account = "000000000001";
    if (below(3) == 0) filter.since = kFirstHour + std::chrono::seconds(below(2'000));
    return filter;
  }

  Store& store() { return *store_; }

 private:
  std::mt19937_64 random_;
  std::unique_ptr<Engine> engine_ = make_memory_engine();
  std::unique_ptr<Store> store_;
  BlockWriter writer_;
  std::map<std::string, Known> known_;
};

std::string answer_to(Store& store, const ResourceFilter& filter) {
  const Queries queries(
      {.store = store, .catalog = nullptr, .subscriptions = {}, .teller = {"test", nullptr}});
  return *queries.resources(filter);
}

TEST(NewestResourcesTest, are_those_of_who_looks_at_all) {
  const uint64_t seed = std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  RandomRecords records(seed);
  simdjson::dom::parser parser;
  for (int step = 0; step < 100; ++step) {
    SCOPED_TRACE(step);
    ASSERT_NO_FATAL_FAILURE(records.commit(1 + records.below(200)));
    if (records.below(5) == 0) records.open();
    const bool learns = records.below(5) == 0;
    ASSERT_TRUE(!learns || records.store().learn_hints({}).ok());
    ResourceFilter filter = records.filter();
    const std::vector<std::string> expected = records.expected(filter);
    const std::string json = answer_to(records.store(), filter);
    const simdjson::dom::object answer = parser.parse(json);
    std::vector<std::string> ids;
    for (const simdjson::dom::element each : simdjson::dom::array(answer["resources"])) {
      ids.emplace_back(std::string_view(each["id"]));
    }
    const size_t count = std::min(filter.limit, expected.size());
    ASSERT_EQ(ids, std::vector(expected.begin(), expected.begin() + static_cast<ptrdiff_t>(count)));
    uint64_t total = expected.size();
    const bool is_counted = answer["total"].get(total) == simdjson::SUCCESS;
    EXPECT_TRUE(is_counted || ids.size() == filter.limit);
    EXPECT_EQ(total, expected.size());
    filter.is_count = true;
    EXPECT_EQ(answer_to(records.store(), filter),
              "{\"total\":" + std::to_string(expected.size()) + "}");
  }
}

}  // namespace
}  // namespace statewire
