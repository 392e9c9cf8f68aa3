#include "sources/file_names.h"

#include <fnmatch.h>
#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <tuple>

namespace statewire {
namespace {

constexpr size_t kDateDigitsMin = 6;  // What is shorter is a number.
constexpr int64_t kNanosecondsPerSecond = 1'000'000'000;
// What a rotation put behind the name.
struct Suffix {
  std::optional<int> number;  // Smaller is younger.
  std::string_view date;      // Greater is younger. Empty where there is a number.

  bool is_younger_than(const Suffix& other) const {
    return number ? *number < *other.number : date > other.date;
  }
  bool is_comparable(const Suffix& other) const {
    return number.has_value() == other.number.has_value();
  }
};

bool is_compressed(std::string_view path) {
  return path.ends_with(".gz") || path.ends_with(".xz") || path.ends_with(".zst") ||
         path.ends_with(".bz2");
}

Suffix suffix_of(std::string_view path, std::string_view name) {
  std::string_view text = path.substr(name.size());
  if (is_compressed(text)) text = text.substr(0, text.rfind('.'));
  if (text.empty()) return {};
  int number = 0;
  const char* const end = text.data() + text.size();
  const bool is_short = text.size() - 1 < kDateDigitsMin;
  const auto parsed = std::from_chars(text.data() + 1, end, number);
  if (is_short && parsed.ec == std::errc() && parsed.ptr == end && number >= 0) {
    return {.number = number};
  }
  return {.date = text};
}

// "a.log.bak" and "a.log.tmp" are of others.
bool is_beside(std::string_view path, std::string_view name) {
  if (!path.starts_with(name) || path.size() < name.size() + 2) return false;
  const char mark = path[name.size()];
  const char first = path[name.size() + 1];
  return (mark == '.' || mark == '-') && first >= '0' && first <= '9';
}

}  // namespace

bool is_one_name(std::string_view pattern) {
  return pattern.find_first_of("*?[\\") == pattern.npos;
}

std::vector<std::string> paths_of(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return paths;
}

std::vector<std::string> paths_beside(const std::string& pattern) {
  return paths_of(pattern.substr(0, pattern.rfind('/') + 1) + "*");
}

std::vector<std::string> names_before_rotation(const std::string& path,
                                               const std::string& pattern) {
  std::vector<std::string> names;
  for (size_t at = path.rfind('/') + 1; at < path.size(); ++at) {
    std::string name = path.substr(0, at);
    if (is_beside(path, name) && ::fnmatch(pattern.c_str(), name.c_str(), FNM_PATHNAME) == 0) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

std::string folder_fault(const std::string& pattern) {
  const std::filesystem::path path(pattern);
  const std::filesystem::path folders = path.parent_path();
  if (folders.empty() || folders == path) return {};
  if (std::string fault = folder_fault(folders.native()); !fault.empty()) return fault;
  const int wanted = is_one_name(path.filename().native()) ? X_OK : R_OK | X_OK;
  const auto error_of = [&](const std::string& folder) {
    return ::access((folder + "/.").c_str(), wanted) == 0 ? 0 : errno;
  };
  if (is_one_name(folders.native())) {
    const int error = error_of(folders.native());
    return error == 0 ? "" : folders.native() + ": " + reason_of(error);
  }
  // What has the name of a folder and is none, or is gone by now, has no files.
  for (const std::string& folder : paths_of(folders.native())) {
    const int error = error_of(folder);
    if (error != 0 && error != ENOENT && error != ENOTDIR) return folder + ": " + reason_of(error);
  }
  return {};
}

std::string place_fault(const std::string& pattern) {
  std::string fault = folder_fault(pattern);
  if (!fault.empty() || !is_one_name(pattern)) return fault;
  const int error = ::access(pattern.c_str(), F_OK) == 0 ? 0 : errno;
  return error == 0 ? "" : pattern + ": " + reason_of(error);
}

RotatedBetween files_between(std::string_view name, const Predecessor& predecessor,
                             std::span<const RotatedFile> rotated) {
  std::optional<Suffix> place;
  bool has_copy = false;  // The predecessor was compressed, and keeps its time.
  bool has_any = false;
  bool has_zero = false;
  for (const RotatedFile& file : rotated) {
    if (!is_beside(file.path, name)) continue;
    const Suffix suffix = suffix_of(file.path, name);
    has_any = true;
    has_zero |= suffix.number == 0;
    if (file.sight.id == predecessor.id) place = suffix;
    has_copy |= is_compressed(file.path) && file.sight.stamp.modified_ns / kNanosecondsPerSecond ==
                                                predecessor.modified_ns / kNanosecondsPerSecond;
  }
  RotatedBetween between{.may_lack_others = has_any && !place && !has_copy};
  int present = 0;
  for (const RotatedFile& file : rotated) {
    if (!is_beside(file.path, name) || file.sight.id == predecessor.id) continue;
    const Suffix suffix = suffix_of(file.path, name);
    const bool is_ordered = place && suffix.is_comparable(*place);
    const bool is_after = is_ordered ? suffix.is_younger_than(*place)
                                     : file.sight.stamp.modified_ns > predecessor.modified_ns;
    const bool is_packed = is_compressed(file.path) && !file.path.ends_with(".gz");
    if (!is_after || is_packed) continue;
    if (is_ordered && suffix.number) ++present;
    if (!file.is_known) between.paths.push_back(file.path);
  }
  if (place && place->number) {
    const int expected = *place->number - (has_zero ? 0 : 1);
    between.gone = static_cast<uint64_t>(std::max(expected - present, 0));
  }
  return between;
}

// A file system's clock is coarse: of those that were written at once, the numbers tell.
void sort_older_first(std::vector<RotatedFile>& rotated) {
  std::ranges::sort(rotated, {}, [](const RotatedFile& file) {
    std::string_view name = file.path;
    if (is_compressed(name)) name = name.substr(0, name.rfind('.'));
    const Suffix suffix = suffix_of(name, name.substr(0, name.find_last_of(".-")));
    return std::tuple(file.sight.stamp.modified_ns, -suffix.number.value_or(0), file.path);
  });
}

std::optional<Predecessor> youngest_known(std::string_view name,
                                          std::span<const RotatedFile> rotated) {
  const RotatedFile* youngest = nullptr;
  for (const RotatedFile& file : rotated) {
    if (!file.is_known || !is_beside(file.path, name)) continue;
    const bool is_younger =
        youngest == nullptr || file.sight.stamp.modified_ns > youngest->sight.stamp.modified_ns;
    if (is_younger) youngest = &file;
  }
  if (youngest == nullptr) return std::nullopt;
  return Predecessor{.id = youngest->sight.id, .modified_ns = youngest->sight.stamp.modified_ns};
}

}  // namespace statewire
