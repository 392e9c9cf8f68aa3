// Questions about a long past: how much of it each looks at, counted in turns of a few
// milliseconds.
#include "store/long_history.h"

#include <gtest/gtest.h>

#include <set>

#include "api/queries.h"

namespace statewire {
namespace {

constexpr uint64_t kEntries = 300'000;
constexpr uint64_t kResources = 30'000;
const Time kToday = *parse_time("2026-12-01T08:00:00Z");

// Made once: nothing changes it.
struct Past {
  std::unique_ptr<Store> store = *Store::open({});
  LongHistory history{*store, kEntries, kResources, kToday};
  Past() { CHECK(history.make().ok()); }
};

class LongHistoryTest : public ::testing::Test {
 protected:
  struct Page {
    std::vector<uint64_t> sequences;
    uint64_t next = 0;
    std::string resource;
    size_t turns = 0;
  };

  static const Past& past() {
    static const Past made;
    return made;
  }

  static Queries queries() {
    return Queries({.store = *past().store,
                    .catalog = nullptr,
                    .subscriptions = {},
                    .teller = {"test", nullptr}});
  }

  static std::string answer_of(const std::unique_ptr<Question>& question, size_t& turns) {
    for (;;) {
      ++turns;
      const std::optional<Result<std::string>> answer = question->step();
      if (!answer) continue;
      EXPECT_TRUE(answer->ok());
      return answer->ok() ? **answer : "{}";
    }
  }

  static Page page(const HistoryFilter& filter) {
    Page result;
    simdjson::dom::parser parser;
    const std::string json = answer_of(queries().begin_history(filter), result.turns);
    const simdjson::dom::object answer = parser.parse(json);
    for (const simdjson::dom::element event : simdjson::dom::array(answer["events"])) {
      result.sequences.push_back(uint64_t{event["sequence"]});
    }
    std::string_view resource;
    if (answer["next"].get(result.next) != simdjson::SUCCESS) result.next = 0;
    if (answer["resource"].get(resource) == simdjson::SUCCESS) result.resource = resource;
    return result;
  }

  // All pages, as the command asks for them.
  static Page all(HistoryFilter filter) {
    Page sum;
    do {
      Page one = page(filter);
      sum.sequences.insert(sum.sequences.end(), one.sequences.begin(), one.sequences.end());
      sum.turns += one.turns;
      if (!one.resource.empty()) filter.resource = sum.resource = one.resource;
      filter.before = one.next;
    } while (filter.before != 0);
    return sum;
  }

  static std::vector<uint64_t> rare() {
    const auto rare = past().history.rare();
    return {rare[2], rare[1], rare[0]};
  }
};

TEST_F(LongHistoryTest, a_rare_actor_is_found_without_decoding_what_is_not_theirs) {
  const Page found = all({.actor = "mallory"});
  EXPECT_EQ(found.sequences, rare());
  EXPECT_LE(found.turns, 60u);  // A block holds a hundred, and each of the rest is read alone.
}

TEST_F(LongHistoryTest, what_is_found_is_told_before_all_the_rest_was_read) {
  const Page first = page({.actor = "mallory"});
  EXPECT_EQ(first.sequences, std::vector<uint64_t>{rare()[0]});
  EXPECT_LE(first.turns, kHistoryFoundBytesMax / kHistoryBytesAtATime + 1);
  EXPECT_LT(rare()[1], first.next);
}

TEST_F(LongHistoryTest, one_resource_is_found_by_its_chain) {
  const std::string rare_id(LongHistory::kRareId);
  const Page by_id = all({.resource = rare_id});
  EXPECT_EQ(by_id.sequences, std::vector<uint64_t>{past().history.rare()[0] + 1});
  EXPECT_LE(by_id.turns, 3u);
  // By its name without looking at all records, and by nothing of the journal.
  const Page by_name = all({.resource = "i-rare"});
  EXPECT_EQ(by_name.sequences, by_id.sequences);
  EXPECT_EQ(by_name.resource, rare_id);
  EXPECT_LE(by_name.turns, 5u);
}

TEST_F(LongHistoryTest, pages_of_one_resource_follow_one_another) {
  Arena arena;
  const Entry newest = *past().store->entry(kEntries, arena);
  const std::string id(newest.after.resource.id);
  const Page all_of_it = all({.resource = id});
  EXPECT_EQ(all_of_it.sequences.size(), kEntries / kResources);
  EXPECT_TRUE(std::ranges::is_sorted(all_of_it.sequences, std::greater<>()));
  HistoryFilter filter{.resource = id, .limit = 3};
  EXPECT_EQ(all(filter).sequences, all_of_it.sequences);
  // From anywhere, also where its last page did not end.
  filter.before = all_of_it.sequences[1] - 1;
  EXPECT_EQ(page(filter).sequences[0], all_of_it.sequences[2]);
  filter.before = UINT64_MAX;
  filter.after = all_of_it.sequences[1];
  EXPECT_EQ(all(filter).sequences, std::vector<uint64_t>{kEntries});
}

TEST_F(LongHistoryTest, since_ends_the_scan_and_until_decodes_nothing_newer) {
  const uint64_t middle = kEntries / 2;
  const Time then = past().history.recorded(middle);
  const Page newest = all({.since = past().history.recorded(kEntries - 500), .limit = 10'000});
  EXPECT_LE(newest.turns, 3u);
  EXPECT_GE(newest.sequences.size(), 400u);
  const Page around = all({.since = then - std::chrono::hours(1), .until = then, .limit = 10'000});
  EXPECT_GE(around.sequences.size(), 100u);
  EXPECT_LE(around.sequences.front(), middle + 100);
  EXPECT_LE(around.turns, 4u);  // What lies between is not read.
}

TEST_F(LongHistoryTest, a_page_of_what_matches_nothing_ends_too) {
  HistoryFilter filter{.severity = kError};
  const Page first = page(filter);
  EXPECT_TRUE(first.sequences.empty());
  EXPECT_EQ(first.next, kEntries - kHistoryEntriesMax + 1);
  EXPECT_LE(first.turns, kHistoryEntriesMax / kHistoryEntriesAtATime + 1);
  EXPECT_TRUE(all(filter).sequences.empty());
}

TEST_F(LongHistoryTest, resources_are_listed_by_pages_of_bounded_work) {
  const auto names = [](const ResourceFilter& filter, size_t& turns, std::string& next) {
    simdjson::dom::parser parser;
    const std::string json = answer_of(queries().begin_resources(filter), turns);
    const simdjson::dom::object answer = parser.parse(json);
    std::vector<std::string> ids;
    for (const simdjson::dom::element each : simdjson::dom::array(answer["resources"])) {
      ids.emplace_back(std::string_view(each["id"]));
    }
    std::string_view text;
    next = answer["next"].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
    return ids;
  };
  std::set<std::string> seen;
  ResourceFilter filter{.limit = 1'000};
  do {
    size_t turns = 0;
    for (std::string& id : names(filter, turns, filter.after)) {
      EXPECT_TRUE(seen.insert(std::move(id)).second);
    }
    EXPECT_LE(turns, 4u);
  } while (!filter.after.empty());
  EXPECT_EQ(seen.size(), kResources + 1);
  size_t turns = 0;
  const ResourceFilter rare{.query = "i-rare"};
  EXPECT_EQ(names(rare, turns, filter.after).size(), 1u);
  EXPECT_LE(turns, kResources / kRecordsAtATime + 2);
}

}  // namespace
}  // namespace statewire
