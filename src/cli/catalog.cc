// `catalog list` and `catalog show`.
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/catalog_of.h"
#include "cli/commands.h"
#include "cli/list.h"

namespace statewire {
namespace {

constexpr size_t kMatchWidth = 64;

// Entries of many calls would make every line as long as theirs.
Cell show_match(JsonElement row) {
  std::string match = text_at(row, "match");
  if (match.size() > kMatchWidth) match = std::string(cut_utf8(match, kMatchWidth - 1)) + "…";
  return {std::move(match)};
}

constexpr ListColumn kCatalogColumns[] = {
    {.title = "entry", .path = "name", .fit = Fit::end},
    {.title = "effect", .path = "effect", .spare = 1},
    {.title = "type", .path = "type", .fit = Fit::start},
    {.title = "matches", .path = "match", .show = show_match, .fit = Fit::end},
    {.title = "from", .path = "from", .spare = 3},
    {.title = "sure", .path = "sure", .spare = 3},
    {.title = "place", .path = "place", .fit = Fit::start, .spare = 2},
};

// "ec2.amazonaws.com/RunInstances", "ec2/RunInstances" and "ec2.amazonaws.com RunInstances" are
// one.
bool is_call(const std::string& match, std::string_view name) {
  const size_t slash = name.find_first_of("/ ");
  if (slash == name.npos) return false;
  std::string call(name.substr(0, slash));
  if (call.find('.') == std::string::npos) call += ".amazonaws.com";
  call += ' ';
  call += name.substr(slash + 1);
  for (size_t at = match.find(call); at != std::string::npos; at = match.find(call, at + 1)) {
    const size_t end = at + call.size();
    if (end == match.size() || match[end] == ',') return true;
  }
  return false;
}

bool is_named(JsonElement row, const std::string& name) {
  for (const char* path : {"place", "name", "type"}) {
    if (text_at(row, path) == name) return true;
  }
  return is_call(text_at(row, "match"), name);
}

std::string shown(JsonElement row, const Terminal& terminal) {
  constexpr std::pair<const char*, const char*> kLines[] = {
      {"entry", "name"},      {"matches", "match"},       {"effect", "effect"}, {"type", "type"},
      {"id", "id"},           {"settles", "settles"},     {"from", "from"},     {"sure", "sure"},
      {"differs", "differs"}, {"reference", "reference"}, {"place", "place"}};
  constexpr size_t kWidth = 12;
  std::string text;
  for (const auto& [label, path] : kLines) {
    const std::string value = text_at(row, path);
    if (value.empty()) continue;
    std::string padded(label);
    padded.resize(kWidth, ' ');
    text += terminal.tinted(padded, Tint::faint) + value + '\n';
  }
  if (is_true_at(row, "hidden")) text += "an entry is about this call, so the row is never asked\n";
  return text;
}

}  // namespace

// Needs no configuration: without one, these are the built-in entries.
ExitCode run_catalog_list(const Invocation& invocation, Terminal& terminal) {
  const std::shared_ptr<const Catalog> catalog = catalog_of(invocation, terminal);
  if (catalog == nullptr) return ExitCode::bad_config;
  const Result<Reply> reply = Reply::parse(catalog_json(*catalog, invocation.text("QUERY")));
  CHECK(reply.ok());
  ListWriter list(terminal, output_form(invocation), kCatalogColumns);
  list.add(items_at(reply->root(), ""));
  return list.finish({.noun = "entry", .if_empty = "no entry matches"});
}

ExitCode run_catalog_show(const Invocation& invocation, Terminal& terminal) {
  const std::shared_ptr<const Catalog> catalog = catalog_of(invocation, terminal);
  if (catalog == nullptr) return ExitCode::bad_config;
  const Result<Reply> reply = Reply::parse(catalog_json(*catalog, ""));
  CHECK(reply.ok());
  const std::string name = invocation.text("NAME");
  std::string text;
  for (const JsonElement row : items_at(reply->root(), "")) {
    if (!is_named(row, name)) continue;
    text += (text.empty() ? "" : "\n") + shown(row, terminal);
  }
  if (text.empty()) {
    terminal.complain("no entry or row is named so, or about such a call or type: " + name);
    return ExitCode::failed;
  }
  terminal.write(text);
  return ExitCode::well;
}

}  // namespace statewire
