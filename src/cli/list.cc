#include "cli/list.h"

namespace statewire {
namespace {

std::vector<ListColumn> columns_for(OutputForm form, std::span<const ListColumn> columns) {
  std::vector<ListColumn> result(columns.begin(), columns.end());
  if (form == OutputForm::table) std::erase_if(result, [](const auto& c) { return c.is_for_csv; });
  return result;
}

std::vector<TableColumn> table_columns(std::span<const ListColumn> columns) {
  std::vector<TableColumn> result;
  for (const ListColumn& column : columns) {
    result.push_back(
        {.title = column.title, .align = column.align, .gap = column.gap, .name = column.path});
  }
  return result;
}

}  // namespace

OutputForm output_form(const Invocation& invocation) {
  const std::string form = invocation.text("--output", "table");
  if (form == "json") return OutputForm::json;
  return form == "csv" ? OutputForm::csv : OutputForm::table;
}

ListWriter::ListWriter(Terminal& terminal, OutputForm form, std::span<const ListColumn> columns)
    : terminal_(terminal),
      form_(form),
      columns_(columns_for(form, columns)),
      table_(table_columns(columns_)) {}

void ListWriter::add(std::span<const JsonElement> elements) {
  if (form_ == OutputForm::json) {
    std::string text;
    for (const JsonElement element : elements) {
      text += count_++ == 0 ? "[" : ",\n ";
      text += simdjson::minify(element);
    }
    terminal_.write_data(text);
    return;
  }
  for (const JsonElement element : elements) {
    std::vector<Cell> cells;
    for (const ListColumn& column : columns_) {
      const bool is_shown = form_ == OutputForm::table && column.show != nullptr;
      cells.push_back(is_shown ? column.show(element) : Cell{text_at(element, column.path)});
    }
    table_.add(std::move(cells));
    ++count_;
  }
  if (elements.empty()) return;
  if (form_ == OutputForm::csv) {
    terminal_.write_data(table_.take_csv());
  } else {
    terminal_.write(table_.take_text(terminal_));
  }
}

void ListWriter::finish(std::string_view if_empty) {
  if (form_ == OutputForm::json) terminal_.write(count_ == 0 ? "[]\n" : "]\n");
  if (count_ > 0) return;
  if (form_ == OutputForm::csv) terminal_.write(table_.take_csv());
  if (form_ == OutputForm::table) terminal_.write_error(std::string(if_empty) + "\n");
}

Tint tint_of_phase(std::string_view phase) {
  if (phase == "stable") return Tint::good;
  if (phase == "degraded") return Tint::bad;
  if (phase == "gone" || phase == "stopped") return Tint::faint;
  return phase == "unknown" ? Tint::none : Tint::doubtful;
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

Cell cause_cell(JsonElement of) {
  JsonElement cause;
  if (find_at(of, "cause").get(cause) != simdjson::SUCCESS) return {};
  return {cause_text(cause)};
}

}  // namespace statewire
