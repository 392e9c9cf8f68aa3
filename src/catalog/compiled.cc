#include "catalog/compiled.h"

#include <variant>

#include "catalog/compile_entry.h"
#include "catalog/record_pattern.h"
#include "catalog/row_table.h"
#include "catalog/word.h"

namespace statewire {
namespace {

// A pattern that never was JSON cannot come this far: specs are checked when they are read.
Result<Pattern> compile_pattern(const std::string& json) {
  auto compiled = Pattern::compile(json);
  if (auto* error = std::get_if<PatternError>(&compiled)) {
    return bad_input(error->path + ": " + error->text);
  }
  return std::get<Pattern>(std::move(compiled));
}

bool tells_native_state(const EntrySpec& spec) {
  return spec.effect == EntryEffect::state && spec.calls.empty() && !is_about_records(spec.when);
}

// "ec2" of "arn:{partition}:ec2:…"; empty where the ARNs of a type are not known.
std::string service_of(const TypeRule& rule) {
  const Template& shape = rule.arn.is_empty() ? rule.id : rule.arn;
  const std::string& text = shape.text == kNoArn ? rule.shape : shape.text;
  if (!text.starts_with("arn:{partition}:")) return {};
  const std::string_view rest = std::string_view(text).substr(16);
  return std::string(rest.substr(0, rest.find(':')));
}

}  // namespace

CompiledCatalog::CompiledCatalog() = default;
CompiledCatalog::~CompiledCatalog() = default;

Result<std::unique_ptr<CompiledCatalog>> CompiledCatalog::build(CatalogSpec from) {
  auto catalog = std::make_unique<CompiledCatalog>();
  catalog->spec = std::move(from);
  for (const TypeSpec& type : catalog->spec.types) {
    Result<TypeRule> rule = compile_type(type);
    if (!rule) return rule.error();
    catalog->types.try_emplace(type.type, std::move(*rule));
  }
  catalog->rows =
      std::make_unique<RowTable>(catalog->spec.tables, native_phases(catalog->spec.entries));
  for (const auto& type : catalog->types) {
    catalog->types_by_service[service_of(type.second)].push_back(&type);
  }
  for (const auto& [word, phase] : catalog->spec.words) catalog->words.try_emplace(word, phase);
  for (const RuleSpec& rule : catalog->spec.rules) {
    const Result<void> added = catalog->rules.add(rule);
    if (!added) return bad_input(rule.place + ": " + added.error().text);
  }
  const std::vector<EntrySpec>& specs = catalog->spec.entries;
  catalog->entries.reserve(specs.size());
  for (uint32_t i = 0; i < specs.size(); ++i) {
    const EntrySpec& spec = specs[i];
    Result<CompiledEntry> entry = compile_entry(spec);
    if (!entry) return bad_input(spec.place + ": " + entry.error().text);
    entry->tells_native_state = tells_native_state(spec);
    if (entry->type.is_constant()) {
      entry->type_rule = catalog->rule_of_type(entry->type.text);
      if (!entry->type_rule) catalog->types_without_rule.insert(entry->type.text);
      if (entry->tells_native_state) catalog->native_types.insert(entry->type.text);
    }
    catalog->entries.push_back(std::move(*entry));
    for (const CallSpec& call : spec.calls) catalog->add_call(call, i);
    if (spec.when.empty()) continue;
    const Result<void> added = catalog->add_pattern(spec.when, i);
    if (!added) return bad_input(spec.place + ": " + added.error().text);
  }
  catalog->patterns.seal();
  catalog->bare_patterns.seal();
  return catalog;
}

Result<void> CompiledCatalog::add_pattern(const std::string& when, uint32_t entry) {
  Result<Pattern> pattern = compile_pattern(when);
  if (!pattern) return pattern.error();
  patterns.add(entry, std::move(*pattern));
  return add_bare_pattern(when, entry);
}

Result<void> CompiledCatalog::add_bare_pattern(const std::string& when, uint32_t entry) {
  const std::optional<RecordPattern> split = record_pattern(when);
  if (!split) return {};
  Result<Pattern> detail = compile_pattern(split->detail);
  if (!detail) return detail.error();
  BareEntry bare{entry, std::nullopt};
  if (split->envelope != "{}") {
    Result<Pattern> envelope = compile_pattern(split->envelope);
    if (!envelope) return envelope.error();
    bare.envelope = std::move(*envelope);
  }
  bare_patterns.add(static_cast<uint32_t>(bare_entries.size()), std::move(*detail));
  bare_entries.push_back(std::move(bare));
  return {};
}

void CompiledCatalog::add_call(const CallSpec& call, uint32_t entry) {
  std::vector<CallEntries>& sources = calls_by_name_[call.name];
  for (CallEntries& each : sources) {
    if (each.source != call.source) continue;
    each.entries.push_back(entry);
    return;
  }
  sources.push_back({call.source, {entry}});
}

const std::vector<uint32_t>* CompiledCatalog::entries_of_call(std::string_view source,
                                                              std::string_view name) const {
  const auto found = calls_by_name_.find(name);
  if (found == calls_by_name_.end()) return nullptr;
  for (const CallEntries& each : found->second) {
    if (each.source == source) return &each.entries;
  }
  return nullptr;
}

const TypeRule* CompiledCatalog::rule_of_type(std::string_view type) const {
  const auto found = types.find(type);
  return found == types.end() ? rows->rule_of_type(type) : &found->second;
}

std::optional<Phase> CompiledCatalog::phase_of_word(std::string_view state) const {
  WordBuffer buffer;
  for (std::string_view word = plain_word(state, buffer); !word.empty(); word = tail_of(word)) {
    const auto found = words.find(word);
    if (found != words.end()) return found->second;
  }
  return std::nullopt;
}

}  // namespace statewire
