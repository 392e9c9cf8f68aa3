#include "catalog/read_resource.h"

#include "catalog/template.h"
#include "config/map_reader.h"

namespace statewire {
namespace {

constexpr const char* kNeedsEach = "a path that begins with a dot needs each";

TagsSpec::Form read_form(const Node& each, const Node& map, const Node& node) {
  if (each && map) {
    map.error_at_key("either each or map");
  } else if (!each && !map) {
    node.error("missing key \"each\" or \"map\"");
  }
  return map ? TagsSpec::Form::map : TagsSpec::Form::list;
}

void read_where(const Node& where, TagsSpec& tags) {
  if (!where) return;
  for (const Node& field : where.entries()) {
    tags.where.emplace_back(field.key(), field.texts());
  }
}

void read_tags(const Node& node, bool has_each, TagsSpec& tags) {
  if (!node) return;
  MapReader reader(node);
  if (!node.is_map()) return;
  const Node each = reader.optional("each");
  const Node map = reader.optional("map");
  tags.form = read_form(each, map, node);
  tags.path = read_path(map ? map : each, has_each);
  if (map) return;
  // The paths below are from an element of the list, with or without a dot before them.
  tags.inner = read_path(reader.optional("list"), true);
  const Node key = reader.optional("key");
  const Node value = reader.optional("value");
  tags.key = key ? read_path(key, true) : "key";
  tags.value = value ? read_path(value, true) : "value";
  read_where(reader.optional("where"), tags);
}

void read_ids(MapReader& reader, bool has_each, ResourceSpec& resource) {
  const Node id = reader.optional("id");
  const Node physical_id = reader.optional("physical_id");
  if (id && physical_id) {
    physical_id.error_at_key("either id or physical_id");
  } else if (!id && !physical_id) {
    reader.node().error("missing key \"id\" or \"physical_id\"");
  }
  resource.is_physical = physical_id.exists();
  resource.ids = read_templates(id ? id : physical_id, has_each);
}

void read_resource_type(const Node& node, bool has_each, ResourceSpec& resource) {
  const std::string text = node.is_scalar() ? node.text() : std::string();
  if (text == "arn") {
    resource.type_form = TypeForm::arn;
  } else if (text == "own arn") {
    resource.type_form = TypeForm::own_arn;
  } else {
    resource.type = read_template(node, has_each);
  }
}

std::string read_plain_template(const Node& node, bool has_each) {
  const std::string text = node.text();
  if (!node || !node.is_scalar()) return {};
  const Result<Template> parsed = parse_template(text);
  if (!parsed) {
    node.error(parsed.error().text);
  } else if (!has_each && is_relative(*parsed)) {
    node.error(kNeedsEach);
  }
  return text;
}

}  // namespace

TextSpec read_template(const Node& node, bool has_each) {
  if (!node.is_map()) return {read_plain_template(node, has_each), {}};
  TextSpec spec;
  MapReader reader(node);
  spec.text = read_plain_template(reader.required("of"), has_each);
  const Node table = reader.required("table");
  for (const Node& row : table.entries()) spec.table.emplace_back(row.key(), row.text());
  if (table.is_map() && spec.table.empty()) table.error("the table is empty");
  return spec;
}

std::vector<TextSpec> read_templates(const Node& node, bool has_each) {
  std::vector<TextSpec> texts;
  for (const Node& item : node.items_or_itself()) {
    if (item) texts.push_back(read_template(item, has_each));
  }
  if (node.is_list() && texts.empty()) node.error("the list is empty");
  return texts;
}

std::string read_path(const Node& node, bool has_each) {
  const std::string text = node.text();
  if (!node || !node.is_scalar()) return {};
  const Result<EventPath> parsed = parse_path(text);
  if (!parsed) {
    node.error(parsed.error().text);
  } else if (!has_each && parsed->root == PathRoot::element) {
    node.error(kNeedsEach);
  }
  return text;
}

std::string read_physical_id_template(const Node& node) {
  const std::string text = node.text();
  if (!node || !node.is_scalar()) return {};
  const Result<Template> parsed = parse_template(text, true);
  if (!parsed) {
    node.error(parsed.error().text);
  } else if (!has_physical_id(*parsed)) {
    node.error("{}, which stands for the physical id, is missing");
  }
  return text;
}

std::string read_arn_template(const Node& node) {
  return node.is_scalar() && node.text() == kNoArn ? std::string(kNoArn)
                                                   : read_physical_id_template(node);
}

void read_resource(const Node& node, bool has_each, ResourceSpec& resource) {
  MapReader reader(node);
  if (!node.is_map()) return;
  read_resource_type(reader.required("type"), has_each, resource);
  read_ids(reader, has_each, resource);
  resource.name = read_template(reader.optional("name"), has_each);
  resource.zone = read_template(reader.optional("zone"), has_each);
  resource.region = read_template(reader.optional("region"), has_each);
  resource.account = read_template(reader.optional("account"), has_each);
  resource.provider = read_template(reader.optional("provider"), has_each);
  resource.service = read_template(reader.optional("service"), has_each);
  read_tags(reader.optional("tags"), has_each, resource.tags);
  const Node removed = reader.optional("tags_removed");
  if (removed && resource.tags.form != TagsSpec::Form::none) {
    removed.error_at_key("either tags or tags_removed");
  } else if (removed) {
    resource.tags.form = TagsSpec::Form::removed;
    resource.tags.path = read_path(removed, has_each);
  }
  resource.tags.is_whole = reader.optional("tags_whole").boolean();
}

}  // namespace statewire
