#include "catalog/load_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/limits.h"
#include "catalog/read_entries.h"
#include "config/document.h"
#include "config/read_file.h"

namespace statewire {
namespace fs = std::filesystem;

Result<std::vector<CatalogFile>> catalog_files(const std::string& folder,
                                               const std::string& shown_folder) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  std::vector<CatalogFile> files;
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->path().extension() != ".yaml") continue;
    const std::string below = at->path().lexically_relative(folder).generic_string();
    files.push_back({at->path().string(), (fs::path(shown_folder) / below).generic_string()});
  }
  if (error) return failed(error.message());
  std::sort(files.begin(), files.end(),
            [](const CatalogFile& a, const CatalogFile& b) { return a.path < b.path; });
  return files;
}

void load_folder(const std::string& folder, const std::string& shown_folder, CatalogSpec& spec,
                 Problems& problems) {
  const auto files = catalog_files(folder, shown_folder);
  if (!files) {
    problems.add({.file = shown_folder, .text = files.error().text});
    return;
  }
  if (files->empty()) {
    problems.add({.severity = Severity::warning,
                  .file = shown_folder,
                  .text = "no .yaml file is in it or below it"});
  }
  for (const CatalogFile& file : *files) {
    Result<std::string> text = read_file(file.path, kDocumentBytesMax);
    if (!text) {
      problems.add({.file = file.shown, .text = text.error().text});
      continue;
    }
    const auto document = Document::parse(file.shown, std::move(*text), problems);
    if (document) read_catalog_file(document->root(), spec);
  }
}

}  // namespace statewire
