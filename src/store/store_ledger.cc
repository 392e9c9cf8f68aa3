#include "store/ledger_view.h"
#include "store/store.h"
#include "store/store_state.h"

namespace statewire {

Result<std::vector<LedgerRow>> Store::ledger() const { return state_->ledger.rows(); }

LedgerSums Store::ledger_sums() const { return state_->ledger.sums(); }

std::map<std::string, PhaseSketches, std::less<>> Store::learned() const {
  return state_->learned.rows();
}

DurationSketch Store::learned(std::string_view type, size_t place) const {
  return state_->learned.sketch(type, place);
}

size_t Store::ledger_row_count() const { return state_->ledger.row_count(); }

bool Store::has_ledger_row(std::string_view source, std::string_view account,
                           std::string_view region) const {
  return state_->ledger.has_row(source, account, region);
}

Result<std::vector<UnrecognisedRow>> Store::unrecognised() const {
  return state_->ledger.unrecognised(*engine_);
}

Result<std::vector<Refusal>> Store::refusals() const { return stored_refusals(*engine_); }

}  // namespace statewire
