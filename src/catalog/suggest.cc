#include "catalog/suggest.h"

#include <algorithm>
#include <vector>

#include "base/dom_text.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"
#include "catalog/call_verb.h"
#include "catalog/compiled.h"
#include "catalog/examples.h"
#include "catalog/read_entries.h"
#include "catalog/recogniser.h"
#include "catalog/spec_codec.h"
#include "config/document.h"

namespace statewire {
namespace {

using simdjson::dom::element;

constexpr std::string_view kEndOfSource = ".amazonaws.com";

std::string json_text(std::string_view text) {
  return json_of([&](JsonWriter& json) { json.text(text); });
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// "create thing" of "CreateThing".
std::string as_words(std::string_view name) {
  std::string words;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool begins =
        is_capital(name[i]) && i > 0 &&
        (!is_capital(name[i - 1]) || (i + 1 < name.size() && !is_capital(name[i + 1])));
    if (begins) words += ' ';
    words += name[i];
  }
  return lower_case(words);
}

std::string_view noun_of(std::string_view call) {
  const auto second = std::find_if(call.begin() + 1, call.end(), is_capital);
  return call.substr(static_cast<size_t>(second - call.begin()));
}

struct UnknownEvent {
  element whole;
  element detail;
  bool is_call = false;
  std::string source;  // "newservice.amazonaws.com", or "aws.newservice"
  std::string name;    // Of the call, or the detail-type.
  std::string noun;    // What it is about, in lower case: "thing".
};

// A text in the event, and where.
struct Field {
  std::string path;
  std::string key;  // In lower case.
  std::string text;
};

// The parser has a bound of depth.
void gather(element value, const std::string& path, const std::string& key,
            std::vector<Field>& fields) {
  simdjson::dom::object object;
  std::string_view text;
  if (!value.get_string().get(text) && !text.empty()) {
    fields.push_back({path, lower_case(key), std::string(text)});
  } else if (!value.get_object().get(object)) {
    for (const auto field : object) {
      const std::string inner(field.key);
      // Such keys no path can reach, and so long a path names no resource.
      if (inner.find_first_of(".{}|\"") != inner.npos) continue;
      if (path.size() + inner.size() >= kPlaceBytesMax) continue;
      gather(field.value, path + '.' + inner, inner, fields);
    }
  }
}

std::vector<Field> fields_in(element object, std::initializer_list<std::string_view> keys) {
  std::vector<Field> fields;
  for (const std::string_view key : keys) {
    element value;
    if (!object[key].get(value)) {
      gather(value, "detail." + std::string(key), std::string(key), fields);
    }
  }
  return fields;
}

// How likely a field names what the event is about; 0: it does not.
int likeness(const Field& field, const std::string& noun) {
  const bool is_of_noun = !noun.empty() && field.key.starts_with(noun);
  const auto ends = [&](std::string_view end) { return field.key.ends_with(end); };
  const bool is_used = ends("rolearn") || ends("keyarn") || ends("keyid") || ends("requestid") ||
                       ends("token") || ends("principalid");
  if (is_used && !is_of_noun) return 0;
  if (field.text.starts_with("arn:")) return is_of_noun ? 9 : 5;
  if (ends("arn")) return 0;  // And is none.
  const bool is_name = ends("id") || ends("identifier") || ends("name");
  if (is_of_noun && (is_name || field.key == noun)) return ends("name") ? 7 : 8;
  if (field.key == "id" || field.key == "name") return 4;
  return is_name ? 2 : 0;
}

const Field* likeliest(const std::vector<Field>& fields, const std::string& noun) {
  const Field* best = nullptr;
  for (const Field& field : fields) {
    const int now = likeness(field, noun);
    if (now > 0 && (best == nullptr || now > likeness(*best, noun))) best = &field;
  }
  return best;
}

std::string type_of(std::string_view source, std::string_view noun) {
  std::string service(source);
  if (service.ends_with(kEndOfSource)) service.resize(service.size() - kEndOfSource.size());
  if (service.starts_with("aws.")) service.erase(0, 4);
  std::string type = "AWS::";
  bool begins = true;
  for (const char c : service) {
    const bool is_letter = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (is_letter) type += begins ? static_cast<char>(std::toupper(c)) : c;
    begins = !is_letter;
  }
  return type + "::" + (noun.empty() ? "Resource" : std::string(noun));
}

std::string_view effect_of_call(std::string_view call) {
  constexpr std::pair<std::string_view, std::string_view> kVerbs[] = {
      {"Create", "create"},   {"Run", "create"},        {"Allocate", "create"},
      {"Register", "create"}, {"Delete", "delete"},     {"Terminate", "delete"},
      {"Release", "delete"},  {"Deregister", "delete"}, {"Put", "put"},
      {"Tag", "tag"},         {"Untag", "tag"},         {"Get", "ignore"},
      {"List", "ignore"},     {"Describe", "ignore"}};
  for (const auto& [verb, effect] : kVerbs) {
    if (call.starts_with(verb) && noun_of(call) == call.substr(verb.size())) return effect;
  }
  return only_reads(call) ? "ignore" : "configure";
}

std::string resource_lines(std::string_view type, std::string_view path) {
  return "  resource:\n    type: " + std::string(type) +
         "\n    physical_id: " + json_text('{' + std::string(path) + '}') + '\n';
}

// As YAML.
std::string plain_or_quoted(const std::string& text) {
  const bool is_plain = std::ranges::all_of(
      text, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-' || c == ' '; });
  return is_plain ? text : json_text(text);
}

std::string draft_of_call(const UnknownEvent& event) {
  std::string text = "  call: " + plain_or_quoted(event.source + ' ' + event.name) + '\n';
  const std::vector<Field> fields =
      fields_in(event.detail, {"responseElements", "requestParameters"});
  const Field* const id = likeliest(fields, event.noun);
  const std::string_view effect = id == nullptr ? "ignore" : effect_of_call(event.name);
  if (effect != "ignore") {
    text += resource_lines(type_of(event.source, noun_of(event.name)), id->path);
  }
  return text + "  effect: " + std::string(effect) + '\n';
}

// Its state, where a field has one.
const Field* state_in(const std::vector<Field>& fields) {
  const auto found = std::ranges::find_if(fields, [](const Field& field) {
    return field.key.ends_with("state") || field.key.ends_with("status");
  });
  return found == fields.end() ? nullptr : &*found;
}

std::string draft_of_native(const UnknownEvent& event) {
  std::string text = "  when: {source: [" + json_text(event.source) + "], detail-type: [" +
                     json_text(event.name) + "]}\n";
  std::vector<Field> fields;
  gather(event.detail, "detail", "detail", fields);
  const Field* const state = state_in(fields);
  simdjson::dom::array resources;
  std::string_view first;
  const bool has_arn = !event.whole["resources"].get_array().get(resources) &&
                       resources.size() > 0 && !resources.at(0).get_string().get(first) &&
                       first.starts_with("arn:");
  const Field* const id = likeliest(fields, event.noun);
  if (state == nullptr || (!has_arn && id == nullptr)) return text + "  effect: ignore\n";
  const std::string type = type_of(event.source, "");
  text +=
      has_arn ? "  resource: {type: arn, id: \"{resources.0}\"}\n" : resource_lines(type, id->path);
  text += "  state: " + json_text('{' + state->path + '}') + '\n';
  return text + "  # Which phase each word means; `otherwise: words` asks the catalog's words.\n" +
         "  phases: {" + json_text(state->text) + ": changing}\n";
}

std::string expected_of(const Recognition& recognition,
                        const std::vector<Observation>& observations) {
  std::string text = "[";
  if (recognition.fate == Fate::ignored) return text + ']';
  for (const Observation& each : observations) {
    text += text.size() == 1 ? "{" : ",\n               {";
    std::string_view comma;
    for (const std::string_view key : {"id", "type", "effect", "state", "phase"}) {
      const std::string told = told_by(each, key).value_or("");
      const bool is_state = key == "state" || key == "phase";
      if (told.empty() || (is_state && each.effect != Effect::state)) continue;
      text.append(comma).append(key).append(": ").append(json_text(told));
      comma = ", ";
    }
    text += '}';
  }
  return text + ']';
}

// What the draft makes of the event.
Result<std::string> expectation(const std::string& draft, element event, std::string_view bytes) {
  Problems problems;
  CatalogSpec spec;
  const auto document = Document::parse("draft", draft, problems);
  if (document) read_catalog_file(document->root(), spec);
  if (!document || !problems.ok()) return bad_input(problems.to_text());
  Result<Catalog> catalog = Catalog::from_compiled(encode(spec));
  if (!catalog) return catalog.error();
  Arena arena;
  std::vector<Observation> observations;
  const Recognition recognition =
      Recogniser(*catalog).recognise(event, bytes, Time::max(), arena, observations);
  const bool is_known = recognition.fate == Fate::recognised || recognition.fate == Fate::ignored;
  if (!is_known) return bad_input(std::string(recognition.reason));
  return expected_of(recognition, observations);
}

Result<UnknownEvent> read_event(element whole) {
  UnknownEvent event;
  event.whole = whole;
  if (whole["detail"].get(event.detail)) event.detail = whole;
  event.source = std::string(text_of(event.detail["eventSource"]));
  event.name = std::string(text_of(event.detail["eventName"]));
  event.is_call = !event.source.empty() && !event.name.empty();
  if (!event.is_call) {
    event.source = std::string(text_of(whole["source"]));
    event.name = std::string(text_of(whole["detail-type"]));
    if (event.source.empty() || event.name.empty()) {
      return bad_input("the event is neither the record of a call nor of EventBridge");
    }
  } else {
    event.noun = lower_case(noun_of(event.name));
  }
  return event;
}

}  // namespace

Result<std::string> suggest_entry(element whole, std::string_view bytes) {
  const Result<UnknownEvent> event = read_event(whole);
  if (!event) return event.error();
  const std::string name = event->is_call ? as_words(event->name) : lower_case(event->name);
  const std::string draft = "- name: " + json_text(name) + '\n' +
                            (event->is_call ? draft_of_call(*event) : draft_of_native(*event));
  const Result<std::string> expected = expectation(draft, whole, bytes);
  if (!expected) return expected.error();
  return draft + "  examples:\n    - event: " + std::string(simdjson::minify(whole)) +
         "\n      expect: " + *expected + '\n';
}

}  // namespace statewire
