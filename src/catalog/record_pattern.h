// What an entry's pattern, which is written for events of a bus, asks of CloudTrail's records.
#pragma once

#include <optional>
#include <string>

namespace statewire {

// What a bare record must meet.
struct RecordPattern {
  std::string detail;    // A pattern over the record.
  std::string envelope;  // One over the envelope that it would have come in; "{}": any will do.
};

// Nothing where no bare record can meet `when`, a pattern as JSON. An alternative at its top ($or)
// may mix the envelope with the record, and cannot be split.
std::optional<RecordPattern> record_pattern(const std::string& when);

// Whether nothing but a record can meet `when`: it tells what was asked for, not what was reached.
bool is_about_records(const std::string& when);

}  // namespace statewire
