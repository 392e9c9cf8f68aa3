#include "catalog/read_entries.h"

#include <algorithm>
#include <variant>

#include "base/limits.h"
#include "catalog/read_resource.h"
#include "catalog/read_rules.h"
#include "catalog/read_table.h"
#include "catalog/word.h"
#include "config/json.h"
#include "config/map_reader.h"
#include "pattern/pattern.h"

namespace statewire {
namespace {

using EffectWord = std::pair<std::string_view, EntryEffect>;
constexpr EffectWord kEffects[] = {
    {"state", EntryEffect::state},   {"create", EntryEffect::create},
    {"delete", EntryEffect::remove}, {"configure", EntryEffect::configure},
    {"cause", EntryEffect::cause},   {"tag", EntryEffect::tag},
    {"ignore", EntryEffect::ignore}, {"fail", EntryEffect::fail},
    {"settle", EntryEffect::settle}, {"declare", EntryEffect::declare},
    {"put", EntryEffect::put},
};

// What is not there after so long did not come about.
constexpr Duration kSettlesAfterMax = std::chrono::hours(24 * 30);

CauseKind read_cause_kind(const Node& node) {
  std::vector<std::string_view> words;
  for (int i = 1; i <= static_cast<int>(CauseKind::automation); ++i) {
    words.push_back(name_of(static_cast<CauseKind>(i)));
  }
  const std::optional<size_t> index = node.one_of(words);
  return index ? static_cast<CauseKind>(*index + 1) : CauseKind::unknown;
}

PhaseSet read_toward(const Node& node) {
  if (!node) return kAllPhases;
  PhaseSet phases = 0;
  for (const Node& item : node.items()) {
    phases = static_cast<PhaseSet>(phases | phase_bit(read_phase(item, Phase::unknown)));
  }
  return phases;
}

// The alternatives of a pattern's key as text: "aws.ec2", or "a, b".
std::string alternatives_of(const Node& leaf) {
  std::string text;
  for (const Node& item : leaf.is_list() ? leaf.items() : std::vector<Node>()) {
    if (!text.empty()) text += ", ";
    text += item.is_scalar() ? item.text() : to_json(item);
  }
  return text;
}

void read_when(const Node& when, EntrySpec& entry) {
  if (!when.is_map()) {
    when.error("expected a pattern, as in {source: [aws.ec2]}");
    return;
  }
  entry.when = to_json(when);
  const auto compiled = Pattern::compile(entry.when);
  if (const auto* error = std::get_if<PatternError>(&compiled)) {
    when.descend(error->path).error(error->text);
  }
  entry.match = alternatives_of(when.find("source"));
  for (const char* key : {"detail-type", "type"}) {
    const std::string type = alternatives_of(when.find(key));
    if (!type.empty()) entry.match += (entry.match.empty() ? "" : " / ") + type;
  }
  if (entry.match.empty()) entry.match = entry.when;
}

void read_match(MapReader& reader, EntrySpec& entry) {
  const Node when = reader.optional("when");
  const Node call = reader.optional("call");
  if (when && call) call.error_at_key("either when or call");
  if (!when && !call) reader.node().error("missing key \"when\" or \"call\"");
  if (when) read_when(when, entry);
  entry.calls = read_calls(call);
  for (const CallSpec& each : entry.calls) {
    entry.match.append(entry.match.empty() ? "" : ", ").append(each.source + " " + each.name);
  }
}

void read_settles(const Node& settles, EntrySpec& entry) {
  if (!settles) return;
  if (entry.effect != EntryEffect::create && entry.effect != EntryEffect::remove) {
    settles.error_at_key("only with effect: create or delete");
  }
  if (settles.is_map()) {
    MapReader reader(settles);
    entry.settles_after = read_settling_time(reader.required("after"));
    return;
  }
  const std::string word = settles.is_scalar() ? settles.text() : std::string();
  entry.settles_natively = word == "native";
  if (word == "native" || word == "call") return;
  settles.error("expected call, native, or a time as in {after: 5m}");
}

void read_effect(MapReader& reader, EntrySpec& entry) {
  const Node effect = reader.optional("effect");
  const Node settles = reader.optional("settles");
  if (effect) {
    std::vector<std::string_view> words;
    for (const EffectWord& word : kEffects) words.push_back(word.first);
    const std::optional<size_t> index = effect.one_of(words);
    if (index) entry.effect = kEffects[*index].second;
  } else if (!entry.calls.empty() && !reader.optional("state")) {
    reader.node().error("missing key \"effect\": what the call does");
  }
  read_settles(settles, entry);
}

// A row of `phases`: a phase, or {phase, value, severity}.
PhaseRow read_phase_row(const Node& node) {
  PhaseRow row;
  row.word = node.key();
  if (!node.is_map()) {
    row.phase = read_phase(node, Phase::unknown);
    return row;
  }
  MapReader reader(node);
  row.phase = read_phase(reader.required("phase"), Phase::unknown);
  const Node value = reader.optional("value");
  const Node severity = reader.optional("severity");
  const Node by_itself = reader.optional("by_itself");
  if (!value && !severity && !by_itself) {
    node.error("expected value, severity, by_itself, or a phase alone");
  }
  row.value = value.text();
  row.severity = read_severity(severity);
  row.is_by_itself = by_itself.boolean();
  return row;
}

void read_state(MapReader& reader, bool has_each, EntrySpec& entry) {
  const Node state = reader.optional("state");
  const Node phases = reader.optional("phases");
  const Node otherwise = reader.optional("otherwise");
  const bool is_needed = entry.effect == EntryEffect::state || entry.effect == EntryEffect::settle;
  if (is_needed && !state) reader.node().error("missing key \"state\" or \"effect\"");
  const bool is_allowed = is_needed || entry.effect == EntryEffect::put;
  if (is_allowed && state && !phases && !otherwise) {
    reader.node().error("missing key \"phases\": which phase each state means");
  }
  for (const Node& node : {state, phases, otherwise}) {
    if (!is_allowed && node) node.error_at_key("only with effect: state or put");
  }
  entry.states = read_templates(state, has_each);
  entry.is_by_words = otherwise.is_scalar() && otherwise.text() == "words";
  if (!entry.is_by_words) entry.otherwise = read_phase(otherwise, Phase::unknown);
  if (!phases) return;
  for (const Node& row : phases.entries()) entry.phases.push_back(read_phase_row(row));
  if (entry.phases.size() > kCatalogStatesMax) {
    phases.error("more than " + std::to_string(kCatalogStatesMax) + " states");
  }
}

void read_error(MapReader& reader, bool has_each, EntrySpec& entry) {
  const Node error = reader.optional("error");
  if (entry.effect == EntryEffect::fail && entry.calls.empty()) {
    entry.error = read_template(reader.required("error"), has_each);
  } else if (error) {
    error.error_at_key("only with when and effect: fail");
  } else if (entry.effect == EntryEffect::fail) {
    reader.node().error("effect: fail is for when; a call that is refused fails by itself");
  }
}

void read_cause(const Node& cause, bool has_each, CauseSpec& spec) {
  if (!cause) return;
  if (!cause.is_map()) {
    spec.kind = read_cause_kind(cause);
    return;
  }
  MapReader reader(cause);
  spec.kind = read_cause_kind(reader.required("kind"));
  spec.actor = read_template(reader.optional("actor"), has_each);
  spec.actor_type = read_template(reader.optional("actor_type"), has_each);
  spec.tool = read_template(reader.optional("tool"), has_each);
}

void read_changes_spec(const Node& changes, EntrySpec& entry) {
  if (!changes) return;
  if (entry.effect != EntryEffect::configure) changes.error_at_key("only with effect: configure");
  MapReader reader(changes);
  entry.changes.path = read_path(reader.required("map"), false);
  entry.changes.from = reader.required("from").text();
  entry.changes.to = reader.required("to").text();
}

// The keys of an entry but `when` and `call`.
void read_rest(MapReader& reader, EntrySpec& entry) {
  entry.name = reader.required("name").text();
  entry.reference = reader.optional("reference").text();
  const Node each = reader.optional("each");
  entry.each = read_path(each, false);
  read_effect(reader, entry);
  read_state(reader, each.exists(), entry);
  read_error(reader, each.exists(), entry);
  const Node resource = reader.optional("resource");
  if (resource) {
    read_resource(resource, each.exists(), entry.resource);
  } else if (entry.effect != EntryEffect::ignore) {
    reader.required("resource");
  }
  entry.reasons = read_templates(reader.optional("reason"), each.exists());
  entry.toward = read_toward(reader.optional("toward"));
  read_cause(reader.optional("cause"), each.exists(), entry.cause);
  entry.version = read_path(reader.optional("version"), each.exists());
  entry.time = read_path(reader.optional("time"), each.exists());
  entry.is_reusable = reader.optional("reusable").boolean();
  entry.aliases = read_templates(reader.optional("alias"), each.exists());
  read_changes_spec(reader.optional("changes"), entry);
  entry.once = read_template(reader.optional("once"), false);
  entry.severity = read_severity(reader.optional("severity"));
  reader.optional("examples");  // catalog/examples.h reads them.
}

void add_type(const Node& node, CatalogSpec& spec) {
  TypeSpec type = read_type(node);
  type.place = place_of(node);
  const auto other = std::ranges::find(spec.types, type.type, &TypeSpec::type);
  if (other != spec.types.end()) node.error_at_key("the type stands in " + other->place + ", too");
  spec.types.push_back(std::move(type));
}

void read_word(const Node& node, CatalogSpec& spec) {
  WordBuffer buffer;
  if (plain_word(node.key(), buffer) != node.key()) {
    node.error_at_key("expected lower case and hyphens, as in create-failed");
  }
  spec.words.emplace_back(node.key(), read_phase(node, Phase::unknown));
}

}  // namespace

Phase read_phase(const Node& node, Phase fallback) {
  if (!node) return fallback;
  std::vector<std::string_view> words;
  for (int i = 0; i < kPhaseCount; ++i) words.push_back(name_of(static_cast<Phase>(i)));
  const std::optional<size_t> index = node.one_of(words);
  return index ? static_cast<Phase>(*index) : fallback;
}

Duration read_settling_time(const Node& node) {
  return node ? node.duration({}, std::chrono::seconds(1), kSettlesAfterMax) : Duration();
}

TypeSpec read_type(const Node& node) {
  TypeSpec type;
  type.type = node.key();
  MapReader reader(node);
  type.id = read_physical_id_template(reader.optional("id"));
  type.name = read_physical_id_template(reader.optional("name"));
  type.arn = read_arn_template(reader.optional("arn"));
  type.shape = reader.optional("shape").text();
  type.apart = read_templates(reader.optional("apart"), false);
  type.is_reusable = reader.optional("reusable").boolean();
  return type;
}

std::vector<Node> entry_nodes(const Node& root) {
  if (root.is_list()) return root.items();
  const Node entries = root.find("entries");
  return entries ? entries.items() : std::vector<Node>();
}

std::string place_of(const Node& entry) {
  return std::string(entry.file()) + ":" + std::to_string(entry.position().line);
}

void read_catalog_file(const Node& root, CatalogSpec& spec) {
  if (root.is_null()) return;
  if (is_table(root)) return read_table(root, spec);
  for (const Node& node : entry_nodes(root)) {
    EntrySpec entry;
    entry.place = place_of(node);
    MapReader reader(node);
    if (!node.is_map()) continue;
    read_match(reader, entry);
    read_rest(reader, entry);
    reader.finish();
    spec.entries.push_back(std::move(entry));
  }
  if (root.is_list()) return;
  MapReader reader(root);
  reader.optional("entries");
  read_rules(reader.optional("rules"), spec);
  const Node types = reader.optional("types");
  const Node words = reader.optional("words");
  for (const Node& type : types ? types.entries() : std::vector<Node>()) add_type(type, spec);
  for (const Node& word : words ? words.entries() : std::vector<Node>()) read_word(word, spec);
}

}  // namespace statewire
