// The stage `send`: lanes, batches, retries, the circuit. The sink's answer settles a delivery,
// postpones it, or parks it.
#pragma once

#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "delivery/answers.h"
#include "delivery/batch.h"
#include "delivery/book.h"
#include "delivery/circuit.h"
#include "delivery/lanes.h"
#include "route/subscription.h"
#include "sinks/sink.h"

namespace statewire {

struct SendCounts {
  uint64_t delivered = 0;
  uint64_t retried = 0;
  uint64_t parked = 0;
};

// While deliveries are tried again, or the circuit is open.
struct Trouble {
  Time since;                        // By the wall clock.
  std::string reason;                // What was answered last.
  std::optional<Time> next_attempt;  // Nothing while one is under way, and where the sink is gone.
  bool is_as_asked = false;          // Until then the sink asked to wait.
};

// Not thread-safe, but for the answers of the sink. Borrows subscription, kind, book and clock.
class SendStage {
 public:
  struct Parts {
    const Subscription& subscription;
    const SinkKind& kind;
    std::unique_ptr<Sink> sink;
    Book& book;
    const Clock& wall;           // What people see: when a delivery was parked, a batch frozen.
    std::function<void()> wake;  // There is an answer. Any thread.
    uint64_t seed = std::random_device{}();
  };
  explicit SendStage(Parts parts);
  // Answers that are still to come are dropped.
  ~SendStage();

  // Adds a delivery that is rendered to the end of its lane.
  void add(Booked& booked);
  // Adds one that was restored from its row; brings back times that a set clock has moved away.
  void restore(Booked& booked, Time now);
  // There is a batch that was frozen before the start: nothing is sent until batch_restored().
  void await_batch(BatchRow row);
  void batch_restored();

  // Sends what is due. `is_full`: nothing more is added until something was sent.
  void send(Time now, bool is_full);
  // Takes what was answered. True where there was something.
  bool on_answers(Time now);
  // When there is something to send, if nothing is answered or added before.
  std::optional<Time> next_due(Time now) const;

  // As in Book: the time of the jump does not count as time with an open circuit.
  void on_clock_jump(Duration jump) { open_since_ += jump; }
  bool is_circuit_open() const { return circuit_.is_open(); }
  // Whether more may be added. While the circuit is open: only where the next probe would be one
  // that has failed before.
  bool takes_more() const {
    return !circuit_.is_open() || (flights_.empty() && !lanes_.has_new_probe());
  }
  bool is_idle() const { return flights_.empty(); }
  const Lanes& lanes() const { return lanes_; }
  const Batches& batches() const { return batches_; }
  const SendCounts& counts() const { return counts_; }
  std::optional<Trouble> trouble() const;
  // The one before it failed since then, at the same sink: so does this, until something passes.
  void fails_since(Time since) { failing_before_ = since; }
  // When the delivery that has been here longest was committed; nothing where none is here, or its
  // row is of an earlier version.
  std::optional<Time> oldest_recorded() const;

 private:
  void deliver(std::span<Booked* const> batch);
  void on_answer(const Answer& answer, Time now);
  void exclude_open_time(const Answer& answer, Time now);
  void on_attempt(Booked& booked, const Attempt& attempt, bool was_alone, Time now);
  void on_parts(Booked& booked, const Attempt& attempt, Time now);
  void on_refused(Booked& booked, const Attempt& attempt, Time now);
  void retry(Booked& booked, const Attempt& attempt, bool is_sink_at_fault, Time now);
  // It was tried and stays: its row says so from the next checkpoint on.
  void postpone(Booked& booked, Time due);
  void park(Booked& booked, const Attempt& attempt, std::string reason);
  ParkedRow parked_of(DeliveryRow row, const Attempt& attempt, std::string reason);
  void leave(Booked& booked);
  bool is_failing() const { return failing_ > 0 || circuit_.is_open(); }
  void begin_failing(Booked& booked, Time since);
  void note_failure(Booked& booked, const Attempt& attempt);
  void tell_trouble(bool is_told, Time now);
  void tell_if_well();
  void stop_for_good(Booked& booked, const Attempt& attempt);
  std::vector<Booked*> next_batch(Time now);

  const Subscription& subscription_;
  const SinkKind& kind_;
  Book& book_;
  const Clock& wall_;
  const std::shared_ptr<AnswerBox> answers_;
  std::vector<std::shared_ptr<Flight>> flights_;  // Not answered yet.
  std::unique_ptr<Sink> sink_;

  Lanes lanes_;
  Batches batches_;
  Circuit circuit_;
  Time open_since_;          // Of an open circuit: until then its time is not counted.
  bool has_parked_ = false;  // Of the answer that is looked at.
  Time send_after_;          // Not to be faster than the sink allows.
  bool is_full_ = false;     // As send() was told last.
  SendCounts counts_;
  size_t failing_ = 0;  // Deliveries that are tried again.
  Time failing_since_;  // By the wall clock.
  std::optional<Time> failing_before_;
  std::string last_reason_;
  uint64_t delivered_before_ = 0;     // When it began to fail.
  bool is_trouble_told_ = false;      // The log says that it fails.
  bool is_well_awaited_ = false;      // It has not said since that it is well again.
  std::optional<Time> trouble_told_;  // When it said so last.
  std::optional<Time> refusal_told_;  // Likewise, of an open circuit.
  mutable uint64_t oldest_from_ = 0;  // No lower number is in this stage.
  std::mt19937_64 random_;
};

// "http 503: try later"; "no answer" where there was none.
std::string reason_of(const Attempt& attempt);

}  // namespace statewire
