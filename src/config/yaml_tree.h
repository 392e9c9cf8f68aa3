// What a parsed document is made of. Private to this folder: others see Node.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/environment.h"
#include "config/problems.h"
#include "config/source_text.h"

namespace statewire {

struct YamlTree {
  static constexpr uint32_t kNone = UINT32_MAX;

  enum class Kind : uint8_t { null, scalar, list, map };

  struct Record {
    Kind kind = Kind::null;
    bool is_plain = false;  // A scalar without quotes, whose type follows from its text.
    uint32_t parent = kNone;
    uint32_t index = 0;  // Among the parent's children.
    uint32_t first_child = kNone;
    uint32_t last_child = kNone;
    uint32_t next_sibling = kNone;
    uint32_t children = 0;
    uint32_t text = kNone;   // Of a scalar, in `texts`.
    uint32_t shown = kNone;  // The same as written, before variables were replaced.
    uint32_t key = kNone;    // In `texts`, where the parent is a map.
    uint32_t offset = 0;     // In the source; within an alias, where its anchor stands.
    uint32_t key_offset = 0;
  };

  YamlTree(std::string file_name, std::string text, Problems& collector)
      : file(std::move(file_name)), source(std::move(text)), problems(collector) {}

  const Record& at(uint32_t index) const { return records[index]; }
  std::string_view text_of(uint32_t text) const {
    return text == kNone ? std::string_view() : std::string_view(texts[text]);
  }
  // "state.phase[1]"; a key that would read as something else is quoted.
  std::string path_of(uint32_t record) const;
  // The last part alone: ".phase" without its dot, or "[1]"; empty for the root.
  std::string step_of(uint32_t record) const;

  void report(Severity severity, uint32_t record, uint32_t offset, std::string text) const;

  const std::string file;
  const SourceText source;
  std::vector<Record> records;  // The root is the first, where there is one.
  std::deque<std::string> texts;
  Problems& problems;
};

// Parses YAML. Nothing where the text is not YAML or exceeds limits.h; `problems` then says why. A
// tree may come with problems too: duplicate keys, variables that are not set. `problems` outlives
// the tree.
std::unique_ptr<const YamlTree> parse_yaml(std::string file_name, std::string text,
                                           Problems& problems, const Environment& environment);

}  // namespace statewire
