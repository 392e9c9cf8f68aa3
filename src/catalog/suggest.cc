#include "catalog/suggest.h"

#include <algorithm>
#include <vector>

#include "base/dom_text.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "catalog/call_verb.h"
#include "catalog/compiled.h"
#include "catalog/examples.h"
#include "catalog/letters.h"
#include "catalog/likely_name.h"
#include "catalog/read_entries.h"
#include "catalog/recogniser.h"
#include "catalog/row_table.h"
#include "catalog/spec_codec.h"
#include "config/document.h"

namespace statewire {
namespace {

using simdjson::dom::element;

constexpr std::string_view kEndOfSource = ".amazonaws.com";

std::string json_text(std::string_view text) {
  return json_of([&](JsonWriter& json) { json.text(text); });
}

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

// "Thing" of CreateThing20150331.
std::string_view noun_of(std::string_view call) {
  call = without_version(call);
  const auto second = std::find_if(call.begin() + 1, call.end(), is_capital);
  return call.substr(static_cast<size_t>(second - call.begin()));
}

struct UnknownEvent {
  element whole;
  element detail;
  bool is_call = false;
  std::string source;  // "newservice.amazonaws.com", or "aws.newservice"
  std::string name;    // Of the call, or the detail-type.
};

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
  call = without_version(call);
  for (const auto& [verb, effect] : kVerbs) {
    if (call.starts_with(verb) && noun_of(call) == call.substr(verb.size())) return effect;
  }
  return only_reads(call) ? "ignore" : "configure";
}

// What tags the call sets or removes; of those that no field tells, nothing.
std::string tag_lines(element parameters) {
  element tags;
  if (!parameters["tagKeys"].get(tags))
    return "    tags_removed: detail.requestParameters.tagKeys\n";
  if (parameters["tags"].get(tags)) return {};
  const std::string_view form = tags.is_object() ? "map" : "each";
  return "    tags: {" + std::string(form) + ": detail.requestParameters.tags}\n";
}

std::string resource_lines(const EventField& id, std::string_view type) {
  const std::string each = id.each.empty() ? std::string() : "  each: " + id.each + '\n';
  return each + "  resource:\n    type: " + std::string(type) +
         (type == "arn" ? "\n    id: " : "\n    physical_id: ") + json_text('{' + id.path + '}') +
         '\n';
}

// As YAML.
std::string plain_or_quoted(const std::string& text) {
  const bool is_plain = std::ranges::all_of(
      text, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-' || c == ' '; });
  return is_plain ? text : json_text(text);
}

std::string draft_of_call(const UnknownEvent& event) {
  std::string text = "  call: " + plain_or_quoted(event.source + ' ' + event.name) + '\n';
  std::string_view effect = effect_of_call(event.name);
  const std::vector<EventField> fields =
      fields_in(event.detail, "detail", {"responseElements", "requestParameters"});
  const LikelyName id = likely_name(fields, noun_of(event.name), effect == "create");
  const bool moves = effect == "create" || effect == "put" || effect == "delete";
  if (id.is_part && moves) effect = "configure";
  if (id.field == nullptr || effect == "ignore") return text + "  effect: ignore\n";
  const bool is_any = id.noun == "Resource" && id.field->text.starts_with("arn:");
  text += resource_lines(*id.field, is_any ? "arn" : type_of(event.source, id.noun));
  element parameters;
  if ((effect == "tag" || effect == "create") && id.field->each.empty() &&
      !event.detail["requestParameters"].get(parameters)) {
    text += tag_lines(parameters);
  }
  return text + "  effect: " + std::string(effect) + '\n';
}

// Its state, where a field has one.
const EventField* state_in(const std::vector<EventField>& fields) {
  const auto found = std::ranges::find_if(fields, [](const EventField& field) {
    const std::string key = lower_case(field.key);
    return key.ends_with("state") || key.ends_with("status");
  });
  return found == fields.end() ? nullptr : &*found;
}

std::string draft_of_native(const UnknownEvent& event) {
  std::string text = "  when: {source: [" + json_text(event.source) + "], detail-type: [" +
                     json_text(event.name) + "]}\n";
  std::vector<EventField> fields = fields_in(event.detail, "detail");
  std::erase_if(fields, [](const EventField& field) { return !field.each.empty(); });
  const EventField* const state = state_in(fields);
  simdjson::dom::array resources;
  std::string_view first;
  const bool has_arn = !event.whole["resources"].get_array().get(resources) &&
                       resources.size() > 0 && !resources.at(0).get_string().get(first) &&
                       first.starts_with("arn:");
  const EventField* const id = likely_name(fields, {}, false).field;
  if (state == nullptr || (!has_arn && id == nullptr)) return text + "  effect: ignore\n";
  text += has_arn ? "  resource: {type: arn, id: \"{resources.0}\"}\n"
                  : resource_lines(*id, type_of(event.source, ""));
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
      Recogniser(*catalog).recognise(event, bytes, SystemClock().now(), arena, observations);
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
  }
  return event;
}

}  // namespace

Result<std::string> suggest_entry(element whole, std::string_view bytes) {
  const Result<UnknownEvent> event = read_event(whole);
  if (!event) return event.error();
  const std::string name =
      event->is_call ? as_words(without_version(event->name)) : lower_case(event->name);
  const std::string draft = "- name: " + json_text(name) + '\n' +
                            (event->is_call ? draft_of_call(*event) : draft_of_native(*event));
  const Result<std::string> expected = expectation(draft, whole, bytes);
  if (!expected) return expected.error();
  return draft + "  examples:\n    - event: " + std::string(simdjson::minify(whole)) +
         "\n      expect: " + *expected + '\n';
}

}  // namespace statewire
