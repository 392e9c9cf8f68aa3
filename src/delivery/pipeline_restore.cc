// The start of a pipeline: where it left off, and the rows of an earlier run. They are restored
// some at a time, each at the stage that it waited in, before anything new is read.
#include "base/log.h"
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
      [&](uint64_t number, const auto&) { return ++state.rows, pass(number); });
  if (!read) return read.error();
  read = store_.each_parked({subscription_.name, 0}, [&](const DeliveryKey& key, const auto&) {
    return key.subscription == subscription_.name && pass(key.number);
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
  const Result<void> read = store_.each_delivery(
      subscription_.name, next_row_, [&](uint64_t number, Result<DeliveryRow> row) {
        if (row && number >= rows_end_) return false;  // Of this run: it is here already.
        if (rows++ >= limits_.restored_max || !has_room()) {
          is_more = true;
          return false;
        }
        next_row_ = number + 1;
        if (row) {
          restore_row(*std::move(row), now);
        } else if (book_.unloaded() > 0) {
          ++parked_;
          next_row_ = std::min(next_row_, rows_end_);
          book_.park_damaged(next_row_ - 1, row.error().text, wall_.now());
        }
        return true;
      });
  if (!read) return read;
  is_restored_ = !is_more;
  const bool is_batch_here =
      send_.batches().is_awaited() && (is_restored_ || next_row_ > send_.batches().awaited_to());
  if (is_batch_here) send_.batch_restored();
  return {};
}

void Pipeline::restore_row(DeliveryRow row, Time now) {
  Booked* const booked = book_.restore(std::move(row), now);
  if (booked == nullptr) return;
  if (booked->row.stage == Stage::send) {
    if (booked->row.payload.empty()) {
      const Result<void> rendered = render_again(booked->row);
      if (!rendered) return park(booked->row, "not rendered: " + rendered.error().text);
      book_.change(*booked);
    }
    return send_.restore(*booked, now);
  }
  if (booked->row.stage == Stage::rate) return restore_digest(*booked, now);
  if (booked->row.stage == Stage::hold) {
    const Result<void> held = hold_.restore(*booked, teller_, now);
    return held ? void() : park(booked->row, held.error().text);
  }
  park(booked->row, "its row is damaged");
}

// What was released while rows were still to come may have begun another.
void Pipeline::restore_digest(Booked& booked, Time now) {
  if (rate_.digest() == nullptr) return rate_.open(booked, now);
  rate_.count_all(booked.row);
  book_.change_by_reading(*rate_.digest());
  book_.settle(booked.row.number);
}

}  // namespace statewire
