// What must be true of a simulation, as simple as it can be said: it is told what the program was
// given and what it did, and says what is wrong.
//
// A notification that a subscription was promised has one of these fates: delivered, counted in a
// digest or a group, parked, within a parked gap, dropped by a person, or still on its way. Where
// it depends on the moment whether it is wanted (it may wait until more is known; a reload may have
// changed what is asked for) nothing is promised, and nothing is forbidden.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "delivery/parked.h"
#include "model/entry.h"
#include "settings.h"
#include "sink.h"
#include "store/store.h"
#include "track/tracker.h"

namespace statewire {

class Model {
 public:
  Model(const Conditions& conditions, const Duration& elapsed);

  // The program runs with `plan` now; the journal has the sequences from `first` to `last`.
  void on_plan(const Plan& plan, uint64_t first, uint64_t last);
  // The wall clock was set, or the plan changed: what waits may not wait any more.
  void on_waits_changed() { waits_since_ = elapsed_; }
  void on_clock_set(Duration by) {
    set_forward_ += std::max(Duration(), by);
    on_waits_changed();
  }
  void on_entry(const Entry& entry);
  void on_trimmed(uint64_t first) { first_kept_ = first; }
  // What became of an event; `is_trimmed`: not all of the journal is there.
  void on_fate(const EventPlan& event, Time received, Fate fate, TrackLimits limits,
               bool is_trimmed);
  // Others than those of scripts: how many there are of a resource is not counted any more.
  void on_more_events() {
    for (size_t i = 0; i < std::size(kResources); ++i) folded_[i].is_simple = false;
  }
  // The program has gone without a word; it had last written at `written`.
  void on_killed(Duration written);
  // The same; and what it wrote after `written` is forgotten: `store` has what is left.
  void on_power_cut(Duration written, const Store& store);
  void on_sent(const Trip& trip);
  // In time: the program has taken the answer.
  void on_answered(const Trip& trip, const std::vector<Attempt>& answer);

  // Reads what is parked, and finds what has come and gone since.
  void look_at_parked(const Store& store, Time wall);
  // Those that a person means, as they were seen last; for redrive without gaps, and without those
  // of subscriptions that are not configured.
  size_t parked_matching(std::optional<size_t> name, std::string_view filter,
                         bool is_for_drop) const;
  void expect_redriven(std::optional<size_t> name, std::string_view filter);
  void expect_dropped(std::optional<size_t> name, std::string_view filter);
  bool is_configured(size_t name) const { return known_[name].plan.has_value(); }
  // A person has dropped all that waited for it, while it was not configured.
  void on_waiting_dropped(size_t name, const std::vector<DeliveryRow>& rows);

  // Rows and states of the store agree with each other.
  void check_rows(const Store& store);
  // Everything has come to its end: nothing may be on its way.
  void check_end(const Store& store);
  // The first delivery of a subscription that is not settled, and has no reason to wait: neither is
  // it refused itself nor another of its resource before it. Empty where there is none.
  std::string first_kept(size_t name, const std::function<bool(const std::string&)>& is_refused);

  void fault(std::string text);
  const std::string& first_fault() const { return fault_; }

 private:
  struct Told {
    std::string id;
    std::string amends;
    std::string resource;
    NotificationKind kind = NotificationKind::none;
    uint8_t severity = 0;
    bool is_lost = false;  // As it was told: what waits is less severe where that ends.
    Duration committed{};
    bool lacks_cause = false;      // As far as anybody knows by now.
    bool is_noticed = false;       // Its cause is a notice, which gives way.
    bool may_be_urgent = false;    // What is before it does not wait on.
    bool waits_for_cause = false;  // Where it lacks one: it tells a state that somebody asks for.
    bool lacks_tags = false;
    bool may_be_grouped = false;  // A deployment made it, or may have.
    std::string label;            // What a group counts its resource as.
    std::string completed;        // The entry, by what was learned since.
    std::vector<uint32_t> met;    // As it was told, and each time that it was completed.
  };
  struct Owed {
    bool is_judged = false;
    bool is_always = true;  // Wanted whenever it may have been judged.
    bool is_ever = false;
    std::optional<Duration> first_sent;
    uint64_t kills_before = 0;            // The first was sent.
    std::optional<Duration> tried_since;  // Since the start, or a redrive.
    Duration retry_for{};                 // As it was configured when it was sent last.
    uint32_t attempts = 0;                // Since then.
    std::optional<Duration> settled;
    bool may_repeat = false;  // A kill came too soon after it was settled.
    bool was_at_risk = false;
    bool may_have_ended = false;  // Rejected, or out of time: what comes behind it may go.
    Duration ended{};
    bool is_parked = false;
    bool is_in_gap = false;
    std::optional<Duration> dropped;
    bool may_be_dropped = false;  // The power was cut soon after it was.
    bool is_redriven = false;

