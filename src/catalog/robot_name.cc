#include "catalog/robot_name.h"

#include "catalog/letters.h"
#include "catalog/machine_words.h"
#include "catalog/tool_table.h"

namespace statewire {
namespace {

constexpr std::string_view kRobotWords[] = {
    "app",        "application", "automated", "bots",       "bot",     "build",    "builder",
    "builds",     "cd",          "ci",        "cron",       "daemon",  "deploy",   "deployer",
    "deployment", "job",         "lambda",    "monitoring", "nightly", "pipeline", "pipelines",
    "publisher",  "release",     "runner",    "scheduler",  "script",  "scripts",  "service",
    "smtp",       "sync",        "system",    "uploader",   "worker",
};

// Nobody is called so, not even before or behind a dot.
constexpr std::string_view kNobodysWords[] = {"automation", "cicd", "robot", "srv", "svc"};

// Whoever runs the robots.
constexpr std::string_view kPeopleWords[] = {"admin", "administrator", "admins", "team", "users"};

struct Words {
  bool has_nobodys = false;
  bool has_robot = false;  // Also where a person may be called so.
  bool has_tool = false;
  bool has_people = false;
  bool has_other = false;  // A word of none of these, nor of machines.
  bool is_dotted = false;  // As FIRST.LAST is.
};

Words words_of(std::string_view name) {
  Words words;
  each_word(name, [&](std::string_view word) {
    const bool is_nobodys = is_one_of(word, kNobodysWords);
    const bool is_robot = is_nobodys || is_one_of(word, kRobotWords);
    const bool is_tool = is_tool_word(word);
    words.has_nobodys |= is_nobodys;
    words.has_robot |= is_robot;
    words.has_tool |= is_tool;
    words.has_people |= is_one_of(word, kPeopleWords);
    words.has_other |= !is_robot && !is_tool && !names_machine(word);
    return true;
  });
  for (size_t at = 1; at + 1 < name.size(); ++at) {
    words.is_dotted |= name[at] == '.' && is_letter(name[at - 1]) && is_letter(name[at + 1]);
  }
  return words;
}

}  // namespace

bool names_robot(std::string_view name) {
  const Words words = words_of(name);
  if (words.has_people) return false;
  if (words.has_nobodys || (words.has_robot && !words.is_dotted)) return true;
  return (words.has_robot || words.has_tool) && !words.has_other;
}

bool names_robot_alone(std::string_view name) {
  const Words words = words_of(name);
  return words.has_robot && !words.has_people && !words.has_other;
}

}  // namespace statewire
