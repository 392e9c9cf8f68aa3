#include "config/problems.h"

#include <map>
#include <tuple>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

std::string line_of(const Problem& problem) {
  std::string line = problem.file;
  if (problem.line > 0) {
    line += ":" + std::to_string(problem.line) + ":" + std::to_string(problem.column);
  }
  line += ": ";
  if (problem.severity == Severity::warning) line += "warning: ";
  if (!problem.path.empty()) line += problem.path + ": ";
  return line + problem.text + "\n";
}

}  // namespace

void Problems::add(Problem problem) {
  // A value that two readers look at is told once.
  if (!kept_.empty() && kept_.back() == problem) return;
  (problem.severity == Severity::error ? errors_ : warnings_) += 1;
  if (kept_.size() < kProblemsKept) kept_.push_back(std::move(problem));
}

std::vector<Problem> Problems::sorted() const {
  std::map<std::string_view, size_t> order;
  for (const Problem& problem : kept_) order.emplace(problem.file, order.size());
  // A multimap keeps equals in the order that they were added.
  std::multimap<std::tuple<size_t, uint32_t, uint32_t>, const Problem*> places;
  for (const Problem& problem : kept_) {
    places.emplace(std::tuple(order.at(problem.file), problem.line, problem.column), &problem);
  }
  std::vector<Problem> result;
  for (const auto& [place, problem] : places) result.push_back(*problem);
  return result;
}

std::string Problems::first() const {
  for (const Problem& problem : sorted()) {
    if (problem.severity != Severity::error) continue;
    std::string line = line_of(problem);
    line.pop_back();
    return line;
  }
  return {};
}

std::string Problems::to_text() const {
  if (kept_.empty()) return {};
  std::string text;
  for (const Problem& problem : sorted()) text += line_of(problem);
  if (errors_ > 0) text += counted(errors_, "error");
  if (errors_ > 0 && warnings_ > 0) text += ", ";
  if (warnings_ > 0) text += counted(warnings_, "warning");
  if (errors_ + warnings_ > kept_.size()) {
    text += "; the first " + with_thousands(kept_.size()) + " are shown";
  }
  return text + "\n";
}

std::string Problems::to_json() const {
  return json_of([&](JsonWriter& json) {
    json.begin_array();
    for (const Problem& problem : sorted()) {
      json.begin_object();
      json.word("severity", problem.severity == Severity::error ? "error" : "warning");
      json.text("file", problem.file);
      if (problem.line > 0) {
        json.number("line", problem.line);
        json.number("column", problem.column);
      }
      json.known_text("path", problem.path);
      json.text("text", problem.text);
      json.end_object();
    }
    json.end_array();
  });
}

}  // namespace statewire