    bool has_fate() const { return settled || is_parked || is_in_gap || dropped; }
  };
  // What was said of a resource.
  struct Folded {
    std::map<uint32_t, bool> events;  // By number: whether a repeat of it must be found.
    size_t count = 0;                 // Less those that were too late.
    Time newest;
    bool is_simple = true;  // No aliases, and no reminders.
  };
  struct Receipt {
    uint64_t count = 0;
    std::optional<Duration> sent;
    std::optional<Duration> settled;
    std::optional<Duration> refused;  // Rejected, or to be retried: it may be parked since.
    bool may_repeat = false;
    bool was_at_risk = false;
    bool is_parked = false;
    bool is_dropped = false;
  };
  struct OpenBatch {
    std::string id;
    std::vector<std::string> ids;
    std::vector<uint64_t> sequences;
    std::optional<Duration> settled;
    bool is_redriven = false;
  };
  struct ParkedSeen {
    uint64_t first = 0;
    uint64_t last = 0;
    std::string id;
    std::string resource;
    bool is_gap = false;
    bool is_receipt = false;
    Time parked;
    Duration age_began{};  // True time, and what the clock was set forward by.
    enum { stays, is_redriven, is_dropped } meant = stays;  // By a person.
  };
  struct Known {
    std::string name;
    std::optional<SubscriptionPlan> plan;  // Absent: it is not configured now.
    uint64_t begins_after = 0;
    bool was_absent = false;
    std::map<uint64_t, Owed> owed;
    std::map<std::string, std::vector<uint64_t>> lanes;  // Told sequences by resource.
    std::map<std::string, Receipt> receipts;
    std::optional<OpenBatch> batch;
    std::map<uint64_t, ParkedSeen> parked;
    uint64_t held_from = 0;          // It holds the journal from here on; 0: it does not.
    bool had_hold = false;           // Something may have waited, and may still.
    std::optional<size_t> form;      // Of its plan; of the last one where it is absent.
    bool had_content_types = false;  // Several.
    bool had_limit = false;          // It may have counted in digests.
    bool had_group = false;          // It may have gathered deployments.
  };

  void judge(Known& known, uint64_t sequence, Owed& owed, uint32_t met) const;
  void judge_all(Known& known);
  void learn(const Entry& entry);
  void check_cause(const Entry& entry);
  void learn_previous(const Entry& entry, Told& told);
  void on_sent_one(Known& known, const Trip& trip, const Sent& sent);
  void on_sent_receipt(Known& known, const Sent& sent);
  void check_order(const Known& known, const Trip& trip, const Sent& sent);
  void check_wait(const Known& known, const Sent& sent);
  void check_batch(Known& known, const Trip& trip);
  void check_form(const Known& known, const Trip& trip, const Sent& sent);
  void on_parked(Known& known, const ParkedRow& row);
  void check_reason(const Known& known, const ParkedRow& row, const Owed& owed);
  void forget_lost(const Store& store);
  void on_unparked(Known& known, const ParkedSeen& seen, Time wall);
  bool matches(const ParkedSeen& seen, std::string_view filter) const;
  template <typename Visit>
  void each_parked_matching(std::optional<size_t> name, std::string_view filter, Visit visit);
  // In a digest or a group.
  bool may_be_counted(const Known& known, const Told& told) const;
  bool may_change_nothing(const Known& known, uint64_t sequence) const;
  bool is_missing(const Known& known, uint64_t sequence, const Owed& owed) const;
  void check_fates(const Known& known);
  void check_digests(const Known& known, const Store& store);
  std::string words(const Known& known, uint64_t sequence) const;

  const Conditions& conditions_;
  const Duration& elapsed_;
  Plan plan_;
  std::map<uint64_t, Told> told_;
  std::map<std::string, std::vector<uint64_t>> told_of_;  // By resource.
  std::vector<Known> known_;
  std::map<size_t, Folded> folded_;
  uint64_t kills_ = 0;
  uint64_t first_kept_ = 1;
  bool is_power_cut_ = false;
  Duration set_forward_{};                  // The wall clock, altogether.
  Duration waits_since_ = Duration::min();  // Neither clocks nor plan have changed since.
  std::string fault_;
};

}  // namespace statewire
