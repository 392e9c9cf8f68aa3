#include "pattern/segment.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "pattern/filer.h"

namespace statewire::pattern {
namespace {

constexpr uint32_t kFewIds = 8;           // Are copied one by one.
constexpr size_t kPrefetched = 16;        // Programs of candidates.
constexpr size_t kPlaceMax = 0x7fffffff;  // What the index has room for.
constexpr size_t kSmallMax = 1u << 20;    // What stays in the processor's cache.

// What decides where a rule stands: filed, in the run without a field, or in that of a field.
struct Standing {
  enum class Kind : uint8_t { filed, unconditional, run } kind = Kind::filed;
  uint32_t slot = 0;

  auto operator<=>(const Standing&) const = default;
};

void make_set(std::vector<uint32_t>& values) {
  if (values.size() <= 1) return;
  if (!std::is_sorted(values.begin(), values.end())) std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

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

void Rules::reserve(const Rules& as_much_as) {
  ids_.reserve(as_much_as.ids_.size());
  places_.reserve(as_much_as.places_.size());
  bytes_.reserve(as_much_as.bytes_.size());
}

void Rules::add(uint32_t id, std::span<const uint8_t> program) {
  CHECK(bytes_.size() <= kPlaceMax);
  ids_.push_back(id);
  places_.push_back(end_place());
  const auto* const id_bytes = reinterpret_cast<const uint8_t*>(&ids_.back());
  bytes_.insert(bytes_.end(), id_bytes, id_bytes + kIdBytes);
  bytes_.insert(bytes_.end(), program.begin(), program.end());
}

std::span<const uint8_t> Rules::program(size_t rule) const {
  return {program_at(places_[rule]), bytes_.data() + place(rule + 1)};
}

uint32_t Rules::rule_at(uint32_t place) const {
  return static_cast<uint32_t>(std::lower_bound(places_.begin(), places_.end(), place) -
                               places_.begin());
}

size_t Rules::bytes() const {
  return (ids_.capacity() + places_.capacity()) * sizeof(uint32_t) + bytes_.capacity();
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
  filer.file(filed_end_);
  for (const Run& run : runs_) {
    for (uint32_t rule = run.begin; rule < run.end; ++rule) {
      filer.file_exclusions(rule, candidate_of_run(rule));
    }
  }
  filer.finish();
  is_large_ = bytes() > kSmallMax;
}

// Copies the rules so that each run lies together, sorted by id.
void Segment::sort_in(const Rules& rules) {
  rules_.reserve(rules);
  std::vector<Standing> standings(rules.size());
  for (size_t i = 0; i < rules.size(); ++i) standings[i] = standing_of(rules.program(i).data());
  std::vector<uint32_t> order(rules.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    if (standings[a] != standings[b]) return standings[a] < standings[b];
    return rules.id(a) != rules.id(b) ? rules.id(a) < rules.id(b) : a < b;
  });
  for (uint32_t place = 0; place < order.size(); ++place) {
    const uint32_t rule = order[place];
    if (place > 0 && rules_.id(place - 1) == rules.id(rule)) repeats_ids_ = true;
    rules_.add(rules.id(rule), rules.program(rule));
    const Standing& standing = standings[rule];
    if (standing.kind == Standing::Kind::filed) {
      filed_end_ = place + 1;
      filed_places_ = rules_.place(filed_end_);
      continue;
    }
    const bool is_run = standing.kind == Standing::Kind::run;
    const uint32_t slot = is_run ? standing.slot : kNothing;
    if (runs_.empty() || runs_.back().slot != slot) runs_.push_back({slot, place, place});
    runs_.back().end = place + 1;
  }
}

void Segment::find(Leaves& leaves, Found& found) const {
  std::vector<uint32_t>& candidates = found.candidates;
  candidates.clear();
  found.ids.clear();
  index_.find(leaves, found);
  make_set(candidates);
  make_set(found.ids);
  for (size_t i = 0; i < std::min(candidates.size(), kPrefetched); ++i) {
    __builtin_prefetch(program_of(candidates[i]));
  }
}

void Segment::match_candidates(Leaves& leaves, const Removals* removed,
                               std::vector<uint32_t>& candidates,
                               std::vector<uint32_t>& out) const {
  size_t excluded = 0;
  for (const uint32_t candidate : candidates) {
    const bool is_filed = candidate < filed_places_;
    if (is_filed && removed && removed->has(rules_.rule_at(candidate))) continue;
    const bool is_met = holds(program_of(candidate), leaves);
    if (!is_filed) {
      if (!is_met) candidates[excluded++] = rule_of_run(candidate);
    } else if (is_met) {
      out.push_back(rules_.id_at(candidate));
    }
  }
  candidates.resize(excluded);
}

bool Segment::is_removed(uint32_t id, const Removals& removed) const {
  const auto ids = rules_.ids().first(filed_end_);
  const auto rule = std::lower_bound(ids.begin(), ids.end(), id);
  return removed.has(static_cast<uint32_t>(rule - ids.begin()));
}

Segment::Matched Segment::match(Leaves& leaves, const Removals* removed, Found& found,
                                std::vector<uint32_t>& out) const {
  std::vector<uint32_t>& candidates = found.candidates;
  const size_t before = out.size();
  if (!candidates.empty()) match_candidates(leaves, removed, candidates, out);
  Matched matched{.sequences = out.size() > before};
  const size_t before_ids = out.size();
  for (const uint32_t id : found.ids) {
    // Whole ids are removed.
    if (!removed || !is_removed(id, *removed)) out.push_back(id);
  }
  matched.sequences += out.size() > before_ids;
  if (runs_.empty()) {
    matched.sequences += matched.sequences > 0 && repeats_ids_;
    return matched;
  }
  if (matched.sequences == 0 && candidates.empty() && !removed && !repeats_ids_) {
    if (const Run* const run = only_run(leaves)) {
      return {.uncopied = rules_.ids().subspan(run->begin, run->end - run->begin)};
    }
  }
  std::span<const uint32_t> excluded = candidates;
  for (const Run& run : runs_) {
    size_t count = 0;
    while (count < excluded.size() && excluded[count] < run.end) ++count;
    if (applies(run, leaves)) {
      const size_t before_run = out.size();
      match_run(run, removed, excluded.first(count), out);
      matched.sequences += out.size() > before_run;
    }
    excluded = excluded.subspan(count);
  }
  matched.sequences += matched.sequences > 0 && repeats_ids_;
  return matched;
}

bool Segment::applies(const Run& run, const Leaves& leaves) {
  return run.slot == kNothing || leaves.first(run.slot) != kNothing;
}

const Segment::Run* Segment::only_run(const Leaves& leaves) const {
  const Run* found = nullptr;
  for (const Run& run : runs_) {
    if (!applies(run, leaves)) continue;
    if (found) return nullptr;
    found = &run;
  }
  return found;
}

void Segment::match_run(const Run& run, const Removals* removed, std::span<const uint32_t> excluded,
                        std::vector<uint32_t>& out) const {
  const auto ids = rules_.ids();
  uint32_t at = run.begin;
  const auto copy_to = [&](uint32_t end) {
    if (!removed && end - at > kFewIds) {
      out.insert(out.end(), ids.begin() + at, ids.begin() + end);
    } else {
      for (uint32_t rule = at; rule < end; ++rule) {
        if (!removed || !removed->has(rule)) out.push_back(ids[rule]);
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
  search(0, filed_end_);
  for (const Run& run : runs_) search(run.begin, run.end);
}

size_t Segment::bytes() const {
  return sizeof *this + rules_.bytes() + runs_.capacity() * sizeof(Run) + index_.bytes();
}

}  // namespace statewire::pattern
