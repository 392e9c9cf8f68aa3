#include "cli/list.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "format/clean_text.h"

namespace statewire {
namespace {

std::vector<ListColumn> columns_for(OutputForm form, std::span<const ListColumn> columns) {
  std::vector<ListColumn> result(columns.begin(), columns.end());
  std::erase_if(result, [&](const ListColumn& column) {
    return is_table(form) ? column.is_for_csv : column.is_for_table;
  });
  return result;
}

std::vector<TableColumn> table_columns(std::span<const ListColumn> columns) {
  std::vector<TableColumn> result;
  for (const ListColumn& column : columns) {
    result.push_back({.title = column.title,
                      .align = column.align,
                      .gap = column.gap,
                      .name = column.path,
                      .fit = column.fit,
                      .spare = column.spare});
  }
  return result;
}

TableLook look_of(OutputForm form, const Terminal& terminal) {
  if (form != OutputForm::table) return {};
  return {.room = terminal.streams().columns,
          .today = format_time(SystemClock().now()).substr(0, 10)};
}

}  // namespace

OutputForm output_form(const Invocation& invocation) {
  const std::string form = invocation.text("--output", "table");
  if (form == "json") return OutputForm::json;
  if (form == "wide") return OutputForm::wide;
  return form == "csv" ? OutputForm::csv : OutputForm::table;
}

ListWriter::ListWriter(Terminal& terminal, ListLook look, std::span<const ListColumn> columns)
    : terminal_(terminal),
      look_(look),
      columns_(columns_for(look.form, columns)),
      table_(table_columns(columns_), look_of(look.form, terminal)) {}

void ListWriter::add_json(std::span<const JsonElement> elements) {
  std::string text;
  for (const JsonElement element : elements) {
    text += count_++ == 0 ? "[" : ",\n ";
    text += simdjson::minify(element);
  }
  terminal_.write_data(text);
}

std::vector<Cell> ListWriter::cells_of(JsonElement element) const {
  std::vector<Cell> cells;
  for (const ListColumn& column : columns_) {
    const bool is_shown = is_table(look_.form) && column.show != nullptr;
    cells.push_back(is_shown ? column.show(element) : Cell{text_at(element, column.path)});
  }
  return cells;
}

void ListWriter::add(std::span<const JsonElement> elements) {
  if (look_.form == OutputForm::json) return add_json(elements);
  const bool is_sorted = is_table(look_.form) && !look_.newest_by.empty();
  for (const JsonElement element : elements) {
    ++count_;
    if (!is_sorted) {
      table_.add(cells_of(element));
    } else {
      unsorted_.push_back({text_at(element, look_.newest_by), unsorted_.size(), cells_of(element)});
    }
  }
  if (is_sorted && unsorted_.size() <= kSortedRowsMax) return;
  look_.newest_by = {};
  for (Row& row : std::exchange(unsorted_, {})) table_.add(std::move(row.cells));
  if (!elements.empty()) write_rows();
}

void ListWriter::write_rows() {
  if (is_table(look_.form)) {
    terminal_.write(table_.take_text(terminal_));
  } else {
    terminal_.write_data(table_.take_csv());
  }
}

std::string ListWriter::count_line(const ListEnd& end) const {
  std::string line = end.total > count_ ? "the newest " + with_thousands(count_) + " of " +
                                              counted(end.total, end.noun) + "; -n says how many"
                                        : counted(count_, end.noun);
  std::string left_out;
  for (const std::string_view title : table_.left_out()) {
    if (title.empty()) continue;
    left_out.append(left_out.empty() ? "; not shown: " : ", ").append(title);
  }
  if (!left_out.empty()) {
    left_out += " (-o wide shows all)";
    const bool fits = display_width(line + left_out) <= terminal_.streams().columns;
    line += fits ? left_out : left_out.replace(0, 2, "\n");
  }
  return terminal_.tinted(line, Tint::faint) + "\n";
}

ExitCode ListWriter::finish(const ListEnd& end) {
  if (!unsorted_.empty()) {
    std::ranges::sort(unsorted_, [](const Row& a, const Row& b) {
      return a.moment != b.moment ? a.moment > b.moment : a.place < b.place;
    });
    for (Row& row : std::exchange(unsorted_, {})) table_.add(std::move(row.cells));
    write_rows();
  }
  if (look_.form == OutputForm::json) terminal_.write(count_ == 0 ? "[]\n" : "]\n");
  if (look_.form == OutputForm::csv && count_ == 0) terminal_.write(table_.take_csv());
  const bool is_shown = is_table(look_.form);
  if (is_shown && count_ == 0) terminal_.write_error(std::string(end.if_empty) + "\n");
  if (is_shown && count_ > 0 && terminal_.streams().columns > 0) terminal_.write(count_line(end));
  return count_ == 0 ? ExitCode::failed : ExitCode::well;
}

std::string touch_text(JsonElement resource) {
  std::string text = text_at(resource, "touch.what");
  const std::string actor = text_at(resource, "touch.actor");
  const std::string tool = text_at(resource, "touch.tool");
  if (!actor.empty()) text.append(" by ").append(actor);
  if (!tool.empty()) text.append(", ").append(tool);
  return text;
}

std::string declared_as(JsonElement resource) {
  std::string text = text_at(resource, "owner.part");
  if (text.empty()) text = text_at(resource, "owner.address");
  const std::string file = text_at(resource, "owner.file");
  const std::string line = text_at(resource, "owner.line");
  std::string stack = text_at(resource, "owner.stack");
  if (stack.empty()) stack = text_at(resource, "owner.inventory");
  if (!file.empty()) text.append(", ").append(file);
  if (!line.empty()) text.append(":").append(line);
  if (!stack.empty()) text.append(text.empty() ? "" : " in ").append(stack);
  return text;
}

std::string withheld_text(JsonElement all) {
  std::string what;
  for (const char* const drift : {"lost", "out_of_band", "unmanaged"}) {
    const uint64_t count = number_at(all, "withheld." + std::string(drift));
    if (count == 0) continue;
    what.append(what.empty() ? "" : ", ").append(with_thousands(count)).append(" ").append(drift);
  }
  std::ranges::replace(what, '_', ' ');
  if (what.empty()) return {};
  return "withheld, as no inventory that is configured reads their code: " + what +
         ", the first since " + short_time(text_at(all, "withheld.since"));
}

std::string told_text(JsonElement entry) {
  if (is_true_at(entry, "too_late") || text_at(entry, "fate") == "too_late") return "too late";
  const std::string kind = text_at(entry, "kind");
  const std::string told = kind == "none" ? "-" : kind;
  return is_true_at(entry, "late") ? told + ", late" : told;
}

Tint tint_of_phase(std::string_view phase) {
  if (phase == "stable") return Tint::good;
  if (phase == "degraded") return Tint::bad;
  if (phase == "gone" || phase == "stopped") return Tint::faint;
  return phase == "unknown" ? Tint::none : Tint::doubtful;
}

Tint tint_of_kind(std::string_view kind) {
  if (kind == "failed" || kind == "stuck" || kind == "lost") return Tint::bad;
  if (kind == "none") return Tint::faint;
  return kind == "flapping" ? Tint::doubtful : Tint::none;
}

Tint tint_of_severity(std::string_view severity) {
  if (severity == "ERROR" || severity == "FATAL") return Tint::bad;
  return severity == "WARN" ? Tint::doubtful : Tint::none;
}

std::string short_time(std::string_view time) {
  std::string text(time.substr(0, 19));
  if (text.size() > 10 && text[10] == 'T') text[10] = ' ';
  return text;
}

std::string cause_text(JsonElement cause) {
  std::string text = text_at(cause, "kind");
  if (text.empty() || text == "unknown") return text;
  if (const std::string actor = text_at(cause, "actor"); !actor.empty()) text += " " + actor;
  const std::string confidence = text_at(cause, "confidence");
  if (!confidence.empty() && confidence != "certain") text += " (" + confidence + ")";
  return text;
}

std::string state_text(JsonElement state) {
  const std::string value = text_at(state, "value");
  const std::string phase = text_at(state, "phase");
  return value.empty() || value == phase ? phase : phase + " (" + value + ")";
}

Cell cause_cell(JsonElement of) {
  JsonElement cause;
  if (find_at(of, "cause").get(cause) != simdjson::SUCCESS) return {};
  return {cause_text(cause)};
}

}  // namespace statewire
