// Lists of an API's reply, as --output asks: a table, the JSON itself, or CSV.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/invocation.h"
#include "cli/reply.h"
#include "cli/table.h"

namespace statewire {

// A table fits the terminal; a wide one shows everything.
enum class OutputForm { table, wide, json, csv };
inline bool is_table(OutputForm form) {
  return form == OutputForm::table || form == OutputForm::wide;
}
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
  // What stands elsewhere in CSV.
  bool is_for_table = false;
  // How a table makes room.
  Fit fit = Fit::whole;
  int spare = 0;
};

struct ListLook {
  OutputForm form = OutputForm::table;
  // The time by which a table has the newest first; empty: in the order of coming. More than
  // kSortedRowsMax are in that order too.
  std::string_view newest_by = {};
};

struct ListEnd {
  std::string_view noun;      // What it counts: "resource".
  std::string_view if_empty;  // Said on standard error where a table has no rows.
  uint64_t total = 0;         // Where the list is only the newest of so many.
};

// Not thread-safe. Writes as it is given elements, so that a long list needs little memory.
class ListWriter {
 public:
  ListWriter(Terminal& terminal, ListLook look, std::span<const ListColumn> columns);
  ListWriter(Terminal& terminal, OutputForm form, std::span<const ListColumn> columns)
      : ListWriter(terminal, ListLook{.form = form}, columns) {}

  void add(std::span<const JsonElement> elements);
  // Says how many there were, where a person looks. Nothing found is a failure, in every form.
  ExitCode finish(const ListEnd& end);

 private:
  struct Row {
    std::string moment;
    size_t place = 0;  // In the order of coming.
    std::vector<Cell> cells;
  };
  void add_json(std::span<const JsonElement> elements);
  std::vector<Cell> cells_of(JsonElement element) const;
  void write_rows();
  std::string count_line(const ListEnd& end) const;

  Terminal& terminal_;
  ListLook look_;
  const std::vector<ListColumn> columns_;
  Table table_;
  std::vector<Row> unsorted_;
  size_t count_ = 0;
};

// Of a resource: "PutBucketPolicy by bob, console", the change that made it differ from its code.
std::string touch_text(JsonElement resource);
// Of a resource: "aws_s3_bucket.logs, s3.tf:12 in shop"; empty where no code is known.
std::string declared_as(JsonElement resource);

// "withheld, as no inventory that is configured reads their code: 1 lost, the first since
// 2026-11-23 09:00:12", of the answer to the question of inventories; empty where there are none.
std::string withheld_text(JsonElement all);

// A phase in its colour.
Tint tint_of_phase(std::string_view phase);
// What was told of an entry of the journal: "transition, late", or "-" where nothing was. Late is
// whatever came after something newer of its resource, also where nothing is told of it.
std::string told_text(JsonElement entry);
// Colours of what is told, by its kind and by its severity.
Tint tint_of_kind(std::string_view kind);
Tint tint_of_severity(std::string_view severity);
// "2026-11-23 09:00:12" of an RFC 3339 time: what fits a table.
std::string short_time(std::string_view time);
// "stable (running)" of what has a phase and a value.
std::string state_text(JsonElement state);
// "human alice (likely)" of a `cause` object.
std::string cause_text(JsonElement cause);
// The same of what has a `cause`.
Cell cause_cell(JsonElement of);

}  // namespace statewire
