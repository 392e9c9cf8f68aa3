#include "config/problems.h"

#include <map>
#include <tuple>

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

void append_member(std::string& out, std::string_view name, std::string_view value) {
  if (out.back() != '{') out += ',';
  append_json_string(out, name);
  out += ':';
  append_json_string(out, value);
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
  std::string out = "[";
  for (const Problem& problem : sorted()) {
    out += out.size() > 1 ? ",{" : "{";
    append_member(out, "severity", problem.severity == Severity::error ? "error" : "warning");
    append_member(out, "file", problem.file);
    if (problem.line > 0) {
      out += ",\"line\":" + std::to_string(problem.line);
      out += ",\"column\":" + std::to_string(problem.column);
    }
    if (!problem.path.empty()) append_member(out, "path", problem.path);
    append_member(out, "text", problem.text);
    out += '}';
  }
  return out + "]";
}

}  // namespace statewire
