// An agent is a list of tokens: "APN/1.0 HashiCorp/1.0 Terraform/1.9.8
// (+https://www.terraform.io)". Tools name themselves by a token of their own, behind one of the
// forms that SDKs have for it (app/NAME, lib/NAME, md/NAME), or by the address of their site. A
// token of a name and a version that is no SDK's own is a program's, whoever wrote it.
#include "catalog/user_agent.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "catalog/letters.h"
#include "catalog/tool_table.h"

namespace statewire {
namespace {

constexpr std::string_view kExecutionEnvironment = "exec-env/";
constexpr std::string_view kActions = "github-actions";

// What SDKs and HTTP libraries say of themselves and of where they run, before a slash. The rest of
// what they say has a '#' in it.
constexpr std::string_view kPlatforms[] = {
    "android",  "api",    "apn",       "app",        "aws-internal", "awscrt",   "awscrypto",
    "botocore", "cfg",    "cfnetwork", "clang",      "command",      "coral",    "cpython",
    "dalvik",   "darwin", "exe",       "exec-env",   "framework",    "freebsd",  "ft",
    "gcc",      "go",     "groovy",    "guzzlehttp", "hashicorp",    "hll",      "http",
    "io",       "ios",    "java",      "jruby",      "kotlin",       "lang",     "lib",
    "linux",    "m",      "mac_os_x",  "macos",      "md",           "msvc",     "neon",
    "node",     "nodejs", "openssl",   "os",         "partner",      "php",      "pypy",
    "python",   "ruby",   "runtime",   "s3transfer", "scala",        "seahorse", "sid",
    "source",   "ua",     "vendor",    "version",    "win32",        "windows",
};

bool is_separator(char c) {
  return c == ' ' || c == '[' || c == '(' || c == ',' || c == ';' || c == ')' || c == ']';
}

// "S3Console/0.4", "Console" of "RDS Console", "EC2ConsoleBackend".
bool is_console(std::string_view token) {
  return token.substr(0, token.find('/')).find("Console") != std::string_view::npos;
}

bool drop_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// Drops what stands before the name of a tool: "app/", "+https://www.",
// "+https://github.com/OWNER/". Whether there was anything.
bool drop_lead(std::string_view& token) {
  for (const std::string_view lead : {"app/", "lib/", "md/"}) {
    if (drop_prefix(token, lead)) return true;
  }
  std::string_view address = token;
  drop_prefix(address, "+");
  if (!drop_prefix(address, "https://")) return false;
  drop_prefix(address, "www.");
  if (drop_prefix(address, "github.com/")) {
    const size_t slash = address.find('/');
    address.remove_prefix(slash == std::string_view::npos ? address.size() : slash + 1);
  }
  token = address;
  return true;
}

// "curl/8.9.1", "steampipe-plugin-aws/v1.5.0": a name and a version, and not of an SDK's own.
std::string_view program_in(std::string_view token) {
  const size_t slash = token.find('/');
  if (slash == std::string_view::npos || slash == 0) return {};
  const std::string_view name = token.substr(0, slash);
  std::string_view version = token.substr(slash + 1);
  drop_prefix(version, "v");
  const bool has_version = !version.empty() && version[0] >= '0' && version[0] <= '9';
  if (!has_version || version.find_first_of("/#") != std::string_view::npos) return {};
  // "OpenJDK_64-Bit_Server_VM/25", ".NET_Core/8", "com.amazonaws.services…", "+https://…".
  if (!is_letter_or_digit(name[0]) || name.find_first_of("#:") != std::string_view::npos ||
      name.ends_with("_VM") || begins_with(name, "com.")) {
    return {};
  }
  return is_one_of(name, kPlatforms) ? std::string_view() : name;
}

// Of whom the environment is that a program says it runs in.
Tool tool_of_environment(std::string_view environment) {
  const ToolWord* const word = tool_in_name(environment);
  return word == nullptr ? Tool() : Tool{word->tool, word->rank};
}

// Of the token of `size` bytes that `rest` begins with.
Tool tool_of_token(std::string_view rest, size_t size, bool has_console) {
  const std::string_view token = rest.substr(0, size);
  std::string_view name = token;
  if (drop_prefix(name, kExecutionEnvironment)) return tool_of_environment(name);
  const bool is_led = drop_lead(name);
  if (!is_led && begins_with(rest, "aws-sdk-")) {
    return {token.substr(0, token.find('/')), ToolRank::sdk};
  }
  const ToolWord* const word = tool_at(is_led ? name : rest);
  // Parts of an SDK are named so, too.
  const bool is_part = word != nullptr && is_led && word->rank == ToolRank::sdk;
  const bool is_doubtful =
      word != nullptr && (word->places & kAmbiguous) != 0 && !is_led && program_in(token).empty();
  if (word != nullptr && !is_part && !is_doubtful) return {word->tool, word->rank};
  if (has_console && is_console(token)) return {"console", ToolRank::console};
  return {};
}

}  // namespace

Tool tool_of(std::string_view agent) {
  agent = agent.substr(0, kUserAgentBytesMax);
  const bool has_console = agent.find("Console") != std::string_view::npos;
  Tool best;
  std::string_view program;
  // Each of its actions has a name of its own:
  // "amazon-ecs-deploy-task-definition-for-github-actions".
  if (agent.find(kActions) != std::string_view::npos) best = {kActions, ToolRank::pipeline};
  for (size_t at = 0; at < agent.size();) {
    if (is_separator(agent[at])) {
      ++at;
      continue;
    }
    size_t end = at + 1;
    while (end < agent.size() && !is_separator(agent[end])) ++end;
    const Tool tool = tool_of_token(agent.substr(at), end - at, has_console);
    // Others use Terraform's provider, and say so.
    const bool is_within = tool.rank == best.rank && best.name == "terraform";
    if (tool.rank > best.rank || is_within) best = tool;
    if (program.empty() && best.rank <= ToolRank::sdk && tool.rank == ToolRank::none) {
      const bool is_known = !tool.name.empty();
      program = is_known ? std::string_view() : program_in(agent.substr(at, end - at));
      if (is_known && best.name.empty()) best = tool;
    }
    at = end;
  }
  if (best.rank <= ToolRank::sdk && !program.empty()) best.name = program;
  return best;
}

std::string_view execution_environment(std::string_view agent) {
  const size_t begin = agent.find(kExecutionEnvironment);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = agent.substr(begin + kExecutionEnvironment.size());
  return rest.substr(0, std::find_if(rest.begin(), rest.end(), is_separator) - rest.begin());
}

bool is_where_programs_run(std::string_view environment) {
  return environment.starts_with("AWS_") || environment == "EC2";
}

bool is_on_mac(std::string_view agent) {
  agent = agent.substr(0, kUserAgentBytesMax);
  for (const std::string_view word : {"macos", "darwin", "mac_os_x"}) {
    if (has_word(agent, word)) return true;
  }
  return false;
}

}  // namespace statewire
