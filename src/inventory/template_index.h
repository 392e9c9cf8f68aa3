// Where the code of each stack's resources begins: templates in files.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "inventory/code_index.h"
#include "inventory/declared.h"

namespace statewire {

// The templates in a folder and below it, or the one file: YAML, JSON, and what CDK has written to
// cdk.out. Not thread-safe.
class TemplateIndex {
 public:
  explicit TemplateIndex(std::string path) : path_(std::move(path)) {}

  // Reads what has changed since. An error where no template is there; what was there before holds
  // then. Bounded by kCodeFilesMax files and kCodeFileBytesMax bytes of each.
  Result<void> refresh();
  bool empty() const { return templates_.empty(); }
  // What it says: another number means that lines or files have moved.
  uint64_t hash() const;
  // Sets file and line of resources: by the template that has most of the stack's logical ids.
  // Where CDK has written down where its code makes them, that is told, and not the template's
  // line.
  void find_code(DeclaredStack& stack) const;

 private:
  struct Template {
    std::string mark;  // Of the file.
    std::map<std::string, uint32_t, std::less<>> lines;
    std::map<std::string, CodePlace, std::less<>> traced;  // Of CDK, those that are known.
  };
  using Templates = std::map<std::string, Template, std::less<>>;  // By file.

  Result<Templates> look() const;
  void find_traces(Templates& found) const;

  const std::string path_;
  Templates templates_;
  // Of `templates_`, those that have a logical id.
  std::unordered_map<std::string_view, std::vector<const Templates::value_type*>> by_id_;
};

}  // namespace statewire
