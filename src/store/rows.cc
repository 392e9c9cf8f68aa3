// How reading goes on behind damage: the library stops where a block of a file cannot be read, and
// says nothing of where the next one begins. Keys are sorted bytes, so the next key that can be
// sought is looked for as one counts: up in the last byte, then in the one before it.
#include "store/rows.h"

#include <optional>

#include "base/limits.h"
#include "store/block.h"
#include "store/delivery_codec.h"
#include "store/keys.h"
#include "store/learned_view.h"
#include "store/ledger_codec.h"
#include "store/record_codec.h"
#include "store/store_state.h"

namespace statewire {
namespace {

template <typename Value>
std::string fault_of(const Result<Value>& decoded) {
  return decoded.ok() ? std::string() : decoded.error().text;
}

std::string fault_of_meta(std::string_view key, std::string_view value) {
  if (key != kFormatKey && key != kFirstSequenceKey && !parse_lost(key)) return {};
  return fault_of(parse_meta_value(value));
}

std::string fault_of_block(std::string_view key, std::string_view value) {
  const auto place = keys::parse_journal(key);
  if (!place) return "its key is damaged";
  const Result<BlockReader> block = BlockReader::open(value);
  if (!block) return block.error().text;
  if (block->first_sequence() != place->first_sequence) return "it is in another's place";
  Arena arena;
  for (size_t i = 0; i < block->size(); ++i) {
    arena.clear();
    if (const Result<Entry> entry = block->entry(i, arena); !entry) return entry.error().text;
  }
  return fault_of(block->ledger());
}

std::string fault_of_record(std::string_view key, std::string_view value) {
  Arena arena;
  const Result<Record> record = decode_record(value, arena);
  if (!record) return record.error().text;
  std::string own_key;
  keys::set_resource(record->resource.id, own_key);
  return own_key == key ? std::string() : "it is in another's place";
}

std::string fault_of_text(std::string_view value) {
  return !value.empty() && value.front() == kTextValueFormat ? std::string() : "it is damaged";
}

std::string fault_of_ledger(std::string_view key, std::string_view value) {
  if (keys::parse_refusal(key)) return fault_of(decode_refusal(value));
  if (!keys::parse_ledger_row(key)) return "its key is damaged";
  LedgerRow row;
  UnrecognisedRow unrecognised;
  switch (key.front()) {
    case keys::kLedgerCounts:
      return fault_of(decode_counts(value, row));
    case keys::kLedgerUnrecognised:
      return fault_of(decode_unrecognised(value, unrecognised));
    case keys::kLedgerLearned:
      return fault_of_learned(value);
    default:
      return value.empty() ? "it is damaged" : std::string();
  }
}

std::string fault_of_cursor(std::string_view key, std::string_view value) {
  return key.starts_with(keys::subscription_prefix()) ? fault_of(decode_state(value))
                                                      : fault_of_text(value);
}

// The first key at or after `from`, where it can be read; empty text where there is none.
std::optional<std::string> first_key(const Engine& engine, Family family, std::string_view from) {
  std::string found;
  const Result<void> read =
      engine.each(family, from, Direction::forward, [&](std::string_view key, std::string_view) {
        found = key;
        return false;
      });
  return read.ok() ? std::optional(std::move(found)) : std::nullopt;
}

// Where reading can go on after `last`, behind which it failed; empty text where nowhere.
std::string next_readable(const Engine& engine, Family family, std::string_view last) {
  std::string from(last);
  for (; !from.empty(); from.pop_back()) {
    while (from.back() != '\xff') {
      from.back() = static_cast<char>(from.back() + 1);
      if (auto found = first_key(engine, family, from)) return *std::move(found);
    }
  }
  return {};
}

}  // namespace

std::string fault_of_row(Family family, std::string_view key, std::string_view value) {
  switch (family) {
    case Family::meta:
      return fault_of_meta(key, value);
    case Family::journal:
      return fault_of_block(key, value);
    case Family::resources:
      return fault_of_record(key, value);
    case Family::aliases:
      return fault_of_text(value);
    case Family::ledger:
      return fault_of_ledger(key, value);
    case Family::cursors:
      return fault_of_cursor(key, value);
    case Family::deliveries:
      return keys::parse_delivery(key) ? fault_of(decode_delivery(value)) : "its key is damaged";
    case Family::parked:
      return keys::parse_delivery(key) ? fault_of(decode_parked(value)) : "its key is damaged";
    case Family::batches:
      return fault_of(decode_batch(value));
    case Family::reminders:
      return decode_reminder(key, value) ? std::string() : "it is damaged";
  }
  return {};
}

std::string shown_key(std::string_view key) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : key) {
    if (text.size() >= kShownKeyBytesMax) return text + "…";
    if (c > ' ' && c < 0x7f) {
      text += c;
    } else {
      const auto byte = static_cast<uint8_t>(c);
      text += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return text;
}

std::string name_of_row(Family family, std::string_view key) {
  return "family " + std::string(kFamilyNames[static_cast<size_t>(family)]) + ", key " +
         shown_key(key) + ": ";
}

Result<void> each_readable_row(const Engine& engine, Family family, std::string from,
                               const VisitRow& visit, const VisitFault& on_fault) {
  for (;;) {
    std::string last = from;
    const Result<void> read = engine.each(family, from, Direction::forward,
                                          [&](std::string_view key, std::string_view value) {
                                            last = key;
                                            return visit(key, value);
                                          });
    if (read.ok() || read.error().kind != ErrorKind::damaged) return read;
    // From before the first key there is nothing to count up from.
    from = next_readable(engine, family, last.empty() ? std::string(1, '\0') : last);
    if (!on_fault(last, from, read.error()) || from.empty()) return {};
  }
}

}  // namespace statewire
