#include "pattern/writer.h"

#include <algorithm>
#include <unordered_map>

namespace statewire::pattern {
namespace {

void add_living(const Snapshot::Part& part, Rules& out) {
  const Rules& rules = part.segment->rules();
  for (uint32_t rule = 0; rule < rules.size(); ++rule) {
    if (part.removed && part.removed->has(rule)) continue;
    out.add(rules.id(rule), rules.program(rule));
  }
}

}  // namespace

void Writer::add(uint32_t id, const std::vector<Alternative>& alternatives) {
  Bytes program;
  for (const Alternative& each : alternatives) {
    program.clear();
    encode(each, paths_, program);
    added_.add(id, program);
  }
}

void Writer::remove(uint32_t id) { removed_.push_back({id, added_.size()}); }

Rules Writer::take_added() {
  Rules taken;
  std::swap(taken, added_);
  if (removed_.empty() || taken.size() == 0) return taken;
  std::unordered_map<uint32_t, size_t> removed_before;
  for (const Removal& each : removed_) removed_before[each.id] = each.added;
  Rules living;
  for (size_t i = 0; i < taken.size(); ++i) {
    const auto removal = removed_before.find(taken.id(i));
    if (removal != removed_before.end() && i < removal->second) continue;
    living.add(taken.id(i), taken.program(i));
  }
  return living;
}

void Writer::mark_removed(std::vector<Snapshot::Part>& parts) const {
  std::vector<uint32_t> rules;
  for (Snapshot::Part& part : parts) {
    rules.clear();
    for (const Removal& each : removed_) part.segment->find_id(each.id, rules);
    if (rules.empty()) continue;
    auto removed = part.removed ? std::make_shared<Removals>(*part.removed)
                                : std::make_shared<Removals>(part.segment->rules().size());
    for (const uint32_t rule : rules) removed->add(rule);
    part.removed = std::move(removed);
  }
}

void Writer::publish() {
  Rules fresh = take_added();
  mark_removed(parts_);
  removed_.clear();
  std::vector<Snapshot::Part> kept;
  // From the smallest on.
  for (size_t i = parts_.size(); i-- > 0;) {
    const Snapshot::Part& part = parts_[i];
    const bool is_mostly_removed = 2 * part.size() < part.segment->rules().size();
    const bool is_like = fresh.size() > 0 && part.size() < kGrowth * fresh.size();
    if (is_mostly_removed || is_like) {
      add_living(part, fresh);
    } else {
      kept.push_back(part);
    }
  }
  if (fresh.size() > 0) kept.push_back({std::make_shared<const Segment>(fresh), nullptr});
  std::sort(kept.begin(), kept.end(),
            [](const Snapshot::Part& a, const Snapshot::Part& b) { return a.size() > b.size(); });
  parts_ = std::move(kept);
  if (published_paths_->slots() != paths_.slots()) {
    published_paths_ = std::make_shared<const Paths>(paths_);
  }
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->paths = published_paths_;
  snapshot->parts = parts_;
  published_->put(std::move(snapshot));
}

}  // namespace statewire::pattern
