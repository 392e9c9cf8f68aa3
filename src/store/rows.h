// Every row of the store, one by one: for `store check` and `store salvage`, which believe nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/engine.h"

namespace statewire {

// Why this is no row that a store of ours has; empty where it is one. Pure; any thread.
std::string fault_of_row(Family family, std::string_view key, std::string_view value);
// For people: text as it is, other bytes as \x00; short.
std::string shown_key(std::string_view key);
// "family resources, key 'i-1': "
std::string name_of_row(Family family, std::string_view key);

// Hands over the rows of a family from the key `from` on, those that can be read, and calls
// `on_fault` for each stretch that cannot: `last` is the key before it, or `from`, and `next` the
// first that can be read again; empty where nothing can. Ends where either returns false. Between
// two faults that are close together it may pass over rows that are whole. An error is one of the
// environment.
using VisitRow = std::function<bool(std::string_view key, std::string_view value)>;
using VisitFault =
    std::function<bool(std::string_view last, std::string_view next, const Error& error)>;
Result<void> each_readable_row(const Engine& engine, Family family, std::string from,
                               const VisitRow& visit, const VisitFault& on_fault);

}  // namespace statewire
