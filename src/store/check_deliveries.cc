#include "store/check_deliveries.h"

namespace statewire {
namespace {

class Check {
 public:
  Check(const Store& store, std::string_view name, const SubscriptionState& state,
        const std::function<void(std::string)>& differs)
      : store_(store), name_(name), state_(state), differs_(differs) {}

  Result<void> run() {
    if (state_.cursor > store_.last_sequence()) {
      differ("its cursor is beyond the journal: " + std::to_string(state_.cursor));
    }
    uint64_t rows = 0;
    Result<void> read =
        store_.each_delivery(name_, 0, [&](uint64_t number, Result<DeliveryRow> row) {
          rows += row.ok();
          check_row("delivery", number, row ? &*row : nullptr);
          return true;
        });
    if (!read) return read;
    if (rows != state_.rows) {
      differ("it has " + std::to_string(rows) + " deliveries, and counts " +
             std::to_string(state_.rows));
    }
    read = store_.each_parked({name_, 0}, [&](const DeliveryKey& key, Result<ParkedRow> row) {
      if (key.subscription != name_) return false;
      check_row("parked delivery", key.number, row ? &row->delivery : nullptr);
      return true;
    });
    return read ? check_batch() : read;
  }

 private:
  void differ(const std::string& text) { differs_("subscription " + name_ + ": " + text); }

  void check_row(const std::string& what, uint64_t number, const DeliveryRow* row) {
    const std::string title = what + " " + std::to_string(number);
    if (row == nullptr) return differ(title + " is damaged");
    if (number >= state_.next_number) differ(title + " has a number that is given again");
    if (row->last_sequence > state_.cursor) differ(title + " is beyond the cursor");
  }

  // Members that are settled have no row any more; one that is left must be of the stage `send`.
  Result<void> check_batch() {
    const Result<std::optional<BatchRow>> batch = store_.frozen_batch(name_);
    if (!batch) {
      differ("its frozen batch is damaged");
    } else if (*batch) {
      for (const uint64_t number : (**batch).numbers) {
        if (number >= state_.next_number) differ("its frozen batch has members that never were");
      }
    }
    return {};
  }

  const Store& store_;
  const std::string name_;
  const SubscriptionState state_;
  const std::function<void(std::string)>& differs_;
};

}  // namespace

Result<void> check_deliveries(const Store& store, const std::function<void(std::string)>& differs) {
  Result<void> checked;
  const Result<void> read =
      store.each_subscription([&](std::string_view name, Result<SubscriptionState> state) {
        if (!state) {
          differs("subscription " + std::string(name) + ": its cursor is damaged");
          return true;
        }
        checked = Check(store, name, *state, differs).run();
        return checked.ok();
      });
  return read ? checked : read;
}

}  // namespace statewire
