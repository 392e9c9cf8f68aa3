// Reads the tags of a template, as far as it takes to say where one is wrong: the library gives no
// lines, and knows no fields.
#include <algorithm>

#include "format/fields.h"
#include "format/mustache.h"

namespace statewire {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(kBlank);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(kBlank) - from + 1);
}

bool is_list(std::string_view name) { return name == "resource.tags" || name == "changes"; }

class TagReader {
 public:
  explicit TagReader(std::string_view text) : text_(text) {}

  std::vector<TextFault> read() {
    size_t at = 0;
    while ((at = text_.find("{{", at)) != std::string_view::npos) {
      const bool is_triple = text_.substr(at).starts_with("{{{");
      const std::string_view ending = is_triple ? "}}}" : "}}";
      const size_t begin = at + ending.size();
      const size_t end = text_.find(ending, begin);
      if (end == std::string_view::npos) {
        add(at, "a tag that is not closed with " + std::string(ending));
        return std::move(faults_);
      }
      read_tag(at, text_.substr(begin, end - begin), is_triple);
      at = end + ending.size();
    }
    for (const Section& section : open_) {
      add(section.at, "a section that is not closed with {{/" + std::string(section.name) + "}}");
    }
    return std::move(faults_);
  }

 private:
  struct Section {
    std::string_view name;
    size_t at;
  };

  void read_tag(size_t at, std::string_view content, bool is_triple) {
    const char mark = is_triple || content.empty() ? '&' : content.front();
    if (mark == '!') return;
    if (mark == '=') return add(at, "delimiters cannot be changed here");
    if (mark == '>') return add(at, "there are no partials here");
    const bool has_mark = !is_triple && std::string_view("#^/&").find(mark) != std::string::npos;
    const std::string_view name = trimmed(content.substr(has_mark ? 1 : 0));
    if (name.empty()) return add(at, "a tag without a name");
    if (has_mark && mark == '/') return close(at, name);
    const bool is_section = has_mark && (mark == '#' || mark == '^');
    check_name(at, name, is_section);
    if (is_section) open_.push_back({name, at});
  }

  void close(size_t at, std::string_view name) {
    if (open_.empty()) {
      return add(at, "closes a section that is not open: " + std::string(name));
    }
    if (open_.back().name != name) {
      add(at, "closes " + std::string(name) + " where " + std::string(open_.back().name) +
                  " is to be closed first");
    }
    open_.pop_back();
  }

  void check_name(size_t at, std::string_view name, bool is_section) {
    if (is_known_in_section(name)) return;
    if (is_list(name)) {
      if (!is_section) {
        add(at, std::string(name) + " is a list: {{#" + std::string(name) + "}}…{{/" +
                    std::string(name) + "}}");
      }
      return;
    }
    if (name == "state.settled" && !is_section) {
      return add(at, "state.settled is a condition: {{#state.settled}}…{{/state.settled}}");
    }
    if (name == ".") return add(at, "{{.}} stands in a section");
    if (!Field::find(name)) add(at, std::string(name) + ": " + no_such_path(name));
  }

  bool is_known_in_section(std::string_view name) const {
    if (name == ".") return !open_.empty();
    return std::any_of(open_.begin(), open_.end(), [&](const Section& section) {
      if (!is_list(section.name)) return false;
      if (name == "more") return true;
      if (section.name == "changes") return name == "path" || name == "from" || name == "to";
      return name == "key" || name == "value";
    });
  }

  void add(size_t at, std::string text) { faults_.push_back(fault_at(text_, at, std::move(text))); }

  const std::string_view text_;
  std::vector<Section> open_;
  std::vector<TextFault> faults_;
};

}  // namespace

std::vector<TextFault> template_faults(std::string_view text) { return TagReader(text).read(); }

}  // namespace statewire
