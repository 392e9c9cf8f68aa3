#include "ingest/inventory_extents.h"

#include <filesystem>

#include "ingest/ingest_for_test.h"
#include "ingest/inventory_pass.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::string_view kHere = "123456789012";
constexpr std::string_view kThere = "210987654321";
constexpr std::string_view kPattern = "/srv/*.tfstate";

std::string queue_id(std::string_view account, std::string_view name) {
  return "arn:aws:sqs:eu-west-1:" + std::string(account) + ":" + std::string(name);
}

// A state that the pattern finds, and that declares a queue in that account.
DeclaredStack state(const std::string& name, std::string_view account) {
  DeclaredStack stack;
  stack.name = name;
  stack.path = "/srv/" + name + ".tfstate";
  stack.found_by = kPattern;
  stack.tool = "terraform";
  stack.written = kNow - hours(3);
  if (account.empty()) return stack;
  DeclaredResource& resource = stack.resources.emplace_back();
  resource.id = queue_id(account, name);
  resource.address = resource.block = "aws_sqs_queue." + name;
  return stack;
}

InventoryPlace away(const std::string& name) {
  return {.name = "/srv/" + name + ".tfstate",
          .account = {},
          .region = {},
          .found_by = std::string(kPattern)};
}

class InventoryExtentsTest : public IngestTest {
 protected:
  // As the runner does it, which knows nothing of before a restart.
  void read(std::vector<DeclaredStack> stacks, std::vector<InventoryPlace> unread = {}) {
    clock_.advance(minutes(1));
    InventoryReading reading;
    reading.stacks = std::move(stacks);
    reading.is_whole = unread.empty();
    reading.unread = std::move(unread);
    reading.place = "srv";
    InventoryPass pass(*store_, *ingest_, clock_);
    InventoryReach reach;
    ASSERT_TRUE(pass.declare("shop", reading, *catalog_, reach, stop_.get_token()).ok());
    for (const InventoryPlace& place : reading.unread) {
      reach.missing["shop"].push_back({.place = place, .since = kNow});
    }
    unread_ = reading.unread;
    ASSERT_TRUE(pass.look_at_records(reach, hours(1), stop_.get_token()).ok());
  }
  void make_queue(const std::string& name) {
    fates_of(call_by_alice("sqs.amazonaws.com", "CreateQueue", "00:00", "make-" + name,
                           R"({"queueName":")" + name + R"("})"));
  }
  Drift drift_of(std::string_view name) {
    const std::string id = queue_id(kHere, name);
    const std::string_view view = id;
    std::vector<std::optional<Record>> records;
    CHECK(store_->records({&view, 1}, arena_, records).ok());
    return records[0] ? records[0]->drift : Drift::none;
  }
  std::string row() const { return *store_->cursor("inventory/extents/shop"); }
  void write_row(std::string text) {
    ASSERT_TRUE(submit("", {"inventory/extents/shop", std::move(text)}).get().ok());
  }

  std::stop_source stop_;
  std::vector<InventoryPlace> unread_;
};

TEST_F(InventoryExtentsTest, a_state_that_is_away_withholds_only_where_it_has_declared) {
  read({state("here", kHere), state("there", kThere)});
  make_queue("by-hand");
  read({state("here", kHere)}, {away("there")});
  EXPECT_EQ(drift_of("by-hand"), Drift::unmanaged);
  ASSERT_EQ(unread_.size(), 1u);
  EXPECT_EQ(unread_[0].account, kThere);
  EXPECT_EQ(unread_[0].region, "eu-west-1");
  make_queue("second");
  read({state("there", kThere), state("more", kHere)}, {away("here")});
  EXPECT_EQ(drift_of("second"), Drift::unknown);
  EXPECT_EQ(drift_of("by-hand"), Drift::unmanaged);
  read({state("here", kHere), state("there", kThere)});
  EXPECT_EQ(drift_of("second"), Drift::unmanaged);
  expect_refolds();
}

