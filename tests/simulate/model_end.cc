// What must be true of what is stored, and at the end.
#include <algorithm>

#include "delivery/group_counts.h"
#include "model.h"

namespace statewire {
namespace {

constexpr uint8_t kErrorSeverity = 17;

}  // namespace

// Which events are told apart as repeats and as too late, for resources with no more to them.
void Model::on_fate(const EventPlan& event, Time received, Fate fate, TrackLimits limits,
                    bool is_trimmed) {
  Folded& folded = folded_[event.resource];
  const bool has_more =
      event.is_under_alias || event.tells_alias || event.settles_after > Duration();
  folded.is_simple &= !has_more && !is_trimmed;
  const Time said = kBegin + event.at;
  const bool is_as_said = !event.is_untimed && said <= received + std::chrono::hours(1);
  const Time time = is_as_said ? said : received;
  const auto seen = folded.events.find(event.number);
  const bool is_within = folded.count < limits.entries_back_max;
  const std::string words = "event " + std::to_string(event.number) + " is ";
  if (folded.is_simple) {
    const bool is_repeat = seen != folded.events.end() && seen->second && is_as_said;
    if (is_repeat && is_within && fate != Fate::duplicate)
      fault(words + "a repeat, and was folded");
    if (seen == folded.events.end() && fate == Fate::duplicate)
      fault(words + "new, and was not folded");
    const bool is_too_old = folded.newest - time > limits.horizon;
    if (fate == Fate::too_late && is_within && !is_too_old)
      fault(words + "not too late, and was left");
    const bool is_folded = seen == folded.events.end() && fate == Fate::recognised;
    if (is_folded && is_too_old) fault(words + "too late, and was folded");
  }
  if (fate != Fate::duplicate)
    folded.events.emplace(event.number, is_as_said && fate == Fate::recognised);
  if (fate != Fate::recognised) return;
  ++folded.count;
  folded.newest = std::max(folded.newest, time);
}

void Model::check_rows(const Store& store) {
  for (const Known& known : known_) {
    const Result<std::optional<SubscriptionState>> state = store.subscription(known.name);
    if (!state || !*state) continue;
    uint64_t rows = 0;
    uint64_t highest = 0;
    std::set<std::pair<std::string, uint64_t>> ids;
    (void)store.each_delivery(known.name, 0, [&](uint64_t number, Result<DeliveryRow> row) {
      ++rows;
      highest = number;
      if (!row) fault(known.name + ": a row cannot be read: " + row.error().text);
      // A group that was told is kept for what comes late, beside its message.
      const bool has_id = row && !row->id.empty() && row->stage != Stage::group;
      const bool is_twice = has_id && !ids.emplace(row->id, row->last_sequence).second;
      if (is_twice && !row->is_redriven) fault(words(known, row->last_sequence) + " has two rows");
      return true;
    });
    if (rows != (*state)->rows) {
      fault(known.name + " has " + std::to_string(rows) + " rows, and counts " +
            std::to_string((*state)->rows));
    }
    if (highest >= (*state)->next_number) fault(known.name + ": the next number is taken");
    if ((*state)->cursor > store.last_sequence())
      fault(known.name + ": the cursor is in the future");
  }
}

void Model::check_end(const Store& store) {
  for (const Known& known : known_) {
    if (!known.plan) continue;
    check_fates(known);
    check_digests(known, store);
    for (const auto& [id, receipt] : known.receipts) {
      const bool may_be_old = receipt.refused && plan_.parked_age > Duration() &&
                              elapsed_ - *receipt.refused >= plan_.parked_age;
      if (may_be_old) continue;
      if (!receipt.settled && !receipt.is_parked && !receipt.is_dropped && !receipt.was_at_risk) {
        fault(known.name + ": a digest did not arrive");
      }
    }
  }
}

bool Model::may_be_counted(const Known& known, const Told& told) const {
  const bool may_be_calm = told.severity < kErrorSeverity || (known.had_hold && told.is_lost);
  return (known.had_limit && may_be_calm) || (known.had_group && told.may_be_grouped);
}

// It may have come after its group was told, and said what that said of its resource.
bool Model::may_change_nothing(const Known& known, uint64_t sequence) const {
  const Told& told = told_.at(sequence);
  if (!known.had_group || !told.may_be_grouped) return false;
  return std::ranges::any_of(told_of_.at(told.resource), [&](uint64_t other) {
    return other != sequence && told_.at(other).may_be_grouped &&
           told_.at(other).label == told.label;
  });
}

bool Model::is_missing(const Known& known, uint64_t sequence, const Owed& owed) const {
  if (owed.has_fate() || owed.may_be_dropped) return false;
  // Parked, written late, and old by then.
  const bool is_unrendered =
      known.plan && known.plan->refuses_some && SimulatedFormat::is_refused(sequence);
  const Duration ended = is_unrendered ? told_.at(sequence).committed : owed.ended;
  const bool may_be_old = (owed.may_have_ended || is_unrendered) && plan_.parked_age > Duration() &&
                          elapsed_ - ended >= plan_.parked_age;
  if (may_be_old) return false;
  const bool is_promised =
      owed.is_judged && owed.is_always && !may_be_counted(known, told_.at(sequence));
  const bool was_on_its_way = owed.first_sent && owed.kills_before == kills_;
  return is_promised || was_on_its_way;
}

void Model::check_fates(const Known& known) {
  for (const auto& [sequence, owed] : known.owed) {
    if (is_missing(known, sequence, owed)) return fault(words(known, sequence) + " is lost");
  }
}

std::string Model::first_kept(size_t name,
                              const std::function<bool(const std::string&)>& is_refused) {
  const Known& known = known_[name];
  // An amendment may be sent as a retraction, under an id that is not known here.
  const auto may_stay = [&](uint64_t sequence) {
    const Told& told = told_.at(sequence);
    return !known.owed.at(sequence).has_fate() &&
           (is_refused(told.id) || told.kind == NotificationKind::amended);
  };
  for (const auto& [resource, lane] : known.lanes) {
    const bool any_may_stay = std::ranges::any_of(lane, may_stay);
    for (const uint64_t sequence : lane) {
      const Owed& owed = known.owed.at(sequence);
      if (may_stay(sequence)) break;
      // A redriven one has its place behind those that were on their way.
      if (owed.has_fate() || (owed.is_redriven && any_may_stay)) continue;
      if (is_missing(known, sequence, owed)) return words(known, sequence);
    }
  }
  return {};
}

// Each is told alone, or counted once: in a digest or in a group. A digest that counts groups tells
// not how many they have.
void Model::check_digests(const Known& known, const Store& store) {
  if (known.had_limit == known.had_group) return;
  uint64_t counted = 0;
  uint64_t at_risk = 0;
  for (const auto& [id, receipt] : known.receipts) {
    counted += receipt.count;
    if (receipt.was_at_risk) at_risk += receipt.count;
  }
  (void)store.each_delivery(known.name, 0, [&](uint64_t, Result<DeliveryRow> row) {
    if (row && row->stage == Stage::rate) counted += row->members;
    if (row && row->stage == Stage::group) counted += untold_members(*row);
    return true;
  });
  uint64_t at_least = 0;
  uint64_t at_most = at_risk;
  for (const auto& [sequence, owed] : known.owed) {
    const bool may_be_counted = this->may_be_counted(known, told_.at(sequence));
    const bool is_alone = owed.has_fate() || owed.first_sent;
    if (!may_be_counted) continue;
    const bool is_promised = owed.is_judged && owed.is_always && !owed.may_be_dropped;
    if (is_promised && !is_alone && !may_change_nothing(known, sequence)) ++at_least;
    const bool may_be_retracted = told_.at(sequence).kind == NotificationKind::amended;
    if ((owed.is_ever || may_be_retracted) && (!is_alone || owed.was_at_risk || owed.is_in_gap))
      ++at_most;
  }
  if (counted < at_least || counted > at_most) {
    fault(known.name + ": its digests and groups count " + std::to_string(counted) +
          ", and should count " + std::to_string(at_least) + " to " + std::to_string(at_most));
  }
}

}  // namespace statewire
