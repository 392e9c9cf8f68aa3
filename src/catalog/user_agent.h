// The tool that a user agent names.
#pragma once

#include <string_view>

#include "model/tool_words.h"

namespace statewire {

struct Tool {
  std::string_view name;  // "terraform", "console", "aws-cli", "aws-sdk-go"; empty: none is known.
  ToolRank rank = ToolRank::none;
};

// The one that tells most. A program that says its name, and that the table of words does not have,
// is named in place of its SDK, with the SDK's rank, or none where it has none. The name is a
// constant, or a part of `agent`. Linear in the agent's first kUserAgentBytesMax bytes.
Tool tool_of(std::string_view agent);

// Where the program ran, as SDKs tell: "AWS_Lambda_python3.12", "CloudShell"; empty where they do
// not.
std::string_view execution_environment(std::string_view agent);

// A function, a container or an instance, and no tool that says so of itself ("AmazonQ-For-CLI") or
// terminal.
bool is_where_programs_run(std::string_view environment);

// Of a desktop: no server in a cloud runs macOS but those that build software.
bool is_on_mac(std::string_view agent);

}  // namespace statewire
