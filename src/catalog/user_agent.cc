// An agent is a list of tokens: "APN/1.0 HashiCorp/1.0 Terraform/1.9.8
// (+https://www.terraform.io)". Tools name themselves by a token of their own, behind one of the
// forms that SDKs have for it (app/NAME, lib/NAME, md/NAME), or by the address of their site.
#include "catalog/user_agent.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "base/limits.h"
#include "catalog/letters.h"

namespace statewire {
namespace {

constexpr std::string_view kExecutionEnvironment = "exec-env/";
constexpr std::string_view kActions = "github-actions";

// The words by their first letters, each letter's in their order: those of `c` are
// order[begin[c]] … order[begin[c + 1] - 1].
struct WordIndex {
  std::array<uint8_t, 257> begin{};
  std::array<uint8_t, std::size(kToolWords)> order{};
};
static_assert(std::size(kToolWords) <= 255);

constexpr WordIndex kIndex = [] {
  WordIndex index;
  uint8_t count = 0;
  for (size_t letter = 0; letter < 256; ++letter) {
    index.begin[letter] = count;
    for (size_t i = 0; i < std::size(kToolWords); ++i) {
      const bool is_here = static_cast<unsigned char>(kToolWords[i].word.front()) == letter;
      if (is_here) index.order[count++] = static_cast<uint8_t>(i);
    }
  }
  index.begin[256] = count;
  return index;
}();

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

const ToolWord* word_at(std::string_view rest) {
  if (rest.empty()) return nullptr;
  const size_t letter = static_cast<unsigned char>(lower_letter(rest.front()));
  for (size_t i = kIndex.begin[letter]; i < kIndex.begin[letter + 1]; ++i) {
    const ToolWord& each = kToolWords[kIndex.order[i]];
    if (begins_with(rest, each.word)) return &each;
  }
  return nullptr;
}

// Of the token of `size` bytes that `rest` begins with.
Tool tool_at(std::string_view rest, size_t size, bool has_console) {
  const std::string_view token = rest.substr(0, size);
  std::string_view name = token;
  const bool is_led = drop_lead(name);
  if (!is_led && begins_with(rest, "aws-sdk-")) {
    return {token.substr(0, token.find('/')), ToolRank::sdk};
  }
  const ToolWord* const word = word_at(is_led ? name : rest);
  // Parts of an SDK are named so, too.
  if (word != nullptr && !(is_led && word->rank == ToolRank::sdk)) return {word->tool, word->rank};
  if (has_console && is_console(token)) return {"console", ToolRank::console};
  return {};
}

}  // namespace

Tool tool_of(std::string_view agent) {
  agent = agent.substr(0, kUserAgentBytesMax);
  const bool has_console = agent.find("Console") != std::string_view::npos;
  Tool best;
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
    const Tool tool = tool_at(agent.substr(at), end - at, has_console);
    // Others use Terraform's provider, and say so.
    const bool is_within = tool.rank == best.rank && best.name == "terraform";
    if (tool.rank > best.rank || is_within) best = tool;
    at = end;
  }
  return best;
}

std::string_view execution_environment(std::string_view agent) {
  const size_t begin = agent.find(kExecutionEnvironment);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = agent.substr(begin + kExecutionEnvironment.size());
  return rest.substr(0, std::find_if(rest.begin(), rest.end(), is_separator) - rest.begin());
}

bool is_on_mac(std::string_view agent) {
  agent = agent.substr(0, kUserAgentBytesMax);
  for (const std::string_view word : {"macos", "darwin", "mac_os_x"}) {
    if (has_word(agent, word)) return true;
  }
  return false;
}

}  // namespace statewire
