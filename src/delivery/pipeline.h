// One subscription at work. It reads the journal from its cursor and takes each notification
// through the stages: match ▶ hold ▶ group ▶ rate ▶ send. What waits or is unsettled stands in its
// book.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>

#include "base/arena.h"
#include "base/limits.h"
#include "delivery/book.h"
#include "delivery/group.h"
#include "delivery/group_words.h"
#include "delivery/hold.h"
#include "delivery/match.h"
#include "delivery/rate.h"
#include "delivery/send.h"
#include "store/block.h"
#include "store/store.h"

namespace statewire {

// What it did, for metrics; and what is there now.
struct PipelineCounts {
  std::string name;
  uint64_t delivered = 0;  // These four since it began, and by add() since the start.
  uint64_t retried = 0;
  uint64_t parked = 0;
  uint64_t not_matching = 0;
  uint64_t outstanding = 0;  // In the stage `send`, or still to be restored.
  uint64_t held = 0;         // In the stages before it; a digest counts as its members.
  uint64_t lag = 0;          // Of the journal's entries: not read, or outstanding.
  bool is_circuit_open = false;
  bool is_gone = false;
  std::optional<Trouble> trouble;  // Its times are by the wall clock.
  // When the oldest of what is outstanding was committed, and of what counts as lag; by the wall
  // clock. Nothing where there is none, or it is not known.
  std::optional<Time> oldest_outstanding;
  std::optional<Time> lag_since;

  // What a pipeline before this one did.
  void add(const PipelineCounts& earlier);
};

// Beyond these the journal waits.
struct PipelineLimits {
  size_t sending_max = kSendingDeliveriesMax;
  size_t held_max = kHeldDeliveriesMax;
  size_t bytes_max = kPipelineBytesMax;              // Payloads and held entries.
  size_t restored_max = kRestoredRowsAtATime;        // Rows, in one turn.
  size_t released_max = kReleasedDeliveriesAtATime;  // Out of hold, in one turn.
};

// Not thread-safe: the dispatcher's thread owns it. Reads the store and never writes it: prepare()
// says what is to be written.
class Pipeline final : private GroupKeeper {
 public:
  struct Parts {
    const Subscription& subscription;
    const SinkKind& kind;
    std::unique_ptr<Sink> sink;
    const Store& store;
    const Clock& wall;
    Teller teller;
    std::span<const When> ignored = {};  // Resources, by their tags.
    TagLookup* tags = nullptr;           // Null: nothing is looked up.
    std::function<void()> wake = [] {};  // An answer came. Any thread.
    PipelineLimits limits = {};
    uint64_t seed = std::random_device{}();
  };
  explicit Pipeline(Parts parts);

  // Where it left off; where it is new, as `from:` says. Takes the same time whatever waits: rows
  // are restored in the turns that follow.
  Result<void> load(Time now);
  // One turn of bounded length: restores, releases, reads a block. True where there is more to do
  // at once. Where an error comes back nothing advances for kStoreAgain.
  Result<bool> advance(Time now);
  bool on_answers(Time now);
  void send(Time now);

  // What a checkpoint must write: the same and more each time, until written() says that it is.
  bool has_changes() const { return book_.has_changes(); }
  bool is_urgent() const { return book_.is_urgent(); }
  void prepare(Time now, Book::Extent extent, Settlement& settlement) {
    book_.prepare(now, extent, settlement);
  }
  void written() { book_.written(); }
  // It takes the place of `before`, as after a reload.
  void succeed(const Pipeline& before);
  // A redrive put deliveries into the store, and `state` is what it left.
  // REQUIRES: a checkpoint of everything was written right before.
  void take_over(const SubscriptionState& state);

  // The clock of the pipeline jumped forward: nothing was tried in that time.
  void on_clock_jump(Duration jump) {
    book_.on_clock_jump(jump);
    send_.on_clock_jump(jump);
  }
  // How far the wall clock is ahead of the clock of the pipeline.
  void set_wall_ahead(Duration ahead) { wall_ahead_ = ahead; }
  // When there is something to do next, without an answer or a new block. Nobody calls advance()
  // before `advances_at`.
  std::optional<Time> next_due(Time now, Time advances_at = {}) const;
  // Nothing is in flight.
  bool is_idle() const { return send_.is_idle(); }
  uint64_t cursor() const { return book_.cursor(); }
  uint64_t stored_cursor() const { return book_.stored_cursor(); }
  const Subscription& subscription() const { return subscription_; }
  PipelineCounts counts() const;
  // Rows of an earlier run are still to come, so that counts() knows not yet which of them are
  // held.
  bool is_restoring() const { return !is_restored_ && book_.unloaded() > 0 && has_room(); }

