// Builds a YamlTree from a parser's events: checks keys, replaces variables, copies what aliases
// stand for, and keeps all of it within limits.h. Knows nothing of the parser.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/environment.h"
#include "config/yaml_tree.h"

namespace statewire {

class TreeBuilder {
 public:
  // An anchor is the parser's number for it; 0 where there is none.
  struct At {
    size_t offset = 0;
    size_t anchor = 0;
  };

  TreeBuilder(YamlTree& tree, const Environment& environment)
      : tree_(tree), environment_(environment) {}

  void null(At at);
  void scalar(At at, std::string_view text, bool is_plain);
  void begin(At at, YamlTree::Kind kind);
  void end();
  void alias(At at);

  // After a problem that leaves nothing to go on with; it has been reported, and no more events
  // may follow.
  bool has_failed() const { return has_failed_; }
  void fail(size_t offset, std::string text);
  // A problem after which reading goes on.
  void error(size_t offset, std::string text);

  bool expects_key() const;
  // Where the key stands whose value comes next, if one does.
  std::optional<size_t> key_offset() const;
  // Where the innermost open list or map began.
  std::optional<size_t> open_offset() const;
  bool is_in_list() const;

 private:
  struct Frame {
    uint32_t record;
    bool is_map;
    bool expects_key;
    bool is_repeated_key = false;
    uint32_t key = YamlTree::kNone;
    uint32_t key_offset = 0;
    std::unordered_map<std::string_view, uint32_t> records_by_key{};
  };

  void key(At at, std::string_view text, bool is_plain);
  uint32_t add(At at, YamlTree::Kind kind);
  uint32_t add_text(std::string_view text);
  void link(uint32_t parent, uint32_t child);
  void copy(uint32_t from, uint32_t to, size_t depth);
  bool spend_text(size_t bytes, size_t offset);

  YamlTree& tree_;
  const Environment& environment_;
  std::vector<Frame> frames_;
  std::unordered_map<size_t, uint32_t> records_by_anchor_;
  size_t text_bytes_ = 0;
  bool has_failed_ = false;
};

}  // namespace statewire
