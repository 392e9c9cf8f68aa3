#include "aws/profiles.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "base/text.h"
#include "config/read_file.h"

namespace statewire {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(kBlanks);
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(kBlanks) - from + 1);
}

// False where there is no separator.
bool split(std::string_view line, std::string& key, std::string& value) {
  const size_t at = line.find_first_of("=:");
  if (at == line.npos || trimmed(line.substr(0, at)).empty()) return false;
  key = lower_case(trimmed(line.substr(0, at)));
  value = trimmed(line.substr(at + 1));
  return true;
}

// One file, line by line.
class IniReader {
 public:
  // False where the line is none that may be there.
  bool read_line(std::string_view line) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#' || text.front() == ';') return true;
    const bool is_indented = line.front() == ' ' || line.front() == '\t';
    if (text.front() == '[' && !is_indented) {
      const size_t end = text.find(']');
      if (end == text.npos) return false;
      section_ = &file_[std::string(text.substr(1, end - 1))];
      key_.clear();
      return true;
    }
    if (section_ == nullptr) return false;
    std::string key;
    std::string value;
    if (is_indented && !key_.empty()) {
      (*section_)[key_] += "\n" + std::string(text);
      if (split(text, key, value)) (*section_)[key_ + "." + key] = value;
      return true;
    }
    if (!split(text, key, value)) return false;
    key_ = key;
    (*section_)[key_] = value;
    return true;
  }

  IniFile take_file() && { return std::move(file_); }

 private:
  IniFile file_;
  IniSection* section_ = nullptr;
  std::string key_;
};

Result<IniFile> read_ini(const std::string& path) {
  const Result<std::string> text = read_file(path, kAwsProfilesBytesMax);
  if (!text) {
    if (text.error().text == std::strerror(ENOENT)) return IniFile{};
    return failed(path + ": " + text.error().text);
  }
  Result<IniFile> file = parse_ini(*text);
  if (!file) return bad_input(path + ": " + file.error().text);
  return file;
}

// "profile x" or `profile "x y"` to its name; empty where the section is another one.
std::string name_after(std::string_view section, std::string_view word) {
  if (!section.starts_with(word)) return {};
  section.remove_prefix(word.size());
  if (section.empty() || kBlanks.find(section.front()) == kBlanks.npos) return {};
  section = trimmed(section);
  const bool is_quoted = section.size() >= 2 &&
                         (section.front() == '"' || section.front() == '\'') &&
                         section.back() == section.front();
  return std::string(is_quoted ? section.substr(1, section.size() - 2) : section);
}

void sort_out(const IniFile& file, AwsProfiles& profiles) {
  for (const auto& [name, section] : file) {
    if (name == "default") profiles.config[name].insert(section.begin(), section.end());
    if (const std::string own = name_after(name, "profile"); !own.empty()) {
      profiles.config[own].insert(section.begin(), section.end());
    } else if (const std::string own = name_after(name, "sso-session"); !own.empty()) {
      profiles.sso_sessions[own] = section;
    } else if (const std::string own = name_after(name, "services"); !own.empty()) {
      profiles.services[own] = section;
    }
  }
}

}  // namespace

Result<IniFile> parse_ini(std::string_view text) {
  IniReader reader;
  size_t number = 0;
  while (!text.empty()) {
    ++number;
    const size_t end = std::min(text.find('\n'), text.size());
    if (!reader.read_line(text.substr(0, end))) {
      return bad_input("line " + std::to_string(number) +
                       " is neither a [section] nor a key with its value");
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(reader).take_file();
}

IniSection AwsProfiles::merged(std::string_view profile) const {
  IniSection result;
  if (const auto found = credentials.find(profile); found != credentials.end()) {
    result = found->second;
  }
  if (const auto found = config.find(profile); found != config.end()) {
    result.insert(found->second.begin(), found->second.end());
  }
  return result;
}

bool AwsProfiles::has(std::string_view profile) const {
  return config.find(profile) != config.end() || credentials.find(profile) != credentials.end();
}

Result<AwsProfiles> read_profiles(const AwsSurroundings& surroundings) {
  const auto variable_or = [&](const char* name, const std::string& otherwise) {
    const std::string set = surroundings.variable(name);
    return set.empty() ? otherwise : set;
  };
  AwsProfiles profiles;
  profiles.config_path = surroundings.path(variable_or("AWS_CONFIG_FILE", "~/.aws/config"));
  profiles.credentials_path =
      surroundings.path(variable_or("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"));
  profiles.name = variable_or("AWS_DEFAULT_PROFILE", variable_or("AWS_PROFILE", "default"));
  const Result<IniFile> config = read_ini(profiles.config_path);
  if (!config) return config.error();
  sort_out(*config, profiles);
  Result<IniFile> credentials = read_ini(profiles.credentials_path);
  if (!credentials) return credentials.error();
  profiles.credentials = *std::move(credentials);
  return profiles;
}

std::string value_of(const IniSection& section, std::string_view key) {
  const auto found = section.find(key);
  return found == section.end() ? std::string() : found->second;
}

}  // namespace statewire
