#include "inventory/code_index.h"

#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "config/read_file.h"
#include "inventory/hcl.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

bool is_code(const fs::path& path) {
  return path.extension() == ".tf" || path.extension() == ".tofu";
}

class CodeReader {
 public:
  explicit CodeReader(fs::path root) : root_(std::move(root)) { read_installed(); }

  // `key` is the module's path, "web.db"; empty for the root.
  Result<void> read_module(const fs::path& folder, const std::string& key, size_t depth);
  CodeIndex take() { return std::move(index_); }

 private:
  void read_installed();
  void read_file_of(const fs::path& path, const std::string& key, size_t depth);
  std::optional<fs::path> folder_of(const std::string& key, const std::string& source,
                                    const fs::path& from) const;

  const fs::path root_;
  CodeIndex index_;
  std::map<std::string, std::string, std::less<>> installed_;  // Folders, by the module's key.
  size_t files_ = 0;
};

// "web.db" is module.web.module.db.
std::string prefix_of(const std::string& key) {
  std::string prefix;
  for (size_t at = 0; at < key.size();) {
    const size_t end = std::min(key.find('.', at), key.size());
    prefix.append("module.").append(key, at, end - at).append(".");
    at = end + 1;
  }
  return prefix;
}

void CodeReader::read_installed() {
  const Result<std::string> text =
      read_file((root_ / ".terraform/modules/modules.json").string(), kCodeFileBytesMax);
  if (!text) return;
  simdjson::dom::parser parser;
  simdjson::dom::array modules;
  if (parser.parse(*text)["Modules"].get_array().get(modules)) return;
  for (const simdjson::dom::element module : modules) {
    std::string_view key, folder;
    if (module["Key"].get_string().get(key) || module["Dir"].get_string().get(folder)) continue;
    if (!key.empty()) installed_.emplace(key, folder);
  }
}

std::optional<fs::path> CodeReader::folder_of(const std::string& key, const std::string& source,
                                              const fs::path& from) const {
  if (const auto found = installed_.find(key); found != installed_.end()) {
    return root_ / found->second;
  }
  if (source.starts_with("./") || source.starts_with("../")) return from / source;
  return std::nullopt;
}

void CodeReader::read_file_of(const fs::path& path, const std::string& key, size_t depth) {
  if (++files_ > kCodeFilesMax) return;
  const Result<std::string> text = read_file(path.string(), kCodeFileBytesMax);
  if (!text) return;
  const std::string shown = path.lexically_normal().lexically_relative(root_).generic_string();
  for (const HclBlock& block : scan_hcl(*text)) {
    if (block.kind == "resource" && block.labels.size() == 2) {
      index_.emplace(prefix_of(key) + block.labels[0] + "." + block.labels[1],
                     CodePlace{shown, block.line});
    } else if (block.kind == "module" && block.labels.size() == 1) {
      const std::string inner = key.empty() ? block.labels[0] : key + "." + block.labels[0];
      const std::optional<fs::path> folder = folder_of(inner, block.source, path.parent_path());
      if (folder && depth < kCodeModulesDeepMax) (void)read_module(*folder, inner, depth + 1);
    }
  }
}

Result<void> CodeReader::read_module(const fs::path& folder, const std::string& key, size_t depth) {
  std::error_code fault;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(folder, fault), end; !fault && entry != end;
       entry.increment(fault)) {
    if (is_code(entry->path())) files.push_back(entry->path());
  }
  if (fault) return failed(folder.string() + ": " + fault.message());
  std::ranges::sort(files);
  for (const fs::path& file : files) read_file_of(file, key, depth);
  return {};
}

}  // namespace

Result<CodeIndex> index_code(const std::string& folder) {
  const fs::path root = fs::path(folder).lexically_normal();
  CodeReader reader(root);
  if (Result<void> read = reader.read_module(root, {}, 0); !read) return read.error();
  return reader.take();
}

}  // namespace statewire
