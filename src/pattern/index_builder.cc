#include "pattern/index_builder.h"

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
constexpr uint32_t kClausesUsed = 16;  // Clauses that PendingEntry::used has bits for.
// Entries that one becomes. A list that is still long then stays so: twelve fields of four texts
// would be 16 million entries.
constexpr uint32_t kCopiesMax = 16;

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

// Calls use(hash) for all that a value may be found by.
template <typename Use>
void for_each_hash(const LookupKey& key, uint32_t slot, Use use) {
  if (key.kind == LookupKey::Kind::hash) return use(key.hash(slot));
  if (key.kind != LookupKey::Kind::gram) return;
  for (size_t i = 0; i + 4 <= key.text.size(); ++i) use(gram_hash(slot, key.text.substr(i, 4)));
}

template <typename Use>
void for_each_key_of(const ClauseHead& clause, Use use) {
  Cursor cursor(clause.at);
  for_each_key(cursor, clause.tests, use);
}

uint32_t clauses_of(const uint8_t* program) { return Cursor(program).varint(); }

// Calls use(index, clause) for each clause of a program.
template <typename Use>
void for_each_clause(const uint8_t* program, uint32_t count_max, Use use) {
  Cursor cursor(program);
  const uint32_t clauses = std::min(cursor.varint(), count_max);
  for (uint32_t i = 0; i < clauses; ++i) use(i, read_clause(cursor));
}
template <typename Use>
void for_each_clause(const uint8_t* program, Use use) {
  for_each_clause(program, std::numeric_limits<uint32_t>::max(), use);
}

// How many exact texts a clause asks for; 0 where they are many, which is a list, or not all.
uint32_t exact_texts(const ClauseHead& clause) {
  if (clause.accepts_absent || clause.tests > kTextsMax) return 0;
  Cursor cursor(clause.at);
  for (uint32_t i = 0; i < clause.tests; ++i) {
    if (cursor.byte() != static_cast<uint8_t>(Operator::equal_text)) return 0;
    cursor.text();
  }
  return clause.tests;
}

}  // namespace

IndexBuilder::Demand::Demand(size_t things)
    : counts_(std::bit_ceil(std::max<size_t>(64, 2 * things))),
      shift_(64 - static_cast<unsigned>(std::countr_zero(counts_.size()))) {}

// The most rules that a value makes candidates, about; a guess for what is no hash of a value.
uint64_t IndexBuilder::cost(const ClauseHead& clause, const Demand& demand) const {
  if (clause.accepts_absent) return kCostMax;
  uint64_t most = 0;
  for_each_key_of(clause, [&](const LookupKey& key) {
    uint64_t cost = kCostOfTrying;
    if (key.kind == LookupKey::Kind::gram) {
      cost = kCostMax;
      for_each_hash(key, clause.slot, [&](uint64_t hash) {
        cost = std::min<uint64_t>(cost, kCostOfRule * (2 * demand.of(hash) + 4));
      });
    } else if (key.kind == LookupKey::Kind::hash) {
      const uint64_t count = kCostOfRule * demand.of(key.hash(clause.slot));
      const bool is_whole = key.lookup == Lookup::text || key.lookup == Lookup::number;
      cost = is_whole ? count : 2 * count + 2 * kCostOfRule;
      if (key.lookup == Lookup::number) cost += is_common(key.number) ? 1 : -1;
      if (key.lookup == Lookup::presence) cost += kCostOfPresence;
      // A short prefix is met by many values.
      const bool is_part = key.lookup >= Lookup::prefix && key.lookup <= Lookup::gram;
      if (is_part && key.text.size() < 3) cost += 16 * kCostOfRule;
    }
    most = std::max(most, cost);
  });
  return most;
}

