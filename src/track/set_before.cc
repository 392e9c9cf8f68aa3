#include "track/set_before.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace statewire {
namespace {

// "policyName" says which part of the resource the others are about.
bool names_a_part(std::string_view path) {
  for (const std::string_view end : {"Name", "Id", "Arn", "Key"}) {
    if (path.ends_with(end)) return true;
  }
  return path == "name" || path == "id" || path == "arn" || path == "key";
}

const Change* find(std::span<const Change> changes, std::string_view path) {
  const auto found = std::ranges::find(changes, path, &Change::path);
  return found == changes.end() ? nullptr : &*found;
}

bool sets_properties(const Observation& observation) {
  return observation.effect == Effect::configure || observation.has(kPut);
}

// A list is told item by item.
bool is_single(std::span<const Change> changes, std::string_view path) {
  return std::ranges::count(changes, path, &Change::path) == 1;
}

}  // namespace

bool sets_something(const Observation& observation) {
  if (!sets_properties(observation) || observation.changes.empty()) return false;
  const std::string_view call = observation.origin.type;
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"Modify", "Update", "Put", "Set", "Change"},
      [&](std::string_view verb) { return call.starts_with(verb); });
}

SetBefore::SetBefore(const Observation& observation, Arena& arena)
    : observation_(observation), arena_(arena) {
  const std::span<const Change> changes = observation.changes;
  before_ = arena.copy_of(std::vector<Before>(changes.size()));
  for (size_t i = 0; i < changes.size(); ++i) {
    before_[i].is_open = changes[i].from.empty() && !names_a_part(changes[i].path) &&
                         is_single(changes, changes[i].path);
    open_ += before_[i].is_open;
  }
}

bool SetBefore::is_same_part(const Observation& earlier) const {
  return std::ranges::all_of(observation_.changes, [&](const Change& change) {
    if (!names_a_part(change.path)) return true;
    const Change* const other = find(earlier.changes, change.path);
    return other == nullptr || other->to == change.to;
  });
}

void SetBefore::look_at(const Observation& earlier, bool was_late) {
  if (!sets_properties(earlier) || earlier.origin.type != observation_.origin.type ||
      earlier.key > observation_.key || !is_same_part(earlier)) {
    return;
  }
  for (size_t i = 0; i < before_.size(); ++i) {
    Before& before = before_[i];
    const Change* const set = find(earlier.changes, observation_.changes[i].path);
    if (!before.is_open || set == nullptr) continue;
    if (before.key < earlier.key) {
      before.is_known = is_single(earlier.changes, set->path);
      before.value = before.is_known ? arena_.copy(set->to) : std::string_view();
      before.key = earlier.key;
    }
    if (was_late) continue;
    before.is_open = false;
    --open_;
  }
}

std::span<const Change> SetBefore::told() const {
  const std::span<const Change> changes = observation_.changes;
  const auto is_repeated = [&](size_t i) {
    return before_[i].is_known && before_[i].value == changes[i].to;
  };
  size_t repeated = 0;
  for (size_t i = 0; i < changes.size(); ++i) repeated += is_repeated(i);
  std::vector<Change> told;
  for (size_t i = 0; i < changes.size(); ++i) {
    if (is_repeated(i)) {
      if (repeated == changes.size()) told.push_back(changes[i]);
      continue;
    }
    told.push_back(changes[i]);
    if (before_[i].is_known) told.back().from = before_[i].value;
  }
  return arena_.copy_of(told);
}

}  // namespace statewire
