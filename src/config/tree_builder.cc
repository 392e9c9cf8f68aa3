#include "config/tree_builder.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"

namespace statewire {

using Kind = YamlTree::Kind;

bool TreeBuilder::expects_key() const { return !frames_.empty() && frames_.back().expects_key; }

bool TreeBuilder::is_in_list() const { return !frames_.empty() && !frames_.back().is_map; }

std::optional<size_t> TreeBuilder::key_offset() const {
  if (frames_.empty() || !frames_.back().is_map || expects_key()) return std::nullopt;
  return frames_.back().key_offset;
}

std::optional<size_t> TreeBuilder::open_offset() const {
  if (frames_.empty()) return std::nullopt;
  return tree_.at(frames_.back().record).offset;
}

void TreeBuilder::fail(size_t offset, std::string text) {
  has_failed_ = true;
  error(offset, std::move(text));
}

void TreeBuilder::error(size_t offset, std::string text) {
  const uint32_t record = frames_.empty() ? YamlTree::kNone : frames_.back().record;
  tree_.report(Severity::error, record, static_cast<uint32_t>(offset), std::move(text));
}

uint32_t TreeBuilder::add_text(std::string_view text) {
  tree_.texts.emplace_back(text);
  return static_cast<uint32_t>(tree_.texts.size() - 1);
}

bool TreeBuilder::spend_text(size_t bytes, size_t offset) {
  text_bytes_ += bytes;
  if (text_bytes_ <= kDocumentTextBytesMax) return true;
  if (!has_failed_) {
    fail(offset, "values hold more than " + with_thousands(kDocumentTextBytesMax) + " bytes");
  }
  return false;
}

// Makes `child` the last of `parent`'s.
void TreeBuilder::link(uint32_t parent, uint32_t child) {
  YamlTree::Record& holder = tree_.records[parent];
  tree_.records[child].index = holder.children++;
  if (holder.last_child == YamlTree::kNone) {
    holder.first_child = child;
  } else {
    tree_.records[holder.last_child].next_sibling = child;
  }
  holder.last_child = child;
}

// A value at the current place. What follows a repeated key knows its parent, so that its own
// problems have a path, and is otherwise left out: the first one counts.
uint32_t TreeBuilder::add(At at, Kind kind) {
  if (tree_.records.size() >= kDocumentNodesMax) {
    fail(at.offset, "more than " + with_thousands(kDocumentNodesMax) + " values");
    return YamlTree::kNone;
  }
  const auto record = static_cast<uint32_t>(tree_.records.size());
  tree_.records.push_back({.kind = kind, .offset = static_cast<uint32_t>(at.offset)});
  if (!frames_.empty()) {
    Frame& frame = frames_.back();
    YamlTree::Record& self = tree_.records[record];
    self.parent = frame.record;
    self.key = frame.key;
    self.key_offset = frame.is_map ? frame.key_offset : self.offset;
    if (!frame.is_repeated_key) link(frame.record, record);
    if (frame.is_map) frame.records_by_key.emplace(tree_.text_of(frame.key), record);
    frame.expects_key = frame.is_map;
  }
  if (at.anchor != 0) records_by_anchor_[at.anchor] = record;
  return record;
}

void TreeBuilder::null(At at) {
  if (expects_key()) return fail(at.offset, "a key is missing before \":\"");
  add(at, Kind::null);
}

void TreeBuilder::scalar(At at, std::string_view text, bool is_plain) {
  if (expects_key()) return key(at, text, is_plain);
  const uint32_t record = add(at, Kind::scalar);
  if (has_failed_) return;
  std::vector<std::string> errors;
  const std::string expanded = expand_variables(text, environment_, errors);
  for (std::string& problem : errors) {
    tree_.report(Severity::error, record, tree_.at(record).offset, std::move(problem));
  }
  if (!spend_text(expanded.size(), at.offset)) return;
  YamlTree::Record& self = tree_.records[record];
  self.is_plain = is_plain;
  self.text = add_text(expanded);
  self.shown = expanded == text ? self.text : add_text(text);
}

void TreeBuilder::key(At at, std::string_view text, bool is_plain) {
  Frame& frame = frames_.back();
  if (is_plain && text == "<<") {
    return fail(at.offset, "\"<<\" merges nothing here; give a whole value by its alias instead");
  }
  // Keys count like values: a long one in a map that aliases repeat is as much text.
  if (!spend_text(text.size(), at.offset)) return;
  frame.key = add_text(text);
  frame.key_offset = static_cast<uint32_t>(at.offset);
  frame.expects_key = false;
  const auto first = frame.records_by_key.find(text);
  frame.is_repeated_key = first != frame.records_by_key.end();
  if (!frame.is_repeated_key) return;
  // The repeated value is not in the tree yet, so its path is that of the first one.
  const Position position = tree_.source.position_at(tree_.at(first->second).key_offset);
  tree_.report(Severity::error, first->second, frame.key_offset,
               "duplicate key; the first is at line " + std::to_string(position.line) +
                   ", column " + std::to_string(position.column));
}

void TreeBuilder::begin(At at, Kind kind) {
  if (expects_key()) return fail(at.offset, "a key must be text, not a list or a map");
  if (frames_.size() >= kDocumentDepthMax) {
    return fail(at.offset, "nested deeper than " + std::to_string(kDocumentDepthMax) + " levels");
  }
  const uint32_t record = add(at, kind);
  if (has_failed_) return;
  const bool is_map = kind == Kind::map;
  frames_.push_back({.record = record, .is_map = is_map, .expects_key = is_map});
}

void TreeBuilder::end() {
  CHECK(!frames_.empty());
  frames_.pop_back();
}

void TreeBuilder::alias(At at) {
  if (expects_key()) return fail(at.offset, "a key must be written out, not be an alias");
  const auto anchored = records_by_anchor_.find(at.anchor);
  if (anchored == records_by_anchor_.end()) {
    return fail(at.offset, "an alias can stand for a value, not for a key");
  }
  const uint32_t from = anchored->second;
  for (const Frame& frame : frames_) {
    if (frame.record == from) return fail(at.offset, "an alias cannot stand inside its own value");
  }
  const uint32_t to = add({.offset = at.offset}, tree_.at(from).kind);
  if (!has_failed_) copy(from, to, frames_.size());
}

// Recursion is bounded: what is copied was itself within the depth allowed.
void TreeBuilder::copy(uint32_t from, uint32_t to, size_t depth) {
  const YamlTree::Record original = tree_.at(from);  // By value: records move as they grow.
  tree_.records[to].is_plain = original.is_plain;
  tree_.records[to].text = original.text;
  tree_.records[to].shown = original.shown;
  const uint32_t place = tree_.at(to).offset;
  const size_t bytes = tree_.text_of(original.text).size() + tree_.text_of(original.key).size();
  if (!spend_text(bytes, place)) return;
  const bool is_nested = original.kind == Kind::list || original.kind == Kind::map;
  if (is_nested && depth >= kDocumentDepthMax) {
    return fail(place, "nested deeper than " + std::to_string(kDocumentDepthMax) + " levels");
  }
  for (uint32_t child = original.first_child; child != YamlTree::kNone && !has_failed_;
       child = tree_.at(child).next_sibling) {
    if (tree_.records.size() >= kDocumentNodesMax) {
      return fail(place, "more than " + with_thousands(kDocumentNodesMax) + " values");
    }
    const auto copied = static_cast<uint32_t>(tree_.records.size());
    const YamlTree::Record& model = tree_.at(child);
    const YamlTree::Record record{.kind = model.kind,
                                  .parent = to,
                                  .key = model.key,
                                  .offset = model.offset,
                                  .key_offset = model.key_offset};
    tree_.records.push_back(record);
    link(to, copied);
    copy(child, copied, depth + 1);
  }
}

}  // namespace statewire
