#include "ingest/store_views.h"

namespace statewire {

Result<void> StoreViews::records(std::span<const std::string_view> ids, Arena& arena,
                                 std::vector<std::optional<Record>>& out) {
  return store_.records(ids, arena, out);
}

Result<std::string_view> StoreViews::resource_of_alias(std::string_view alias, Arena& arena) {
  const Result<std::optional<std::string>> resource = store_.resource_of_alias(alias);
  if (!resource) return resource.error();
  return *resource ? arena.copy(**resource) : std::string_view{};
}

// What retention has taken in the meantime is not there, also where it is still at hand.
Result<Entry> StoreViews::entry(uint64_t sequence, Arena& arena) {
  if (made_ != nullptr && sequence >= made_first_) return made_->entry(sequence, arena);
  const bool is_at_hand = block_.bytes != nullptr && sequence >= block_.first_sequence &&
                          sequence <= block_.last_sequence;
  if (!is_at_hand) {
    Result<StoredBlock> block = store_.block_at(sequence);
    if (!block) return block.error();
    block_ = {};
    if (block->bytes == nullptr || block->first_sequence > sequence) {
      return not_found("sequence " + std::to_string(sequence) + " is not in the journal");
    }
    const Result<BlockReader> reader = BlockReader::open(*block->bytes);
    if (!reader) return reader.error();
    block_ = *std::move(block);
    reader_ = *reader;
  }
  if (sequence < store_.first_sequence()) return not_found("trimmed");
  return reader_.entry_copy(sequence - block_.first_sequence, arena);
}

}  // namespace statewire
