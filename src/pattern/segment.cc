#include "pattern/segment.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/check.h"
#include "pattern/filer.h"

namespace statewire::pattern {
namespace {

// What decides where a rule stands: filed, in the run without a field, or in that of a field.
struct Standing {
  enum class Kind : uint8_t { filed, unconditional, run } kind = Kind::filed;
  uint32_t slot = 0;

  auto operator<=>(const Standing&) const = default;
};

Standing standing_of(const uint8_t* program) {
  Cursor cursor(program);
  const uint32_t clauses = cursor.varint();
  ClauseHead clause;
  bool needs_nothing = true;
  for (uint32_t i = 0; i < clauses; ++i) {
    clause = read_clause(cursor);
    needs_nothing = needs_nothing && clause.accepts_absent;
  }
  if (needs_nothing) return {Standing::Kind::unconditional, 0};
  const bool is_negative = clauses == 1 && clause.tests == 1 &&
                           *clause.at == static_cast<uint8_t>(Operator::anything_but);
  return is_negative ? Standing{Standing::Kind::run, clause.slot} : Standing{};
}

}  // namespace

void Rules::add(uint32_t id, std::span<const uint8_t> program) {
  CHECK(programs_.size() <= std::numeric_limits<uint32_t>::max());
  ids_.push_back(id);
  begins_.push_back(static_cast<uint32_t>(programs_.size()));
  programs_.insert(programs_.end(), program.begin(), program.end());
}

std::span<const uint8_t> Rules::program_bytes(size_t rule) const {
  const size_t end = rule + 1 < begins_.size() ? begins_[rule + 1] : programs_.size();
  return {programs_.data() + begins_[rule], programs_.data() + end};
}

void Rules::shrink_to_fit() {
  ids_.shrink_to_fit();
  begins_.shrink_to_fit();
  programs_.shrink_to_fit();
}

size_t Rules::bytes() const {
  return (ids_.capacity() + begins_.capacity()) * sizeof(uint32_t) + programs_.capacity();
}

bool Removals::add(uint32_t rule) {
  if (has(rule)) return false;
  bits_[rule / 64] |= uint64_t{1} << (rule % 64);
  ++count_;
  return true;
}

Segment::Segment(const Rules& rules) {
  sort_in(rules);
  Filer filer(rules_, index_);
  filer.file(candidates_end_);
  for (const Run& run : runs_) {
    for (uint32_t rule = run.begin; rule < run.end; ++rule) filer.file_exclusions(rule);
  }
  filer.finish();
}

// Copies the rules so that each run lies together, sorted by id.
void Segment::sort_in(const Rules& rules) {
  std::vector<Standing> standings(rules.size());
  for (size_t i = 0; i < rules.size(); ++i) standings[i] = standing_of(rules.program(i));
  std::vector<uint32_t> order(rules.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    if (standings[a] != standings[b]) return standings[a] < standings[b];
    return rules.id(a) != rules.id(b) ? rules.id(a) < rules.id(b) : a < b;
  });
  for (uint32_t place = 0; place < order.size(); ++place) {
    const uint32_t rule = order[place];
    if (place > 0 && rules_.id(place - 1) == rules.id(rule)) repeats_ids_ = true;
    rules_.add(rules.id(rule), rules.program_bytes(rule));
    const Standing& standing = standings[rule];
    if (standing.kind == Standing::Kind::filed) {
      candidates_end_ = place + 1;
      continue;
    }
    const bool is_run = standing.kind == Standing::Kind::run;
    const uint32_t slot = is_run ? standing.slot : kNothing;
    if (runs_.empty() || runs_.back().slot != slot) runs_.push_back({slot, place, place});
    runs_.back().end = place + 1;
  }
  rules_.shrink_to_fit();
}

void Segment::sort_unique(std::vector<uint32_t>& candidates) const {
  if (!std::is_sorted(candidates.begin(), candidates.end())) {
    std::sort(candidates.begin(), candidates.end());
  }
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
}

size_t Segment::match(Leaves& leaves, const Removals* removed, std::vector<uint32_t>& candidates,
                      std::vector<uint32_t>& out) const {
  const size_t before = out.size();
  candidates.clear();
  index_.find(leaves, candidates);
  if (candidates.size() > 1) sort_unique(candidates);
  // What remains of the candidates are rules that stand in runs and do not hold.
  size_t excluded = 0;
  for (const uint32_t rule : candidates) {
    if (removed && removed->has(rule)) continue;
    const bool is_met = holds(rules_.program(rule), leaves);
    if (rule >= candidates_end_) {
      if (!is_met) candidates[excluded++] = rule;
    } else if (is_met) {
      out.push_back(rules_.id(rule));
    }
  }
  size_t sequences = out.size() > before;
  for (const Run& run : runs_) {
    if (run.slot != kNothing && leaves.first(run.slot) == kNothing) continue;
    const auto begin = candidates.begin();
    const auto first = std::lower_bound(begin, begin + excluded, run.begin);
    const auto last = std::lower_bound(first, begin + excluded, run.end);
    const size_t before_run = out.size();
    match_run(run, removed, {first, last}, out);
    sequences += out.size() > before_run;
  }
  return sequences + (sequences > 0 && repeats_ids_);
}

void Segment::match_run(const Run& run, const Removals* removed, std::span<const uint32_t> excluded,
                        std::vector<uint32_t>& out) const {
  const auto ids = rules_.ids();
  uint32_t at = run.begin;
  const auto copy_to = [&](uint32_t end) {
    if (!removed) {
      out.insert(out.end(), ids.begin() + at, ids.begin() + end);
    } else {
      for (uint32_t rule = at; rule < end; ++rule) {
        if (!removed->has(rule)) out.push_back(ids[rule]);
      }
    }
    at = end + 1;
  };
  for (const uint32_t rule : excluded) copy_to(rule);
  copy_to(run.end);
}

void Segment::find_id(uint32_t id, std::vector<uint32_t>& out) const {
  const auto ids = rules_.ids();
  const auto search = [&](uint32_t begin, uint32_t end) {
    const auto [first, last] = std::equal_range(ids.begin() + begin, ids.begin() + end, id);
    for (auto at = first; at != last; ++at) out.push_back(static_cast<uint32_t>(at - ids.begin()));
  };
  search(0, candidates_end_);
  for (const Run& run : runs_) search(run.begin, run.end);
}

size_t Segment::bytes() const {
  return sizeof *this + rules_.bytes() + runs_.capacity() * sizeof(Run) + index_.bytes();
}

}  // namespace statewire::pattern
