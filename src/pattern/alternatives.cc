#include "pattern/alternatives.h"

namespace statewire::pattern {
namespace {

void add_clauses(const Conjunction& all, Path& path, std::vector<Alternative>& out);

// Each of `out` is continued by each branch.
void add_branches(const Clause& any_of, Path& path, std::vector<Alternative>& out) {
  std::vector<Alternative> continued;
  for (const Conjunction& branch : any_of.branches) {
    std::vector<Alternative> copies = out;
    add_clauses(branch, path, copies);
    for (Alternative& copy : copies) continued.push_back(std::move(copy));
  }
  out = std::move(continued);
}

void add_clauses(const Conjunction& all, Path& path, std::vector<Alternative>& out) {
  for (const Clause& clause : all.clauses) {
    if (clause.kind == ClauseKind::any_of) {
      add_branches(clause, path, out);
      continue;
    }
    path.push_back(clause.key);
    if (clause.kind == ClauseKind::object) {
      add_clauses(clause.branches.front(), path, out);
    } else {
      for (Alternative& each : out) each.push_back({path, &clause.tests});
    }
    path.pop_back();
  }
}

}  // namespace

std::vector<Alternative> alternatives_of(const Conjunction& all, Path path) {
  std::vector<Alternative> out(1);
  add_clauses(all, path, out);
  return out;
}

}  // namespace statewire::pattern
