// Lists of an API's reply, as --output asks: a table, the JSON itself, or CSV.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/invocation.h"
#include "cli/reply.h"
#include "cli/table.h"

namespace statewire {

enum class OutputForm { table, json, csv };
OutputForm output_form(const Invocation& invocation);

struct ListColumn {
  std::string_view title;
  std::string_view path;  // Of the field that it shows, and its name in CSV.
  Align align = Align::left;
  size_t gap = 2;
  // How it looks in a table; null: as it is. CSV always has the field as it is.
  Cell (*show)(JsonElement element) = nullptr;
  // What a table shows within another column stands in CSV by itself.
  bool is_for_csv = false;
};

// Not thread-safe. Writes as it is given elements, so that a long list needs little memory.
class ListWriter {
 public:
  ListWriter(Terminal& terminal, OutputForm form, std::span<const ListColumn> columns);

  void add(std::span<const JsonElement> elements);
  // `if_empty` is said on standard error where a table has no rows.
  void finish(std::string_view if_empty);

 private:
  Terminal& terminal_;
  const OutputForm form_;
  const std::vector<ListColumn> columns_;
  Table table_;
  size_t count_ = 0;
};

// A phase in its colour.
Tint tint_of_phase(std::string_view phase);
// "2026-11-23 09:00:12" of an RFC 3339 time: what fits a table.
std::string short_time(std::string_view time);
// "human alice (likely)" of a `cause` object.
std::string cause_text(JsonElement cause);
// The same of what has a `cause`.
Cell cause_cell(JsonElement of);

}  // namespace statewire
