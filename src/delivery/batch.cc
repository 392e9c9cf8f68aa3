#include "delivery/batch.h"

#include <algorithm>

namespace statewire {

void Batches::await(BatchRow row) {
  row_ = std::move(row);
  is_awaited_ = true;
}

uint64_t Batches::awaited_to() const { return *std::ranges::max_element(row_->numbers); }

bool Batches::awaits(uint64_t number) const {
  return is_awaited_ && std::ranges::find(row_->numbers, number) != row_->numbers.end();
}

// A member that did not come is settled: its row went with the checkpoint that settled it.
void Batches::restored() {
  is_awaited_ = false;
  std::vector<Booked*> members;
  for (const uint64_t number : row_->numbers) {
    Booked* const booked = book_.find(number);
    if (booked != nullptr && booked->row.stage == Stage::send) members.push_back(booked);
  }
  lanes_.bring_forward(members);
  settle();
}

std::vector<Booked*> Batches::claim(Time now, Time wall, bool is_full) {
  if (is_awaited_ || lanes_.in_flight() > 0) return {};
  if (!row_) {
    if (is_gathered(now, is_full)) freeze(wall);
    return {};
  }
  if (!book_.is_batch_written()) return {};
  return lanes_.claim_due(members_left(), now);
}

// Full, or with nothing more to come, or waited long enough.
bool Batches::is_gathered(Time now, bool is_full) const {
  const Booked* const front = lanes_.front();
  if (front == nullptr) return false;
  return is_full || front->row.is_redriven || lanes_.size() >= limits_.batch_deliveries_max ||
         lanes_.payload_bytes() >= limits_.batch_bytes_max ||
         now >= front->created + limits_.gather;
}

// One delivery at least. What a person sends again is a batch of its own, and what was rendered
// under another configuration may have other columns: a batch has one form.
void Batches::freeze(Time wall) {
  const Booked* const front = lanes_.front();
  BatchRow row;
  row.id = front->row.id;
  row.frozen = wall;
  row.first_sequence = front->row.first_sequence;
  size_t bytes = 0;
  for (const Booked* each = front; each != nullptr; each = each->behind) {
    bytes += each->row.payload.size();
    const bool is_alone = each->row.is_redriven || front->row.is_redriven;
    const bool fits =
        row.numbers.size() < limits_.batch_deliveries_max && bytes <= limits_.batch_bytes_max;
    const bool is_alike =
        each->row.header == front->row.header && each->row.content_type == front->row.content_type;
    if (each != front && (is_alone || !fits || !is_alike)) break;
    row.numbers.push_back(each->row.number);
    row.last_sequence = each->row.last_sequence;
  }
  row_ = row;
  book_.set_batch(std::move(row));
}

size_t Batches::members_left() const {
  return static_cast<size_t>(std::ranges::count_if(
      row_->numbers, [&](uint64_t number) { return book_.find(number) != nullptr; }));
}

void Batches::settle() {
  if (!row_ || members_left() > 0) return;
  row_.reset();
  book_.set_batch(std::nullopt);
}

std::optional<Time> Batches::next_due(Time now, bool is_full) const {
  if (is_awaited_) return std::nullopt;  // Its deliveries are being restored.
  if (row_) return book_.is_batch_written() ? lanes_.next_due() : std::nullopt;
  if (lanes_.front() == nullptr) return std::nullopt;
  return is_gathered(now, is_full) ? now : lanes_.front()->created + limits_.gather;
}

}  // namespace statewire
