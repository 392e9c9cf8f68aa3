// The catalog made fit for matching: templates split, patterns indexed, calls in a table.
// Immutable once built; any number of threads may read it. Texts of observations point into it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/entry_spec.h"
#include "catalog/rules.h"
#include "catalog/template.h"
#include "catalog/text_map.h"
#include "pattern/pattern.h"
#include "pattern/pattern_set.h"

namespace statewire {

struct TypeRule {
  Template id;                  // Empty: a URN.
  Template name;                // Empty: none.
  Template arn;                 // Empty: of the shape of `id`.
  std::string shape;            // Of its ARNs, with {} for each part; empty: as `arn` or `id`.
  std::vector<Template> apart;  // Another type, where one resolves.
  bool is_reusable = false;
};

struct TagWhere {
  EventPath field;
  std::vector<std::string> values;
};

struct TagsRule {
  TagsSpec::Form form = TagsSpec::Form::none;
  EventPath path;
  std::optional<EventPath> inner;
  EventPath key;
  EventPath value;
  std::vector<TagWhere> where;
};

struct CompiledEntry {
  const EntrySpec* spec = nullptr;  // Of the same catalog.
  // It tells a state by the provider's own events, and not by records of calls.
  bool tells_native_state = false;
  std::optional<EventPath> each;
  Template type;
  // Where `type` is constant: what is known of it. Null where nothing is, and where it is not.
  const TypeRule* type_rule = nullptr;
  std::vector<Template> ids;
  Template name;
  Template zone;
  Template region;
  Template account;
  Template provider;
  Template service;
  TagsRule tags;
  std::vector<Template> states;
  Template error;
  std::vector<Template> reasons;
  Template actor;
  Template actor_type;
  Template tool;
  std::optional<EventPath> version;
  std::optional<EventPath> time;
  std::vector<Template> aliases;
  std::optional<EventPath> changes;  // With `spec->changes`.
  Template once;
};

// An entry's pattern as a bare CloudTrail record can meet it: `detail` of the pattern is in a
// PatternSet; this is the rest of it, asked of an envelope that is made up for the record.
struct BareEntry {
  uint32_t entry = 0;
  std::optional<Pattern> envelope;  // Nothing: any will do.
};

class RowTable;  // catalog/row_table.h

struct CompiledCatalog {
  CompiledCatalog();
  ~CompiledCatalog();

  // Takes the spec; an error where a template or pattern of it cannot be compiled.
  static Result<std::unique_ptr<CompiledCatalog>> build(CatalogSpec spec);

  // The entries of a call, ascending; null where none is about it.
  const std::vector<uint32_t>* entries_of_call(std::string_view source,
                                               std::string_view name) const;
  const TypeRule* rule_of_type(std::string_view type) const;
  // What a native state means by the catalog's words; nothing where they do not say.
  std::optional<Phase> phase_of_word(std::string_view state) const;

  CatalogSpec spec;
  std::unique_ptr<RowTable> rows;      // Of `spec.tables`; asked where no entry matches.
  std::vector<CompiledEntry> entries;  // In the order of precedence.
  TextMap<TypeRule> types;
  // By the service of their ARNs; "": those whose ARNs tell none. Never empty lists.
  TextMap<std::vector<const std::pair<const std::string, TypeRule>*>> types_by_service;
  Rules rules;
  TextSet types_without_rule;  // Of entries.
  TextMap<Phase> words;
  // Types that some entry tells the states of by native events.
  TextSet native_types;
  PatternSet patterns;       // Ids are positions in `entries`.
  PatternSet bare_patterns;  // Ids are positions in `bare_entries`.
  std::vector<BareEntry> bare_entries;

 private:
  struct CallEntries {
    std::string source;
    std::vector<uint32_t> entries;
  };
  void add_call(const CallSpec& call, uint32_t entry);
  Result<void> add_pattern(const std::string& when, uint32_t entry);
  Result<void> add_bare_pattern(const std::string& when, uint32_t entry);

  TextMap<std::vector<CallEntries>> calls_by_name_;
};

}  // namespace statewire
