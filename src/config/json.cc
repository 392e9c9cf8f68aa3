#include "config/json.h"

#include "base/text.h"
#include "config/plain_scalar.h"
#include "config/yaml_tree.h"

namespace statewire {
namespace {

void append_scalar(const YamlTree& tree, uint32_t record, std::string& out) {
  const YamlTree::Record& self = tree.at(record);
  const std::string_view text = tree.text_of(self.text);
  const PlainMeaning meaning = self.is_plain ? meaning_of_plain(text) : PlainMeaning();
  if (meaning.type == PlainType::word || meaning.type == PlainType::number) {
    out += text;
    return;
  }
  append_json_string(out, text);
  if (meaning.type != PlainType::ambiguous) return;
  // As written: what a variable holds is not told.
  const std::string shown(tree.text_of(self.shown));
  tree.report(Severity::error, record, self.offset,
              "YAML reads a bare " + shown + " as " + std::string(meaning.read_as) + "; write \"" +
                  shown + "\"");
}

// Depth is bounded by the document's.
void append_value(const YamlTree& tree, uint32_t record, std::string& out) {
  const YamlTree::Record& self = tree.at(record);
  if (self.kind == YamlTree::Kind::scalar) return append_scalar(tree, record, out);
  if (self.kind == YamlTree::Kind::null) {
    out += "null";
    return;
  }
  const bool is_map = self.kind == YamlTree::Kind::map;
  out += is_map ? '{' : '[';
  for (uint32_t child = self.first_child; child != YamlTree::kNone;
       child = tree.at(child).next_sibling) {
    if (child != self.first_child) out += ',';
    if (is_map) {
      append_json_string(out, tree.text_of(tree.at(child).key));
      out += ':';
    }
    append_value(tree, child, out);
  }
  out += is_map ? '}' : ']';
}

}  // namespace

std::string to_json(const Node& node) {
  std::string out;
  if (!node.exists()) return "null";
  append_value(*node.tree_, node.record_, out);
  return out;
}

}  // namespace statewire
