// Rows in aligned columns, or as comma-separated values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/table_layout.h"
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
  Fit fit = Fit::whole;
  int spare = 0;  // As in ColumnWish.
};

struct TableLook {
  size_t room = 0;    // Lines take no more columns; 0: as many as they need.
  std::string today;  // "2026-11-23": where all moments that are shown are of it, it is left out.
};

// Not thread-safe. Widths are columns of a terminal, whatever the text's encoding takes.
class Table {
 public:
  explicit Table(std::vector<TableColumn> columns, TableLook look = {});

  // One cell for each column.
  void add(std::vector<Cell> cells);
  // The rows that were added since the last call, the first time below the titles. Texts are
  // shortened, and columns left out, until lines fit the room. What was left out the first time
  // stays so. Columns grow from call to call where there is room.
  std::string take_text(const Terminal& terminal);
  // The same as CSV: cells as in RFC 4180, lines that end as text files' do.
  std::string take_csv();
  // The titles of what was left out.
  std::vector<std::string_view> left_out() const;

 private:
  void clean_rows();
  void drop_todays_date();
  void fit();
  std::string title_line(const Terminal& terminal) const;
  std::string line(const std::vector<Cell>& cells, bool are_titles, const Terminal& terminal) const;

  const std::vector<TableColumn> columns_;
  const TableLook look_;
  std::vector<ColumnWish> wishes_;
  std::vector<size_t> widths_;
  std::vector<std::vector<Cell>> rows_;
  bool has_titles_ = false;
  bool has_dates_ = false;
};

// `text` as one CSV cell.
std::string csv_cell(std::string_view text);

}  // namespace statewire
