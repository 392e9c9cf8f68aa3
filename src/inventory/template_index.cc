#include "inventory/template_index.h"

#include <algorithm>
#include <filesystem>

#include "base/ids.h"
#include "base/limits.h"
#include "config/read_file.h"
#include "inventory/cdk_traces.h"
#include "inventory/cloudformation_template.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

bool is_template_name(const fs::path& path) {
  constexpr std::string_view kEndings[] = {".yaml", ".yml", ".json", ".template"};
  return std::ranges::find(kEndings, path.extension().string()) != std::end(kEndings);
}

// Folders of tools and of what others wrote.
bool is_passed_over(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name.starts_with('.') || name == "node_modules" || name.starts_with("asset.");
}

std::string mark_of_file(const fs::path& path) {
  std::error_code fault;
  const auto written = fs::last_write_time(path, fault).time_since_epoch().count();
  return std::to_string(written) + " " + std::to_string(fs::file_size(path, fault));
}

std::vector<fs::path> template_files(const fs::path& root, std::error_code& fault) {
  if (fs::is_regular_file(root, fault)) return {root};
  std::vector<fs::path> files;
  const auto options = fs::directory_options::skip_permission_denied;
  fs::recursive_directory_iterator entry(root, options, fault);
  for (; !fault && entry != fs::end(entry); entry.increment(fault)) {
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      if (is_passed_over(entry->path())) entry.disable_recursion_pending();
    } else if (is_template_name(entry->path())) {
      files.push_back(entry->path());
    }
    if (files.size() >= kCodeFilesMax) break;
  }
  return files;
}

// No error where it is no template: other files are beside them.
std::map<std::string, uint32_t, std::less<>> lines_of_file(const std::string& path) {
  const Result<std::string> text = read_file(path, kCodeFileBytesMax);
  if (!text || text->find("Resources") == text->npos) return {};
  Result<TemplateText> read = read_template(*text);
  if (!read) return {};
  return std::move(read->lines);
}

}  // namespace

Result<TemplateIndex::Templates> TemplateIndex::look() const {
  const fs::path root = fs::path(path_).lexically_normal();
  std::error_code fault;
  const std::vector<fs::path> files = template_files(root, fault);
  if (fault) return failed(path_ + ": " + fault.message());
  Templates found;
  for (const fs::path& file : files) {
    const bool is_root = file == root;
    const fs::path shown = is_root ? file.filename() : file.lexically_relative(root);
    Template& each = found[shown.generic_string()];
    each.mark = mark_of_file(file);
    const auto known = templates_.find(shown.generic_string());
    const bool is_known = known != templates_.end() && known->second.mark == each.mark;
    each.lines = is_known ? known->second.lines : lines_of_file(file.string());
  }
  find_traces(found);
  return found;
}

// Each folder with a manifest is an assembly of its own: stages of CDK have folders below.
void TemplateIndex::find_traces(Templates& found) const {
  const fs::path root = fs::path(path_).lexically_normal();
  std::error_code fault;
  const fs::path top = fs::is_directory(root, fault) ? root : root.parent_path();
  std::map<std::string, CdkTraces, std::less<>> by_folder;
  for (auto& [file, each] : found) {
    if (each.lines.empty()) continue;
    const fs::path path(file);
    const std::string folder = path.parent_path().generic_string();
    auto traces = by_folder.find(folder);
    if (traces == by_folder.end()) {
      traces = by_folder.emplace(folder, read_cdk_traces(top / folder)).first;
    }
    for (const auto& [id, line] : each.lines) {
      const CodePlace* const place = traces->second.find(path.filename().string(), id);
      if (place != nullptr) each.traced.emplace(id, *place);
    }
  }
}

Result<void> TemplateIndex::refresh() {
  if (path_.empty()) return {};
  Result<Templates> found = look();
  if (!found) return found.error();
  const auto has_lines = [](const auto& each) { return !each.second.lines.empty(); };
  if (std::ranges::none_of(*found, has_lines)) return failed("no template is in " + path_);
  by_id_.clear();
  templates_ = *std::move(found);
  for (const Templates::value_type& each : templates_) {
    for (const auto& [id, line] : each.second.lines) by_id_[id].push_back(&each);
  }
  return {};
}

uint64_t TemplateIndex::hash() const {
  std::string all;
  for (const auto& [file, each] : templates_) {
    for (const auto& [id, line] : each.lines) {
      all.append(file).append("\n").append(id).append(":").append(std::to_string(line));
    }
    for (const auto& [id, place] : each.traced) {
      all.append(place.file).append("\n").append(id).append(":").append(std::to_string(place.line));
    }
  }
  return hash64(all);
}

void TemplateIndex::find_code(DeclaredStack& stack) const {
  std::map<std::string_view, std::pair<const Template*, size_t>> alike;  // By file.
  for (const DeclaredResource& resource : stack.resources) {
    const auto found = by_id_.find(resource.block);
    if (found == by_id_.end()) continue;
    for (const Templates::value_type* each : found->second) {
      auto& [of, count] = alike[each->first];
      of = &each->second;
      ++count;
    }
  }
  // Of those that have as many, the smallest is the one that has nothing else.
  const auto best = std::ranges::max_element(alike, [](const auto& a, const auto& b) {
    const auto rank = [](const auto& each) {
      return std::pair(each.second.second, -static_cast<int64_t>(each.second.first->lines.size()));
    };
    return rank(a) < rank(b);
  });
  if (best == alike.end()) return;
  const Template& found = *best->second.first;
  for (DeclaredResource& resource : stack.resources) {
    if (const auto place = found.traced.find(resource.block); place != found.traced.end()) {
      resource.file = place->second.file;
      resource.line = place->second.line;
    } else if (const auto line = found.lines.find(resource.block); line != found.lines.end()) {
      resource.file = best->first;
      resource.line = line->second;
    }
  }
}

}  // namespace statewire
