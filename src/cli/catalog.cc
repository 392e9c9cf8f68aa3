#include <algorithm>

#include "api/queries.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/config_at_hand.h"
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
    {.title = "place", .path = "place", .fit = Fit::start, .spare = 2},
};

bool matches(const CatalogRow& row, const std::string& query) {
  for (const std::string_view text : {row.name, row.match, row.type, row.place}) {
    if (lower_case(text).find(query) != std::string::npos) return true;
  }
  return false;
}

std::string rows_json(std::span<const CatalogRow> rows, const std::string& query) {
  return json_of([&](JsonWriter& json) {
    json.begin_array();
    for (const CatalogRow& row : rows) {
      if (!matches(row, query)) continue;
      json.begin_object();
      json.text("name", row.name);
      json.text("place", row.place);
      json.text("match", row.match);
      json.text("type", row.type);
      json.text("effect", row.effect);
      json.known_text("reference", row.reference);
      json.end_object();
    }
    json.end_array();
  });
}

}  // namespace

// Needs no configuration: without one, these are the built-in entries.
ExitCode run_catalog(const Invocation& invocation, Terminal& terminal) {
  std::vector<std::string> folders;
  if (!find_config(invocation.text("--config")).empty()) {
    const std::unique_ptr<ConfigAtHand> config =
        load_config_part(invocation, ConfigPart::store, terminal);
    if (config == nullptr) return ExitCode::bad_config;
    folders = config->settings->catalog_folders;
  }
  for (std::string& folder : invocation.texts("--folder")) folders.push_back(std::move(folder));
  const std::shared_ptr<const Catalog> catalog = load_catalog(folders, terminal);
  if (catalog == nullptr) return ExitCode::bad_config;
  const std::vector<CatalogRow> rows = catalog->rows();
  const Result<Reply> reply = Reply::parse(rows_json(rows, lower_case(invocation.text("QUERY"))));
  CHECK(reply.ok());
  ListWriter list(terminal, output_form(invocation), kCatalogColumns);
  list.add(items_at(reply->root(), ""));
  return list.finish({.noun = "entry", .if_empty = "no entry matches"});
}

}  // namespace statewire
