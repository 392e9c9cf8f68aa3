// The book of deliveries of one subscription: all that are not settled, and what the store must be
// told of them.
//
// Each delivery has a number. Numbers grow in the order in which the journal is read. One number
// divides them: every delivery at or below `stored_to` has a row in the store, and none above it
// has one. The cursor stands just before the first entry that an unsettled delivery above
// `stored_to` tells. So rows and cursor are always of one moment: everything at or before the
// cursor is settled or has a row, and reading on from the cursor makes the deliveries above it
// again, in the same order.
//
// A checkpoint (prepare(), and written() once it is in the store) moves `stored_to`: over what is
// older than kCheckpointAge, and over everything that changed in a way that must not be repeated
// (it was postponed, parked, counted).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_set.hpp>

#include "store/delivery_row.h"

namespace statewire {

// Checkpoints come this often, and what is older than this gets a row. Together: a kill repeats
// what was settled within the last second, and all that was sent and not answered.
constexpr Duration kCheckpointInterval = std::chrono::milliseconds(500);
constexpr Duration kCheckpointAge = std::chrono::milliseconds(450);

// A delivery in memory: its row, and what only this process knows of it.
struct Booked {
  DeliveryRow row;  // `subscription` is left empty: the book knows it.
  Time created;     // When it was read; by the clock of the pipeline, as all times here.
  std::optional<Time> first_attempt;
  // The sink's successes when it refused this one as it would refuse everything; of SendStage.
  std::optional<uint64_t> refused_after;
  bool is_in_flight = false;
  bool is_failing = false;      // It was tried, and is tried again; of SendStage.
  bool waits_as_asked = false;  // Until when the sink said.
  bool is_alone = false;        // It goes without others: it was in a batch that was rejected.
  std::string lane;             // Of Lanes: one of its own. Empty: that of its resource.
  Booked* before = nullptr;     // In its lane; of Lanes.
  Booked* behind = nullptr;
};

// Others have it, or a parked delivery of their own.
inline bool is_for_some(const DeliveryRow& row) {
  return !row.recipients.empty() || !row.settled_recipients.empty();
}

// Not thread-safe. Does no I/O.
class Book {
 public:
  using Map = std::map<uint64_t, Booked>;
  using Node = Map::node_type;

  explicit Book(std::string subscription) : subscription_(std::move(subscription)) {}

  // `state.cursor` is where reading goes on. The rows come by restore().
  // `stored` is what the store has, where that is something else.
  void load(const SubscriptionState& state, std::optional<SubscriptionState> stored);
  // Rows were put into the store by others, and `state` is what they left. REQUIRES: a checkpoint
  // of everything was written right before. The rows are restored like those of a start.
  void take_over(const SubscriptionState& state);

  // --- Deliveries. References stay good until they are settled or parked.
  Booked& add(DeliveryRow row, Time now);
  // Of a row that is in the store. Null where the book has this number already, or has settled it
  // and the store does not know yet.
  Booked* restore(DeliveryRow row, Time now);
  Booked* find(uint64_t number);
  // The first of this stage from `number` on; null where there is none.
  const Booked* next_in(Stage stage, uint64_t number) const;
  // Its row is not what the store has: it is written by the next checkpoint.
  void change(const Booked& booked);
  // The same, by what the journal says; and the cursor moves over all that was read, so that
  // nothing is counted or learned twice.
  void change_by_reading(const Booked& booked);
  void settle(uint64_t number);
  void park(uint64_t number, ParkedRow parked);
  // What never had a delivery: it gets a number of its own.
  void park_new(ParkedRow parked);
  // A row of the store that could not be read. What is parked for it has the number `place`.
  void park_damaged(uint64_t number, uint64_t place, std::string reason, Time now);
  void on_clock_jump(Duration jump);
  // Takes it out, memory and all, and tells the store nothing: for what outlives the book.
  Node extract(uint64_t number) { return deliveries_.extract(number); }

  // --- The place in the journal: the next sequence to read.
  uint64_t position() const { return position_; }
  void set_position(uint64_t position) { position_ = position; }
  // Everything at or before it is settled, or has a row by the next checkpoint.
  uint64_t cursor() const { return cursor_above(stored_to_); }
  // As the last checkpoint wrote it: where a kill would go on.
  uint64_t stored_cursor() const { return saved_ ? saved_->cursor : state_.cursor; }

  // --- What else is kept for the subscription; written by the next checkpoint.
  bool is_gone() const { return state_.is_gone; }
  void set_gone(bool is_gone) { state_.is_gone = is_gone; }
  // Moves the cursor over all that was read, so that nothing is counted as sent twice.
  void set_rate(uint64_t sent, Time ends) {
    state_.rate_sent = sent;
    state_.rate_ends = ends;
    store_up_to(state_.next_number - 1);
  }
  const SubscriptionState& state() const { return state_; }
  // A batch that must be written before it is sent; an empty one is struck out.
  void set_batch(std::optional<BatchRow> batch);
  // False from set_batch() until it was written.
  bool is_batch_written() const { return !is_batch_changed_; }

  // --- Checkpoints.
  bool has_changes() const;
  bool is_urgent() const { return is_urgent_; }  // Somebody waits for the next one.
  enum class Extent { due, everything };
  // Adds what must be written. Until written() or another prepare() the book must not change.
  void prepare(Time now, Extent extent, Settlement& settlement);
  // What prepare() added is in the store.
  void written();

  // Rows that are in the store and not here.
  uint64_t unloaded() const { return rows_ > stored_here_ ? rows_ - stored_here_ : 0; }
  void forget_unloaded() { rows_ = stored_here_; }
  size_t parked_unwritten() const { return parked_.size(); }

 private:
  bool is_stored(uint64_t number) const { return number <= stored_to_; }
  void store_up_to(uint64_t number) { store_up_to_ = std::max(store_up_to_, number); }
  uint64_t cursor_above(uint64_t number) const;
  uint64_t next_stored_to(Time now, Extent extent) const;
  DeliveryRow row_of(const Booked& booked, Time now) const;

  const std::string subscription_;
  Map deliveries_;
  uint64_t position_ = 1;
  uint64_t stored_to_ = 0;
  uint64_t rows_ = 0;         // In the store, less those that are settled since.
  uint64_t stored_here_ = 0;  // Of those, how many are in deliveries_.

  // Since the last checkpoint.
  uint64_t store_up_to_ = 0;    // The next one stores up to here at least.
  std::set<uint64_t> changed_;  // At or below stored_to_.
  boost::unordered_flat_set<uint64_t> removed_;
  std::vector<ParkedRow> parked_;
  std::optional<BatchRow> batch_;
  bool is_batch_changed_ = false;
  bool is_urgent_ = false;

  SubscriptionState state_;  // next_number, is_gone and rate as they are now.
  std::optional<SubscriptionState> saved_;
  SubscriptionState prepared_;
};

}  // namespace statewire
