// What the pattern engine says, for the tests beside it.
//
//   pattern_answer           reads {"pattern": text, "events": [text, …]} lines; answers each with
//   a
//                            line: "refused: reason", or for each event 1 (matches), 0 (does not)
//                            or E (is no event)
//   pattern_answer FILE…     checks cases of what is right: see cases/README.md
//
// It asks in every way that the engine can be asked, a pattern alone and many in one set, of a
// parsed event, of text, and of lines, and ends with 3 where two of them answer differently.
#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "lines/line_matches.h"

namespace statewire {
namespace {

constexpr size_t kGroupQuestions = 48;  // Asked in one set.

struct Question {
  std::string pattern_text;
  std::optional<Pattern> pattern;
  std::string refusal;
  std::vector<std::string> events;
  std::string answers;
};

class Asker {
 public:
  // One pattern, each way.
  void ask(Question& question) {
    auto compiled = Pattern::compile(question.pattern_text);
    if (const auto* error = std::get_if<PatternError>(&compiled)) {
      question.refusal = error->path + ": " + error->text;
      std::ranges::replace(question.refusal, '\n', ' ');  // An answer is a line.
      const auto checked = Pattern::check(question.pattern_text);
      if (!std::holds_alternative<std::vector<PatternError>>(checked)) {
        differ(question, "", "check() finds no error where compile() does");
      }
      return;
    }
    question.pattern = std::get<Pattern>(compiled);
    PatternSet set;
    set.add(7, *question.pattern);
    set.seal();
    for (const std::string& event : question.events) {
      question.answers += answer(question, set, event);
    }
  }

  // All patterns of a group in one set, over all its events.
  void ask_together(const std::vector<Question>& group) {
    PatternSet set;
    for (size_t i = 0; i < group.size(); ++i) {
      if (group[i].pattern) set.add(static_cast<uint32_t>(i), *group[i].pattern);
    }
    set.seal();
    std::string lines;
    std::vector<std::vector<uint32_t>> wanted_of_lines;
    for (const Question& question : group) {
      for (const std::string& event : question.events) {
        std::vector<uint32_t> wanted;
        simdjson::dom::element element;
        if (parser_.parse(event).get(element)) continue;
        for (size_t i = 0; i < group.size(); ++i) {
          if (group[i].pattern && group[i].pattern->matches(element)) {
            wanted.push_back(static_cast<uint32_t>(i));
          }
        }
        if (!std::ranges::equal(set.match(element, scratch_).value(), wanted)) {
          differ(question, event, "a set of many: of a parsed event");
        }
        const simdjson::padded_string text(event);
        if (!match_text(set, text) || ids_ != wanted) {
          differ(question, event, "a set of many: of text");
        }
        if (event.find('\n') != event.npos) continue;
        lines += event + "\n";
        wanted_of_lines.push_back(std::move(wanted));
      }
    }
    ask_lines(set, simdjson::padded_string(lines), wanted_of_lines);
  }

  bool has_differed() const { return has_differed_; }

 private:
  char answer(const Question& question, const PatternSet& set, const std::string& event) {
    const simdjson::padded_string text(event);
    const bool text_is_json = match_text(set, text);
    const bool text_matches = !ids_.empty();
    const size_t begin = event.find_first_not_of(" \t\r\n");
    if (!text_is_json || begin == event.npos || event[begin] != '{') return 'E';
    // The parser refuses integers of more than 64 bits; of text, what is not read may be anything.
    simdjson::dom::element element;
    if (parser_.parse(event).get(element)) return text_matches ? '1' : '0';
    const bool matches = question.pattern->matches(element);
    if (text_matches != matches) differ(question, event, "text");
    if (set.match(element, scratch_)->empty() == matches) {
      differ(question, event, "a parsed event in a set of one");
    }
    if (question.pattern->explain(element).has_value() == matches) {
      differ(question, event, "explain()");
    }
    return matches ? '1' : '0';
  }

  // One event, which may go over several lines, into ids_. False: it is not JSON.
  bool match_text(const PatternSet& set, const simdjson::padded_string& text) {
    ids_.clear();
    if (!reader_.read(text, set.paths(), leaves_)) return false;
    if (!reader_.is_object()) return true;
    set.prefetch(leaves_);
    set.find(leaves_, hits_);
    const auto ids = set.judge(leaves_, hits_).value();
    ids_.assign(ids.begin(), ids.end());
    return true;
  }

