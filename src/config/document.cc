#include "config/document.h"

#include "base/limits.h"
#include "config/read_file.h"
#include "config/yaml_tree.h"

namespace statewire {

Document::Document(std::unique_ptr<const YamlTree> tree) : tree_(std::move(tree)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

std::optional<Document> Document::parse(std::string file_name, std::string text, Problems& problems,
                                        const Environment& environment) {
  auto tree = parse_yaml(std::move(file_name), std::move(text), problems, environment);
  if (!tree) return std::nullopt;
  return Document(std::move(tree));
}

std::optional<Document> Document::load(const std::string& path, Problems& problems,
                                       const Environment& environment) {
  Result<std::string> text = read_file(path, kDocumentBytesMax);
  if (!text) {
    problems.add({.file = path, .text = "cannot be read: " + text.error().text});
    return std::nullopt;
  }
  return parse(path, *std::move(text), problems, environment);
}

Node Document::root() const { return Node(tree_.get(), 0); }

}  // namespace statewire
