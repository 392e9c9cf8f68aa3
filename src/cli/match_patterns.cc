#include "cli/match_patterns.h"

#include <simdjson.h>

#include <algorithm>
#include <unordered_map>

#include "base/limits.h"
#include "base/text.h"
#include "config/read_file.h"
#include "sources/json_fault.h"
#include "sources/text_form.h"

namespace statewire {
namespace {

constexpr std::string_view kLineWanted =
    R"(wanted {"name": "…", "pattern": {…}}, one in each line)";

// Where a pattern's text stands in its file; both from 1.
struct Place {
  const std::string& file;
  uint64_t line = 1;
  uint64_t column = 1;
};

// Columns are characters, and so are all bytes but those that continue one.
uint64_t characters_in(std::string_view text) {
  return static_cast<uint64_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

void add_problem(Problems& problems, const Place& place, std::string path, std::string text) {
  problems.add({.file = place.file,
                .line = static_cast<uint32_t>(place.line),
                .column = static_cast<uint32_t>(place.column),
                .path = std::move(path),
                .text = std::move(text)});
}

// False: it was refused.
bool compile(std::string_view json, const Place& place, const PatternLimits& limits,
             NamedPatterns& out, Problems& problems) {
  auto checked = Pattern::check(json, limits);
  if (auto* pattern = std::get_if<Pattern>(&checked)) {
    out.patterns.push_back(std::move(*pattern));
    return true;
  }
  for (PatternError& error : std::get<std::vector<PatternError>>(checked)) {
    const Place found{place.file, place.line + error.line - 1,
                      error.line == 1 ? place.column + error.column - 1 : error.column};
    add_problem(problems, found, std::move(error.path), std::move(error.text));
  }
  return false;
}

std::string read_text(const std::string& path, Problems& problems) {
  Result<std::string> text = read_file(path, kPatternFileBytesMax);
  if (text) return std::move(*text);
  problems.add({.file = path, .text = text.error().text});
  return {};
}

class PatternLines {
 public:
  PatternLines(const std::string& path, const PatternLimits& limits, Problems& problems)
      : path_(path), limits_(limits), problems_(problems) {}

  // Readable bytes follow `line`, as parsers want them.
  void take(std::string_view line, uint64_t number) {
    const Place place{path_, number};
    simdjson::dom::element element;
    if (const auto error = parser_.parse(line.data(), line.size(), false).get(element)) {
      const JsonFault fault = find_fault(line, number, error);
      add_problem(problems_, {path_, fault.line, fault.column}, "", fault.what);
      return;
    }
    std::string_view name;
    std::string_view pattern;
    if (!read_keys(line, element, place, name, pattern)) return;
    const auto [known, is_new] = line_of_.try_emplace(std::string(name), number);
    if (!is_new) {
      add_problem(problems_, place, "name",
                  "\"" + known->first + "\" is the name of line " + std::to_string(known->second));
      return;
    }
    const auto before = static_cast<size_t>(pattern.data() - line.data());
    const Place pattern_place{path_, number, 1 + characters_in(line.substr(0, before))};
    if (compile(pattern, pattern_place, limits_, read_, problems_)) read_.names.emplace_back(name);
  }

  NamedPatterns read() { return std::move(read_); }

 private:
  // The pattern as it stands in the line. False: something is missing, or too much.
  bool read_keys(std::string_view line, simdjson::dom::element element, const Place& place,
                 std::string_view& name, std::string_view& pattern) {
    simdjson::dom::object object;
    if (element.get(object)) {
      add_problem(problems_, place, "", std::string(kLineWanted));
      return false;
    }
    for (const auto& [key, value] : object) {
      if (key != "name" && key != "pattern") {
        add_problem(problems_, place, std::string(key), "unknown key; " + std::string(kLineWanted));
        return false;
      }
    }
    if (object["name"].get(name) || name.empty()) {
      add_problem(problems_, place, "name", "missing; " + std::string(kLineWanted));
      return false;
    }
    // Positions are told by the text itself, which only this parser gives.
    auto document =
        raw_parser_.iterate(line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING);
    simdjson::ondemand::object inner;
    if (document["pattern"].get_object().get(inner) || inner.raw_json().get(pattern)) {
      add_problem(problems_, place, "pattern", "missing; " + std::string(kLineWanted));
      return false;
    }
    return true;
  }

  const std::string& path_;
  const PatternLimits& limits_;
  Problems& problems_;
  simdjson::dom::parser parser_;
  simdjson::ondemand::parser raw_parser_;
  std::unordered_map<std::string, uint64_t> line_of_;
  NamedPatterns read_;
};

}  // namespace

NamedPatterns read_pattern(const std::string& argument, const PatternLimits& limits,
                           Problems& problems) {
  NamedPatterns read;
  if (without_blanks(argument).starts_with('{')) {
    const std::string name = "--pattern";
    compile(argument, {name}, limits, read, problems);
    return read;
  }
  const std::string text = read_text(argument, problems);
  if (problems.ok()) compile(text, {argument}, limits, read, problems);
  return read;
}

NamedPatterns read_patterns(const std::string& path, const PatternLimits& limits,
                            Problems& problems) {
  std::string text = read_text(path, problems);
  const size_t size = text.size();
  text.append(simdjson::SIMDJSON_PADDING, '\0');
  PatternLines lines(path, limits, problems);
  std::string_view left(text.data(), size);
  for (uint64_t number = 1; !left.empty(); ++number) {
    const std::string_view line = first_line_of(left);
    left.remove_prefix(std::min(line.size() + 1, left.size()));
    if (!without_blanks(line).empty()) lines.take(line, number);
  }
  NamedPatterns read = lines.read();
  if (read.patterns.empty() && problems.ok()) {
    problems.add({.file = path, .text = "no pattern in it; " + std::string(kLineWanted)});
  }
  return read;
}

}  // namespace statewire
