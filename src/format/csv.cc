#include "format/csv.h"

#include "format/clean_text.h"

namespace statewire {
namespace {

// Quotes what stands in `out` from `from` on, where it must be: RFC 4180, section 2. There are no
// line ends in it: they became spaces.
void quote_cell(size_t from, std::string& out) {
  if (out.find_first_of("\",", from) == std::string::npos) return;
  for (size_t at = out.find('"', from); at != std::string::npos; at = out.find('"', at + 2)) {
    out.insert(at, 1, '"');
  }
  out.insert(from, 1, '"').push_back('"');
}

bool begins_like_formula(std::string_view cell) {
  return !cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos;
}

// Makes a cell of what stands in `out` from `from` on.
void finish_cell(size_t from, bool defuses_formulas, std::string& out) {
  const std::string_view cell = std::string_view(out).substr(from);
  const bool is_formula = defuses_formulas && begins_like_formula(cell);
  if (!is_formula && is_plain(cell) && cell.find(',') == std::string_view::npos) return;
  const std::string text(cell);
  out.resize(from);
  if (is_formula) out.push_back('\'');
  append_clean(out, text);
  quote_cell(from, out);
}

}  // namespace

CsvFormat::CsvFormat(CsvColumns columns) : columns_(std::move(columns)) {
  if (!columns_.has_header) return;
  for (const std::string& path : columns_.paths) {
    if (!header_.empty()) header_.push_back(',');
    const size_t from = header_.size();
    header_ += path;
    finish_cell(from, columns_.defuses_formulas, header_);
  }
}

Result<void> CsvFormat::render(const Notification& notification, std::string& out) const {
  const size_t begin = out.size();
  bool is_first = true;
  for (const Field& field : columns_.fields) {
    if (!is_first) out.push_back(',');
    is_first = false;
    const size_t from = out.size();
    field.append(notification, out);
    finish_cell(from, columns_.defuses_formulas, out);
  }
  // An empty line is no record to those who read it, and no message to a queue.
  if (columns_.fields.size() == 1 && out.size() == begin) out += "\"\"";
  return {};
}

}  // namespace statewire