void IndexBuilder::index_rules(uint32_t end) {
  size_t things = 0;
  for (uint32_t rule = 0; rule < end; ++rule) {
    for_each_clause(rules_.program(rule).data(), [&](uint32_t, const ClauseHead& clause) {
      for_each_key_of(clause, [&](const LookupKey& key) {
        for_each_hash(key, clause.slot, [&](uint64_t) { ++things; });
      });
    });
  }
  Demand demand(things);
  for (uint32_t rule = 0; rule < end; ++rule) {
    for_each_clause(rules_.program(rule).data(), [&](uint32_t, const ClauseHead& clause) {
      for_each_key_of(clause, [&](const LookupKey& key) {
        for_each_hash(key, clause.slot, [&](uint64_t hash) { demand.add(hash); });
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
    index_clause(best,
                 best_index < kClausesUsed ? static_cast<uint16_t>(1u << best_index) : uint16_t{0},
                 {.offset = rules_.offset(rule), .id = rules_.id(rule), .is_all = is_only});
  }
  while (split_large_lists(demand)) {
  }
  demand_ = nullptr;
}

void IndexBuilder::index_clause(const ClauseHead& clause, uint16_t used, const RuleRef& rule) {
  for_each_key_of(clause, [&](LookupKey key) {
    if (key.kind == LookupKey::Kind::gram) {
      // Any four bytes of the piece will do; those that the fewest ask for are best.
      std::string_view best = key.text.substr(0, 4);
      for (size_t i = 1; demand_ && i + 4 <= key.text.size(); ++i) {
        const std::string_view gram = key.text.substr(i, 4);
        const bool is_rarer =
            demand_->of(gram_hash(clause.slot, gram)) < demand_->of(gram_hash(clause.slot, best));
        if (is_rarer) best = gram;
      }
      key.text = best;
    }
    index_.add(clause.slot, key, rule);
    if (key.kind == LookupKey::Kind::hash || key.kind == LookupKey::Kind::gram) {
      pending_.push_back({key.hash(clause.slot), rule.offset, used, 1});
    }
  });
}

void IndexBuilder::index_exclusions(uint32_t rule, uint32_t candidate) {
  const RuleRef forbidding{.offset = candidate, .id = rules_.id(rule)};
  for_each_clause(rules_.program(rule).data(), [&](uint32_t, const ClauseHead& clause) {
    if (clause.accepts_absent) {
      const LookupKey presence;
      index_.add(clause.slot, presence, forbidding);
      pending_.push_back({presence.hash(clause.slot), forbidding.offset, 0, 1});
      return;
    }
    // The one test of the one clause: behind its operator are the tests that it excludes.
    Cursor cursor(clause.at + 1);
    ClauseHead excluded = clause;
    excluded.tests = cursor.varint();
    excluded.at = cursor.at();
    index_clause(excluded, 0, forbidding);
  });
}

// Moves an entry under the hash of the rarest of its other clauses of exact texts. False: it has
// none.
bool IndexBuilder::move_rule(const PendingEntry& entry, const Demand& demand,
                             std::vector<PendingEntry>& out) {
  ClauseHead best;
  uint32_t best_index = 0;
  uint64_t best_cost = kCostMax;
  const uint8_t* const program = rules_.program_at(entry.offset);
  for_each_clause(program, kClausesUsed, [&](uint32_t i, const ClauseHead& clause) {
    const uint32_t texts = exact_texts(clause);
    const bool is_used = (entry.used >> i & 1) != 0;
    if (is_used || texts == 0 || texts * entry.copies > kCopiesMax) return;
    const uint64_t clause_cost = cost(clause, demand);
    if (clause_cost >= best_cost) return;
    best = clause;
    best_index = i;
    best_cost = clause_cost;
  });
  if (best_cost == kCostMax) return false;
  further_fields_.push_back({entry.hash, best.slot});
  for_each_key_of(best, [&](const LookupKey& key) {
    out.push_back({further_hash(entry.hash, best.slot, key.text), entry.offset,
                   static_cast<uint16_t>(entry.used | 1u << best_index),
                   static_cast<uint16_t>(entry.copies * exact_texts(best))});
  });
  return true;
}

// True where something moved, so that what it moved to may be large too.
bool IndexBuilder::split_large_lists(const Demand& demand) {
  std::sort(pending_.begin(), pending_.end(), [](const PendingEntry& a, const PendingEntry& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.offset < b.offset;
  });
  std::vector<PendingEntry> moved;
  size_t kept = 0;
  for (size_t begin = 0; begin < pending_.size();) {
    size_t end = begin;
    while (end < pending_.size() && pending_[end].hash == pending_[begin].hash) ++end;
    const bool is_large = end - begin > kListMax;
    for (size_t i = begin; i < end; ++i) {
      const PendingEntry entry = pending_[i];
      const bool may_move = is_large && entry.used != 0;
      if (!may_move || !move_rule(entry, demand, moved)) pending_[kept++] = entry;
    }
    begin = end;
  }
  pending_.resize(kept);
  pending_.insert(pending_.end(), moved.begin(), moved.end());
  return !moved.empty();
}

void IndexBuilder::finish() {
  std::vector<HashEntry> entries;
  entries.reserve(pending_.size());
  for (const PendingEntry& entry : pending_) entries.push_back({entry.hash, entry.offset});
  std::vector<PendingEntry>().swap(pending_);
  index_.build(std::move(entries), std::move(further_fields_));
}

}  // namespace statewire::pattern
