// A delivery is made when the journal is read, and gets its number then. What waits in a stage
// stands in the book, and goes on from there; rows of an earlier run join at the stage that they
// waited in, before anything new is read.
#include "delivery/pipeline.h"

#include "base/log.h"
#include "delivery/delivery_row_of.h"
#include "delivery/retraction.h"
#include "format/json.h"
#include "model/notification.h"

namespace statewire {
namespace {

// Something was done, and there may be more.
Result<bool> done_with(const Result<void>& step) {
  if (!step) return step.error();
  return true;
}

}  // namespace

Pipeline::Pipeline(Parts parts)
    : subscription_(parts.subscription),
      kind_(parts.kind),
      store_(parts.store),
      wall_(parts.wall),
      teller_(parts.teller),
      limits_(parts.limits),
      book_(parts.subscription.name),
      match_(parts.subscription, parts.ignored),
      hold_(parts.subscription, parts.ignored, parts.tags),
      group_(parts.subscription.grouping, *this),
      rate_(parts.subscription.per_hour.value_or(parts.kind.limits.per_hour_max)),
      send_({.subscription = parts.subscription,
             .kind = parts.kind,
             .sink = std::move(parts.sink),
             .book = book_,
             .wall = parts.wall,
             .wake = std::move(parts.wake),
             .seed = parts.seed}) {}

// Retention took entries that this subscription had not read: it says exactly which.
void Pipeline::skip_what_was_trimmed() {
  const uint64_t first = store_.first_sequence();
  const uint64_t position = book_.position();
  if (position >= first) return;
  park_gap(first, "lag: sequences " + std::to_string(position) + " to " +
                      std::to_string(first - 1) + " were beyond the journal's retention");
}

// The sequences from the position to before `next` are for a person; the subscription goes on
// after them.
void Pipeline::park_gap(uint64_t next, const std::string& reason) {
  log_error("a subscription lost its place",
            {{"subscription", subscription_.name}, {"reason", reason}});
  DeliveryRow row;
  row.first_sequence = book_.position();
  row.last_sequence = next - 1;
  row.members = next - book_.position();
  ++parked_;
  book_.set_position(next);
  book_.park_new(
      {.delivery = std::move(row), .parked = wall_.now(), .reason = reason, .is_gap = true});
}

// To wait makes nothing of it readable again.
Result<void> Pipeline::skip_what_is_lost(const std::string& why) {
  const uint64_t position = book_.position();
  const Result<uint64_t> next = store_.first_readable(position);
  if (!next) return next.error();
  if (*next <= position) return unavailable(why);  // It could be read this time.
  park_gap(*next, "damage: sequences " + std::to_string(position) + " to " +
                      std::to_string(*next - 1) + " are lost: " + why);
  return {};
}

bool Pipeline::has_room() const {
  // A frozen batch had room once, and nothing goes before it is whole again.
  if (send_.batches().is_awaited()) return true;
  return send_.lanes().size() < limits_.sending_max && hold_.size() < limits_.held_max &&
         send_.lanes().bytes() + hold_.entry_bytes() < limits_.bytes_max &&
         book_.parked_unwritten() < limits_.sending_max;
}

bool Pipeline::may_read(Time now) const {
  return !book_.is_gone() && send_.takes_more() && now >= read_after_ && has_room();
}

Result<bool> Pipeline::advance(Time now) {
  if (now < read_after_) return false;
  Result<bool> is_more = advance_one(now);
  if (!is_more) read_after_ = now + kStoreAgain;
  return is_more;
}

Result<bool> Pipeline::advance_one(Time now) {
  if (!is_restored_ && has_room()) return done_with(restore(now));
  const Result<bool> released = release(now);
  if (!released || *released || !is_restored_) return released;
  if (!may_read(now) || book_.position() > store_.last_sequence()) return false;
  return done_with(read_block(now));
}

void Pipeline::take_over(const SubscriptionState& state) {
  if (is_restored_) next_row_ = book_.state().next_number;
  is_restored_ = false;
  rows_end_ = state.next_number;
  book_.take_over(state);
}

bool Pipeline::may_release() const {
  return !book_.is_gone() && send_.takes_more() && send_.lanes().size() < limits_.sending_max &&
         send_.lanes().bytes() < limits_.bytes_max;
}

// A row without a payload was parked because it could not be rendered, and was redriven; one of
// another form was rendered by an earlier configuration. Where that cannot be done again because
// the journal has it no more, it goes as it is, if its readers can take it for what they want.
Result<void> Pipeline::render_again(DeliveryRow& row) {
  Notification notification;
  Arena arena;
  if (row.type == type_of(NotificationKind::receipt)) {
    notification = receipt_of(row);
  } else if (row.type == type_of(NotificationKind::group)) {
    notification = notification_of_group(row);
  } else {
    const Result<Entry> entry =
        row.entry.empty() ? store_.entry(row.last_sequence, arena) : unpack_entry(row.entry, arena);
    if (!entry && (entry.error().kind == ErrorKind::failed || row.payload.empty())) {
      return entry.error();
    }
    if (!entry && row.content_type == subscription_.format->content_type()) return {};
    if (!entry) {
      return not_found("its message is " + (row.form.empty() ? row.content_type : row.form) +
                       ", and not " + subscription_.form + ": " + entry.error().text);
    }
    notification = notification_of(*entry, teller_);
    if (row.type == type_of(NotificationKind::retracted)) take_back(notification);
  }
  set_form(subscription_, row);
  row.payload.clear();
  Result<void> rendered = write(notification, row.payload);
  if (!rendered && row.entry.empty()) keep_entry(row);
  return rendered;
}

// The journal may be trimmed before it is redriven.
void Pipeline::keep_entry(DeliveryRow& row) const {
  // Their rows tell all.
  if (row.type == type_of(NotificationKind::receipt)) return;
  if (row.type == type_of(NotificationKind::group)) return;
  Arena arena;
  if (const Result<Entry> entry = store_.entry(row.last_sequence, arena)) {
    row.entry = pack_entry(*entry);
  }
}

void Pipeline::take_back(Notification& amendment) const {
  amendment.kind = NotificationKind::retracted;
  amendment.id = retraction_id(amendment.amends, subscription_.name);
  // The late fact may be older than what is taken back.
  amendment.time = std::max(amendment.time, amendment.since);
}

// What waits may find what it waits for in the journal. So it has waited long enough only where all
// was read that there was when its time was over; unless nothing can be read before it goes.
Time Pipeline::heard_until(Time now) {
  if (book_.position() > journal_end_) {
    heard_to_ = journal_seen_;
    journal_end_ = store_.last_sequence();
    journal_seen_ = now;
    if (book_.position() > journal_end_) heard_to_ = now;
  }
  return may_read(now) ? std::min(now, heard_to_) : now;
}

// True where something was let go.
Result<bool> Pipeline::release(Time now) {
  if (!may_release()) return false;
  if (rate_.digest() != nullptr && now >= rate_.digest_due()) {
    tell_digest(now);
    return true;
  }
  const Time heard = heard_until(now);
  size_t released = 0;
  while (released < limits_.released_max && may_release()) {
    Booked* const held = hold_.claim_ready(heard, now);
    if (held == nullptr) break;
    if (Result<void> done = release_one(*held, now); !done) {
      hold_.put_back(*held);
      return done.error();
    }
    ++released;
  }
  if (released > 0) return true;
  Booked* const group = group_.next_ready(heard);
  if (group == nullptr || !may_release()) return false;
  group_.on_due(*group, now);
  return true;
}

Result<void> Pipeline::read_block(Time now) {
  skip_what_was_trimmed();
  const Result<StoredBlock> block = store_.block_at(book_.position());
  if (!block && block.error().kind == ErrorKind::damaged) {
    return skip_what_is_lost(block.error().text);
  }
  if (!block) return block.error();
  if (block->bytes == nullptr || block->first_sequence > book_.position()) {
    return skip_what_is_lost("the journal does not have them");
  }
  const Result<BlockReader> reader = BlockReader::open(*block->bytes);
  if (!reader) return reader.error();
  arena_.clear();
  for (size_t i = book_.position() - block->first_sequence; i < reader->size(); ++i) {
    if (!has_room() || !send_.takes_more()) return {};
    const Result<Entry> entry = reader->entry(i, arena_);
    if (!entry) {
      park_gap(block->first_sequence + i + 1, "damage: " + entry.error().text);
      continue;
    }
    if (Result<void> considered = consider(*entry, now); !considered) return considered;
    book_.set_position(entry->sequence + 1);
  }
  book_.set_position(std::max(book_.position(), block->last_sequence + 1));
  return {};
}

Result<void> Pipeline::consider(const Entry& entry, Time now) {
  const HoldStage::Learned learned = hold_.learn(entry);
  for (const Booked* const booked : learned.changed) book_.change_by_reading(*booked);
  const bool is_told = entry.told.kind != NotificationKind::none && !learned.is_absorbed;
  return is_told ? offer(entry, now) : Result<void>();
}

// By the clock of waits; the wall clock, which the entry has, may have been set since.
Time Pipeline::committed_at(const Entry& entry, Time now) const {
  return std::min(now, entry.recorded - wall_ahead_);
}

Result<void> Pipeline::offer(const Entry& entry, Time now) {
  const Notification notification = notification_of(entry, teller_);
  if (match_.is_asking() || hold_.is_asking()) routable_.set(notification);
  if (hold_.is_asking()) {
    DeliveryRow row;
    const Decision decision = hold_.decide(entry, routable_, committed_at(entry, now), row);
    if (decision.waits()) {
      hold_.add(book_.add(std::move(row), now));
      if (decision.is_urgent) end_waits(entry.observation.resource.id);
      return {};
    }
  }
  if (match_.is_asking() && !match_.decide(routable_).passes()) return drop(entry, nullptr, now);
  pass_on(notification, nullptr, now);
  return {};
}

void Pipeline::end_waits(std::string_view resource) {
  for (const Booked* const booked : hold_.end_waits(resource)) book_.change_by_reading(*booked);
}

// It does not match. What was told before it, and does not match either as is known now, is taken
// back.
Result<void> Pipeline::drop(const Entry& entry, Booked* held, Time now) {
  std::optional<Notification> retraction;
  Arena arena;
  if (entry.told.kind == NotificationKind::amended) {
    Result<std::optional<Notification>> found = retraction_of(entry, arena);
    if (!found) return found.error();
    retraction = *found;
  }
  ++not_matching_;
  if (retraction) {
    pass_on(*retraction, held, now);
  } else if (held != nullptr) {
    book_.settle(held->row.number);
  }
  return {};
}

void Pipeline::pass_on(const Notification& notification, Booked* held, Time now) {
  if (const std::optional<DeploymentName> name = group_.name_of(notification)) {
    return gather(*name, notification, held, now);
  }
  pass_rate(notification, row_of(notification, subscription_), held, now);
}

void Pipeline::pass_rate(const Notification& notification, DeliveryRow row, Booked* held,
                         Time now) {
  if (rate_.decide(notification, now).passes()) {
    render(notification, std::move(row), held, now);
  } else {
    count_in_digest(notification, now);
    if (held != nullptr) book_.settle(held->row.number);
  }
  if (rate_.is_limited()) book_.set_rate(rate_.sent(), rate_.ends());
}

// It is judged as it is known by now.
Result<void> Pipeline::release_one(Booked& held, Time now) {
  Arena arena;
  const Result<Entry> entry = unpack_entry(held.row.entry, arena);
  if (!entry) {
    park(held.row, entry.error().text);
    return {};
  }
  const Notification notification = notification_of(*entry, teller_);
  routable_.set(notification);
  if (!match_.decide(routable_).passes()) return drop(*entry, &held, now);
  pass_on(notification, &held, now);
  return {};
}

Result<void> Pipeline::write(Notification notification, std::string& payload) const {
  notification.subscription = subscription_.name;
  notification.why = subscription_.when_words;
  return subscription_.format->render(notification, payload);
}

void Pipeline::render(const Notification& notification, DeliveryRow row, Booked* held, Time now) {
  if (const Result<void> rendered = write(notification, row.payload); !rendered) {
    row.payload.clear();
    if (held != nullptr) {
      row.number = held->row.number;
      row.entry = std::move(held->row.entry);
    } else {
      keep_entry(row);
    }
    return park(std::move(row), "not rendered: " + rendered.error().text);
  }
  if (held == nullptr) {
    Booked& booked = book_.add(std::move(row), now);
    // The row of the digest or group goes with the same checkpoint.
    const bool is_of_row = notification.kind == NotificationKind::receipt ||
                           notification.kind == NotificationKind::group;
    if (is_of_row) book_.change(booked);
    return send_.add(booked);
  }
  row.number = held->row.number;
  row.entry = std::move(held->row.entry);  // The journal does not have what it learned.
  held->row = std::move(row);
  book_.change(*held);
  send_.add(*held);
}

// Under the number that it has, or a new one.
void Pipeline::park(DeliveryRow row, std::string reason) {
  ++parked_;
  log_warn(
      "a delivery was parked",
      {{"subscription", subscription_.name}, {"sequence", row.last_sequence}, {"reason", reason}});
  const uint64_t number = row.number;
  ParkedRow parked{.delivery = std::move(row), .parked = wall_.now(), .reason = std::move(reason)};
  if (number == 0) return book_.park_new(std::move(parked));
  book_.park(number, std::move(parked));
}

// Of an amendment that does not match: what takes back what the subscription was told before.
Result<std::optional<Notification>> Pipeline::retraction_of(const Entry& entry, Arena& arena) {
  const auto is_met = [&](const Notification& told) {
    routable_.set(told);
    return match_.decide(routable_).passes();
  };
  // Who wants transitions alone, and would want this one as it is known now, was told nothing
  // wrong.
  Notification notification = notification_of(entry, teller_);
  notification.kind = NotificationKind::transition;
  if (is_met(notification)) return std::optional<Notification>();
  const Result<bool> was_met = was_told(store_, entry, teller_, hold_.is_asking(), arena, is_met);
  if (!was_met) return was_met.error();
  if (!*was_met) return std::optional<Notification>();
  take_back(notification);
  return std::optional<Notification>(notification);
}

// A reload mends no sink: it fails since it began to.
void Pipeline::succeed(const Pipeline& before) {
  const std::optional<Trouble> trouble = before.send_.trouble();
  const bool is_same_sink = before.subscription_.sink_hash == subscription_.sink_hash;
  if (trouble && is_same_sink) send_.fails_since(trouble->since);
}

bool Pipeline::on_answers(Time now) { return send_.on_answers(now); }

void Pipeline::send(Time now) {
  const bool is_full = !has_room() || book_.is_gone() || send_.is_circuit_open();
  send_.send(now, is_full);
}

std::optional<Time> Pipeline::next_due(Time now, Time advances_at) const {
  std::optional<Time> due = send_.next_due(now);
  const auto wait_for = [&](Time other) {
    other = std::max({other, read_after_, advances_at});
    due = std::min(due.value_or(other), other);
  };
  if (may_release()) {
    if (const std::optional<Time> held = hold_.next_due()) wait_for(*held);
    if (const std::optional<Time> group = group_.next_due()) wait_for(*group);
    if (rate_.digest() != nullptr) wait_for(rate_.digest_due());
  }
  const bool is_more =
      book_.position() <= store_.last_sequence() && !book_.is_gone() && send_.takes_more();
  if (has_room() && (!is_restored_ || is_more)) wait_for(now);
  return due;
}

void PipelineCounts::add(const PipelineCounts& earlier) {
  delivered += earlier.delivered;
  retried += earlier.retried;
  parked += earlier.parked;
  not_matching += earlier.not_matching;
}

// Of the first entry that was not read: it is looked up once for each block that reading pauses in.
std::optional<Time> Pipeline::unread_since() const {
  const uint64_t position = book_.position();
  if (position > store_.last_sequence()) return std::nullopt;
  if (unread_first_ <= position && position <= unread_last_) return unread_since_;
  unread_first_ = unread_last_ = position;
  unread_since_.reset();
  const Result<StoredBlock> block = store_.block_at(std::max(position, store_.first_sequence()));
  if (!block || block->bytes == nullptr) return unread_since_;
  if (const Result<BlockReader> reader = BlockReader::open(*block->bytes)) {
    unread_since_ = reader->recorded();
    unread_last_ = std::max(position, block->last_sequence);
  }
  return unread_since_;
}

PipelineCounts Pipeline::counts() const {
  PipelineCounts counts;
  counts.name = subscription_.name;
  counts.delivered = send_.counts().delivered;
  counts.retried = send_.counts().retried;
  counts.parked = parked_ + send_.counts().parked;
  counts.not_matching = not_matching_;
  counts.outstanding = send_.lanes().size() + book_.unloaded();
  counts.held = hold_.size() + group_.members() +
                (rate_.digest() != nullptr ? rate_.digest()->row.members : 0);
  const uint64_t last = store_.last_sequence();
  const uint64_t unread = last >= book_.position() ? last - book_.position() + 1 : 0;
  counts.lag = unread + counts.outstanding;
  counts.is_circuit_open = send_.is_circuit_open();
  counts.trouble = send_.trouble();
  if (counts.trouble && counts.trouble->next_attempt) *counts.trouble->next_attempt += wall_ahead_;
  counts.oldest_outstanding = send_.oldest_recorded();
  counts.lag_since = counts.oldest_outstanding;
  if (const std::optional<Time> unread_from = unread_since()) {
    counts.lag_since = std::min(counts.lag_since.value_or(*unread_from), *unread_from);
  }
  counts.is_gone = book_.is_gone();
  return counts;
}

}  // namespace statewire
