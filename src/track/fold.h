// The fold: from observations, in any order of arrival, to everything that follows from them. Pure
// and deterministic: no I/O but through Views, no clock. Whoever folds (a commit, the check of a
// store, explain, convert) does it here.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "model/entry.h"
#include "model/expectation.h"
#include "model/reminder.h"
#include "track/tracker.h"
#include "track/views.h"
#include "track/walk.h"

namespace statewire {

// An observation, and how it came.
struct Arrival {
  const Observation& observation;
  std::string_view source;
  Time received;
};

// What became of an observation. All of it is valid until the next take().
struct Folded {
  // recognised, duplicate or too_late; ignored where what is_of_now() has nothing to say.
  Fate fate = Fate::recognised;
  std::string_view resource_id = {};  // Of the resource that the observation is about.
  const Entry* entry = nullptr;       // For the journal; null for a duplicate, and what is ignored.
  const Record* after = nullptr;      // Null where the resource has no record.
  // If the record of an alias ended: its entries, the newest first, which are to be folded again
  // under the id `sent_to`.
  std::string_view sent_to = {};
  std::span<const Entry> sent = {};
  // Retention has taken the entries that would have decided the fate; it is the safe one then.
  bool is_cut = false;
};

// A resource that is on its way since then. The time within which it should arrive is not the
// fold's to know: whoever commits sets the reminder.
struct Departure {
  std::string_view resource_id;
  std::string_view type;
  Expectation expectation;  // Without times.
};

// All that has changed since begin(); valid until the next take() or begin().
struct FoldChanges {
  std::span<const Record* const> records;     // Each once.
  std::span<const std::string_view> removed;  // Ids of records that have ended.
  std::span<const AliasChange> aliases;
  std::span<const Reminder> reminders;
  std::span<const Passage> passages;
  std::span<const Departure> departures;
};

// The fate of an event, from the fates of its observations.
class EventFate {
 public:
  void add(Fate fate);
  Fate fate() const { return fate_; }

 private:
  Fate fate_ = Fate::ignored;  // Where nothing is added.
};

// Not thread-safe. Reused from commit to commit; keeps its memory. Borrows the views, which must
// not change between begin() and the last take().
class Fold {
 public:
  explicit Fold(Views& views, TrackLimits limits = {});
  ~Fold();

  // Forgets all that was folded. Entries get sequences from `first_sequence` on.
  void begin(uint64_t first_sequence, Time recorded);
  // Announces what will be taken, so that the views are read in one go. The caller keeps its texts
  // valid until begin().
  Result<void> expect(const Observation& observation);
  // Folds one observation, whose texts the caller keeps valid until begin(). An error means that a
  // view could not be read: nothing was decided, and the caller has to begin() again.
  Result<Folded> take(const Arrival& arrival);
  // Trusts an entry instead of folding it: what it holds is what folding gave.
  Result<void> adopt(const Entry& entry);

  // The record of the resource `id`, or of the resource that `id` is an alias of; null where there
  // is none.
  Result<const Record*> record(std::string_view id);
  uint64_t next_sequence() const { return next_sequence_; }
  FoldChanges changes();

 private:
  struct Working;

  Result<size_t> place_of(std::string_view id);
  size_t resolve(size_t place) const;
  Result<void> load();
  Result<Folded> fold_into(size_t place, const Arrival& arrival);
  Result<Folded> look_now(size_t place, const Arrival& arrival);
  bool tell_overdue();
  bool tell_turning();
  void note_departure(size_t place);
  void forget_arrivals();
  void set_turning(const Record& record, ReminderKind kind, Time due, Expectation of);
  Result<Folded> move_away(size_t place, const Arrival& arrival);
  Result<void> gather_sent(std::string_view alias, std::string_view to, uint64_t last_sequence);
  Result<void> learn_alias(std::string_view alias, size_t place);
  void begin_entry(const Record* before, const Arrival& arrival);
  void end_entry(Working& working);
  void set_settle(const Observation& observation);
  void set_move(std::string_view alias, const Record& record, std::string_view to);

  Views& views_;
  const TrackLimits limits_;
  Walks walks_;
  Tracker tracker_;

  Arena arena_;
  uint64_t next_sequence_ = 0;
  Time recorded_;
  Entry entry_;
  std::vector<Entry> sent_;
  std::vector<Working> working_;
  IdMap<size_t> working_of_id_;
  std::vector<std::string_view> ids_;  // working_[i] belongs to ids_[i].
  size_t loaded_ = 0;                  // How many of their records were read.
  std::vector<std::optional<Record>> read_;
  std::vector<const Record*> records_;
  std::vector<AliasChange> aliases_;
  std::vector<std::string_view> removed_;
  std::vector<Reminder> reminders_;
  std::vector<Passage> passages_;
  std::vector<Departure> departures_;
  std::vector<size_t> departure_places_;  // Of the records of departures_.
};

}  // namespace statewire