  void ask_lines(const PatternSet& set, const simdjson::padded_string& text,
                 const std::vector<std::vector<uint32_t>>& wanted) {
    LineMatches lines(set, line_scratch_, text);
    size_t at = 0;
    for (; lines.next(); ++at) {
      if (at >= wanted.size() || !lines.is_json() || !std::ranges::equal(lines.ids(), wanted[at])) {
        differ({}, std::string(lines.line()), "a set of many: of lines");
      }
    }
    if (at != wanted.size()) differ({}, "", "lines: their number");
  }

  void differ(const Question& question, const std::string& event, std::string_view what) {
    has_differed_ = true;
    std::cerr << "two ways, two answers: " << what << "\n  pattern " << question.pattern_text
              << "\n  event   " << event << "\n";
  }

  simdjson::dom::parser parser_;
  PatternScratch scratch_;
  LineScratch line_scratch_;
  lines::JsonReader reader_;
  pattern::Leaves leaves_;
  pattern::Hits hits_;
  std::vector<uint32_t> ids_;
  bool has_differed_ = false;
};

// Text of a case: a JSON string stands for its content, anything else for itself.
std::string text_of(simdjson::dom::element value) {
  std::string_view text;
  return value.get(text) ? simdjson::minify(value) : std::string(text);
}

int unreadable(const std::string& line) {
  std::cerr << "no question, and no case: " << line << "\n";
  return 2;
}

int answer_questions() {
  simdjson::dom::parser parser;
  Asker asker;
  std::vector<Question> group;
  const auto finish = [&] {
    asker.ask_together(group);
    for (const Question& question : group) {
      std::cout << (question.pattern ? question.answers : "refused: " + question.refusal) << "\n";
    }
    group.clear();
  };
  for (std::string line; std::getline(std::cin, line);) {
    Question& question = group.emplace_back();
    simdjson::dom::element pattern;
    simdjson::dom::array events;
    const auto asked = parser.parse(line);
    if (asked["pattern"].get(pattern) || asked["events"].get(events)) return unreadable(line);
    question.pattern_text = text_of(pattern);
    for (const simdjson::dom::element event : events) question.events.push_back(text_of(event));
    asker.ask(question);
    if (group.size() == kGroupQuestions) finish();
  }
  finish();
  return asker.has_differed() ? 3 : 0;
}

// Empty where the case is as it should be.
std::string fault_of(simdjson::dom::object wanted, const Question& question) {
  std::string_view error;
  if (!wanted["error"].get(error)) {
    if (question.pattern) return "is not refused";
    if (question.refusal.find(error) != question.refusal.npos) return {};
    return "is refused for another reason: " + question.refusal;
  }
  if (!question.pattern) return "is refused: " + question.refusal;
  bool should_match = false;
  if (wanted["matches"].get(should_match)) return "says neither \"matches\" nor \"error\"";
  const bool matches = question.answers == "1";
  return matches == should_match ? "" : matches ? "matches" : "does not match";
}

int check_cases(int count, char** paths) {
  simdjson::dom::parser parser;
  Asker asker;
  size_t wrong = 0;
  size_t checked = 0;
  for (int i = 0; i < count; ++i) {
    std::ifstream file(paths[i]);
    size_t number = 0;
    std::vector<Question> group;
    for (std::string line; std::getline(file, line);) {
      ++number;
      if (line.empty()) continue;
      Question& question = group.emplace_back();
      simdjson::dom::object wanted;
      simdjson::dom::element pattern;
      simdjson::dom::element event;
      if (parser.parse(line).get(wanted) || wanted["pattern"].get(pattern)) return unreadable(line);
      question.pattern_text = text_of(pattern);
      if (!wanted["event"].get(event)) question.events.push_back(text_of(event));
      asker.ask(question);
      ++checked;
      if (const std::string fault = fault_of(wanted, question); !fault.empty()) {
        ++wrong;
        std::cerr << paths[i] << ":" << number << ": " << fault << "\n  " << line << "\n";
      }
    }
    asker.ask_together(group);
  }
  std::cout << checked << " cases, " << wrong << " wrong\n";
  return wrong > 0 || checked == 0 ? 1 : asker.has_differed() ? 3 : 0;
}

}  // namespace
}  // namespace statewire

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  return argc > 1 ? statewire::check_cases(argc - 1, argv + 1) : statewire::answer_questions();
}
