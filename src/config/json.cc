#include "config/json.h"

#include <algorithm>
#include <vector>

#include "base/ids.h"
#include "base/json_writer.h"
#include "config/plain_scalar.h"
#include "config/yaml_tree.h"

namespace statewire {
namespace {

void write_scalar(const YamlTree& tree, uint32_t record, JsonWriter& json) {
  const YamlTree::Record& self = tree.at(record);
  const std::string_view text = tree.text_of(self.text);
  const PlainMeaning meaning = self.is_plain ? meaning_of_plain(text) : PlainMeaning();
  if (meaning.type == PlainType::word || meaning.type == PlainType::number) {
    return json.raw(text);
  }
  json.text(text);
  if (meaning.type != PlainType::ambiguous) return;
  // As written: what a variable holds is not told.
  const std::string shown(tree.text_of(self.shown));
  tree.report(Severity::error, record, self.offset,
              "YAML reads a bare " + shown + " as " + std::string(meaning.read_as) + "; write \"" +
                  shown + "\"");
}

// Depth is bounded by the document's.
void write_value(const YamlTree& tree, uint32_t record, JsonWriter& json) {
  const YamlTree::Record& self = tree.at(record);
  if (self.kind == YamlTree::Kind::scalar) return write_scalar(tree, record, json);
  if (self.kind == YamlTree::Kind::null) return json.raw("null");
  const bool is_map = self.kind == YamlTree::Kind::map;
  is_map ? json.begin_object() : json.begin_array();
  for (uint32_t child = self.first_child; child != YamlTree::kNone;
       child = tree.at(child).next_sibling) {
    if (is_map) json.key_text(tree.text_of(tree.at(child).key));
    write_value(tree, child, json);
  }
  is_map ? json.end_object() : json.end_array();
}

}  // namespace

std::string to_json(const Node& node) {
  if (!node.exists()) return "null";
  return json_of([&](JsonWriter& json) { write_value(*node.tree_, node.record_, json); });
}

uint64_t hash_of_keys(const Node& map, std::span<const std::string_view> but) {
  std::vector<std::string> keys;
  for (const Node& entry : map.entries()) {
    if (std::ranges::find(but, entry.key()) != but.end()) continue;
    keys.push_back(std::string(entry.key()) + " " + to_json(entry));
  }
  std::ranges::sort(keys);
  std::string all;
  for (const std::string& key : keys) all.append(key).append("\n");
  return hash64(all);
}

}  // namespace statewire
