// What is parked, and where it goes from there.
#include <algorithm>

#include "model.h"

namespace statewire {

template <typename Visit>
void Model::each_parked_matching(std::optional<size_t> name, std::string_view filter, Visit visit) {
  for (size_t each = 0; each < kNames; ++each) {
    if (name && *name != each) continue;
    for (auto& [number, seen] : known_[each].parked) {
      if (matches(seen, filter)) visit(known_[each], seen);
    }
  }
}

// A whole id, or its whole last part.
bool Model::matches(const ParkedSeen& seen, std::string_view filter) const {
  if (filter.empty() || seen.resource == filter) return true;
  return seen.resource.ends_with("/" + std::string(filter)) ||
         seen.resource.ends_with(":" + std::string(filter));
}

size_t Model::parked_matching(std::optional<size_t> name, std::string_view filter,
                              bool is_for_drop) const {
  size_t count = 0;
  const_cast<Model*>(this)->each_parked_matching(
      name, filter, [&](const Known& known, const ParkedSeen& seen) {
        count += is_for_drop || (!seen.is_gap && known.plan);
      });
  return count;
}

void Model::expect_redriven(std::optional<size_t> name, std::string_view filter) {
  each_parked_matching(name, filter, [&](Known& known, ParkedSeen& seen) {
    if (seen.is_gap || !known.plan) return;
    seen.meant = ParkedSeen::is_redriven;
  });
}

void Model::expect_dropped(std::optional<size_t> name, std::string_view filter) {
  each_parked_matching(name, filter,
                       [&](Known&, ParkedSeen& seen) { seen.meant = ParkedSeen::is_dropped; });
}

// What a digest or a group counted is dropped with it.
void Model::on_waiting_dropped(size_t name, const std::vector<DeliveryRow>& rows) {
  Known& known = known_[name];
  known.batch.reset();
  for (const DeliveryRow& row : rows) {
    const bool is_message = is_of_many(row.type);
    if (is_message) known.receipts[row.id].is_dropped = true;
    if (is_message || row.stage == Stage::rate || row.stage == Stage::group) {
      for (auto& [sequence, owed] : known.owed) {
        const bool is_within = row.first_sequence <= sequence && sequence <= row.last_sequence;
        if (is_within && may_be_counted(known, told_.at(sequence))) owed.may_be_dropped = true;
      }
    } else if (Owed& owed = known.owed[row.last_sequence]; !owed.has_fate()) {
      owed.dropped = elapsed_;
    }
  }
}

// A subscription whose place was never durable begins anew.
void Model::forget_lost(const Store& store) {
  for (Known& known : known_) {
    const Result<std::optional<SubscriptionState>> state = store.subscription(known.name);
    if (!state || *state) continue;
    const std::string name = known.name;
    known = Known{.name = name};
  }
}

void Model::look_at_parked(const Store& store, Time wall) {
  std::map<std::string, std::map<uint64_t, ParkedRow>> there;
  Result<void> read = store.each_parked({}, [&](const DeliveryKey& key, Result<ParkedRow> row) {
    if (!row) return fault("a parked row cannot be read: " + row.error().text), false;
    there[key.subscription].emplace(key.number, *std::move(row));
    return true;
  });
  if (!read) return;
  for (Known& known : known_) {
    std::map<uint64_t, ParkedRow>& rows = there[known.name];
    for (auto each = known.parked.begin(); each != known.parked.end();) {
      const auto row = rows.find(each->first);
      const bool is_there = row != rows.end() && row->second.delivery.id == each->second.id;
      if (row != rows.end() && !is_there && !is_power_cut_) {
        fault(known.name + ": a parked row was overwritten");
      }
      if (!is_there) on_unparked(known, each->second, wall);
      each->second.meant = ParkedSeen::stays;
      each = is_there ? std::next(each) : known.parked.erase(each);
    }
    for (const auto& [number, row] : rows) {
      if (!known.parked.contains(number)) on_parked(known, row);
    }
  }
  is_power_cut_ = false;
}

void Model::on_parked(Known& known, const ParkedRow& row) {
  const DeliveryRow& delivery = row.delivery;
  ParkedSeen& seen = known.parked[delivery.number];
  seen = {.first = delivery.first_sequence,
          .last = delivery.last_sequence,
          .id = delivery.id,
          .resource = delivery.resource,
          .is_gap = row.is_gap,
          .is_receipt = is_of_many(delivery.type),
          .parked = row.parked,
          .age_began = elapsed_ + set_forward_};
  if (row.is_gap) {
    if (known.held_from != 0 && seen.last >= known.held_from) {
      fault(known.name + " holds the journal, and lost its place: " + row.reason);
    }
    for (auto& [sequence, owed] : known.owed) {
      if (seen.first <= sequence && sequence <= seen.last) owed.is_in_gap = true;
    }
    return;
  }
  if (seen.is_receipt) {
    known.receipts[seen.id].is_parked = true;
    return;
  }
  Owed& owed = known.owed[delivery.last_sequence];
  if (!is_power_cut_) check_reason(known, row, owed);
  owed.is_parked = true;
  owed.dropped.reset();
}

void Model::check_reason(const Known& known, const ParkedRow& row, const Owed& owed) {
  const std::string place =
      words(known, row.delivery.last_sequence) + " is parked, \"" + row.reason + "\", ";
  if (row.reason.starts_with("rejected: ")) {
    if (!owed.may_have_ended) fault(place + "and was not rejected alone");
  } else if (row.reason.starts_with("retried for ")) {
    if (!owed.tried_since || owed.attempts < 3) return fault(place + "and was hardly tried");
    const Duration tried = elapsed_ - *owed.tried_since;
    if (tried < owed.retry_for) fault(place + "and was tried for " + format_duration(tried));
  } else if (row.reason.starts_with("not rendered: its message is form ")) {
    if (row.delivery.last_sequence >= first_kept_) fault(place + "and the journal has it");
  } else if (row.reason.starts_with("not rendered: ")) {
    if (!SimulatedFormat::is_refused(row.delivery.last_sequence)) fault(place + "for no reason");
  } else {
    fault(place + "for no reason");
  }
}

void Model::on_unparked(Known& known, const ParkedSeen& seen, Time wall) {
  if (is_power_cut_) {
    if (!seen.is_receipt && !seen.is_gap) known.owed[seen.last].is_parked = false;
    if (seen.is_receipt) known.receipts[seen.id].is_parked = false;
    return;
  }
  const bool is_old = elapsed_ + set_forward_ - seen.age_began >= plan_.parked_age ||
                      wall - seen.parked >= plan_.parked_age;
  const bool may_expire = plan_.parked_age > Duration() && is_old;
  if (seen.meant == ParkedSeen::stays && !may_expire) {
    return fault(known.name + ": what was parked of sequence " + std::to_string(seen.last) +
                 " is gone, and nobody took it");
  }
  const bool is_redriven = seen.meant == ParkedSeen::is_redriven;
  if (seen.is_gap) return;
  if (seen.is_receipt) {
    Receipt& receipt = known.receipts[seen.id];
    receipt.is_parked = false;
    receipt.is_dropped = !is_redriven;
    return;
  }
  Owed& owed = known.owed[seen.last];
  owed.is_parked = false;
  if (!is_redriven) {
    owed.dropped = elapsed_;
    return;
  }
  owed.is_redriven = true;
  owed.may_have_ended = false;
  owed.tried_since.reset();
  owed.attempts = 0;
  owed.settled.reset();
}

}  // namespace statewire
