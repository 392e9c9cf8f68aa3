#include "pattern/segment.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "pattern/index_builder.h"

namespace statewire::pattern {
namespace {

constexpr uint32_t kFewIds = 8;            // Are copied one by one.
constexpr size_t kPrefetched = 16;         // Programs of candidates.
constexpr size_t kOffsetMax = 0x7fffffff;  // What the index has room for.

// Where a rule stands: in the index, in the run without a field, or in that of a field.
struct Group {
  enum class Kind : uint8_t { indexed, unconditional, field } kind = Kind::indexed;
  uint32_t slot = 0;

  auto operator<=>(const Group&) const = default;
};

Group group_of(const uint8_t* program) {
  Cursor cursor(program);
  const uint32_t clauses = cursor.varint();
  ClauseHead clause;
  bool needs_nothing = true;
  for (uint32_t i = 0; i < clauses; ++i) {
    clause = read_clause(cursor);
    needs_nothing = needs_nothing && clause.accepts_absent;
  }
  if (needs_nothing) return {Group::Kind::unconditional, 0};
  const bool is_negative = clauses == 1 && clause.tests == 1 &&
                           *clause.at == static_cast<uint8_t>(Operator::anything_but);
  return is_negative ? Group{Group::Kind::field, clause.slot} : Group{};
}

}  // namespace

void Rules::reserve(const Rules& as_much_as) {
  ids_.reserve(as_much_as.ids_.size());
  offsets_.reserve(as_much_as.offsets_.size());
  bytes_.reserve(as_much_as.bytes_.size());
}

void Rules::add(uint32_t id, std::span<const uint8_t> program) {
  CHECK(bytes_.size() <= kOffsetMax);
  ids_.push_back(id);
  offsets_.push_back(end_offset());
  const auto* const id_bytes = reinterpret_cast<const uint8_t*>(&ids_.back());
  bytes_.insert(bytes_.end(), id_bytes, id_bytes + kIdBytes);
  bytes_.insert(bytes_.end(), program.begin(), program.end());
}

std::span<const uint8_t> Rules::program(size_t rule) const {
  return {program_at(offsets_[rule]), bytes_.data() + offset(rule + 1)};
}

Segment::Segment(const Rules& rules) {
  sort_in(rules);
  IndexBuilder builder(rules_, index_);
  builder.index_rules(indexed_);
  for (const Run& run : runs_) {
    for (uint32_t rule = run.begin; rule < run.end; ++rule) {
      builder.index_exclusions(rule, candidate_of_run(rule));
    }
  }
  builder.finish();
}

void Segment::sort_in(const Rules& rules) {
  rules_.reserve(rules);
  std::vector<Group> groups(rules.size());
  for (size_t i = 0; i < rules.size(); ++i) groups[i] = group_of(rules.program(i).data());
  std::vector<uint32_t> order(rules.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    if (groups[a] != groups[b]) return groups[a] < groups[b];
    return rules.id(a) != rules.id(b) ? rules.id(a) < rules.id(b) : a < b;
  });
  for (uint32_t number = 0; number < order.size(); ++number) {
    const uint32_t rule = order[number];
    if (number > 0 && rules_.id(number - 1) == rules.id(rule)) repeats_ids_ = true;
    rules_.add(rules.id(rule), rules.program(rule));
    const Group& group = groups[rule];
    if (group.kind == Group::Kind::indexed) {
      indexed_ = number + 1;
      indexed_offsets_ = rules_.offset(indexed_);
      continue;
    }
    const uint32_t slot = group.kind == Group::Kind::field ? group.slot : kNothing;
    if (runs_.empty() || runs_.back().slot != slot) runs_.push_back({slot, number, number});
    runs_.back().end = number + 1;
  }
}

void Segment::find(Leaves& leaves, Hits& hits) const {
  hits.clear();
  index_.find(leaves, hits);
  leaves.steps.take(hits.looked_at);
  hits.candidates.sort();
  const std::span<const uint32_t> candidates = hits.candidates.all();
  for (size_t i = 0; i < std::min(candidates.size(), kPrefetched); ++i) {
    __builtin_prefetch(program_of(candidates[i]));
  }
}

std::span<const uint32_t> Segment::judge(Leaves& leaves, Hits& hits) const {
  std::vector<uint32_t>& out = hits.matched;
  const std::span<const uint32_t> excluded = match_candidates(leaves, hits);
  size_t sequences = !out.empty();
  hits.ids.sort();
  out.insert(out.end(), hits.ids.all().begin(), hits.ids.all().end());
  sequences += !hits.ids.all().empty();
  if (sequences == 0 && excluded.empty() && !repeats_ids_) {
    if (const Run* const run = only_run(leaves)) {
      return rules_.ids().subspan(run->begin, run->end - run->begin);
    }
  }
  if (!runs_.empty()) sequences += copy_runs(leaves, excluded, out);
  if (sequences > 1 || repeats_ids_) NumberSet::make_set(out);
  return out;
}

std::span<const uint32_t> Segment::match_candidates(Leaves& leaves, Hits& hits) const {
  const std::span<uint32_t> candidates = hits.candidates.all();
  size_t excluded = 0;
  for (const uint32_t candidate : candidates) {
    if (leaves.steps.are_over()) break;
    const bool is_indexed = candidate < indexed_offsets_;
    const bool is_met = holds(program_of(candidate), leaves);
    if (!is_indexed) {
      if (!is_met) candidates[excluded++] = rule_of_run(candidate);
    } else if (is_met) {
      hits.matched.push_back(rules_.id_at(candidate));
    }
  }
  return candidates.first(excluded);
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

size_t Segment::copy_runs(const Leaves& leaves, std::span<const uint32_t> excluded,
                          std::vector<uint32_t>& out) const {
  size_t copied = 0;
  for (const Run& run : runs_) {
    size_t count = 0;
    while (count < excluded.size() && excluded[count] < run.end) ++count;
    if (applies(run, leaves)) {
      copy_run(run, excluded.first(count), out);
      ++copied;
    }
    excluded = excluded.subspan(count);
  }
  return copied;
}

void Segment::copy_run(const Run& run, std::span<const uint32_t> excluded,
                       std::vector<uint32_t>& out) const {
  const auto ids = rules_.ids();
  uint32_t at = run.begin;
  const auto copy_to = [&](uint32_t end) {
    if (end - at > kFewIds) {
      out.insert(out.end(), ids.begin() + at, ids.begin() + end);
    } else {
      for (uint32_t rule = at; rule < end; ++rule) out.push_back(ids[rule]);
    }
    at = end + 1;
  };
  for (const uint32_t rule : excluded) copy_to(rule);
  copy_to(run.end);
}

}  // namespace statewire::pattern
