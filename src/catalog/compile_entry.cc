#include "catalog/compile_entry.h"

#include <utility>

namespace statewire {
namespace {

// Keeps the first error, so that an entry reads as the list of what it has.
class Compiler {
 public:
  Template text(const TextSpec& source) {
    if (source.text.empty()) return {};
    Template result = keep(parse_template(source.text));
    result.table = source.table;
    return result;
  }
  std::vector<Template> texts(const std::vector<TextSpec>& sources) {
    std::vector<Template> result;
    for (const TextSpec& source : sources) result.push_back(text(source));
    return result;
  }
  std::optional<EventPath> path(const std::string& source) {
    if (source.empty()) return std::nullopt;
    return keep(parse_path(source));
  }
  // From an element of a list, whether or not a dot says so.
  EventPath inner_path(const std::string& source) {
    return keep(parse_path(source.starts_with('.') ? source : "." + source));
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  template <typename T>
  T keep(Result<T> result) {
    if (result) return std::move(*result);
    if (!error_) error_ = result.error();
    return {};
  }

  std::optional<Error> error_;
};

TagsRule compile_tags(const TagsSpec& spec, Compiler& compiler) {
  TagsRule rule;
  rule.form = spec.form;
  if (spec.form == TagsSpec::Form::none) return rule;
  rule.path = compiler.path(spec.path).value_or(EventPath());
  if (spec.form != TagsSpec::Form::list) return rule;
  if (!spec.inner.empty()) rule.inner = compiler.inner_path(spec.inner);
  rule.key = compiler.inner_path(spec.key);
  rule.value = compiler.inner_path(spec.value);
  for (const auto& [field, values] : spec.where) {
    rule.where.push_back({compiler.inner_path(field), values});
  }
  return rule;
}

}  // namespace

Result<TypeRule> compile_type(const TypeSpec& spec) {
  TypeRule rule;
  rule.is_reusable = spec.is_reusable;
  for (const auto& [text, place] :
       {std::pair(&spec.id, &rule.id), {&spec.name, &rule.name}, {&spec.arn, &rule.arn}}) {
    if (text->empty()) continue;
    Result<Template> parsed = parse_template(*text, true);
    if (!parsed) return bad_input(spec.type + ": " + parsed.error().text);
    *place = std::move(*parsed);
  }
  rule.shape = spec.shape;
  for (const TextSpec& text : spec.apart) {
    Result<Template> parsed = parse_template(text.text);
    if (!parsed) return bad_input(spec.type + ": " + parsed.error().text);
    rule.apart.push_back(std::move(*parsed));
    rule.apart.back().table = text.table;
  }
  return rule;
}

Result<CompiledEntry> compile_entry(const EntrySpec& spec) {
  Compiler compiler;
  const ResourceSpec& resource = spec.resource;
  CompiledEntry entry;
  entry.spec = &spec;
  entry.each = compiler.path(spec.each);
  entry.type = compiler.text(resource.type);
  entry.ids = compiler.texts(resource.ids);
  entry.name = compiler.text(resource.name);
  entry.zone = compiler.text(resource.zone);
  entry.region = compiler.text(resource.region);
  entry.account = compiler.text(resource.account);
  entry.provider = compiler.text(resource.provider);
  entry.service = compiler.text(resource.service);
  entry.tags = compile_tags(resource.tags, compiler);
  entry.states = compiler.texts(spec.states);
  entry.error = compiler.text(spec.error);
  entry.reasons = compiler.texts(spec.reasons);
  entry.actor = compiler.text(spec.cause.actor);
  entry.actor_type = compiler.text(spec.cause.actor_type);
  entry.tool = compiler.text(spec.cause.tool);
  entry.version = compiler.path(spec.version);
  entry.time = compiler.path(spec.time);
  entry.aliases = compiler.texts(spec.aliases);
  entry.changes = compiler.path(spec.changes.path);
  entry.once = compiler.text(spec.once);
  if (compiler.error()) return *compiler.error();
  return entry;
}

}  // namespace statewire
