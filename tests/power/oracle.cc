#include "oracle.h"

#include <algorithm>
#include <sstream>

#include "ingest/refold.h"

namespace statewire {
namespace {

constexpr size_t kViolationsMax = 50;
constexpr auto kDeliveryPatience = std::chrono::seconds(60);
constexpr auto kLookAgain = std::chrono::milliseconds(5);

}  // namespace

void Oracle::complain(std::string violation) {
  if (violations_.size() < kViolationsMax) violations_.push_back(std::move(violation));
}

void Oracle::hear(uint32_t round, const std::string& line) {
  std::istringstream words(line);
  std::string what;
  words >> what;
  if (what == "submitted" || what == "acknowledged") {
    ChunkName name{.round = round};
    uint64_t last_sequence = 0;
    words >> name.number >> last_sequence;
    const size_t events = events_of(seed_, name).size();
    (what == "submitted" ? submitted_ : acknowledged_).insert(name);
    (what == "submitted" ? events_submitted_ : events_acknowledged_) += events;
    last_sequence_ = std::max(last_sequence_, last_sequence);
  } else if (what == "delivered") {
    uint64_t sequence = 0;
    std::string id;
    words >> sequence >> id;
    heard_delivery(sequence, id);
  } else if (what == "trimmed") {
    uint64_t first = 0;
    words >> first;
    first_sequence_ = std::max(first_sequence_, first);
  } else {
    complain("round " + std::to_string(round) + ": the victim said: " + line);
  }
}

void Oracle::heard_delivery(uint64_t sequence, std::string_view id) {
  Lock lock(mutex_);
  delivered_[sequence].emplace(id);
  heard_.notify_all();
}

void Oracle::check(uint32_t round, const DiskOptions& disk) {
  auto plant = Plant::start({.disk = disk}, [this](uint64_t sequence, std::string_view id) {
    heard_delivery(sequence, id);
  });
  if (!plant) {
    const bool is_loss = !acknowledged_.empty();
    return complain((is_loss ? std::string(kLost) : "") + plant.error().text);
  }
  check_journal((*plant)->store());
  check_repeats(**plant, round);
  check_ledger((*plant)->store());
  check_views((*plant)->store());
  check_deliveries(**plant);
}

// It holds all that was acknowledged and not trimmed, nothing that nobody sent, and never says
// otherwise than before.
void Oracle::check_journal(const Store& store) {
  const uint64_t first = store.first_sequence();
  if (first < first_sequence_ || first > journal_.size() + 1) {
    complain(std::string(first < first_sequence_ ? "" : kLost) + "the journal begins at " +
             std::to_string(first) + ", was trimmed up to " + std::to_string(first_sequence_));
  }
  first_sequence_ = first;
  std::vector<Told> journal(
      journal_.begin(),
      journal_.begin() + static_cast<ptrdiff_t>(std::min<uint64_t>(first - 1, journal_.size())));
  Arena arena;
  for (uint64_t sequence = first; sequence <= store.last_sequence(); ++sequence) {
    arena.clear();
    const Result<Entry> entry = store.entry(sequence, arena);
    if (!entry || entry->sequence != sequence) {
      complain(std::string(kLost) + "sequence " + std::to_string(sequence) + ": " +
               (entry ? "another is in its place" : entry.error().text));
      break;
    }
    const bool is_told = entry->told.kind != NotificationKind::none;
    journal.push_back({std::string(entry->observation.origin.id),
                       is_told ? to_hex(entry->told.id) : std::string()});
  }
  check_blocks(store);

  if (journal.size() < last_sequence_ || store.last_sequence() != journal.size()) {
    complain(std::string(kLost) + "the journal ends at " + std::to_string(journal.size()) +
             ", the store says " + std::to_string(store.last_sequence()) + ", acknowledged up to " +
             std::to_string(last_sequence_));
  }
  const size_t common = std::min(journal_.size(), journal.size());
  if (!std::equal(journal_.begin(), journal_.begin() + static_cast<ptrdiff_t>(common),
                  journal.begin())) {
    complain("what the journal said before is not what it says now");
  }
  std::set<std::string_view> present;
  for (const Told& told : journal) present.insert(told.origin);
  if (present.size() != journal.size()) complain("the journal holds an event twice");
  for (const ChunkName& name : acknowledged_) {
    for (const SentEvent& event : events_of(seed_, name)) {
      if (event.is_known && !present.contains(event.id)) complain(std::string(kLost) + event.id);
    }
  }
  for (const ChunkName& name : submitted_) {
    for (const SentEvent& event : events_of(seed_, name)) present.erase(event.id);
  }
  if (!present.empty()) {
    complain("the journal holds what nobody sent: " + std::string(*present.begin()));
  }
  journal_ = std::move(journal);
  last_sequence_ = std::max<uint64_t>(last_sequence_, journal_.size());
}

// Block by block, all is there once, from the first sequence to the last.
void Oracle::check_blocks(const Store& store) {
  uint64_t next = store.first_sequence();
  const Result<void> read = store.each_block(1, [&](const StoredBlock& block) {
    if (block.first_sequence != next) {
      complain("a block begins at " + std::to_string(block.first_sequence) + ", not at " +
               std::to_string(next));
    }
    next = block.last_sequence + 1;
    return true;
  });
  if (!read) complain("journal: " + read.error().text);
  if (next != store.last_sequence() + 1) {
    complain("the last block ends before " + std::to_string(next));
  }
}

// What was acknowledged in this round is known when it comes again.
void Oracle::check_repeats(Plant& plant, uint32_t round) {
  for (auto at = acknowledged_.lower_bound({.round = round}); at != acknowledged_.end(); ++at) {
    const std::vector<SentEvent> events = events_of(seed_, *at);
    const auto known = std::ranges::count_if(events, &SentEvent::is_known);
    events_submitted_ += events.size();
    const Result<ChunkFates> fates = plant.submit_and_wait(seed_, *at);
    if (!fates) {
      complain("a repeat was refused: " + fates.error().text);
      continue;
    }
    events_acknowledged_ += events.size();
    uint64_t counted = 0;
    for (const uint64_t count : fates->counts) counted += count;
    if (counted != events.size()) {
      complain("chunk " + std::to_string(at->number) + " has " + std::to_string(events.size()) +
               " events, and fates for " + std::to_string(counted));
    }
    if (fates->of(Fate::duplicate) != static_cast<uint64_t>(known)) {
      complain(std::string(kLost) + "of " + std::to_string(known) + " events of chunk " +
               std::to_string(at->number) + ", " + std::to_string(fates->of(Fate::duplicate)) +
               " were known when they came again");
    }
  }
}

void Oracle::check_ledger(const Store& store) {
  const Result<std::vector<LedgerRow>> rows = store.ledger();
  if (!rows) return complain("ledger: " + rows.error().text);
  uint64_t received = 0;
  uint64_t recognised = 0;
  for (const LedgerRow& row : *rows) {
    if (!row.adds_up()) complain("ledger: " + row.source + " does not add up");
    received += row.received;
    recognised += row.fates[static_cast<size_t>(Fate::recognised)];
  }
  if (received < events_acknowledged_ || received > events_submitted_) {
    complain("ledger: " + std::to_string(received) + " received, " +
             std::to_string(events_acknowledged_) + " acknowledged, " +
             std::to_string(events_submitted_) + " submitted");
  }
  if (recognised != store.last_sequence()) {
    complain("ledger: " + std::to_string(recognised) + " recognised, the journal has " +
             std::to_string(store.last_sequence()));
  }
}

void Oracle::check_views(const Store& store) {
  const Result<RefoldReport> report = check_store(store, {});
  if (!report) return complain("check_store: " + report.error().text);
  for (const std::string& difference : report->differences) {
    complain("check_store: " + difference);
  }
}

// At least once, each under the one id that the journal gives it. Those that a victim's sink got
// come again where the cursor was not yet durable.
void Oracle::check_deliveries(Plant& plant) {
  const auto deadline = std::chrono::steady_clock::now() + kDeliveryPatience;
  for (uint64_t sequence = 1; sequence <= journal_.size(); ++sequence) {
    const std::string& id = journal_[sequence - 1].id;
    if (id.empty()) continue;
    Lock lock(mutex_);
    while (!delivered_.contains(sequence) && std::chrono::steady_clock::now() < deadline) {
      heard_.wait_for(mutex_, kLookAgain);
      plant.wake();
    }
  }
  Lock lock(mutex_);
  for (uint64_t sequence = 1; sequence <= journal_.size(); ++sequence) {
    const std::string& id = journal_[sequence - 1].id;
    const auto at = delivered_.find(sequence);
    const bool is_right =
        id.empty() ? at == delivered_.end() : at != delivered_.end() && at->second == std::set{id};
    if (!is_right) {
      complain("sequence " + std::to_string(sequence) + " was delivered under " +
               (at == delivered_.end() ? "no id" : std::to_string(at->second.size()) + " ids") +
               "; the journal says '" + id + "'");
    }
  }
  if (!delivered_.empty() && delivered_.rbegin()->first > journal_.size()) {
    complain(std::string(kLost) + "delivered beyond the end of the journal");
  }
}

}  // namespace statewire
