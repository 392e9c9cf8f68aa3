#include "course.h"

#include <algorithm>

#include "script.h"

namespace statewire {

ExpectRules simulated_expectations() {
  using std::chrono::minutes;
  return {.otherwise = {.within = {minutes(20), minutes(5), minutes(60)}}};
}

bool Course::is_ignored_now(std::string_view id) const {
  for (size_t i = 0; i < std::size(kResources); ++i) {
    const bool is_it = id == kResources[i] || (i < std::size(kAliases) && id == kAliases[i]);
    if (is_it) return is_ignored(ignored_, i);
  }
  return false;
}

std::string Course::on_entry(const Entry& entry, Time wall) {
  const Record& record = entry.after;
  const std::string id(record.resource.id);
  if (entry.observation.effect == Effect::move) return seen_.erase(id), "";
  if (entry.told.too_late) return {};
  Seen& seen = seen_[id];
  const auto place = place_of_passing(record.phase);
  const bool is_looked_at = is_of_now(entry.observation.effect);
  if (is_looked_at && is_ignored_now(id)) return id + " is ignored, and something is told of it";
  if (entry.told.kind == NotificationKind::stuck) {
    if (seen.is_told) return id + " is told to be stuck twice";
    if (seen.is_silent) return id + " is told to be stuck, and was ignored since it departed";
    if (!place) return id + " is told to be stuck, and rests";
    if (wall < seen.since + *rules_.otherwise.within[*place])
      return id + " is told to be stuck too early";
    seen.is_told = true;
    return {};
  }
  const bool waits = place && record.settles_at == Time{};
  const bool is_other = record.phase != seen.phase || record.phase_since != seen.since;
  if (record.phase != seen.phase) seen.is_told = false;
  if (waits && (is_other || !seen.waits)) {
    seen.told_by = std::chrono::ceil<std::chrono::seconds>(std::max(record.phase_since, wall) +
                                                           *rules_.otherwise.within[*place]);
    seen.is_silent = false;
  }
  seen.phase = record.phase;
  seen.since = record.phase_since;
  seen.waits = waits;
  return {};
}

void Course::on_commit() {
  if (ignored_ == 0) return;
  for (auto& [id, seen] : seen_) seen.is_silent |= seen.waits && is_ignored_now(id);
}

std::string Course::check(Time wall) {
  for (auto& [id, seen] : seen_) {
    if (!seen.waits || seen.is_told || seen.is_silent || seen.told_by > wall) continue;
    if (!is_ignored_now(id)) return id + " is stuck, and nobody is told";
    seen.is_silent = true;
  }
  return {};
}

}  // namespace statewire
