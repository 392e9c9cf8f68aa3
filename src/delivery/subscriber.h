// One subscription at work: reads the journal from its cursor, renders what matches, sends it,
// and keeps book. Not thread-safe: the dispatcher's thread owns it.
#pragma once

#include <memory>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/arena.h"
#include "delivery/circuit.h"
#include "delivery/digest.h"
#include "delivery/hold.h"
#include "delivery/outbox.h"
#include "enrich/tag_lookup.h"
#include "route/routable.h"
#include "route/subscription.h"
#include "route/when.h"
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
  uint64_t held = 0;
  uint64_t lag = 0;  // Journal sequences that are not settled.
  bool is_circuit_open = false;
  bool is_gone = false;
};

// Until the store, which failed, is asked again.
constexpr Duration kStoreAgain = std::chrono::seconds(10);

struct SubscriberLimits {
  size_t outstanding_max = 8'192;
  size_t outstanding_bytes_max = 32u << 20;
  size_t stored_max = 1'024;        // Deliveries that wait for a retry; then the journal waits.
  size_t read_entries_max = 4'096;  // In one turn.
  size_t held_max = 16'384;         // Then the journal waits.
};

class Subscriber {
 public:
  struct Parts {
    const Subscription& subscription;
    const SinkKind& kind;
    std::unique_ptr<Sink> sink;
    Store& store;
    Teller teller;
    std::span<const When> ignored = {};  // Resources, by their tags.
    TagLookup* tags = nullptr;           // Null: nothing is looked up.
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
  void offer(const Notification& notification, Time now);
  void add_delivery(const Notification& notification, bool is_stored, Time now);
  void forget_put(uint64_t sequence);
  void forget_stored(uint64_t sequence);
  void park_unrendered(Pending delivery, std::string_view reason, Time now);
  Result<void> render_again(Pending& delivery);
  void add_stored(Pending delivery, Time now);

  // Of subscriber_hold.cc.
  bool can_wait() const { return subscription_.hold.is_any() || !ignored_.empty(); }
  bool must_hold(const Entry& entry, const Notification& notification, HeldNotification& held);
  void hold(HeldNotification held);
  void store_held(const HeldNotification& held);
  void restore_held(const Pending& pending);
  bool release_due(Time now);
  void release(std::string_view resource, Time now);
  Result<void> release_one(const HeldNotification& held, Time now);
  bool is_ignored() const;
  void put_in_digest(const Notification& notification);
  void restore_in_digest(const Pending& pending);
  void send_digest(Time now);
  void retract(const Entry& entry, Time now);
  Result<std::optional<Entry>> told_before(const Entry& amendment, Arena& arena) const;

  // Of subscriber_batch.cc.
  std::vector<Outbox::Item*> next_batch(Time now);
  bool is_gathered(Time now) const;
  bool freeze_batch(Time now);
  Result<void> restore_group();
  void recall_group();
  size_t group_left() const;
  void settle_group();
  void forget_group(const Group& group);
  std::optional<Time> next_batch_due(Time now) const;

  bool has_room(Time now) const;
  bool has_outbox_room(Time now) const;
  void settle_delivered(uint64_t sequence);
  void retry(Outbox::Item& item, const Attempt& attempt, Time now);
  void park(Outbox::Item& item, const Attempt& attempt, std::string reason, Time now);
  void stop_for_good(uint64_t sequence, const Attempt& attempt);
  void keep(Outbox::Item& item);

  const Subscription& subscription_;
  const SinkKind& kind_;
  const std::unique_ptr<Sink> sink_;
  Store& store_;
  const Teller teller_;
  const std::span<const When> ignored_;
  TagLookup* const tags_;
  const SubscriberLimits limits_;

  Outbox outbox_;
  Circuit circuit_;
  SubscriptionState saved_;
  uint64_t position_ = 1;     // The next sequence to read.
  std::set<uint64_t> known_;  // Beyond the cursor, and pending or parked already.
  size_t batches_in_flight_ = 0;
  bool is_gone_ = false;
  bool is_met_ = false;            // Whether what was offered last met the condition.
  Time read_after_;                // After an error of the store.
  Time send_after_;                // Not to be faster than the sink allows.
  std::optional<Group> group_;     // Of a kind that freezes its batches: not settled yet.
  FrozenBatch batch_;              // The same, for the sink.
  bool is_group_awaited_ = false;  // After a start: its members are not read again yet.
  Settlement changes_;
  SubscriberCounts counts_;
  std::mt19937_64 random_{std::random_device{}()};

  Arena arena_;
  Routable routable_;
  HoldQueue hold_;
  Digest digest_;
  uint64_t lookups_ended_ = 0;
};

}  // namespace statewire
