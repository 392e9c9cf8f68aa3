// How elements are chosen without trying them all together.
//
// Below one element, each clause reads from one array at most (keys are unique), and what is chosen
// in one array says nothing about another: they have clauses of their own. So places are judged
// from the leaves upwards, each once. For every place are kept
//   met      the clauses for which a leaf inside was found that passes,
//   touched  the clauses that have any leaf inside,
//   broken   whether a clause that may be absent has leaves inside, and none can be chosen.
// An element is good for its array where it meets every clause that the array touches and that
// needs a leaf, and where what may be absent is met or not there. An array hands up what its good
// element met. If nothing in it needs a leaf, an element is chosen only where it meets something.
#include "pattern/consistency.h"

#include <algorithm>

#include "pattern/program.h"

namespace statewire::pattern {
namespace {

constexpr size_t kWordsOfStep = 4;  // That are looked at.

// For each place three sets of clauses, and a word for `broken`.
class Judge {
 public:
  Judge(const uint8_t* program, Leaves& leaves) : leaves_(leaves), cursor_(program) {
    clauses_ = cursor_.varint();
    words_ = (clauses_ + 63) / 64;
    stride_ = 3 * words_ + 1;
  }

  bool holds() {
    const size_t bits = leaves_.places().size() * stride_ + words_;
    leaves_.steps.take(bits / kWordsOfStep);
    if (bits * sizeof(uint64_t) > kMatchElementBytesMax) leaves_.steps.take_all();
    if (leaves_.steps.are_over()) return false;
    leaves_.bits.assign(bits, 0);
    for (uint32_t i = 0; i < clauses_; ++i) add_clause(i, read_clause(cursor_));
    const auto places = leaves_.places();
    for (size_t i = 1; i < places.size(); ++i) {
      const size_t parent = places[i].parent;
      for (size_t w = 0; w < words_; ++w) above(i)[w] = above(parent)[w] | met(parent)[w];
    }
    for (size_t i = places.size(); i-- > 1;) {
      if (places[i].is_array) {
        choose(i);
      } else {
        for (size_t w = 0; w < words_; ++w) touched(places[i].parent)[w] |= touched(i)[w];
      }
    }
    for (size_t w = 0; w < words_; ++w) {
      const uint64_t all =
          w + 1 < words_ || clauses_ % 64 == 0 ? ~uint64_t{0} : (uint64_t{1} << clauses_ % 64) - 1;
      const uint64_t needed = all & (~may_be_absent()[w] | touched(0)[w]);
      if ((needed & ~met(0)[w]) != 0) return false;
    }
    return !broken(0);
  }

 private:
  uint64_t* met(size_t place) { return leaves_.bits.data() + place * stride_; }
  uint64_t* touched(size_t place) { return met(place) + words_; }
  uint64_t* above(size_t place) { return met(place) + 2 * words_; }
  uint64_t& broken(size_t place) { return met(place)[3 * words_]; }
  uint64_t* may_be_absent() { return met(leaves_.places().size()); }

  void add_clause(uint32_t index, const ClauseHead& clause) {
    const size_t word = index / 64;
    const uint64_t bit = uint64_t{1} << index % 64;
    if (clause.accepts_absent) may_be_absent()[word] |= bit;
    for (uint32_t i = leaves_.first(clause.slot); i != kNothing; i = leaves_[i].next) {
      Leaf& leaf = leaves_[i];
      touched(leaf.element)[word] |= bit;
      if (passes_any(clause, leaf, leaves_)) met(leaf.element)[word] |= bit;
    }
  }

  // What elements of the array must meet, one for all.
  uint64_t needed(size_t array, size_t word) {
    return touched(array)[word] & ~may_be_absent()[word] & ~above(array)[word];
  }

  // What may be absent is there, and nothing around it meets it.
  uint64_t present(size_t place, size_t word) {
    return touched(place)[word] & may_be_absent()[word] & ~above(place)[word];
  }

  bool is_good(size_t array, uint32_t element, bool must_meet) {
    if (broken(element)) return false;
    bool meets = false;
    for (size_t w = 0; w < words_; ++w) {
      const uint64_t wanted = needed(array, w) | present(element, w);
      if ((wanted & ~met(element)[w]) != 0) return false;
      meets = meets || met(element)[w] != 0;
    }
    return meets || !must_meet;
  }

  void choose(size_t array) {
    const Place& place = leaves_.places()[array];
    bool is_needed = false;
    for (size_t w = 0; w < words_; ++w) is_needed = is_needed || needed(array, w) != 0;
    for (uint32_t e = place.first; e != kNothing; e = leaves_.places()[e].next) {
      if (!is_good(array, e, !is_needed)) continue;
      for (size_t w = 0; w < words_; ++w) {
        met(place.parent)[w] |= met(e)[w];
        touched(place.parent)[w] |= touched(e)[w];
      }
      return;
    }
    // No element is chosen, so what is in any of them is there.
    for (size_t w = 0; w < words_; ++w) {
      touched(place.parent)[w] |= touched(array)[w];
      if (present(array, w) != 0) broken(place.parent) = 1;
    }
  }

  Leaves& leaves_;
  Cursor cursor_;
  uint32_t clauses_ = 0;
  size_t words_ = 0;
  size_t stride_ = 0;
};

}  // namespace

bool holds_in_elements(const uint8_t* program, Leaves& leaves) {
  return Judge(program, leaves).holds();
}

}  // namespace statewire::pattern
