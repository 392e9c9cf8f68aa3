// The end of a simulation: everything works again and has time, and then nothing may be missing.
#include <algorithm>

#include "ingest/refold.h"
#include "world.h"

namespace statewire {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kEndLeap = minutes(10);
constexpr size_t kEndLeapsMax = 400;

}  // namespace

// Where a sink refuses some for their own sake, all others arrive. With little room they may fill
// it, and where the order is kept they hold up everything until their time is over.
void World::expect_nobody_kept() {
  std::vector<size_t> names;
  for (const SubscriptionPlan& plan : plan_.subscriptions) {
    Mood& mood = moods_[plan.name];
    mood.delay = {};
    const bool is_certain = !plan.has_small_limits && !plan.limits.is_in_order;
    if (mood.is_by_delivery && is_certain) names.push_back(plan.name);
  }
  for (const PipelineCounts& counts : process_->dispatcher.counts()) {
    if (!counts.is_gone) continue;
    std::erase_if(names, [&](size_t name) { return name_of_subscription(name) == counts.name; });
  }
  std::string kept;
  for (size_t leap = 0; leap < kEndLeapsMax && !has_failed(); ++leap) {
    for (const size_t name : names) {
      const auto refuses = [&](const std::string& id) { return is_refused(moods_[name], id); };
      if (kept = model_.first_kept(name, refuses); !kept.empty()) break;
    }
    if (kept.empty()) return;
    elapsed_ += kEndLeap;
    settle_down();
  }
  model_.fault(kept + " is kept by others that are refused");
}

void World::finish() {
  disk_.fails_writes = disk_.fails_reads = false;
  answer_what_hangs(kNames);
  settle_down();
  expect_nobody_kept();
  moods_.assign(kNames, Mood());
  answer_what_hangs(kNames);
  settle_down();
  pass(seconds(3), kFine);
  stop({});  // Whoever was gone is tried once more.
  const auto is_idle = [this] {
    return std::ranges::all_of(process_->dispatcher.counts(), [](const PipelineCounts& counts) {
      return counts.outstanding == 0 && counts.held == 0 && counts.lag == 0;
    });
  };
  for (size_t leap = 0; !has_failed() && (leap < 2 || !is_idle()); ++leap) {
    if (leap > kEndLeapsMax) {
      for (const PipelineCounts& counts : process_->dispatcher.counts()) {
        if (counts.outstanding + counts.held + counts.lag == 0) continue;
        model_.fault(counts.name +
                     " does not come to its end: " + std::to_string(counts.outstanding) +
                     " wait to be sent, " + std::to_string(counts.held) + " are held, it lags by " +
                     std::to_string(counts.lag));
      }
      return;
    }
    elapsed_ += kEndLeap;
    settle_down();
    if (!is_idle()) continue;
    // A reminder may come back in that time, and what it tells be held.
    pass(seconds(2), kFine);
    settle_down();
  }
  if (has_failed()) return;
  if (common_.traces) {
    (void)process_->store->each_parked({}, [&](const DeliveryKey& key, Result<ParkedRow> row) {
      if (row) {
        trace("parked " + key.subscription + " " + std::to_string(row->delivery.first_sequence) +
              " to " + std::to_string(row->delivery.last_sequence) + ": " + row->reason);
      }
      return true;
    });
  }
  model_.check_end(*process_->store);
  check_views();
}

void World::check_views() {
  const Result<RefoldReport> report = check_store(*process_->store, process_->limits);
  if (!report) return model_.fault("the journal cannot be folded again: " + report.error().text);
  for (const std::string& difference : report->differences) model_.fault(difference);
  const Result<std::vector<LedgerRow>> rows = process_->store->ledger();
  if (!rows) return model_.fault("the ledger cannot be read: " + rows.error().text);
  uint64_t received = 0;
  for (const LedgerRow& row : *rows) {
    received += row.received;
    if (!row.adds_up()) model_.fault("the ledger does not add up");
  }
  if (received != events_) {
    model_.fault("the ledger counts " + std::to_string(received) + " events of " +
                 std::to_string(events_));
  }
}

}  // namespace statewire
