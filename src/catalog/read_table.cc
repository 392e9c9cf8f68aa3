#include "catalog/read_table.h"

#include "catalog/compile_entry.h"
#include "catalog/lower_row.h"
#include "catalog/read_entries.h"
#include "catalog/read_resource.h"
#include "config/map_reader.h"

namespace statewire {
namespace {

TagsSpec read_row_tags(const Node& node) {
  TagsSpec tags;
  if (!node) return tags;
  MapReader reader(node);
  const Node map = reader.optional("map");
  const Node removed = reader.optional("removed");
  tags.form = map ? TagsSpec::Form::map : removed ? TagsSpec::Form::removed : TagsSpec::Form::list;
  tags.path = (map ? map : removed ? removed : reader.required("each")).text();
  if (tags.form != TagsSpec::Form::list) return tags;
  tags.key = reader.optional("key").text("key");
  tags.value = reader.optional("value").text("value");
  return tags;
}

EntryEffect read_does(const Node& node) {
  return node.choice<EntryEffect>({{"create", EntryEffect::create},
                                   {"delete", EntryEffect::remove},
                                   {"put", EntryEffect::put},
                                   {"configure", EntryEffect::configure},
                                   {"cause", EntryEffect::cause},
                                   {"tag", EntryEffect::tag},
                                   {"state", EntryEffect::state},
                                   {"ignore", EntryEffect::ignore}},
                                  EntryEffect::ignore);
}

CallRow read_row(const Node& node) {
  CallRow row;
  row.name = node.key();
  row.line = static_cast<uint32_t>(node.position().line);
  MapReader reader(node);
  row.effect = read_does(reader.required("does"));
  row.from = reader.optional("from").text("hand");
  row.trust = reader.optional("sure").choice<RowTrust>(
      {{"high", RowTrust::high}, {"fair", RowTrust::fair}, {"low", RowTrust::low}}, RowTrust::high);
  RowExtras extras;
  extras.differs = reader.optional("differs").text();
  if (row.effect != EntryEffect::ignore) {
    row.type = reader.required("of").text();
    row.ids = reader.optional("id").text();
    row.settles_after = read_settling_time(reader.optional("after"));
    extras.each = reader.optional("each").text();
    extras.state = reader.optional("state").text();
    extras.tags = read_row_tags(reader.optional("tags"));
    const bool moves = row.effect == EntryEffect::state;
    const Node phase = moves ? reader.required("phase") : reader.optional("phase");
    extras.phase = read_phase(phase, Phase::unknown);
    if (phase && !moves) phase.error("only with does: state");
  }
  if (!extras.is_empty()) row.extras.push_back(std::move(extras));
  return row;
}

// A row is made into an entry only when its call comes in: too late to say what is wrong with it.
void check_row(const CallTable& table, const CallRow& row, const Node& node) {
  const Result<CompiledEntry> entry = compile_entry(lower_row(table, row, 0));
  if (!entry) node.error(entry.error().text);
}

}  // namespace

bool is_table(const Node& root) { return root.is_map() && root.find("service").exists(); }

void read_table(const Node& root, CatalogSpec& spec) {
  CallTable table;
  table.file = root.file();
  MapReader reader(root);
  const Node service = reader.required("service");
  if (service.is_list()) {
    table.sources = service.texts();
  } else {
    table.sources.push_back(service.text());
  }
  const Node types = reader.optional("types");
  const Node calls = reader.required("calls");
  const Node unknown = reader.optional("unknown");
  if (unknown) table.unknown = unknown.texts();
  if (types) {
    for (const Node& type : types.entries()) table.types.push_back(read_type(type));
  }
  for (const Node& node : calls.entries()) {
    CallRow row = read_row(node);
    if (!node.is_map()) continue;
    check_row(table, row, node);
    table.rows.push_back(std::move(row));
  }
  spec.tables.push_back(std::move(table));
}

}  // namespace statewire