TEST_F(InventoryExtentsTest, what_was_never_read_or_declared_nothing_may_declare_anything) {
  make_queue("by-hand");
  read({state("here", kHere)}, {away("new")});
  EXPECT_EQ(drift_of("by-hand"), Drift::unknown);
  // A state of it is not known: neither is what the pattern finds.
  read({state("more", kHere)}, {{.name = std::string(kPattern)}});
  EXPECT_EQ(drift_of("by-hand"), Drift::unknown);
  read({state("here", kHere), state("new", "")});
  EXPECT_EQ(drift_of("by-hand"), Drift::unmanaged);
  make_queue("second");
  read({state("here", kHere)}, {away("new")});
  EXPECT_EQ(drift_of("second"), Drift::unknown);
}

TEST_F(InventoryExtentsTest, a_state_that_was_there_no_more_is_a_new_one) {
  read({state("here", kHere), state("there", kThere)});
  read({state("here", kHere)});
  make_queue("by-hand");
  read({state("here", kHere)}, {away("there")});
  EXPECT_EQ(drift_of("by-hand"), Drift::unknown);
}

TEST_F(InventoryExtentsTest, a_pattern_that_is_away_may_declare_what_its_states_have) {
  DeclaredStack other = state("here", kHere);
  other.path = other.found_by = "/other.tfstate";
  read({other, state("there", kThere)});
  make_queue("by-hand");
  for (int i = 0; i < 2; ++i) read({other}, {{.name = std::string(kPattern)}});
  EXPECT_EQ(drift_of("by-hand"), Drift::unmanaged);
  make_queue("second");
  read({state("there", kThere)}, {{.name = "/other.tfstate"}});
  EXPECT_EQ(drift_of("second"), Drift::unknown);
}

TEST_F(InventoryExtentsTest, a_row_that_is_damaged_or_of_another_version_withholds_everywhere) {
  read({state("here", kHere), state("there", kThere)});
  const std::string good = row();
  make_queue("by-hand");
  for (size_t at = 0; at <= good.size(); ++at) {
    std::string bad = good;
    if (at == good.size()) bad += "x";
    if (at < good.size()) bad[at] = static_cast<char>(bad[at] ^ 1);
    const InventoryExtents extents = InventoryExtents::parse(bad, "srv");
    EXPECT_EQ(extents.bounds_of({away("there")})[0].account, "") << at;
    EXPECT_EQ(
        InventoryExtents::parse(good.substr(0, at), "srv").bounds_of({away("there")})[0].account,
        at < good.size() ? "" : kThere);
  }
  EXPECT_EQ(InventoryExtents::parse(good, "elsewhere").bounds_of({away("there")})[0].account, "");
  write_row("2" + good.substr(1));
  read({state("here", kHere)}, {away("there")});
  EXPECT_EQ(drift_of("by-hand"), Drift::unknown);
  write_row("");
  read({state("here", kHere)}, {away("there")});
  EXPECT_EQ(drift_of("by-hand"), Drift::unknown);
}

TEST_F(InventoryExtentsTest, what_cannot_be_kept_is_not_kept_in_part) {
  DeclaredStack strange = state("there", kThere);
  strange.path = "/srv/a\nb.tfstate";
  read({state("here", kHere), state("there", kThere)});
  EXPECT_NE(row(), "");
  read({state("here", kHere), strange});
  EXPECT_EQ(row(), "");
}

TEST_F(InventoryExtentsTest, after_a_restart_on_disk_the_answer_is_the_same) {
#ifndef STATEWIRE_ROCKSDB
  GTEST_SKIP() << "this program keeps stores in memory only";
#endif
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / ("extents-" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  const auto open = [&] {
    stop();
    store_ = nullptr;
    Result<std::unique_ptr<Store>> store =
        Store::open({.path = folder.string(), .free_bytes_min = 0});
    ASSERT_TRUE(store.ok());
    store_ = *std::move(store);
    start();
  };
  open();
  read({state("here", kHere), state("there", kThere)});
  make_queue("by-hand");
  open();
  read({state("here", kHere)}, {away("there")});
  EXPECT_EQ(drift_of("by-hand"), Drift::unmanaged);
  make_queue("second");
  open();
  read({state("there", kThere), state("more", kHere)}, {away("here")});
  EXPECT_EQ(drift_of("second"), Drift::unknown);
  EXPECT_EQ(drift_of("by-hand"), Drift::unmanaged);
  expect_refolds();
  stop();
  store_ = nullptr;
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace statewire
