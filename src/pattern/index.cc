#include "pattern/index.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/ids.h"

namespace statewire::pattern {
namespace {

using Path = std::vector<std::string_view>;

struct ExactClause {
  Path path;
  const std::vector<Test>* tests;
};

// How often the patterns of a set ask for something at one path.
struct Demand {
  size_t patterns = 0;
  std::unordered_map<std::string_view, size_t> by_text;
};

void list_exact_clauses(const Conjunction& all, Path& path, std::vector<ExactClause>& out) {
  for (const Clause& clause : all.clauses) {
    path.push_back(clause.key);
    if (clause.kind == ClauseKind::object) {
      list_exact_clauses(clause.branches.front(), path, out);
    } else if (clause.kind == ClauseKind::leaf &&
               std::all_of(clause.tests.begin(), clause.tests.end(),
                           [](const Test& test) { return test.op == Operator::equal_text; })) {
      out.push_back({path, &clause.tests});
    }
    path.pop_back();
  }
}

// The most patterns that one string of the clause makes candidates.
size_t candidates_max(const ExactClause& clause, const Demand& demand) {
  size_t most = 0;
  for (const Test& test : *clause.tests) most = std::max(most, demand.by_text.at(test.text));
  return most;
}

void sort_unique(std::vector<uint32_t>& positions) {
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
}

}  // namespace

size_t Index::TextHash::operator()(std::string_view text) const { return hash64(text); }

Index::Index(std::span<const Conjunction* const> patterns) : patterns_(patterns.size()) {
  std::vector<std::vector<ExactClause>> clauses(patterns.size());
  std::map<Path, Demand> demands;
  for (size_t i = 0; i < patterns.size(); ++i) {
    Path path;
    list_exact_clauses(*patterns[i], path, clauses[i]);
    for (const ExactClause& clause : clauses[i]) {
      Demand& demand = demands[clause.path];
      ++demand.patterns;
      for (const Test& test : *clause.tests) ++demand.by_text[test.text];
    }
  }
  for (uint32_t i = 0; i < patterns.size(); ++i) {
    const ExactClause* best = nullptr;
    // Fewest candidates first; then the path that more patterns use, so that fewer are walked.
    std::pair<size_t, size_t> best_cost;
    for (const ExactClause& clause : clauses[i]) {
      const Demand& demand = demands[clause.path];
      const std::pair cost{candidates_max(clause, demand), patterns.size() - demand.patterns};
      if (best && cost >= best_cost) continue;
      best = &clause;
      best_cost = cost;
    }
    if (best) {
      file(i, best->path, *best->tests);
    } else {
      unfiled_.push_back(i);
    }
  }
}

void Index::file(uint32_t position, std::span<const std::string_view> path,
                 const std::vector<Test>& tests) {
  Step* step = &root_;
  for (const std::string_view key : path) {
    auto next = std::find_if(step->next.begin(), step->next.end(),
                             [&](const Step& each) { return each.key == key; });
    if (next == step->next.end()) {
      step->next.push_back({.key = std::string(key), .next = {}, .by_text = {}});
      next = step->next.end() - 1;
    }
    step = &*next;
  }
  for (const Test& test : tests) step->by_text[test.text].push_back(position);
}

void Index::visit(const Step& step, simdjson::dom::element value,
                  std::vector<uint32_t>& out) const {
  std::string_view text;
  if (value.is_array()) {
    for (const auto item : simdjson::dom::array(value.get_array().value_unsafe())) {
      visit(step, item, out);
    }
  } else if (value.is_object()) {
    const simdjson::dom::object object = value.get_object().value_unsafe();
    for (const Step& next : step.next) {
      simdjson::dom::element below;
      if (!object.at_key(next.key).get(below)) visit(next, below, out);
    }
  } else if (!step.by_text.empty() && !value.get_string().get(text)) {
    const auto found = step.by_text.find(text);
    if (found == step.by_text.end()) return;
    out.insert(out.end(), found->second.begin(), found->second.end());
    // An array that repeats a string must not make `out` longer than the set allows.
    if (out.size() > 2 * patterns_ + 64) sort_unique(out);
  }
}

void Index::collect(simdjson::dom::element event, std::vector<uint32_t>& out) const {
  out.insert(out.end(), unfiled_.begin(), unfiled_.end());
  visit(root_, event, out);
  sort_unique(out);
}

}  // namespace statewire::pattern
