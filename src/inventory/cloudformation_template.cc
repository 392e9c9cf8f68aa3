// YAML is read by yaml-cpp's events, as the configuration is: they tell tags and lines. What is
// JSON is left as it is, and only its lines are looked for: YAML readers are slow with brackets.
#include "inventory/cloudformation_template.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <sstream>
#include <vector>

#include "base/json_writer.h"
#include "base/limits.h"
#include "config/prescan.h"

namespace statewire {
namespace {

constexpr std::string_view kResources = "Resources";

// Where the string that begins at `at` ends: at its closing quote.
size_t end_of_string(std::string_view text, size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at, text.size());
}

void find_lines(std::string_view json, TemplateText& found) {
  std::string open;  // The brackets that are.
  uint32_t line = 1;
  bool is_key = false;
  bool is_in_resources = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '\n') {
      ++line;
    } else if (c == '{' || c == '[') {
      open.push_back(c);
      is_key = c == '{';
    } else if ((c == '}' || c == ']') && !open.empty()) {
      open.pop_back();
    } else if (c == ',') {
      is_key = open.ends_with('{');
    } else if (c == '"') {
      const size_t end = end_of_string(json, i);
      const std::string_view text = json.substr(i + 1, end - i - 1);
      if (is_key && open.size() == 1) is_in_resources = text == kResources;
      if (is_key && open.size() == 2 && is_in_resources) found.lines.emplace(text, line);
      is_key = false;
      i = end;
    }
  }
}

// Thrown out of the parser; caught below.
struct Stop {
  std::string_view reason;
};

// "Fn::GetAtt" of "!GetAtt"; empty where it is no tag of CloudFormation's.
std::string function_of(const std::string& tag) {
  if (tag.size() < 2 || tag[0] != '!' || tag[1] == '!') return {};
  const std::string name = tag.substr(1);
  return name == "Ref" || name == "Condition" ? name : "Fn::" + name;
}

class YamlToJson final : public YAML::EventHandler {
 public:
  explicit YamlToJson(TemplateText& out) : out_(out), json_(out.json) {}

  void OnDocumentStart(const YAML::Mark&) override {
    if (++documents_ > 1) throw Stop{"it has more than one document"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {
    before_value();
    json_.raw("null");
  }
  // CloudFormation knows none either.
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {
    before_value();
    json_.raw("null");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    if (!open_.empty() && open_.back().expects_key) return take_key(mark, value);
    before_value();
    const std::string function = function_of(tag);
    if (function.empty()) return json_.text(value);
    json_.begin_object();
    json_.key_text(function);
    const size_t dot = value.find('.');
    if (function == "Fn::GetAtt" && dot != value.npos) {
      json_.begin_array();
      json_.text(std::string_view(value).substr(0, dot));
      json_.text(std::string_view(value).substr(dot + 1));
      json_.end_array();
    } else {
      json_.text(value);
    }
    json_.end_object();
  }
  void OnSequenceStart(const YAML::Mark&, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    begin(tag, false);
    json_.begin_array();
  }
  void OnSequenceEnd() override {
    json_.end_array();
    end();
  }
  void OnMapStart(const YAML::Mark&, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    begin(tag, true);
    json_.begin_object();
  }
  void OnMapEnd() override {
    json_.end_object();
    end();
  }

 private:
  struct Open {
    bool is_map = false;
    bool expects_key = false;
    bool is_in_function = false;
  };

  void take_key(const YAML::Mark& mark, const std::string& key) {
    if (open_.size() == 1) is_in_resources_ = key == kResources;
    if (open_.size() == 2 && is_in_resources_) {
      out_.lines.emplace(key, static_cast<uint32_t>(mark.line) + 1);
    }
    json_.key_text(key);
    open_.back().expects_key = false;
  }
  void before_value() {
    if (open_.empty()) return;
    if (open_.back().expects_key) throw Stop{"a key in it is no text"};
    open_.back().expects_key = open_.back().is_map;
  }
  void begin(const std::string& tag, bool is_map) {
    before_value();
    if (open_.size() >= kDocumentDepthMax) throw Stop{"it is nested too deep"};
    const std::string function = function_of(tag);
    open_.push_back({.is_map = is_map, .expects_key = is_map, .is_in_function = !function.empty()});
    if (function.empty()) return;
    json_.begin_object();
    json_.key_text(function);
  }
  void end() {
    if (open_.back().is_in_function) json_.end_object();
    open_.pop_back();
  }

  TemplateText& out_;
  JsonWriter json_;
  std::vector<Open> open_;
  bool is_in_resources_ = false;
  int documents_ = 0;
};

Result<void> read_yaml(std::string_view text, TemplateText& out) {
  if (const std::optional<TextRefusal> refusal = prescan(text)) {
    return bad_input("it is no template: " + refusal->text);
  }
  try {
    YamlToJson events(out);
    std::istringstream stream{std::string(text) + "\n"};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(events)) {
    }
  } catch (const Stop& stop) {
    return bad_input("it is no template: " + std::string(stop.reason));
  } catch (const std::exception& fault) {
    return bad_input(std::string("it is neither YAML nor JSON: ") + fault.what());
  }
  return {};
}

}  // namespace

Result<TemplateText> read_template(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  TemplateText result;
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin != text.npos && text[begin] == '{') {
    result.json = text;
    find_lines(text, result);
    return result;
  }
  if (Result<void> read = read_yaml(text, result); !read) return read.error();
  return result;
}

}  // namespace statewire
