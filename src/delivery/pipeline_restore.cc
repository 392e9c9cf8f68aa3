// The start of a pipeline: where it left off, and the rows of an earlier run. They are restored
// some at a time, each at the stage that it waited in, before anything new is read.
#include "base/log.h"
#include "delivery/delivery_row_of.h"
#include "delivery/pipeline.h"

namespace statewire {

// A state that cannot be read is made again: everything that the journal has is told once more.
Result<SubscriptionState> Pipeline::state_made_again(const Error& error) const {
  log_error("the place of a subscription cannot be read; it starts at the journal's beginning",
            {{"subscription", subscription_.name}, {"error", error.text}});
  SubscriptionState state;
  state.cursor = store_.first_sequence() - 1;
  const auto pass = [&](uint64_t number) {
    state.next_number = std::max(state.next_number, number + 1);
    return true;
  };
  Result<void> read = store_.each_delivery(
      subscription_.name, 0,
      [&](uint64_t number, const auto& row) { return ++state.rows, !row.ok() || pass(number); });
  if (!read) return read.error();
  read = store_.each_parked({subscription_.name, 0}, [&](const DeliveryKey& key, const auto& row) {
    return key.subscription == subscription_.name && (!row.ok() || pass(key.number));
  });
  if (!read) return read.error();
  return state;
}

Result<void> Pipeline::load(Time now) {
  journal_end_ = store_.last_sequence();
  journal_seen_ = now;
  const Result<std::optional<SubscriptionState>> stored = store_.subscription(subscription_.name);
  SubscriptionState state;
  if (!stored) {
    const Result<SubscriptionState> made = state_made_again(stored.error());
    if (!made) return made.error();
    state = *made;
  } else if (*stored) {
    state = **stored;
    state.cursor = std::min(state.cursor, journal_end_);
    state.is_gone = false;  // It is tried once more.
  } else {
    state.cursor =
        subscription_.from == StartFrom::now ? journal_end_ : store_.first_sequence() - 1;
    state.begins_after = state.cursor;
  }
  book_.load(state, stored ? *stored : std::nullopt);
  rows_end_ = state.next_number;
  rate_.load(state.rate_sent, state.rate_ends, now);
  load_batch();
  skip_what_was_trimmed();
  return {};
}

void Pipeline::load_batch() {
  Result<std::optional<BatchRow>> batch = store_.frozen_batch(subscription_.name);
  if (!batch) {
    log_error("a frozen batch cannot be read; its deliveries go in batches of their own",
              {{"subscription", subscription_.name}, {"error", batch.error().text}});
    book_.set_batch(std::nullopt);
  } else if (*batch && kind_.limits.is_frozen) {
    send_.await_batch(**std::move(batch));
  } else if (*batch) {
    book_.set_batch(std::nullopt);  // Of another kind of sink, which the subscription had before.
  }
}

Result<void> Pipeline::restore(Time now) {
  size_t rows = 0;
  bool is_more = false;
  Result<void> restored;
  const Result<void> read = store_.each_delivery(
      subscription_.name, next_row_, [&](uint64_t number, Result<DeliveryRow> row) {
        // Of this run: it is here already.
        if (next_row_ >= rows_end_ || (row && number >= rows_end_)) return false;
        if (rows++ >= limits_.restored_max || !has_room()) {
          is_more = true;
          return false;
        }
        if (row) {
          restored = restore_row(*std::move(row), now);
          if (!restored) return false;
        } else {
          number = std::min(number, rows_end_ - 1);
          restore_damaged(number, row.error().text);
        }
        next_row_ = number + 1;
        return true;
      });
  if (!read || !restored) return read ? restored : read;
  is_restored_ = !is_more;
  if (is_restored_) {
    forget_lost_rows();
    group_.on_restored(now);
  }
  const bool is_batch_here =
      send_.batches().is_awaited() && (is_restored_ || next_row_ > send_.batches().awaited_to());
  if (is_batch_here) send_.batch_restored();
  return {};
}

// So that the next start does not look for them again.
void Pipeline::forget_lost_rows() {
  if (book_.unloaded() == 0) return;
  log_error("rows of waiting deliveries are not there any more",
            {{"subscription", subscription_.name}, {"count", book_.unloaded()}});
  book_.forget_unloaded();
}

// A row, or a stretch of rows up to it, of which each start parks the same, until all others are
// restored. Where a delivery was parked under its number, the one before it is taken.
void Pipeline::restore_damaged(uint64_t number, std::string reason) {
  if (book_.unloaded() == 0 || book_.find(number) != nullptr) return;
  uint64_t place = number;
  while (place > next_row_ && is_parked_or_waits(place)) --place;
  ++parked_;
  book_.park_damaged(number, place, std::move(reason), wall_.now());
}

bool Pipeline::is_parked_or_waits(uint64_t number) {
  if (book_.find(number) != nullptr) return true;
  bool is_parked = false;
  const Result<void> read = store_.each_parked(
      {subscription_.name, number}, [&](const DeliveryKey& key, const Result<ParkedRow>& row) {
        is_parked = key.subscription == subscription_.name && key.number == number && row.ok() &&
                    !row->is_gap;
        return false;
      });
  return !read || is_parked;
}

// An error where the store cannot be read now.
Result<void> Pipeline::restore_row(DeliveryRow row, Time now) {
  // A frozen batch stays as it is.
  const bool is_unrendered =
      row.stage == Stage::send && (row.payload.empty() || (!has_form(subscription_, row) &&
                                                           !send_.batches().awaits(row.number)));
  Result<void> rendered;
  if (is_unrendered) rendered = render_again(row);
  if (!rendered && rendered.error().kind == ErrorKind::failed) return rendered;
  Booked* const booked = book_.restore(std::move(row), now);
  if (booked == nullptr) return {};
  if (!rendered) {
    park(booked->row, "not rendered: " + rendered.error().text);
  } else if (booked->row.stage == Stage::send) {
    if (is_unrendered) book_.change(*booked);
    send_.restore(*booked, now);
  } else if (booked->row.stage == Stage::rate) {
    restore_digest(*booked, now);
  } else if (booked->row.stage == Stage::group) {
    group_.restore(*booked, now);
  } else if (booked->row.stage == Stage::hold) {
    const Result<void> held = hold_.restore(*booked, teller_, now);
    if (!held) park(booked->row, held.error().text);
  } else {
    park(booked->row, "its row is damaged");
  }
  return {};
}

// What was released while rows were still to come may have begun another.
void Pipeline::restore_digest(Booked& booked, Time now) {
  if (rate_.digest() == nullptr) return rate_.open(booked, now);
  rate_.count_all(booked.row);
  book_.change_by_reading(*rate_.digest());
  book_.settle(booked.row.number);
}

}  // namespace statewire
