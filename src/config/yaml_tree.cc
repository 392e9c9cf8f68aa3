#include "config/yaml_tree.h"

#include <algorithm>

#include "base/json_writer.h"

namespace statewire {
namespace {

bool reads_plainly(std::string_view key) {
  return !key.empty() && std::none_of(key.begin(), key.end(), [](char c) {
    return static_cast<uint8_t>(c) <= ' ' || c == '.' || c == '[' || c == ']' || c == '"';
  });
}

}  // namespace

std::string YamlTree::step_of(uint32_t record) const {
  const Record& self = at(record);
  if (self.parent == kNone) return {};
  if (self.key == kNone) return "[" + std::to_string(self.index) + "]";
  const std::string_view key = text_of(self.key);
  return reads_plainly(key) ? std::string(key) : json_quoted(key);
}

std::string YamlTree::path_of(uint32_t record) const {
  std::vector<uint32_t> way;
  for (uint32_t at_record = record; at_record != kNone; at_record = at(at_record).parent) {
    way.push_back(at_record);
  }
  std::string path;
  for (auto step = way.rbegin(); step != way.rend(); ++step) {
    if (!path.empty() && at(*step).key != kNone) path += '.';
    path += step_of(*step);
  }
  return path;
}

void YamlTree::report(Severity severity, uint32_t record, uint32_t offset, std::string text) const {
  const Position position = source.position_at(offset);
  problems.add({.severity = severity,
                .file = file,
                .line = position.line,
                .column = position.column,
                .path = record == kNone ? "" : path_of(record),
                .text = std::move(text)});
}

}  // namespace statewire
