// The files that all AWS tools share: ~/.aws/config and ~/.aws/credentials.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/surroundings.h"
#include "base/result.h"

namespace statewire {

// Keys are lower case. Of what is indented below a key, each line is a key of its own,
// "s3.endpoint_url"; the key itself has the lines as its value.
using IniSection = std::map<std::string, std::string, std::less<>>;
using IniFile = std::map<std::string, IniSection, std::less<>>;

// Section names as written. A line that is none of a section's name, a comment, a key with its
// value or something indented is bad_input, with its number and nothing of it.
Result<IniFile> parse_ini(std::string_view text);

struct AwsProfiles {
  std::string config_path;       // $AWS_CONFIG_FILE, or ~/.aws/config.
  std::string credentials_path;  // $AWS_SHARED_CREDENTIALS_FILE, or ~/.aws/credentials.
  std::string name;              // $AWS_DEFAULT_PROFILE, $AWS_PROFILE, or "default".
  IniFile config;                // By the name of the profile.
  IniFile credentials;
  IniFile sso_sessions;
  IniFile services;

  // From both files; the credentials file wins.
  IniSection merged(std::string_view profile) const;
  bool has(std::string_view profile) const;
};

// A file that is not there is an empty one. An error names the file, and nothing that is in it.
Result<AwsProfiles> read_profiles(const AwsSurroundings& surroundings);

// Empty where the section has no such key.
std::string value_of(const IniSection& section, std::string_view key);

}  // namespace statewire
