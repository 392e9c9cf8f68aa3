// Rows in aligned columns, or as comma-separated values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.h"

namespace statewire {

enum class Align { left, right };

struct Cell {
  std::string text;
  Tint tint = Tint::none;
};

struct TableColumn {
  std::string_view title;  // Outlives the table.
  Align align = Align::left;
  size_t gap = 2;         // Spaces before it, unless it is the first.
  std::string_view name;  // In CSV; the title where empty. Outlives the table.
};

// Not thread-safe. Widths are columns of a terminal, whatever the text's encoding takes.
class Table {
 public:
  explicit Table(std::vector<TableColumn> columns);

  // One cell for each column.
  void add(std::vector<Cell> cells);
  // The rows that were added since the last call, the first time below the titles. Columns grow
  // from call to call and never shrink.
  std::string take_text(const Terminal& terminal);
  // The same as CSV: cells as in RFC 4180, lines that end as text files' do.
  std::string take_csv();

 private:
  std::string line(const std::vector<Cell>& cells, const Terminal& terminal) const;

  const std::vector<TableColumn> columns_;
  std::vector<size_t> widths_;
  std::vector<std::vector<Cell>> rows_;
  bool has_titles_ = false;
};

// `text` as one CSV cell.
std::string csv_cell(std::string_view text);

}  // namespace statewire
