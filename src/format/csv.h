// Comma-separated values, RFC 4180.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/fields.h"
#include "format/format.h"

namespace statewire {

struct CsvColumns {
  std::vector<std::string> paths;
  std::vector<Field> fields;  // One for each path.
  bool has_header = false;
  // Puts an apostrophe before cells that a spreadsheet would take for a formula.
  bool defuses_formulas = false;
};

class CsvFormat final : public Format {
 public:
  explicit CsvFormat(CsvColumns columns);

  std::string_view content_type() const override { return "text/csv; charset=utf-8"; }
  std::string_view header() const override { return header_; }
  Result<void> render(const Notification& notification, std::string& out) const override;

 private:
  const CsvColumns columns_;
  std::string header_;  // Empty where none was asked for.
};

}  // namespace statewire
