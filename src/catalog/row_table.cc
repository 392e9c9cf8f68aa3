#include "catalog/row_table.h"

#include <algorithm>

#include "base/ids.h"
#include "base/text.h"
#include "catalog/compile_entry.h"
#include "catalog/whereabouts.h"

namespace statewire {
namespace {

uint64_t hash_of(std::string_view source, std::string_view name) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
  return hash64(source) * kOdd + hash64(name);
}

std::string_view shape_of(const TypeSpec& type) {
  return type.shape.empty() ? type.id : type.shape;
}

}  // namespace

std::string_view without_version(std::string_view name) {
  constexpr size_t kDateDigits = 8;
  std::string_view rest = name;
  while (!rest.empty() && is_digit(rest.back())) rest.remove_suffix(1);
  if (rest.ends_with('v') && rest.size() < name.size())
    rest.remove_suffix(1);
  else
    rest = name;
  size_t digits = 0;
  while (!rest.empty() && (is_digit(rest.back()) || rest.back() == '_')) {
    digits += is_digit(rest.back()) ? 1 : 0;
    rest.remove_suffix(1);
  }
  return digits == kDateDigits && !rest.empty() ? rest : name;
}

std::optional<size_t> open_bytes(std::string_view arn, std::string_view shape) {
  size_t open = 0;
  while (true) {
    const size_t brace = std::min(shape.find('{'), shape.size());
    if (!arn.starts_with(shape.substr(0, brace))) return std::nullopt;
    arn.remove_prefix(brace);
    if (brace == shape.size()) return arn.empty() ? std::optional(open) : std::nullopt;
    shape.remove_prefix(std::min(shape.find('}', brace), shape.size() - 1) + 1);
    const std::string_view next = shape.substr(0, shape.find('{'));
    const size_t end = next.empty() ? arn.size() : arn.find(next);
    if (end == arn.npos) return std::nullopt;
    const bool is_last = shape.empty();
    if (!is_last && arn.substr(0, end).find_first_of("/:") != arn.npos) return std::nullopt;
    if (is_last && end == 0) return std::nullopt;
    open += end;
    arn.remove_prefix(end);
  }
}

RowTable::RowTable(const std::vector<CallTable>& tables, NativePhases told_natively)
    : tables_(tables), told_natively_(std::move(told_natively)) {
  for (uint32_t t = 0; t < tables.size(); ++t) {
    add_types(tables[t]);
    for (uint32_t r = 0; r < tables[t].rows.size(); ++r) {
      const auto position = static_cast<uint32_t>(rows_.size());
      rows_.push_back({t, r});
      for (const std::string& source : tables[t].sources) {
        by_call_.emplace_back(hash_of(source, tables[t].rows[r].name), position);
      }
    }
  }
  std::sort(by_call_.begin(), by_call_.end());
  lowered_ = OnceTable<Lowered>(rows_.size());
  type_rules_ = OnceTable<TypeRule>(types_.size());
}

void RowTable::add_types(const CallTable& table) {
  for (const TypeSpec& type : table.types) {
    const auto position = static_cast<uint32_t>(types_.size());
    if (!types_by_name_.try_emplace(type.type, position).second) continue;
    types_.push_back(&type);
    const std::string_view service = arn_fields(shape_of(type)).service;
    if (!service.empty()) types_by_service_[std::string(service)].push_back(position);
  }
}

std::optional<uint32_t> RowTable::find_exactly(std::string_view source, std::string_view name,
                                               uint32_t from) const {
  const uint64_t hash = hash_of(source, name);
  auto found = std::lower_bound(by_call_.begin(), by_call_.end(), std::pair(hash, from));
  for (; found != by_call_.end() && found->first == hash; ++found) {
    const std::vector<std::string>& sources = table_of(found->second).sources;
    const bool is_of_source = std::find(sources.begin(), sources.end(), source) != sources.end();
    if (is_of_source && row_of(found->second).name == name) return found->second;
  }
  return std::nullopt;
}

std::optional<uint32_t> RowTable::find(std::string_view source, std::string_view name,
                                       uint32_t from) const {
  if (rows_.empty()) return std::nullopt;
  const std::optional<uint32_t> found = find_exactly(source, name, from);
  const std::string_view plain = without_version(name);
  return found || plain == name ? found : find_exactly(source, plain, from);
}

EntrySpec RowTable::spec_of(uint32_t position) const {
  const CallRow& row = row_of(position);
  const auto told = told_natively_.find(row.type);
  return lower_row(table_of(position), row, told == told_natively_.end() ? 0 : told->second);
}

std::unique_ptr<const RowTable::Lowered> RowTable::lower(uint32_t position,
                                                         const CompiledCatalog& catalog) const {
  auto lowered = std::make_unique<Lowered>();
  lowered->spec = spec_of(position);
  const TypeRule* type = catalog.rule_of_type(row_of(position).type);
  if (type != nullptr && type->arn.text == kNoArn) {
    name_by_arn_and_bare_id(lowered->spec, type->name.text == "{}");
  }
  Result<CompiledEntry> entry = compile_entry(lowered->spec);
  if (!entry) return lowered;
  lowered->entry = std::move(*entry);
  if (lowered->entry.type.is_constant()) {
    lowered->entry.type_rule = catalog.rule_of_type(lowered->entry.type.text);
  }
  return lowered;
}

const CompiledEntry* RowTable::entry(uint32_t position, const CompiledCatalog& catalog) const {
  const Lowered& lowered = lowered_.at(position, [&] { return lower(position, catalog); });
  return lowered.entry.spec == nullptr ? nullptr : &lowered.entry;
}

const TypeRule* RowTable::rule_of_type(std::string_view type) const {
  const auto found = types_by_name_.find(type);
  if (found == types_by_name_.end()) return nullptr;
  return &type_rules_.at(found->second, [&] {
    Result<TypeRule> rule = compile_type(*types_[found->second]);
    return std::make_unique<const TypeRule>(rule ? std::move(*rule) : TypeRule());
  });
}

std::string_view RowTable::type_of_arn(std::string_view arn, Closest others) const {
  const auto types = types_by_service_.find(arn_fields(arn).service);
  if (types == types_by_service_.end()) return others.type();
  Closest closest;
  for (const uint32_t position : types->second) {
    const TypeSpec& type = *types_[position];
    const std::optional<size_t> open = open_bytes(arn, shape_of(type));
    if (open) closest.add(type.type, *open);
  }
  const bool is_closer = !closest.type().empty() && closest.open() < others.open();
  return is_closer ? closest.type() : others.type();
}

}  // namespace statewire
