#include "pattern/filer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "pattern/segment.h"

namespace statewire::pattern {
namespace {

constexpr uint64_t kCostMax = std::numeric_limits<uint64_t>::max();
constexpr size_t kListMax = 32;        // Longer lists of candidates are split by a further field.
constexpr uint32_t kTextsMax = 4;      // Of a clause by which a list is split.
constexpr uint32_t kClausesUsed = 32;  // Clauses that Draft::used has bits for.

// What a rule costs that is a candidate; small differences decide between equal ones.
constexpr uint64_t kCostOfRule = 4;
// Rules that are found by all that their field has, or by trying each.
constexpr uint64_t kCostOfPresence = 1'000'000 * kCostOfRule;
constexpr uint64_t kCostOfTrying = 1'000 * kCostOfRule;

// Events have many a 0 and 1; most other numbers are rarer than texts.
bool is_common(const Number& number) {
  const double size = std::fabs(number.nearest());
  return size < 100 && size == std::floor(size);
}

uint64_t gram_hash(uint32_t slot, std::string_view gram) {
  return lookup_hash(slot, Lookup::gram, gram);
}

// Calls use(hash) for all that a filing may be found by.
template <typename Use>
void for_each_hash(const Filing& filing, uint32_t slot, Use use) {
  if (filing.kind == Filing::Kind::hash) return use(filing.hash(slot));
  if (filing.kind != Filing::Kind::gram) return;
  for (size_t i = 0; i + 4 <= filing.text.size(); ++i)
    use(gram_hash(slot, filing.text.substr(i, 4)));
}

template <typename Use>
void for_each_filing_of(const ClauseHead& clause, Use use) {
  Cursor cursor(clause.at);
  for_each_filing(cursor, clause.tests, use);
}

uint32_t clauses_of(const uint8_t* program) { return Cursor(program).varint(); }

// Calls use(index, clause) for each clause of a program.
template <typename Use>
void for_each_clause(const uint8_t* program, Use use) {
  Cursor cursor(program);
  const uint32_t clauses = cursor.varint();
  for (uint32_t i = 0; i < clauses; ++i) use(i, read_clause(cursor));
}

// A few exact texts, and nothing else. Each of many would have to be filed under each of many.
bool asks_for_exact_texts(const ClauseHead& clause) {
  if (clause.accepts_absent || clause.tests > kTextsMax) return false;
  bool is_exact = true;
  uint32_t texts = 0;
  for_each_filing_of(clause, [&](const Filing& filing) {
    is_exact = is_exact && filing.kind == Filing::Kind::hash && filing.lookup == Lookup::text;
    ++texts;
  });
  return is_exact && texts <= kTextsMax;
}

}  // namespace

Filer::Demand::Demand(size_t things)
    : counts_(std::bit_ceil(std::max<size_t>(64, 2 * things))),
      shift_(64 - static_cast<unsigned>(std::countr_zero(counts_.size()))) {}

// The most rules that a value makes candidates, about; a guess for what is no hash of a value.
uint64_t Filer::cost(const ClauseHead& clause, const Demand& demand) const {
  if (clause.accepts_absent) return kCostMax;
  uint64_t most = 0;
  for_each_filing_of(clause, [&](const Filing& filing) {
    uint64_t cost = kCostOfTrying;
    if (filing.kind == Filing::Kind::gram) {
      cost = kCostMax;
      for_each_hash(filing, clause.slot, [&](uint64_t hash) {
        cost = std::min<uint64_t>(cost, kCostOfRule * (2 * demand.of(hash) + 4));
      });
    } else if (filing.kind == Filing::Kind::hash) {
      const uint64_t count = kCostOfRule * demand.of(filing.hash(clause.slot));
      const bool is_whole = filing.lookup == Lookup::text || filing.lookup == Lookup::number;
      cost = is_whole ? count : 2 * count + 2 * kCostOfRule;
      if (filing.lookup == Lookup::number) cost += is_common(filing.number) ? 1 : -1;
      if (filing.lookup == Lookup::presence) cost += kCostOfPresence;
      // A short prefix is met by many values.
      const bool is_part = filing.lookup >= Lookup::prefix && filing.lookup <= Lookup::gram;
      if (is_part && filing.text.size() < 3) cost += 16 * kCostOfRule;
    }
    most = std::max(most, cost);
  });
  return most;
}

void Filer::file(uint32_t end) {
  size_t things = 0;
  for (uint32_t rule = 0; rule < end; ++rule) {
    for_each_clause(rules_.program(rule).data(), [&](uint32_t, const ClauseHead& clause) {
      for_each_filing_of(clause, [&](const Filing& filing) {
        for_each_hash(filing, clause.slot, [&](uint64_t) { ++things; });
      });
    });
  }
  Demand demand(things);
  for (uint32_t rule = 0; rule < end; ++rule) {
    for_each_clause(rules_.program(rule).data(), [&](uint32_t, const ClauseHead& clause) {
      for_each_filing_of(clause, [&](const Filing& filing) {
        for_each_hash(filing, clause.slot, [&](uint64_t hash) { demand.add(hash); });
      });
    });
  }
  demand_ = &demand;
  for (uint32_t rule = 0; rule < end; ++rule) {
    ClauseHead best;
    uint32_t best_index = 0;
    uint64_t best_cost = kCostMax;
    for_each_clause(rules_.program(rule).data(), [&](uint32_t i, const ClauseHead& clause) {
      const uint64_t clause_cost = cost(clause, demand);
      if (clause_cost >= best_cost) return;
      best = clause;
      best_index = i;
      best_cost = clause_cost;
    });
    const bool is_only = clauses_of(rules_.program(rule).data()) == 1;
    file_clause(best, best_index < kClausesUsed ? 1u << best_index : 0,
                {.place = rules_.place(rule), .id = rules_.id(rule), .is_all = is_only});
  }
  while (continue_large_lists(demand)) {
  }
  demand_ = nullptr;
}

void Filer::file_clause(const ClauseHead& clause, uint32_t used, const Filed& rule) {
  for_each_filing_of(clause, [&](Filing filing) {
    if (filing.kind == Filing::Kind::gram) {
      // Any four bytes of the piece will do; those that the fewest ask for are best.
      std::string_view best = filing.text.substr(0, 4);
      for (size_t i = 1; demand_ && i + 4 <= filing.text.size(); ++i) {
        const std::string_view gram = filing.text.substr(i, 4);
        const bool is_rarer =
            demand_->of(gram_hash(clause.slot, gram)) < demand_->of(gram_hash(clause.slot, best));
        if (is_rarer) best = gram;
      }
      filing.text = best;
    }
    index_.add(clause.slot, filing, rule);
    if (filing.kind == Filing::Kind::hash || filing.kind == Filing::Kind::gram) {
      drafts_.push_back({filing.hash(clause.slot), rule.place, used});
    }
  });
}

void Filer::file_exclusions(uint32_t rule, uint32_t candidate) {
  const Filed forbidding{.place = candidate, .id = rules_.id(rule)};
  for_each_clause(rules_.program(rule).data(), [&](uint32_t, const ClauseHead& clause) {
    if (clause.accepts_absent) {
      const Filing presence;
      index_.add(clause.slot, presence, forbidding);
      drafts_.push_back({presence.hash(clause.slot), forbidding.place, 0});
      return;
    }
    // The one test of the one clause: behind its operator are the tests that it excludes.
    Cursor cursor(clause.at + 1);
    ClauseHead excluded = clause;
    excluded.tests = cursor.varint();
    excluded.at = cursor.at();
    file_clause(excluded, 0, forbidding);
  });
}

// Files a rule further, under the rarest of its other clauses of exact texts. False: it has none.
bool Filer::continue_rule(const Draft& draft, const Demand& demand, std::vector<Draft>& out) {
  ClauseHead best;
  uint32_t best_index = 0;
  uint64_t best_cost = kCostMax;
  for_each_clause(rules_.program_at(draft.place), [&](uint32_t i, const ClauseHead& clause) {
    if (i >= kClausesUsed || (draft.used >> i & 1) || !asks_for_exact_texts(clause)) return;
    const uint64_t clause_cost = cost(clause, demand);
    if (clause_cost >= best_cost) return;
    best = clause;
    best_index = i;
    best_cost = clause_cost;
  });
  if (best_cost == kCostMax) return false;
  continuations_.push_back({draft.hash, best.slot});
  for_each_filing_of(best, [&](const Filing& filing) {
    out.push_back({continued_hash(draft.hash, best.slot, filing.text), draft.place,
                   draft.used | 1u << best_index});
  });
  return true;
}

// True where something moved, so that what it moved to may be large too.
bool Filer::continue_large_lists(const Demand& demand) {
  std::sort(drafts_.begin(), drafts_.end(), [](const Draft& a, const Draft& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.place < b.place;
  });
  std::vector<Draft> moved;
  size_t kept = 0;
  for (size_t begin = 0; begin < drafts_.size();) {
    size_t end = begin;
    while (end < drafts_.size() && drafts_[end].hash == drafts_[begin].hash) ++end;
    const bool is_large = end - begin > kListMax;
    for (size_t i = begin; i < end; ++i) {
      const Draft draft = drafts_[i];
      const bool may_move = is_large && draft.used != 0;
      if (!may_move || !continue_rule(draft, demand, moved)) drafts_[kept++] = draft;
    }
    begin = end;
  }
  drafts_.resize(kept);
  drafts_.insert(drafts_.end(), moved.begin(), moved.end());
  return !moved.empty();
}

void Filer::finish() {
  std::vector<Posting> postings;
  postings.reserve(drafts_.size());
  for (const Draft& draft : drafts_) postings.push_back({draft.hash, draft.place});
  std::vector<Draft>().swap(drafts_);
  index_.build(std::move(postings), std::move(continuations_));
}

}  // namespace statewire::pattern
