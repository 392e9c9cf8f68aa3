// A value in a document, read as what it should be. A handle: cheap to copy, and valid as long as
// its Document and the Problems that this was parsed with.
//
// Whoever reads a wrong value gets the fallback, and a problem is added that says what was found
// and what would be right, so that one run tells everything. An absent node (a key that is not
// there) also gives the fallback, and adds nothing: whether it may be absent is for MapReader.
// Not thread-safe, since it adds to Problems.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "config/problems.h"
#include "config/source_text.h"

namespace statewire {

struct YamlTree;

class Node {
 public:
  Node() = default;  // Absent.

  bool exists() const { return tree_ != nullptr; }
  explicit operator bool() const { return exists(); }
  bool is_null() const;  // Written as null or ~, or nothing after the ":".
  bool is_scalar() const;
  bool is_list() const;
  bool is_map() const;

  // A scalar as text, whether quoted or not: 123 reads as "123".
  std::string text(std::string_view fallback = {}) const;
  // true or false, and no other word.
  bool boolean(bool fallback = false) const;
  // Decimal. Bounds are inclusive, here and below; they do not apply to the fallback.
  int64_t integer(int64_t min, int64_t max, int64_t fallback = 0) const;
  // "90s", "10m", "1h30m".
  Duration duration(Duration fallback = {}, Duration min = Duration::zero(),
                    Duration max = Duration::max()) const;
  // "64KiB", "10MB", "1GiB"; a number alone is bytes.
  uint64_t bytes(uint64_t fallback = 0, uint64_t min = 0,
                 uint64_t max = std::numeric_limits<int64_t>::max()) const;
  // The place in `words` of the one that is written; nothing where it is none of them.
  std::optional<size_t> one_of(std::span<const std::string_view> words) const;
  // The same for an enumeration: node.choice<From>({{"now", From::now}, …}, From::now).
  template <typename T>
  T choice(std::initializer_list<std::pair<std::string_view, T>> choices, T fallback) const;
  // A path of a file. A relative one is relative to the folder of the document.
  std::string file_path() const;

  // The items of a list, in order; the values of a map, in the order of the file.
  std::vector<Node> items() const;
  // The same where one may stand without a list: the node itself then.
  std::vector<Node> items_or_itself() const;
  std::vector<Node> entries() const;
  // A list of scalars.
  std::vector<std::string> texts() const;

  // The key that this is the value of; empty in a list and at the root.
  std::string_view key() const;
  // The value of a key; absent where there is none or this is no map. Adds no problem.
  Node find(std::string_view key) const;
  // By a path relative to this: "state.phase[1]", with keys as path() writes them or bare. As far
  // as the path goes: the last node that exists, at least this one.
  Node descend(std::string_view path) const;

  std::string path() const;  // From the root: "subscriptions.people.when.state".
  Position position() const;
  std::string_view file() const;

  // Adds a problem at the value or at its key. Nothing where this is absent.
  void error(std::string text) const;
  void warn(std::string text) const;
  void error_at_key(std::string text) const;

 private:
  friend class Document;
  friend std::string to_json(const Node& node);

  Node(const YamlTree* tree, uint32_t record) : tree_(tree), record_(record) {}
  Node child_on(std::string_view path, size_t& length) const;
  std::vector<Node> children() const;
  // The scalar's text; nothing, and a problem, where this exists and is none.
  std::optional<std::string_view> scalar_or_error(std::string_view wanted) const;
  void error_wanted(std::string_view wanted) const;
  std::string found() const;

  const YamlTree* tree_ = nullptr;
  uint32_t record_ = 0;
};

template <typename T>
T Node::choice(std::initializer_list<std::pair<std::string_view, T>> choices, T fallback) const {
  std::vector<std::string_view> words;
  for (const auto& choice : choices) words.push_back(choice.first);
  const std::optional<size_t> index = one_of(words);
  return index ? (choices.begin() + *index)->second : fallback;
}

}  // namespace statewire
