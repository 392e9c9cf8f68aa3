#include "catalog/examples.h"

#include <simdjson.h>

#include <algorithm>

#include "base/limits.h"
#include "catalog/load_folder.h"
#include "catalog/read_entries.h"
#include "catalog/recogniser.h"
#include "catalog/render.h"
#include "config/document.h"
#include "config/json.h"
#include "config/map_reader.h"
#include "config/read_file.h"

namespace statewire {
namespace {

using simdjson::dom::element;

// Later than the time of any example, so that none is in the future.
constexpr std::string_view kReceived = "2200-01-01T00:00:00Z";

void read_example(const Node& node, const std::string& place, std::vector<CatalogExample>& out) {
  MapReader reader(node);
  if (!node.is_map()) return;
  CatalogExample example;
  example.entry_place = place;
  const Node event = reader.required("event");
  const Node expect = reader.required("expect");
  if (event.is_map()) {
    example.event_json = to_json(event);
  } else {
    example.event_file = event.text();
  }
  if (expect && !expect.is_list()) expect.error("expected a list; [] where nothing is observed");
  example.expect_json = to_json(expect);
  reader.finish();
  out.push_back(std::move(example));
}

bool is_scalar(element value) { return !value.is_object() && !value.is_array(); }

// What of `wanted` the tags do not have; empty where they have all of it.
std::string tags_missing(element wanted, std::span<const Tag> tags) {
  simdjson::dom::object fields;
  if (wanted.get_object().get(fields)) return "tags must be a map";
  for (const auto field : fields) {
    Digits digits;
    const std::string_view value = scalar_text(field.value, digits).value_or("");
    const bool is_there = std::any_of(tags.begin(), tags.end(), [&](const Tag& tag) {
      return tag.key == field.key && tag.value == value;
    });
    if (!is_there) return "no tag " + std::string(field.key) + ": " + std::string(value);
  }
  return {};
}

std::string joined(std::span<const std::string_view> texts) {
  std::string all;
  for (const std::string_view text : texts) all.append(all.empty() ? "" : ", ").append(text);
  return all;
}

// "size: 1 -> 2, name: web"
std::string changes_told(std::span<const Change> changes) {
  std::string all;
  for (const Change& change : changes) {
    all.append(all.empty() ? "" : ", ").append(change.path).append(": ");
    if (!change.from.empty()) all.append(change.from).append(" -> ");
    all.append(change.to);
  }
  return all;
}

// "deprovisioning, gone"; "any" where it is all of them.
std::string phases_in(PhaseSet phases) {
  if (phases == kAllPhases) return "any";
  std::vector<std::string_view> names;
  for (int i = 0; i < kPhaseCount; ++i) {
    const Phase phase = static_cast<Phase>(i);
    if ((phases & phase_bit(phase)) != 0) names.push_back(name_of(phase));
  }
  return joined(names);
}

// How `observation` is not what `wanted` says; empty where it is.
std::string difference(element wanted, const Observation& observation) {
  simdjson::dom::object fields;
  if (wanted.get_object().get(fields)) return "expect must be a list of maps";
  for (const auto field : fields) {
    const std::string key(field.key);
    if (key == "tags") {
      const std::string missing = tags_missing(field.value, observation.tags);
      if (!missing.empty()) return missing;
      continue;
    }
    const std::optional<std::string> told = told_by(observation, key);
    if (!told) return "expect has an unknown key \"" + key + "\"";
    Digits digits;
    const std::string_view value =
        is_scalar(field.value) ? scalar_text(field.value, digits).value_or("") : "";
    if (*told != value) return key + " is \"" + *told + "\", wanted \"" + std::string(value) + "\"";
  }
  return {};
}

Result<void> compare(element expect, const Recognition& recognition,
                     const std::vector<Observation>& observations) {
  simdjson::dom::array wanted;
  if (expect.get_array().get(wanted)) return bad_input("expect must be a list");
  if (wanted.size() != observations.size()) {
    std::string text =
        std::to_string(observations.size()) + " observed, wanted " + std::to_string(wanted.size());
    if (!recognition.reason.empty()) text.append(": ").append(recognition.reason);
    for (const Observation& each : observations) text.append("; ").append(each.resource.id);
    return bad_input(std::move(text));
  }
  size_t index = 0;
  for (const element each : wanted) {
    const std::string text = difference(each, observations[index++]);
    if (!text.empty()) return bad_input(text);
  }
  return {};
}

}  // namespace

std::optional<std::string> told_by(const Observation& observation, std::string_view key) {
  const Identity& resource = observation.resource;
  const Cause& cause = observation.cause;
  const std::pair<std::string_view, std::string_view> texts[] = {
      {"id", resource.id},
      {"type", resource.type},
      {"provider", resource.provider},
      {"account", resource.account},
      {"region", resource.region},
      {"zone", resource.zone},
      {"service", resource.service},
      {"name", resource.name},
      {"state", observation.value},
      {"phase", name_of(observation.phase)},
      {"effect", name_of(observation.effect)},
      {"error", observation.error},
      {"headline", observation.headline},
      {"reason", cause.reason},
      {"cause", name_of(cause.kind)},
      {"confidence", name_of(cause.confidence)},
      {"actor", cause.actor},
      {"actor_type", cause.actor_type},
      {"tool", cause.tool},
      {"via", cause.via},
      {"session", cause.session},
      {"role", cause.role},
      {"address", cause.address},
      {"call", cause.call},
      {"actor_account", cause.account}};
  for (const auto& [name, text] : texts) {
    if (name == key) return std::string(text);
  }
  if (key == "alias") return joined(observation.aliases);
  if (key == "changes") return changes_told(observation.changes);
  if (key == "toward") return phases_in(observation.toward);
  if (key == "reusable") return observation.has(kReusableId) ? "true" : "false";
  if (key == "time") return format_time(observation.time());
  if (key == "version") return std::to_string(observation.key.version);
  if (key == "settles") return format_duration(observation.settles_after);
  if (key == "severity") return std::to_string(observation.severity);
  return std::nullopt;
}

std::vector<CatalogExample> load_examples(const std::string& folder,
                                          const std::string& shown_folder, Problems& problems) {
  std::vector<CatalogExample> examples;
  const auto files = catalog_files(folder, shown_folder);
  if (!files) {
    problems.add({.file = shown_folder, .text = files.error().text});
    return examples;
  }
  for (const CatalogFile& file : *files) {
    Result<std::string> text = read_file(file.path, kDocumentBytesMax);
    if (!text) {
      problems.add({.file = file.shown, .text = text.error().text});
      continue;
    }
    const auto document = Document::parse(file.shown, std::move(*text), problems);
    if (!document) continue;
    for (const Node& entry : entry_nodes(document->root())) {
      for (const Node& example : entry.find("examples").items()) {
        read_example(example, place_of(entry), examples);
      }
    }
    const Node rules = document->root().is_map() ? document->root().find("rules") : Node();
    for (const Node& rule : rules ? rules.items() : std::vector<Node>()) {
      for (const Node& example : rule.find("examples").items()) {
        read_example(example, {}, examples);
        examples.back().rule_place = place_of(rule);
      }
    }
  }
  return examples;
}

Result<void> check_example(const Catalog& catalog, const CatalogExample& example,
                           const std::string& root) {
  std::string event = example.event_json;
  if (!example.event_file.empty()) {
    Result<std::string> text = read_file(root + "/" + example.event_file, kDocumentBytesMax);
    if (!text) return bad_input(example.event_file + ": " + text.error().text);
    event = std::move(*text);
  }
  simdjson::dom::parser event_parser;
  simdjson::dom::parser expect_parser;
  element parsed;
  element expect;
  if (event_parser.parse(event).get(parsed)) return bad_input("the event is not JSON");
  if (expect_parser.parse(example.expect_json).get(expect)) return bad_input("expect is not JSON");
  Arena arena;
  std::vector<Observation> observations;
  Recogniser recogniser(catalog);
  const Recognition recognition =
      recogniser.recognise(parsed, event, *parse_time(kReceived), arena, observations);
  if (example.rule_place.empty() && recognition.entry_place != example.entry_place) {
    return bad_input(recognition.entry_place.empty()
                         ? "no entry recognises the event"
                         : "recognised by " + std::string(recognition.entry_place));
  }
  if (recognition.fate == Fate::rejected) return bad_input(std::string(recognition.reason));
  return compare(expect, recognition, observations);
}

}  // namespace statewire