 private:
  std::optional<Time> unread_since() const;
  Result<SubscriptionState> state_made_again(const Error& error) const;
  void load_batch();
  void skip_what_was_trimmed();
  Result<void> skip_what_is_lost(const std::string& why);
  void park_gap(uint64_t next, const std::string& reason);
  bool has_room() const;
  bool may_release() const;
  bool may_read(Time now) const;
  Time heard_until(Time now);

  Result<bool> advance_one(Time now);
  Result<void> restore(Time now);
  Result<void> restore_row(DeliveryRow row, Time now);
  void restore_damaged(uint64_t number, std::string reason);
  bool is_parked_or_waits(uint64_t number);
  void forget_lost_rows();
  void restore_digest(Booked& booked, Time now);
  Result<void> render_again(DeliveryRow& row);
  void keep_entry(DeliveryRow& row) const;
  Result<bool> release(Time now);
  Result<void> read_block(Time now);
  Result<void> consider(const Entry& entry, Time now);
  Time committed_at(const Entry& entry, Time now) const;
  Result<void> offer(const Entry& entry, Time now);
  // Through the stages behind hold. `held` is where it waited; null: it did not.
  void pass_on(const Notification& notification, Booked* held, Time now);
  // The same behind group.
  void pass_rate(const Notification& notification, DeliveryRow row, Booked* held, Time now);
  Result<void> release_one(Booked& held, Time now);
  Result<void> write(Notification notification, std::string& payload) const;
  void render(const Notification& notification, DeliveryRow row, Booked* held, Time now);
  void end_waits(std::string_view resource);
  Result<void> drop(const Entry& entry, Booked* held, Time now);
  void take_back(Notification& amendment) const;
  Notification receipt_of(const DeliveryRow& digest);
  void count_in_digest(const Notification& notification, Time now);
  void tell_limit(const Notification& first, Time now);
  void tell_digest(Time now);
  void gather(const DeploymentName& name, const Notification& notification, Booked* held, Time now);
  Booked& add_group(DeliveryRow row, const Notification& first, Time now) override;
  void on_group_counted(const Booked& group) override;
  void tell_group(const Booked& group, Time now) override;
  void on_group_told(const Booked& group) override;
  void remove_group(Booked& group) override;
  Notification notification_of_group(const DeliveryRow& group);
  Result<std::optional<Notification>> retraction_of(const Entry& entry, Arena& arena);
  void park(DeliveryRow row, std::string reason);

  const Subscription& subscription_;
  const SinkKind& kind_;
  const Store& store_;
  const Clock& wall_;
  const Teller teller_;
  const PipelineLimits limits_;

  Book book_;
  MatchStage match_;
  HoldStage hold_;
  GroupStage group_;
  RateStage rate_;
  SendStage send_;

  Duration wall_ahead_{};
  // All of the journal was read that there was at `heard_to_`. Next it will be so for its end as it
  // was seen last.
  Time heard_to_ = Time::min();
  uint64_t journal_end_ = 0;
  Time journal_seen_;
  uint64_t next_row_ = 0;     // Of the rows that are not restored yet.
  uint64_t rows_end_ = 0;     // Their numbers are below it.
  bool is_restored_ = false;  // All rows are here.
  Time read_after_;           // After an error of the store.
  uint64_t parked_ = 0;
  uint64_t not_matching_ = 0;
  // When the block with these positions was committed: the one that is read next, as counts() was
  // asked last.
  mutable uint64_t unread_first_ = 1;
  mutable uint64_t unread_last_ = 0;
  mutable std::optional<Time> unread_since_;
  Arena arena_;
  Routable routable_;
  std::string receipt_key_;  // Texts of the receipt or group that was made last.
  std::string receipt_summary_;
  std::vector<ReceiptKind> receipt_kinds_;
  DeploymentTexts deployment_texts_;
  DeploymentTold deployment_told_;
};

// Until the store, which failed, is asked again.
constexpr Duration kStoreAgain = std::chrono::seconds(10);

}  // namespace statewire
