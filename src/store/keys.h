// The keys of each family. Numbers are big-endian, so that they sort; texts have their length
// before them, in 4 bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/reminder.h"

namespace statewire::keys {

// Partition, then id.
void set_resource(std::string_view id, std::string& key);
// The partition in such a key; 0 where it is empty.
uint8_t partition_of_resource(std::string_view key);
// The id in such a key, a view of it; empty where it is none.
std::string_view id_of_resource(std::string_view key);

// A commit that made no entry is a block too (it changed the ledger), with the first sequence of
// the block after it. `ordinal` counts such blocks and keeps the keys apart: of the blocks with one
// first sequence, the last one holds the entries.
struct JournalPlace {
  uint64_t first_sequence = 0;
  uint32_t ordinal = 0;
  // Not needed to find a block. They never fall from block to block, so that retention can search.
  uint64_t bytes_before = 0;  // Keys and values of all blocks that were ever before it.
  Duration age_clock{};       // The store's own, at the write; see Store::journal_cut().
};
std::string journal(const JournalPlace& place);
// Sorts before the key of every block that begins at `first_sequence`, and after those of all that
// begin before it. The other one sorts after the keys of all blocks that begin at it.
std::string journal_from(uint64_t first_sequence);
std::optional<uint64_t> parse_journal_from(std::string_view key);
std::string journal_up_to(uint64_t first_sequence);
std::optional<JournalPlace> parse_journal(std::string_view key);

std::string alias(std::string_view alias);
std::string_view text_of_alias(std::string_view key);
std::string source_cursor(std::string_view name);
// The name in such a key; nothing in a key of another kind.
std::optional<std::string_view> name_of_source_cursor(std::string_view key);
std::string subscription_cursor(std::string_view name);
// The prefix of the cursors of all subscriptions; the name of the subscription in such a key.
std::string subscription_prefix();
std::string_view subscription_of(std::string_view key);

// Sorts by due time, resource, kind and number.
void set_reminder(const ReminderKey& reminder, std::string& key);
// The resource id of the result is a view of `key`.
std::optional<ReminderKey> parse_reminder(std::string_view key);

// Deliveries and parked ones: subscription, number. The prefix is common to all of one
// subscription, and is the key of its batch.
std::string delivery_prefix(std::string_view subscription);
std::string delivery(std::string_view subscription, uint64_t number);
struct DeliveryParts {
  std::string_view subscription;  // A view of the key.
  uint64_t number = 0;
};
std::optional<DeliveryParts> parse_delivery(std::string_view key);

// The ledger: a kind, then texts or a number.
constexpr char kLedgerCounts = 'c';
constexpr char kLedgerUnrecognised = 'u';
constexpr char kLedgerSample = 's';  // For the unrecognised row with the same texts.
constexpr char kLedgerRefusal = 'r';
constexpr char kLedgerLearned = 'e';  // By type: how long passages take.
std::string ledger_row(char kind, std::string_view a, std::string_view b, std::string_view c);
std::string refusal(uint64_t number);
// The texts of a ledger row's key; nothing where it is not one.
std::optional<std::vector<std::string>> parse_ledger_row(std::string_view key);
std::optional<uint64_t> parse_refusal(std::string_view key);

}  // namespace statewire::keys
