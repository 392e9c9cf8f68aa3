#include "track/set_before.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace statewire {
namespace {

// "policyName" says which part of the resource the others are about.
bool names_a_part(std::string_view path) {
  for (const std::string_view end : {"name", "Name", "id", "Id", "arn", "Arn", "key", "Key"}) {
    if (path.ends_with(end)) return true;
  }
  return false;
}

const Change* find(std::span<const Change> changes, std::string_view path) {
  const auto found = std::ranges::find(changes, path, &Change::path);
  return found == changes.end() ? nullptr : &*found;
}

// A list is told item by item.
bool is_single(std::span<const Change> changes, std::string_view path) {
  return std::ranges::count(changes, path, &Change::path) == 1;
}

}  // namespace

bool sets_something(const Observation& observation) {
  if (observation.effect != Effect::configure || observation.changes.empty()) return false;
  const std::string_view call = observation.origin.type;
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"Modify", "Update", "Put", "Set", "Change"},
      [&](std::string_view verb) { return call.starts_with(verb); });
}

SetBefore::SetBefore(const Observation& observation, Arena& arena)
    : observation_(observation), arena_(arena), changes_(arena.copy_of(observation.changes)) {
  open_ = static_cast<size_t>(
      std::ranges::count_if(changes_, [&](const Change& change) { return is_asked_for(change); }));
}

bool SetBefore::is_asked_for(const Change& change) const {
  return change.from.empty() && !names_a_part(change.path) && is_single(changes_, change.path);
}

bool SetBefore::is_same_part(const Observation& earlier) const {
  return std::ranges::all_of(changes_, [&](const Change& change) {
    if (!names_a_part(change.path)) return true;
    const Change* const other = find(earlier.changes, change.path);
    return other != nullptr && other->to == change.to;
  });
}

std::span<const Change> SetBefore::told() {
  const auto is_repeated = [](const Change& change) { return change.from == change.to; };
  if (std::ranges::all_of(changes_, is_repeated)) return observation_.changes;
  const auto end = std::remove_if(changes_.begin(), changes_.end(), is_repeated);
  return changes_.first(static_cast<size_t>(end - changes_.begin()));
}

void SetBefore::look_at(const Observation& earlier) {
  if (earlier.effect != Effect::configure || earlier.origin.type != observation_.origin.type ||
      !is_same_part(earlier)) {
    return;
  }
  for (Change& change : changes_) {
    if (!is_asked_for(change) || !is_single(earlier.changes, change.path)) continue;
    change.from = arena_.copy(find(earlier.changes, change.path)->to);
    if (!change.from.empty()) --open_;
  }
}

}  // namespace statewire
