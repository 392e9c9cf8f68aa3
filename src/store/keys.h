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

// A batch that made no entry is a block too (the ledger moved), with the first sequence of the
// block after it. `ordinal` counts such blocks and keeps the keys apart: of the blocks with one
// first sequence, the last one holds the entries.
std::string journal(uint64_t first_sequence, uint32_t ordinal);
std::optional<std::pair<uint64_t, uint32_t>> parse_journal(std::string_view key);

std::string alias(std::string_view alias);
std::string_view text_of_alias(std::string_view key);
std::string source_cursor(std::string_view name);
std::string subscription_cursor(std::string_view name);

// In the order of due, resource, kind and number.
void set_reminder(const ReminderKey& reminder, std::string& key);
// Its resource id is in the key.
std::optional<ReminderKey> parse_reminder(std::string_view key);

// Of pending and parked deliveries, and of groups by their first member; the prefix is that of all
// of one subscription.
std::string delivery_prefix(std::string_view subscription);
std::string delivery(std::string_view subscription, uint64_t sequence);

// Of the ledger: a kind, then texts or a number.
constexpr char kLedgerCounts = 'c';
constexpr char kLedgerUnrecognised = 'u';
constexpr char kLedgerSample = 's';  // Of the unrecognised row with the same texts.
constexpr char kLedgerRefusal = 'r';
std::string ledger_row(char kind, std::string_view a, std::string_view b, std::string_view c);
std::string refusal(uint64_t number);
// The texts of a ledger row's key; nothing where it is not one.
std::optional<std::vector<std::string>> parse_ledger_row(std::string_view key);
std::optional<uint64_t> parse_refusal(std::string_view key);

}  // namespace statewire::keys
