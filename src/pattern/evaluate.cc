// Programs asked of one event, in full and exactly: what the index only suspects is decided here.
#include <algorithm>
#include <cstring>

#include "pattern/consistency.h"
#include "pattern/program.h"
#include "pattern/wildcard.h"

namespace statewire::pattern {
namespace {

bool passes(Cursor& cursor, Leaf& leaf, Leaves& leaves);

constexpr size_t kStepTextBytes = 64;  // Of text that is searched for a short piece.
constexpr size_t kStepTextBytesOfLong = 8;

// The pieces between asterisks, in order: the first where the text begins, the last where it ends,
// each other at the first place after the one before it. Taking the first place loses nothing, so
// there is no way back and the time is bounded by size of text x size of wildcard.
bool passes_wildcard(Cursor& cursor, const Leaf& leaf, Leaves& leaves) {
  const std::string_view text = leaf.text();
  const uint32_t pieces = cursor.varint();
  bool is_met = leaf.kind == LeafKind::text && !leaves.steps.are_over();
  size_t at = 0;
  for (uint32_t i = 0; i < pieces; ++i) {
    const std::string_view piece = cursor.text();
    if (!is_met) continue;
    const std::string_view rest = text.substr(at);
    if (i == 0) {
      is_met = rest.starts_with(piece) && (pieces > 1 || rest.size() == piece.size());
      at = piece.size();
    } else if (i + 1 == pieces) {
      is_met = rest.ends_with(piece);
    } else if (!piece.empty()) {
      const size_t found = find_piece(rest, piece);
      is_met = found != std::string_view::npos;
      const size_t searched = is_met ? found + piece.size() : rest.size();
      leaves.steps.take(searched /
                        (piece.size() <= kShortPieceBytes ? kStepTextBytes : kStepTextBytesOfLong));
      at += searched;
    }
  }
  return is_met;
}

bool passes_anything_but(Cursor& cursor, Leaf& leaf, Leaves& leaves) {
  bool is_excluded = false;
  for (uint32_t i = cursor.varint(); i > 0; --i) {
    if (passes(cursor, leaf, leaves)) is_excluded = true;
  }
  return !is_excluded;
}

bool passes_text(Operator op, std::string_view wanted, Leaf& leaf, Leaves& leaves) {
  if (leaf.kind != LeafKind::text) return false;
  leaves.steps.take(wanted.size() / kStepTextBytes);
  switch (op) {
    case Operator::equal_text:
      return is_equal(leaf.text(), wanted);
    case Operator::prefix:
      return leaf.text().starts_with(wanted);
    case Operator::suffix:
      return leaf.text().ends_with(wanted);
    case Operator::equal_ignoring_case:
      return leaves.folded(leaf) == wanted;
    case Operator::prefix_ignoring_case:
      return leaves.folded(leaf).starts_with(wanted);
    default:
      return leaves.folded(leaf).ends_with(wanted);
  }
}

bool passes_range(const Range& range, Leaf& leaf, Leaves& leaves) {
  if (leaf.kind != LeafKind::number) return false;
  const auto number = leaves.number(leaf);
  return number && range.holds(*number);
}

// Moves the cursor behind the test, whatever the answer.
bool passes(Cursor& cursor, Leaf& leaf, Leaves& leaves) {
  const uint8_t code = cursor.byte();
  leaves.steps.take(1);
  if (code == kTextList) {
    const TextList list(cursor);
    return leaf.kind == LeafKind::text && list.contains(leaf.text());
  }
  const auto op = static_cast<Operator>(code);
  switch (op) {
    case Operator::equal_number: {
      const Number wanted = cursor.number();
      return passes_range({.low = wanted, .high = wanted}, leaf, leaves);
    }
    case Operator::in_range:
      return passes_range(cursor.range(), leaf, leaves);
    case Operator::in_network: {
      const Network network = cursor.network();
      if (leaf.kind != LeafKind::text) return false;
      const auto address = parse_address(leaf.text());
      return address && network.holds(*address);
    }
    case Operator::wildcard:
      return passes_wildcard(cursor, leaf, leaves);
    case Operator::anything_but:
      return passes_anything_but(cursor, leaf, leaves);
    case Operator::equal_true:
      return leaf.kind == LeafKind::true_value;
    case Operator::equal_false:
      return leaf.kind == LeafKind::false_value;
    case Operator::equal_null:
      return leaf.kind == LeafKind::null_value;
    case Operator::present:
      return true;
    default:
      return passes_text(op, cursor.text(), leaf, leaves);
  }
}

}  // namespace

bool passes_any(const ClauseHead& clause, Leaf& leaf, Leaves& leaves) {
  Cursor cursor(clause.at);
  for (uint32_t i = 0; i < clause.tests && !leaves.steps.are_over(); ++i) {
    if (passes(cursor, leaf, leaves)) return true;
  }
  return false;
}

// Each clause alone is a quick no for most. Where all leaves that it reads stand outside of arrays
// of objects, it is also the answer.
bool holds(const uint8_t* at, Leaves& leaves) {
  Cursor cursor(at);
  const uint32_t clauses = cursor.varint();
  bool is_open = false;
  for (uint32_t i = 0; i < clauses; ++i) {
    const ClauseHead clause = read_clause(cursor);
    const SlotLeaves& slot = leaves.of(clause.slot);
    bool is_met = slot.count == 0 && clause.accepts_absent;
    for (uint32_t at = slot.first; at != kNothing && !is_met; at = leaves[at].next) {
      is_met = passes_any(clause, leaves[at], leaves);
    }
    is_open = is_open || slot.are_in_elements;
    // What is present in one element may be absent in the one that the other clauses meet.
    if (!is_met && !(clause.accepts_absent && slot.are_in_elements && clauses > 1)) return false;
  }
  return !is_open || clauses == 1 || holds_in_elements(at, leaves);
}

}  // namespace statewire::pattern
