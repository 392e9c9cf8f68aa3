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

// Hands over every row of a family that can be read, and calls `on_fault` for each stretch that
// cannot, with the last key before it. Between two faults that are close together it may pass over
// rows that are whole. An error is one of the environment.
Result<void> each_readable_row(
    const Engine& engine, Family family,
    const std::function<void(std::string_view key, std::string_view value)>& visit,
    const std::function<void(std::string_view after, const Error& error)>& on_fault);

}  // namespace statewire
