#include "api/resource_search.h"

#include "api/json_parts.h"
#include "api/wanted.h"
#include "base/limits.h"

namespace statewire {

Result<bool> ResourceSearch::step() {
  if (!has_looked_up_) {
    has_looked_up_ = true;
    return look_up();
  }
  Result<std::string> next = store_.some_records_named(
      at_, wanted_, kRecordsAtATime, [&](const Record& record) { return add(record), true; });
  if (!next) return next.error();
  at_ = *std::move(next);
  return at_.empty();
}

Result<bool> ResourceSearch::look_up() {
  const Result<bool> is_id = has_record(wanted_);
  if (!is_id) return is_id;
  if (*is_id) {
    by_id_.push_back(wanted_);
    return true;
  }
  const Result<std::optional<std::string>> meant = store_.resource_of_alias(wanted_);
  if (!meant) return meant.error();
  if (!*meant) return false;
  const Result<bool> is_known = has_record(**meant);
  if (is_known && *is_known) by_id_.push_back(**meant);
  return is_known;
}

Result<bool> ResourceSearch::has_record(std::string_view id) const {
  Arena arena;
  std::vector<std::optional<Record>> records;
  const Result<void> read = store_.records({&id, 1}, arena, records);
  if (!read) return read.error();
  return records[0].has_value();
}

void ResourceSearch::add(const Record& record) {
  const std::string_view id = record.resource.id;
  if (is_end_of(wanted_, id)) {
    if (by_id_.size() < kCandidatesMax) by_id_.emplace_back(id);
  } else if (display_name(record) == wanted_ || record.resource.name == wanted_) {
    if (by_name_.size() < kCandidatesMax) by_name_.emplace_back(id);
  }
}

}  // namespace statewire
