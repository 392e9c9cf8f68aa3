#include "cli/table.h"

#include <algorithm>
#include <cstdint>

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

Table::Table(std::vector<TableColumn> columns, TableLook look)
    : columns_(std::move(columns)), look_(std::move(look)) {
  for (const TableColumn& column : columns_) {
    wishes_.push_back({.title = display_width(column.title),
                       .gap = column.gap,
                       .fit = column.fit,
                       .spare = column.spare,
                       .is_zero = column.align == Align::right});
  }
}

void Table::add(std::vector<Cell> cells) {
  CHECK(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

// What an event says may not steer the terminal.
void Table::clean_rows() {
  for (std::vector<Cell>& row : rows_) {
    for (Cell& cell : row) {
      std::string clean;
      append_clean(clean, cell.text);
      cell.text = std::move(clean);
    }
  }
}

void Table::drop_todays_date() {
  const std::string date = look_.today + " ";
  const auto each_moment = [&](auto&& visit) {
    for (std::vector<Cell>& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) {
        if (columns_[i].fit == Fit::moment && !row[i].text.empty()) visit(row[i].text);
      }
    }
  };
  each_moment([&](const std::string& text) {
    has_dates_ = has_dates_ || look_.today.empty() || !text.starts_with(date);
  });
  if (has_dates_) return;
  each_moment([&](std::string& text) { text.erase(0, date.size()); });
}

void Table::fit() {
  for (const std::vector<Cell>& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      wishes_[i].content = std::max(wishes_[i].content, display_width(row[i].text));
      if (row[i].text != "0") wishes_[i].is_zero = false;
    }
  }
  const std::vector<size_t> before = std::move(widths_);
  widths_ = fit_columns(wishes_, look_.room == 0 ? SIZE_MAX : look_.room);
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i] == kLeftOut || widths_[i] == kLeftOut) widths_[i] = before[i];
  }
}

std::string Table::take_text(const Terminal& terminal) {
  clean_rows();
  if (look_.room > 0) drop_todays_date();
  fit();
  std::string text;
  if (!has_titles_) text += title_line(terminal);
  has_titles_ = true;
  for (const std::vector<Cell>& row : rows_) text += line(row, false, terminal);
  rows_.clear();
  return text;
}

std::string Table::title_line(const Terminal& terminal) const {
  std::vector<Cell> titles;
  for (const TableColumn& column : columns_) {
    titles.push_back({std::string(column.title), Tint::strong});
  }
  return line(titles, true, terminal);
}

std::string Table::line(const std::vector<Cell>& cells, bool are_titles,
                        const Terminal& terminal) const {
  std::string line;
  size_t spaces = 0;  // Not yet written: no line ends with spaces.
  for (size_t i = 0; i < cells.size(); ++i) {
    if (widths_[i] == kLeftOut) continue;
    if (i > 0) spaces += columns_[i].gap;
    const std::string text =
        shortened(cells[i].text, widths_[i], are_titles ? Fit::end : columns_[i].fit);
    const size_t padding = widths_[i] - std::min(widths_[i], display_width(text));
    if (columns_[i].align == Align::right) spaces += padding;
    if (!text.empty()) {
      line.append(spaces, ' ').append(terminal.tinted(text, cells[i].tint));
      spaces = 0;
    } else if (columns_[i].align == Align::right) {
      continue;
    }
    if (columns_[i].align == Align::left) spaces += padding;
  }
  return line + "\n";
}

std::vector<std::string_view> Table::left_out() const {
  std::vector<std::string_view> titles;
  for (size_t i = 0; i < widths_.size(); ++i) {
    if (widths_[i] == kLeftOut) titles.push_back(columns_[i].title);
  }
  return titles;
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
