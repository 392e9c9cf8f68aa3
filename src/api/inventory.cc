// What code declares of all that is known, counted over all records.
#include <algorithm>
#include <map>

#include "api/inventory_state.h"
#include "api/json_parts.h"
#include "api/queries.h"
#include "base/limits.h"
#include "model/withheld.h"

namespace statewire {
namespace {

// Of the records that one inventory declares something of. Each is one of matched, not_seen, ended
// and lost.
struct InventorySums {
  uint64_t resources = 0;
  uint64_t matched = 0;   // They are there, by what events say.
  uint64_t not_seen = 0;  // No more is known of them than that they are declared.
  uint64_t ended = 0;     // By their tool, or before their state was written: nobody misses them.
  uint64_t lost = 0;
  uint64_t out_of_band = 0;  // Of those that are there.

  void add(const Record& record) {
    ++resources;
    out_of_band += record.drift == Drift::out_of_band ? 1 : 0;
    if (record.drift == Drift::lost) {
      ++lost;
    } else if (record.phase == Phase::gone) {
      ++ended;
    } else {
      ++(record.phase == Phase::unknown ? not_seen : matched);
    }
  }
};

// Of all records but those that are gone, unless they are lost.
struct RecordSums {
  uint64_t known = 0;
  uint64_t declared = 0;  // By an inventory, or by tags that a tool sets.
  uint64_t children = 0;  // Of declared parents.
  uint64_t by_drift[kDriftCount] = {};
};

// Verdicts on what no inventory that is configured declares any more.
struct WithheldSums {
  uint64_t by_drift[kDriftCount] = {};
  Time since = Time::max();  // Of the first of them.

  void add(const Record& record) {
    if (!is_withheld(record)) return;
    const Drift drift = standing_drift(record);
    ++by_drift[static_cast<size_t>(drift)];
    if (is_alarming(drift)) since = std::min(since, record.drift_since);
  }
  void write(JsonWriter& json) const {
    json.begin_object("withheld");
    for (const Drift drift : {Drift::out_of_band, Drift::unmanaged, Drift::lost}) {
      json.key_text(name_of(drift));
      json.number(by_drift[static_cast<size_t>(drift)]);
    }
    if (since != Time::max()) json.time("since", since);
    json.end_object();
  }
};

class InventoryQuestion final : public Question {
 public:
  InventoryQuestion(const Store& store, std::vector<InventoryState> states, Time now)
      : store_(store), states_(std::move(states)), now_(now) {}

  std::optional<Result<std::string>> step() override {
    size_t looked_at = 0;
    bool is_over = true;
    const Result<void> read = store_.each_record(at_, [&](const Record& record) {
      is_over = looked_at++ < kRecordsAtATime;
      if (!is_over) return false;
      add(record);
      at_ = record.resource.id;
      return true;
    });
    if (!read) return read.error();
    if (!is_over) return std::nullopt;
    return answer();
  }

 private:
  void add(const Record& record) {
    const bool is_there = record.phase != Phase::gone;
    withheld_.add(record);
    bool is_child = false;
    each_group(record.declared, [&](const DeclaredGroup& group) {
      if (!group.via.empty()) {
        is_child = true;
        return true;
      }
      sums_[std::string(group.inventory)].add(record);
      return true;
    });
    if (is_there || record.drift == Drift::lost) {
      ++all_.by_drift[static_cast<size_t>(record.drift)];
    }
    if (!is_there) return;
    ++all_.known;
    if (is_child) {
      ++all_.children;
    } else if (owner_of(record).is_known()) {
      ++all_.declared;
    }
  }

  void write_sums(const InventorySums& sums, JsonWriter& json) const {
    json.number("resources", sums.resources);
    json.number("matched", sums.matched);
    json.number("not_seen", sums.not_seen);
    json.number("ended", sums.ended);
    json.number("lost", sums.lost);
    json.number("out_of_band", sums.out_of_band);
  }

  void write_state(const InventoryState& state, JsonWriter& json) const {
    json.begin_object();
    json.line("name", state.name);
    json.line("kind", state.kind);
    json.number("declares", state.counts.declares + state.counts.unjoined);
    json.number("unjoined", state.counts.unjoined);
    json.number("of_other_providers", state.counts.of_other_providers);
    const auto sums = sums_.find(state.name);
    write_sums(sums == sums_.end() ? InventorySums() : sums->second, json);
    if (state.last_read != Time()) json.time("last_read", state.last_read);
    json.known_line("trouble", state.trouble);
    json.boolean("up", state.is_up(now_));
    if (state.trouble_since != Time()) json.time("trouble_since", state.trouble_since);
    json.begin_array("waits");
    for (const InventoryWait& wait : state.waits) {
      json.begin_object();
      json.line("place", wait.place);
      json.time("since", wait.since);
      json.end_object();
    }
    json.end_array();
    json.begin_array("missing");
    for (const MissingPlace& each : state.missing) {
      json.begin_object();
      json.known_line("place", each.place.name);
      json.known_line("account", each.place.account);
      json.known_line("region", each.place.region);
      json.time("since", each.since);
      json.end_object();
    }
    json.end_array();
    json.known_line("withholds", state.withholds());
    json.begin_array("not_joined");
    for (const UnjoinedResource& each : state.counts.unjoined_first) {
      json.begin_object();
      json.line("address", each.address);
      json.line("type", each.type);
      json.line("reason", each.reason);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }

  std::string answer() const {
    return json_of([&](JsonWriter& json) {
      json.begin_object();
      json.begin_array("inventories");
      for (const InventoryState& state : states_) write_state(state, json);
      for (const auto& [name, sums] : sums_) {
        const bool is_written =
            std::ranges::any_of(states_, [&](const auto& state) { return state.name == name; });
        if (is_written) continue;
        json.begin_object();
        json.line("name", name);
        write_sums(sums, json);
        json.end_object();
      }
      json.end_array();
      json.number("known", all_.known);
      json.number("declared", all_.declared);
      json.number("children", all_.children);
      json.begin_object("drift");
      for (int i = 0; i < kDriftCount; ++i) {
        json.key_text(name_of(static_cast<Drift>(i)));
        json.number(all_.by_drift[i]);
      }
      json.end_object();
      withheld_.write(json);
      json.end_object();
    });
  }

  const Store& store_;
  const std::vector<InventoryState> states_;
  const Time now_;
  std::string at_;  // Looked at last.
  std::map<std::string, InventorySums, std::less<>> sums_;
  RecordSums all_;
  WithheldSums withheld_;
};

}  // namespace

std::unique_ptr<Question> Queries::begin_inventory(std::vector<InventoryState> states,
                                                   Time now) const {
  return std::make_unique<InventoryQuestion>(parts_.store, std::move(states), now);
}

Result<std::string> Queries::inventory() const { return answer_of(begin_inventory({}, Time())); }

}  // namespace statewire
