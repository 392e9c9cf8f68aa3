#include "catalog/compiled.h"

#include <simdjson.h>

#include <variant>

#include "base/json_writer.h"
#include "catalog/compile_entry.h"
#include "catalog/row_table.h"

namespace statewire {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// A pattern that never was JSON cannot come this far: specs are checked when they are read.
Result<Pattern> compile_pattern(const std::string& json) {
  auto compiled = Pattern::compile(json);
  if (auto* error = std::get_if<PatternError>(&compiled)) {
    return bad_input(error->path + ": " + error->text);
  }
  return std::get<Pattern>(std::move(compiled));
}

struct SplitPattern {
  std::string detail;
  std::string envelope;  // The rest; "{}" where there is none.
};

// Whether a CloudTrail record in its envelope can meet the alternatives of `detail-type`.
bool may_be_cloudtrail(element alternatives) {
  simdjson::dom::array items;
  if (alternatives.get_array().get(items)) return false;
  for (const element item : items) {
    std::string_view text;
    if (item.get_string().get(text) || text.ends_with(" via CloudTrail")) return true;
  }
  return false;
}

// Nothing where no bare record can meet the pattern. An alternative at its top ($or) may mix the
// envelope with the record, and cannot be split.
std::optional<SplitPattern> split_pattern(const std::string& when) {
  simdjson::dom::parser parser;
  object fields;
  element detail;
  if (parser.parse(when).get_object().get(fields)) return std::nullopt;
  if (fields.at_key("detail").get(detail) || !fields.at_key("$or").error()) return std::nullopt;
  std::vector<std::pair<std::string_view, element>> envelope;
  for (const auto field : fields) {
    if (field.key == "detail") continue;
    if (field.key == "detail-type" && !may_be_cloudtrail(field.value)) return std::nullopt;
    envelope.emplace_back(field.key, field.value);
  }
  return SplitPattern{simdjson::minify(detail), json_of([&](JsonWriter& json) {
                        json.begin_object();
                        for (const auto& [key, value] : envelope) {
                          json.key_text(key);
                          json.raw(simdjson::minify(value));
                        }
                        json.end_object();
                      })};
}

bool tells_native_state(const EntrySpec& spec) {
  return spec.effect == EntryEffect::state && spec.calls.empty();
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
    if (entry->type.is_constant()) {
      entry->type_rule = catalog->rule_of_type(entry->type.text);
      if (!entry->type_rule) catalog->types_without_rule.insert(entry->type.text);
      if (tells_native_state(spec)) catalog->native_types.insert(entry->type.text);
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
  const std::optional<SplitPattern> split = split_pattern(when);
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

}  // namespace statewire
