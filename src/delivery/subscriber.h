// One subscription at work: reads the journal from its cursor, renders what matches, sends it,
// and keeps book. Not thread-safe: the dispatcher's thread owns it.
#pragma once

#include <simdjson.h>

#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/arena.h"
#include "delivery/circuit.h"
#include "delivery/outbox.h"
#include "route/subscription.h"
#include "sinks/sink.h"
#include "store/block.h"
#include "store/store.h"

namespace statewire {

// What a sink answered to one batch; made on any thread.
struct Answer {
  size_t subscriber = 0;  // Its place in the dispatcher.
  std::vector<uint64_t> sequences;
  std::vector<Attempt> attempts;
};

// Counts since the start, for metrics.
struct SubscriberCounts {
  std::string name;
  uint64_t delivered = 0;
  uint64_t retried = 0;
  uint64_t parked = 0;
  uint64_t not_matching = 0;
  uint64_t outstanding = 0;
  uint64_t lag = 0;  // Journal sequences that are not settled.
  bool is_circuit_open = false;
  bool is_gone = false;
};

struct SubscriberLimits {
  size_t outstanding_max = 8'192;
  size_t outstanding_bytes_max = 32u << 20;
  size_t stored_max = 1'024;        // Deliveries that wait for a retry; then the journal waits.
  size_t read_entries_max = 4'096;  // In one turn.
};

class Subscriber {
 public:
  struct Parts {
    const Subscription& subscription;
    const SinkKind& kind;
    std::unique_ptr<Sink> sink;
    Store& store;
    std::string_view instance;
    SubscriberLimits limits = {};
  };
  explicit Subscriber(Parts parts);

  // Where it left off; for a subscription that is new, where `from:` says.
  Result<void> load(Time now);

  // Reads on in the journal, as far as there is room. True where there was something to read.
  Result<bool> read(Time now);
  // Sends what is due. `answer` is called once for each batch, on any thread.
  void send(Time now, const std::function<void(Answer)>& answer, size_t place);
  void take_answer(const Answer& answer, Time now);
  // Puts what changed since the last call into `settlement`.
  void report(Settlement& settlement);

  // A parked delivery comes back.
  void take_redriven(Pending delivery, Time now);
  // When there is something to do next without an answer or a new block.
  std::optional<Time> next_due(Time now) const;
  bool has_unsettled_changes() const { return !changes_.is_empty(); }
  bool is_idle() const { return outbox_.in_flight() == 0; }
  uint64_t cursor() const;
  SubscriberCounts counts() const;
  const Subscription& subscription() const { return subscription_; }

 private:
  Result<void> skip_what_was_trimmed(Time now);
  Result<void> read_block(const StoredBlock& block, Time now);
  void consider(const Entry& entry, Time now);
  void park_unrendered(Pending delivery, std::string_view reason, Time now);
  Result<void> render_again(Pending& delivery);
  void add_stored(Pending delivery, Time now);
  bool is_match(const Notification& notification);
  bool has_room(Time now) const;
  void settle_delivered(uint64_t sequence);
  void retry(Outbox::Item& item, const Attempt& attempt, Time now);
  void park(Outbox::Item& item, const Attempt& attempt, std::string reason, Time now);
  void stop_for_good(uint64_t sequence, const Attempt& attempt);
  void keep(Outbox::Item& item);

  const Subscription& subscription_;
  const SinkKind& kind_;
  const std::unique_ptr<Sink> sink_;
  Store& store_;
  const std::string_view instance_;
  const SubscriberLimits limits_;

  Outbox outbox_;
  Circuit circuit_;
  SubscriptionState saved_;
  uint64_t position_ = 1;     // The next sequence to read.
  std::set<uint64_t> known_;  // Beyond the cursor, and pending or parked already.
  size_t batches_in_flight_ = 0;
  bool is_gone_ = false;
  Time read_after_;  // After an error of the store.
  Time send_after_;  // Not to be faster than the sink allows.
  Settlement changes_;
  SubscriberCounts counts_;
  std::mt19937_64 random_{std::random_device{}()};

  Arena arena_;
  std::string routable_;
  simdjson::dom::parser parser_;
};

}  // namespace statewire
