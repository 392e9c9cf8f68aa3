#include "pattern/alternatives.h"

namespace statewire::pattern {
namespace {

// Of a clause and of a test beside their texts, with their entries in an index.
constexpr double kClauseBytes = 32;
constexpr double kTestBytes = 32;

void add_clauses(const Conjunction& all, Paths& paths, uint32_t node,
                 std::vector<Alternative>& out);

// Each of `out` is followed by each branch.
void add_branches(const Clause& any_of, Paths& paths, uint32_t node,
                  std::vector<Alternative>& out) {
  std::vector<Alternative> followed;
  for (const Conjunction& branch : any_of.branches) {
    std::vector<Alternative> copies = out;
    add_clauses(branch, paths, node, copies);
    for (Alternative& copy : copies) followed.push_back(std::move(copy));
  }
  out = std::move(followed);
}

void add_clauses(const Conjunction& all, Paths& paths, uint32_t node,
                 std::vector<Alternative>& out) {
  for (const Clause& clause : all.clauses) {
    if (clause.kind == ClauseKind::any_of) {
      add_branches(clause, paths, node, out);
      continue;
    }
    const uint32_t child = paths.child_made(node, clause.key);
    if (clause.kind == ClauseKind::object) {
      add_clauses(clause.branches.front(), paths, child, out);
    } else {
      const uint32_t slot = paths.slot_made(child);
      for (Alternative& each : out) each.push_back({slot, &clause.tests});
    }
  }
}

// How many alternatives, and the bytes of all of them.
struct Extent {
  double count = 1;
  double bytes = 0;
};

double bytes_of(const Test& test) {
  double bytes = kTestBytes + static_cast<double>(test.text.size());
  for (const Test& excluded : test.excluded) bytes += bytes_of(excluded);
  return bytes;
}

Extent extent_of(const Conjunction& all);

Extent extent_of(const Clause& clause) {
  if (clause.kind == ClauseKind::object) return extent_of(clause.branches.front());
  Extent extent{.count = 1, .bytes = kClauseBytes};
  if (clause.kind == ClauseKind::any_of) extent = {.count = 0};
  for (const Test& test : clause.tests) extent.bytes += bytes_of(test);
  for (const Conjunction& branch : clause.branches) {
    const Extent of_branch = extent_of(branch);
    extent.count += of_branch.count;
    extent.bytes += of_branch.bytes;
  }
  return extent;
}

Extent extent_of(const Conjunction& all) {
  Extent extent;
  for (const Clause& clause : all.clauses) {
    const Extent more = extent_of(clause);
    extent.bytes = extent.bytes * more.count + more.bytes * extent.count;
    extent.count *= more.count;
  }
  return extent;
}

}  // namespace

std::vector<Alternative> alternatives_of(const Conjunction& all, Paths& paths, uint32_t node) {
  std::vector<Alternative> out(1);
  add_clauses(all, paths, node, out);
  return out;
}

double program_bytes(const Conjunction& all) { return extent_of(all).bytes; }

}  // namespace statewire::pattern
