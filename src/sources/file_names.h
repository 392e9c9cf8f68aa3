// Names of files: those that a pattern has, and those that rotations give. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sources/watched_file.h"

namespace statewire {

// As glob(3) has it.
std::vector<std::string> paths_of(const std::string& pattern);
// All that is in the folders of the pattern: a rotation may give any name.
std::vector<std::string> paths_beside(const std::string& pattern);
// The names of the pattern that the file may have had before a rotation gave it this path: "a.log"
// for "a.log.1" and "a.log-20260314.gz".
std::vector<std::string> names_before_rotation(const std::string& path, const std::string& pattern);
// "in: No such file or directory": the folder of the pattern that cannot be read now, and why.
// paths_of() does not tell of what is in it. Empty: all can be read.
std::string folder_fault(const std::string& pattern);
// The same, and of the file where the pattern is one name.
std::string place_fault(const std::string& pattern);
// Whether it names one file, and not as many as there are.
bool is_one_name(std::string_view pattern);

// A file beside the name that it had before a rotation.
struct RotatedFile {
  std::string path;
  FileSight sight;
  bool is_known = false;  // It is being read, or was.
};

// The file that had a name when it was looked at last.
struct Predecessor {
  FileId id;
  int64_t modified_ns = 0;
};

struct RotatedBetween {
  std::vector<std::string> paths;  // Of files that are not known.
  uint64_t gone = 0;               // So many more were removed, as the numbers tell.
  // The predecessor is gone, too, so that nobody knows whether others are.
  bool may_lack_others = false;
};

// What had the name after `predecessor`, and was rotated away before anybody looked. The order of
// their numbers or dates tells which these are; where it cannot, when they were changed.
RotatedBetween files_between(std::string_view name, const Predecessor& predecessor,
                             std::span<const RotatedFile> rotated);
void sort_older_first(std::vector<RotatedFile>& rotated);
// The youngest one that is known.
std::optional<Predecessor> youngest_known(std::string_view name,
                                          std::span<const RotatedFile> rotated);

}  // namespace statewire
