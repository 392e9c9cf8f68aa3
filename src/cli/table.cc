#include "cli/table.h"

#include <algorithm>

#include "base/check.h"
#include "format/clean_text.h"

namespace statewire {

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + "\"";
}

Table::Table(std::vector<TableColumn> columns) : columns_(std::move(columns)) {
  for (const TableColumn& column : columns_) widths_.push_back(display_width(column.title));
}

void Table::add(std::vector<Cell> cells) {
  CHECK(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::take_text(const Terminal& terminal) {
  // What an event says may not steer the terminal.
  for (std::vector<Cell>& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      std::string clean;
      append_clean(clean, row[i].text);
      widths_[i] = std::max(widths_[i], display_width(clean));
      row[i].text = std::move(clean);
    }
  }
  std::string text;
  if (!has_titles_) {
    std::vector<Cell> titles;
    for (const TableColumn& column : columns_) {
      titles.push_back({std::string(column.title), Tint::strong});
    }
    text += line(titles, terminal);
    has_titles_ = true;
  }
  for (const std::vector<Cell>& row : rows_) text += line(row, terminal);
  rows_.clear();
  return text;
}

std::string Table::line(const std::vector<Cell>& cells, const Terminal& terminal) const {
  std::string line;
  size_t spaces = 0;  // Not yet written: no line ends with spaces.
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) spaces += columns_[i].gap;
    const size_t padding = widths_[i] - display_width(cells[i].text);
    if (columns_[i].align == Align::right) spaces += padding;
    if (!cells[i].text.empty()) {
      line.append(spaces, ' ').append(terminal.tinted(cells[i].text, cells[i].tint));
      spaces = 0;
    } else if (columns_[i].align == Align::right) {
      continue;
    }
    if (columns_[i].align == Align::left) spaces += padding;
  }
  return line + "\n";
}

std::string Table::take_csv() {
  std::string csv;
  const auto add_line = [&](auto&& text_of) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) csv += ',';
      csv += csv_cell(text_of(i));
    }
    csv += "\n";
  };
  const auto name_of_column = [&](size_t i) {
    return columns_[i].name.empty() ? columns_[i].title : columns_[i].name;
  };
  if (!has_titles_) add_line(name_of_column);
  has_titles_ = true;
  for (const auto& row : rows_) add_line([&](size_t i) { return std::string_view(row[i].text); });
  rows_.clear();
  return csv;
}

}  // namespace statewire
