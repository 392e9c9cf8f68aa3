// Where a node is, what is below it, and what is said about it. node_values.cc reads scalars.
#include "config/node.h"

#include <charconv>

#include "base/text.h"
#include "config/yaml_tree.h"

namespace statewire {

using Kind = YamlTree::Kind;

bool Node::is_null() const { return tree_ && tree_->at(record_).kind == Kind::null; }
bool Node::is_scalar() const { return tree_ && tree_->at(record_).kind == Kind::scalar; }
bool Node::is_list() const { return tree_ && tree_->at(record_).kind == Kind::list; }
bool Node::is_map() const { return tree_ && tree_->at(record_).kind == Kind::map; }

std::vector<Node> Node::children() const {
  std::vector<Node> result;
  const YamlTree::Record& self = tree_->at(record_);
  result.reserve(self.children);
  for (uint32_t child = self.first_child; child != YamlTree::kNone;
       child = tree_->at(child).next_sibling) {
    result.push_back(Node(tree_, child));
  }
  return result;
}

std::vector<Node> Node::items() const {
  if (is_list()) return children();
  error_wanted("a list");
  return {};
}

std::vector<Node> Node::items_or_itself() const {
  return is_list() ? children() : std::vector<Node>{*this};
}

std::vector<Node> Node::entries() const {
  if (is_map()) return children();
  error_wanted("a map");
  return {};
}

std::vector<std::string> Node::texts() const {
  std::vector<std::string> result;
  for (const Node& item : items()) result.push_back(item.text());
  return result;
}

std::string_view Node::key() const {
  return tree_ ? tree_->text_of(tree_->at(record_).key) : std::string_view();
}

Node Node::find(std::string_view key) const {
  if (!is_map()) return {};
  for (uint32_t child = tree_->at(record_).first_child; child != YamlTree::kNone;
       child = tree_->at(child).next_sibling) {
    if (tree_->text_of(tree_->at(child).key) == key) return Node(tree_, child);
  }
  return {};
}

// The child that `path` begins with, and how much of the path that is. Keys may hold dots, so the
// longest that fits wins.
Node Node::child_on(std::string_view path, size_t& length) const {
  Node best;
  length = 0;
  auto offer = [&](const Node& child, std::string_view step) {
    const bool ends =
        path.size() == step.size() || path[step.size()] == '.' || path[step.size()] == '[';
    if (step.size() <= length || !ends) return;
    best = child;
    length = step.size();
  };
  if (is_list() && path.starts_with('[')) {
    uint32_t index = 0;
    const char* const end = path.data() + path.size();
    const auto [after, bad] = std::from_chars(path.data() + 1, end, index);
    if (bad != std::errc() || after == end || *after != ']') return best;
    uint32_t child = tree_->at(record_).first_child;
    for (; child != YamlTree::kNone && index > 0; --index) child = tree_->at(child).next_sibling;
    length = static_cast<size_t>(after + 1 - path.data());
    return child == YamlTree::kNone ? best : Node(tree_, child);
  }
  if (!is_map()) return best;
  for (const Node& child : children()) {
    const std::string step = tree_->step_of(child.record_);
    if (path.starts_with(step)) offer(child, step);
    if (path.starts_with(child.key()) && !child.key().empty()) offer(child, child.key());
  }
  return best;
}

Node Node::descend(std::string_view path) const {
  Node at = *this;
  while (at.exists()) {
    if (path.starts_with('.')) path.remove_prefix(1);
    if (path.empty()) break;
    size_t length = 0;
    const Node child = at.child_on(path, length);
    if (!child) break;
    path.remove_prefix(length);
    at = child;
  }
  return at;
}

std::string Node::path() const { return tree_ ? tree_->path_of(record_) : std::string(); }

Position Node::position() const {
  return tree_ ? tree_->source.position_at(tree_->at(record_).offset) : Position();
}

std::string_view Node::file() const {
  return tree_ ? std::string_view(tree_->file) : std::string_view();
}

void Node::error(std::string text) const {
  if (tree_) tree_->report(Severity::error, record_, tree_->at(record_).offset, std::move(text));
}

void Node::warn(std::string text) const {
  if (tree_) tree_->report(Severity::warning, record_, tree_->at(record_).offset, std::move(text));
}

void Node::error_at_key(std::string text) const {
  if (key().data() == nullptr) return error(std::move(text));
  tree_->report(Severity::error, record_, tree_->at(record_).key_offset, std::move(text));
}

}  // namespace statewire
