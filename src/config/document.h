// A YAML file, parsed. Owns what its nodes point to.
//
// Scalars have ${NAME} replaced. Duplicate keys, "<<", tags, several documents in a file, and all
// that exceeds limits.h are problems. Aliases are copies: a node below one has the path of the
// alias and the position of the anchor.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "config/environment.h"
#include "config/node.h"
#include "config/problems.h"

namespace statewire {

class Document {
 public:
  // Nothing where `text` cannot be read on; `problems` then says why. Otherwise there may still be
  // problems: look at problems.ok() once everything is read. `problems` outlives the document.
  // `file_name` is what problems show, and what relative paths start from.
  static std::optional<Document> parse(std::string file_name, std::string text, Problems& problems,
                                       const Environment& environment = {});
  // The same of a file.
  static std::optional<Document> load(const std::string& path, Problems& problems,
                                      const Environment& environment = {});

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  // Always exists; of an empty file it is null.
  Node root() const;

 private:
  explicit Document(std::unique_ptr<const YamlTree> tree);

  std::unique_ptr<const YamlTree> tree_;  // Behind a pointer: nodes survive a move.
};

}  // namespace statewire
