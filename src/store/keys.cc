#include "store/keys.h"

#include <algorithm>

#include "base/ids.h"
#include "store/store.h"

namespace statewire {

uint8_t partition_of(std::string_view resource_id) {
  return static_cast<uint8_t>(hash64(resource_id) % 256);
}

namespace keys {
namespace {

template <typename Number>
void append_number(std::string& key, Number number) {
  for (size_t byte = sizeof(Number); byte-- > 0;) {
    key.push_back(static_cast<char>(number >> (8 * byte)));
  }
}

template <typename Number>
std::optional<Number> take_number(std::string_view& from) {
  if (from.size() < sizeof(Number)) return std::nullopt;
  Number number = 0;
  for (size_t i = 0; i < sizeof(Number); ++i) {
    number = static_cast<Number>(number << 8 | static_cast<uint8_t>(from[i]));
  }
  from.remove_prefix(sizeof(Number));
  return number;
}

void append_text(std::string& key, std::string_view text) {
  append_number(key, static_cast<uint32_t>(text.size()));
  key.append(text);
}

std::optional<std::string> take_text(std::string_view& from) {
  const auto size = take_number<uint32_t>(from);
  if (!size || *size > from.size()) return std::nullopt;
  std::string text(from.substr(0, *size));
  from.remove_prefix(*size);
  return text;
}

std::string kind_and_text(char kind, std::string_view text) {
  std::string key(1, kind);
  append_text(key, text);
  return key;
}

}  // namespace

void set_resource(std::string_view id, std::string& key) {
  key.assign(1, static_cast<char>(partition_of(id)));
  append_text(key, id);
}

uint8_t partition_of_resource(std::string_view key) {
  return key.empty() ? 0 : static_cast<uint8_t>(key.front());
}

std::string_view id_of_resource(std::string_view key) {
  constexpr size_t kIdAt = 1 + 4;
  return key.substr(std::min(key.size(), kIdAt));
}

std::string journal(const JournalPlace& place) {
  std::string key;
  append_number(key, place.first_sequence);
  append_number(key, place.ordinal);
  append_number(key, place.bytes_before);
  append_number(key, static_cast<uint64_t>(place.age_clock.count()));
  return key;
}

std::string journal_from(uint64_t first_sequence) {
  std::string key;
  append_number(key, first_sequence);
  return key;
}

std::optional<uint64_t> parse_journal_from(std::string_view key) {
  const auto first_sequence = take_number<uint64_t>(key);
  return key.empty() ? first_sequence : std::nullopt;
}

std::string journal_up_to(uint64_t first_sequence) {
  std::string key = journal_from(first_sequence);
  key.append(sizeof(JournalPlace), '\xff');
  return key;
}

std::optional<JournalPlace> parse_journal(std::string_view key) {
  const auto first_sequence = take_number<uint64_t>(key);
  const auto ordinal = take_number<uint32_t>(key);
  const auto bytes_before = take_number<uint64_t>(key);
  const auto age_clock = take_number<uint64_t>(key);
  if (!age_clock || !key.empty()) return std::nullopt;
  return JournalPlace{*first_sequence, *ordinal, *bytes_before,
                      Duration(static_cast<int64_t>(*age_clock))};
}

std::string alias(std::string_view alias) {
  std::string key;
  append_text(key, alias);
  return key;
}

std::string source_cursor(std::string_view name) { return kind_and_text('s', name); }
std::optional<std::string_view> name_of_source_cursor(std::string_view key) {
  constexpr size_t kHeadBytes = 1 + sizeof(uint32_t);
  if (!key.starts_with('s') || key.size() < kHeadBytes) return std::nullopt;
  return key.substr(kHeadBytes);
}
std::string subscription_cursor(std::string_view name) { return kind_and_text('d', name); }
std::string subscription_prefix() { return "d"; }
std::string_view subscription_of(std::string_view key) {
  return key.substr(std::min(key.size(), 1 + sizeof(uint32_t)));
}

// Times before 1970 are negative: with the sign turned, all sort as they follow one another.
constexpr uint64_t kSignBit = uint64_t{1} << 63;

void set_reminder(const ReminderKey& reminder, std::string& key) {
  key.clear();
  append_number(key, static_cast<uint64_t>(to_ns(reminder.due)) ^ kSignBit);
  append_text(key, reminder.resource_id);
  append_number(key, static_cast<uint8_t>(reminder.kind));
  append_number(key, reminder.number);
}

std::optional<ReminderKey> parse_reminder(std::string_view key) {
  const auto due = take_number<uint64_t>(key);
  const auto size = take_number<uint32_t>(key);
  if (!size || *size > key.size()) return std::nullopt;
  const std::string_view resource_id = key.substr(0, *size);
  key.remove_prefix(*size);
  const auto kind = take_number<uint8_t>(key);
  const auto number = take_number<uint64_t>(key);
  if (!number || !key.empty()) return std::nullopt;
  return ReminderKey{.due = from_ns(static_cast<int64_t>(*due ^ kSignBit)),
                     .resource_id = resource_id,
                     .kind = static_cast<ReminderKind>(*kind),
                     .number = *number};
}

std::string_view text_of_alias(std::string_view key) {
  return key.substr(std::min(key.size(), sizeof(uint32_t)));
}

std::string delivery_prefix(std::string_view subscription) { return alias(subscription); }

std::string delivery(std::string_view subscription, uint64_t number) {
  std::string key = delivery_prefix(subscription);
  append_number(key, number);
  return key;
}

std::optional<DeliveryParts> parse_delivery(std::string_view key) {
  const auto size = take_number<uint32_t>(key);
  if (!size || key.size() != *size + sizeof(uint64_t)) return std::nullopt;
  DeliveryParts parts{.subscription = key.substr(0, *size)};
  key.remove_prefix(*size);
  parts.number = *take_number<uint64_t>(key);
  return parts;
}

std::string ledger_row(char kind, std::string_view a, std::string_view b, std::string_view c) {
  std::string key = kind_and_text(kind, a);
  append_text(key, b);
  append_text(key, c);
  return key;
}

std::string refusal(uint64_t number) {
  std::string key(1, kLedgerRefusal);
  append_number(key, number);
  return key;
}

std::optional<std::vector<std::string>> parse_ledger_row(std::string_view key) {
  if (key.empty()) return std::nullopt;
  key.remove_prefix(1);
  std::vector<std::string> texts;
  while (!key.empty()) {
    auto text = take_text(key);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  if (texts.size() != 3) return std::nullopt;
  return texts;
}

std::optional<uint64_t> parse_refusal(std::string_view key) {
  if (key.size() != 9 || key[0] != kLedgerRefusal) return std::nullopt;
  key.remove_prefix(1);
  return take_number<uint64_t>(key);
}

}  // namespace keys
}  // namespace statewire
